#include "notify/mail_template.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */ /* it sets one column of a table far from the other */
const struct mail_template mail_templates[MAIL_TEMPLATE_COUNT] = {
    {"notification", "Première notification d’un compte : identifiant, mot de passe provisoire, mode d’emploi.",
     DELIVERY_NOTIFICATION, false, {"LOGIN", "PASSWORD", "SIGN_IN"}},
    {"re-notification", "Notification d’un compte qui l’a déjà été.",
     DELIVERY_NOTIFICATION, true, {"LOGIN", "PASSWORD", "SIGN_IN"}},
    {"activation", "Lien qui confirme l’adresse de messagerie et active le compte.",
     DELIVERY_ACTIVATION, false, {"LINK"}},
    {"email-change", "Lien qui confirme une nouvelle adresse, demandée par la personne.",
     DELIVERY_EMAIL_CHANGE, false, {"LINK"}},
    {"email-change-asked", "Avis, à l’adresse d’avant : la personne a demandé à en changer.",
     DELIVERY_EMAIL_CHANGE_ASKED, false, {"LOGIN", "NEW_ADDRESS"}},
    {"email-changed", "Avis, aux deux adresses : la nouvelle a remplacé l’ancienne.",
     DELIVERY_EMAIL_CHANGED, false, {"LOGIN", "NEW_ADDRESS"}},
    {"reset", "Avis : l’établissement a réinitialisé le mot de passe.",
     DELIVERY_PASSWORD_RESET, false, {"LOGIN"}},
    {"changed", "Avis : la personne a changé son mot de passe.",
     DELIVERY_PASSWORD_CHANGED, false, {"LOGIN"}},
    {"reminder", "Rappel au chef d’établissement qui l’a demandé : des mots de passe provisoires arrivent à échéance.",
     DELIVERY_REMINDER, false, {"LIST", "CHOICE"}},
    {"reset-by-guardian", "Avis : un responsable légal a réinitialisé le mot de passe de l’élève.",
     DELIVERY_GUARDIAN_RESET, false, {"LOGIN"}},
    {"franceconnect-linked", "Avis : la personne a lié FranceConnect à son compte.",
     DELIVERY_FRANCECONNECT_LINKED, false, {"LOGIN"}},
    {"franceconnect-unlinked", "Avis : la personne a dissocié FranceConnect de son compte.",
     DELIVERY_FRANCECONNECT_UNLINKED, false, {"LOGIN"}},
    {"accounts-joined", "Avis, aux adresses des deux : deux comptes d’un responsable n’en font plus qu’un.",
     DELIVERY_ACCOUNTS_JOINED, false, {"LOGIN", "SIGN_IN"}},
    {"accounts-separated", "Avis : l’exploitant a séparé deux comptes qui avaient été réunis.",
     DELIVERY_ACCOUNTS_SEPARATED, false, {"LOGIN", "SIGN_IN"}},
    {"account-opened", "Avis d’ouverture, là où l’établissement connaît la personne : qui n’a rien ouvert apprend que quelqu’un l’a fait.",
     DELIVERY_ACCOUNT_OPENED, false, {"LOGIN", "SIGN_IN"}},
    {"mobile-changed", "Avis : la personne a confirmé, remplacé ou retiré le mobile de son compte.",
     DELIVERY_MOBILE_CHANGED, false, {"LOGIN"}},
    {"contacts-forgotten", "Avis : l’établissement a retiré du compte l’adresse et le mobile confirmés, qui n’étaient pas ceux de la personne.",
     DELIVERY_CONTACTS_FORGOTTEN, false, {"ASKED"}},
    {"forgotten-identifier", "Identifiant oublié, demandé depuis la page de connexion.",
     DELIVERY_FORGOTTEN_IDENTIFIER, false, {"LOGIN", "SIGN_IN"}},
    {"forgotten-password", "Mot de passe oublié : lien qui permet d’en choisir un autre.",
     DELIVERY_FORGOTTEN_PASSWORD, false, {"LINK"}},
    {"not-opened", "Aide demandée pour un compte distribué qui n’a jamais été ouvert.",
     DELIVERY_NOT_OPENED, false, {"LOGIN", "SIGN_IN"}},
};
/* clang-format on */

const struct mail_template *mail_template_of(const struct owed_mail *mail)
{
    const struct mail_template *found = NULL;
    for (size_t i = 0; !found && i < MAIL_TEMPLATE_COUNT; i++) {
        const struct mail_template *one = &mail_templates[i];
        found = one->kind == mail->kind && one->is_repeat == (mail->is_repeat && mail->kind == DELIVERY_NOTIFICATION)
                    ? one
                    : NULL;
    }
    assert(found); /* each kind has its row */
    return found;
}

static const struct mail_link links[DELIVERY_KIND_COUNT] = {
    [DELIVERY_ACTIVATION] = {"activation",   "activation"  },
    [DELIVERY_EMAIL_CHANGE] = {"email_change", "adresse"     },
    [DELIVERY_FORGOTTEN_PASSWORD] = {"password",     "mot-de-passe"},
};

const struct mail_link *mail_link_of(enum delivery_kind kind)
{
    return links[kind].purpose ? &links[kind] : NULL;
}

const struct mail_template *mail_template_named(const char *name)
{
    for (size_t i = 0; i < MAIL_TEMPLATE_COUNT; i++) {
        if (strcmp(mail_templates[i].name, name) == 0) {
            return &mail_templates[i];
        }
    }
    return NULL;
}

void mail_template_file(
    const char *language, const char *name, const char *suffix, char out_file[MAIL_TEMPLATE_FILE_SIZE])
{
    snprintf(out_file, MAIL_TEMPLATE_FILE_SIZE, "%s%s%s%s", language, language[0] != '\0' ? "/" : "", name, suffix);
}
