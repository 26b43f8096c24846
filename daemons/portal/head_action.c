#include "portal/head_action.h"

#include "runtime/cleanup.h"

#include <string.h>

#define MAIL PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL
#define SHEET PREAU__NOTIFY__CHANNEL__CHANNEL_SHEET
#define NOTHING PREAU__NOTIFY__CHANNEL__CHANNEL_UNSPECIFIED

static const struct head_action actions[] = {
    {"mail",         "Notifier par courrier électronique",                                           ACTION_NOTIFY,         MAIL,    false,
     "compte sera notifié par courrier électronique",                                                                                                                                         "comptes seront notifiés par courrier électronique",
     "compte est notifié par courrier électronique",                                                                                                                                                                                                                                                 "comptes sont notifiés par courrier électronique", false},
    {"sheet",        "Notifier par feuilles individuelles",                                           ACTION_NOTIFY,         SHEET,   false,
     "compte sera notifié par feuille individuelle",                                                                                                                                           "comptes seront notifiés par feuilles individuelles",
     "compte est notifié par feuille individuelle",                                                                                                                                                                                                                                                   "comptes sont notifiés par feuilles individuelles", false},
    {"mail-reset",   "Notifier par courrier électronique, en réinitialisant le mot de passe",       ACTION_NOTIFY_RESET,   MAIL,
     true,                                                                                                                                   "compte sera notifié par courrier électronique", "comptes seront notifiés par courrier électronique",
     "compte est notifié par courrier électronique",                                                                                                                                                                                                                                                 "comptes sont notifiés par courrier électronique", false},
    {"sheet-reset",  "Notifier par feuilles individuelles, en réinitialisant le mot de passe",       ACTION_NOTIFY_RESET,
     SHEET,                                                                                                                           true,  "compte sera notifié par feuille individuelle",
     "comptes seront notifiés par feuilles individuelles",                                                                                                                                                                                            "compte est notifié par feuille individuelle",
     "comptes sont notifiés par feuilles individuelles",                                                                                                                                                                                                                                                                                                   false},
    {"reset",        "Réinitialiser le mot de passe",                                                ACTION_RESET_PASSWORD, NOTHING, true,  "mot de passe sera réinitialisé",
     "mots de passe seront réinitialisés",                                                                                                                                                                                                           "mot de passe est réinitialisé",              "mots de passe sont réinitialisés",
     false                                                                                                                                                                                                                                                                                                                                                       },
    {"reset-forget", "Réinitialiser le mot de passe et oublier l’adresse et le mobile confirmés", ACTION_RESET_PASSWORD,
     NOTHING,                                                                                                                         true,  "mot de passe sera réinitialisé",                "mots de passe seront réinitialisés",
     "mot de passe est réinitialisé",                                                                                                                                                                                                                                                                "mots de passe sont réinitialisés",                true },
};

const struct head_action *head_action_at(size_t index)
{
    return index < ARRAY_LENGTH(actions) ? &actions[index] : NULL;
}

const struct head_action *head_action_find(const char *code)
{
    for (size_t i = 0; code && i < ARRAY_LENGTH(actions); i++) {
        if (strcmp(actions[i].code, code) == 0) {
            return &actions[i];
        }
    }
    return NULL;
}
