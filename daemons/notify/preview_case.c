#include "notify/preview_case.h"

#include <stdio.h>
#include <string.h>

#define KIND(kind) (1U << (kind))
#define BY_SCHOOL "etablissement"

/* The first of a kind says the most. */
static const struct preview_case cases[] = {
    {"responsable",   KIND(DELIVERY_NOTIFICATION),   PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, false, false},
    {"eleve",         KIND(DELIVERY_NOTIFICATION),   PROFILE_ELEVE,       PASSWORD_PROVISIONAL, false, false},
    {"reinitialise",  KIND(DELIVERY_NOTIFICATION),   PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, true,  false},
    {"choisi",        KIND(DELIVERY_NOTIFICATION),   PROFILE_RESPONSABLE, PASSWORD_CHOSEN,      true,  false},
    {"valable",       KIND(DELIVERY_NOT_OPENED),     PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, false, false},
    {"expire",        KIND(DELIVERY_NOT_OPENED),     PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, false, true },
    {"eleve",         KIND(DELIVERY_NOT_OPENED),     PROFILE_ELEVE,       PASSWORD_PROVISIONAL, false, false},
    {"eleve-expire",  KIND(DELIVERY_NOT_OPENED),     PROFILE_ELEVE,       PASSWORD_PROVISIONAL, false, true },
    {"mot-de-passe",  KIND(DELIVERY_ACCOUNT_OPENED), PROFILE_RESPONSABLE, PASSWORD_CHOSEN,      true,  false},
    {BY_SCHOOL,       KIND(DELIVERY_ACCOUNT_OPENED), PROFILE_RESPONSABLE, PASSWORD_CHOSEN,      true,  false},
    {"franceconnect", KIND(DELIVERY_ACCOUNT_OPENED), PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, true,  false},
};

static const struct preview_case everybody = {"", 0, PROFILE_RESPONSABLE, PASSWORD_PROVISIONAL, false, false};

const struct preview_case *preview_case_at(const struct mail_template *of, size_t index)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if ((cases[i].kinds & KIND(of->kind)) != 0 && index-- == 0) {
            return &cases[i];
        }
    }
    return NULL;
}

bool preview_case_find(const struct mail_template *of, const char *name, const struct preview_case **out_case)
{
    const struct preview_case *one = preview_case_at(of, 0);
    if (name[0] == '\0') {
        *out_case = one ? one : &everybody;
        return true;
    }
    for (size_t i = 0; (one = preview_case_at(of, i)); i++) {
        if (strcmp(one->name, name) == 0) {
            *out_case = one;
            return true;
        }
    }
    return false;
}

/* A head, two schools. */
static void reminder_fill(struct owed_mail *mail)
{
    snprintf(mail->prenom, sizeof mail->prenom, "%s", "");
    snprintf(mail->nom, sizeof mail->nom, "%s", "Camille EXEMPLE-LEFÈVRE");
    mail->reminder = "0690001B\tresponsable\t14\t2026-12-14\t2026-12-16\tCE1 B\tÉcole élémentaire Jean Moulin\tLYON\n"
                     "0690001B\tresponsable\t3\t2026-12-15\t2026-12-15\tCM2\tÉcole élémentaire Jean Moulin\tLYON\n"
                     "0690002C\televe\t1\t2026-12-16\t2026-12-16\t\tCollège Louise Michel\tLYON";
}

void preview_case_mail(const struct mail_template *of, const struct preview_case *of_whom, struct instant now,
    struct owed_mail *out_mail, const char **out_password)
{
    *out_mail = (struct owed_mail){
        .academy = {10},
        .id = {1},
        .attempt = 1,
        .created_at = now,
        .kind = of->kind,
        .is_repeat = of->is_repeat,
        .recipient = "camille.exemple@example.org",
        .message_id = "apercu@example.org",
        .new_email = "camille@example.net",
        .link_expires_at = instant_add(now, of->kind == DELIVERY_FORGOTTEN_PASSWORD ? HOURS(1) : HOURS(72)),
        .profile = of_whom->profile,
        .is_opened = of_whom->is_opened,
        .is_by_franceconnect = of->kind == DELIVERY_ACCOUNT_OPENED && of_whom->password != PASSWORD_CHOSEN,
        .is_by_school = strcmp(of_whom->name, BY_SCHOOL) == 0,
        .password = of_whom->password,
        .password_expires_at = instant_add(now, of_whom->is_over ? HOURS(-24) : HOURS(90 * 24)),
        .login = "c.exemple",
        .nom = "EXEMPLE-LEFÈVRE",
        .prenom = "CAMILLE",
        .school = "École élémentaire Jean Moulin",
        .city = "LYON",
    };
    if (of_whom->profile == PROFILE_RESPONSABLE) {
        snprintf(out_mail->children, sizeof out_mail->children, "%s", "Léa\nTom\nZoé");
    }
    if (of->kind == DELIVERY_REMINDER) {
        reminder_fill(out_mail);
    }
    bool is_shown = of->kind == DELIVERY_NOTIFICATION && of_whom->password == PASSWORD_PROVISIONAL;
    *out_password = is_shown ? "k7pr-wz4t-9hbn" : NULL;
}
