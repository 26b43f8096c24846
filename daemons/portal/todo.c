#include "portal/todo.h"

#include "domain/lifecycle.h"
#include "runtime/cleanup.h"

#define GUARDIANS PROFILE_BIT(PROFILE_RESPONSABLE)
#define ALL (GUARDIANS | PROFILE_BIT(PROFILE_ELEVE))
#define COUNT(member) offsetof(struct home_counts, member)

/* clang-format off */
static const struct todo todos[] = {
    {"a-notifier-courriel", COUNT(to_notify_by_mail), ALL,
     "compte jamais notifié, avec une adresse de courriel", "comptes jamais notifiés, avec une adresse de courriel",
     "etat=non_distribue&courriel=avec", "BY_MAIL"},
    {"a-notifier-feuille", COUNT(to_notify_by_sheet), ALL,
     "compte jamais notifié, sans adresse de courriel", "comptes jamais notifiés, sans adresse de courriel",
     "etat=non_distribue&courriel=sans", "BY_SHEET"},
    {"echeance-proche", COUNT(runs_out), ALL,
     "mot de passe provisoire expire d’ici 14 jours", "mots de passe provisoires expirent d’ici 14 jours",
     "echeance=14", "REMIND"},
    {"echeance-passee", COUNT(has_run_out), ALL,
     "mot de passe provisoire n’est plus valable", "mots de passe provisoires ne sont plus valables",
     "echeance=0", "RENEW"},
    {"courriel-revenu", COUNT(came_back), ALL,
     "courriel n’est pas parvenu", "courriels ne sont pas parvenus",
     "courriel=revenu", "ADDRESS"},
    {"en-cours", COUNT(by_state[STATE_EN_COURS]), GUARDIANS,
     "compte attend que l’adresse de courriel soit confirmée", "comptes attendent que l’adresse de courriel soit confirmée",
     "etat=en_cours", "RESEND"},
    /* A pupil opens the account by what the school hands out, and needs neither. */
    {"sans-contact", COUNT(without_contact), GUARDIANS,
     "responsable n’a ni courriel ni mobile", "responsables n’ont ni courriel ni mobile",
     "courriel=sans&mobile=sans", "CONTACT"},
};
/* clang-format on */

const struct todo *todo_at(size_t index)
{
    return index < ARRAY_LENGTH(todos) ? &todos[index] : NULL;
}

int64_t todo_count(const struct todo *todo, enum account_profile profile, const struct home_counts *counts)
{
    bool concerns = todo->profiles & PROFILE_BIT(profile);
    return concerns ? *(const int64_t *)(const void *)((const char *)counts + todo->count) : 0;
}
