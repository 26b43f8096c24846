/* Of the page of one account: its life so far, who did what and when. */
#include "portal/account_view.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"

#include <string.h>

/* As done: the life cycle's own labels say what is to be done. A code that is not here is shown as it is. */
static const struct {
    const char *code, *label;
} deeds[] = {
    {"created",                "Compte créé à partir de l’annuaire académique"                },
    {"notify",                 "Compte notifié"                                                    },
    {"notify_reset",           "Compte notifié, mot de passe réinitialisé"                       },
    {"notification_cancelled", "Notification annulée avant son départ"                            },
    {"reset_password",         "Mot de passe réinitialisé"                                        },
    {"password_shown",         "Mot de passe provisoire affiché"                                   },
    {"resend_activation",      "Courriel d’activation renvoyé"                                   },
    {"birth_date_refused",     "Date de naissance refusée"                                         },
    {"open",                   "Première connexion : mot de passe choisi"                          },
    {"confirm_email",          "Adresse de messagerie confirmée"                                   },
    {"change_email",           "Nouvelle adresse de messagerie demandée"                           },
    {"email_change_cancelled", "Changement d’adresse de messagerie annulé"                       },
    {"change_mobile",          "Numéro de mobile à confirmer donné depuis le guichet"            },
    {"confirm_mobile",         "Mobile du compte confirmé par un code"                             },
    {"remove_mobile",          "Mobile du compte retiré"                                           },
    {"contacts_forgotten",     "Adresse et mobile confirmés oubliés, mot de passe réinitialisé" },
    {"change_password",        "Mot de passe changé"                                               },
    {"recover_password",       "Accès retrouvé après oubli du mot de passe"                      },
    {"help_identifier",        "Identifiant demandé depuis la page de connexion : courriel envoyé"},
    {"help_password",          "Mot de passe oublié : lien envoyé par courriel"                   },
    {"help_activation",        "Lien d’activation redemandé depuis la page de connexion"         },
    {"help_not_opened",        "Aide demandée avant l’ouverture : courriel envoyé"              },
    {"reset_by_guardian",      "Mot de passe réinitialisé par un responsable légal"              },
    {"child_helped",           "Mot de passe d’un enfant réinitialisé depuis le guichet"        },
    {"accounts_joined",        "Comptes de la même personne réunis en celui-ci"                   },
    {"joined_to_other",        "Compte réuni à un autre, de la même personne"                    },
    {"accounts_separated",     "Réunion défaite : l’autre compte s’ouvre de nouveau"          },
    {"separated_from_other",   "Réunion défaite : ce compte s’ouvre de nouveau"                 },
    {"child_disclaimed",       "Déclaration : pas responsable légal d’un élève rattaché"     },
    {"child_restored",         "Rattachement d’un élève maintenu"                               },
    {"child_proved",           "Date de naissance donnée de l’élève maintenu"                  },
    {"open_sms",               "Compte ouvert par SMS"                                              },
    {"open_franceconnect",     "FranceConnect lié au compte"                                       },
    {"franceconnect_unlinked", "FranceConnect dissocié du compte"                                  },
    {"open_aten",              "Compte ouvert depuis ATEN"                                          },
    {"open_ent",               "Compte ouvert depuis un ENT"                                        },
    {"close",                  "Compte fermé"                                                      },
    {"reopen",                 "Compte rouvert"                                                     },
    {"merge_undone",           "Fiche détachée : elle était celle d’une autre personne"        },
};

static const char *deed_text(const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(deeds); i++) {
        if (strcmp(code, deeds[i].code) == 0) {
            return deeds[i].label;
        }
    }
    return code;
}

static const char *actor_text(const struct account_happening *happening)
{
    if (strcmp(happening->actor, "administrator") == 0) {
        return happening->administrator[0] != '\0' ? happening->administrator : "l’administration";
    }
    if (strcmp(happening->actor, "person") == 0) {
        return "la personne";
    }
    if (strcmp(happening->actor, "guardian") == 0) {
        return "un responsable légal";
    }
    return strcmp(happening->actor, "import") == 0 ? "l’import" : "l’exploitant";
}

void account_life_fill(const struct visit *visit, const struct account_happening *happenings, size_t count)
{
    const struct account_view *page = visit->own;
    struct view *life = count > 0 ? view_add(page->body, "LIFE") : NULL;
    for (size_t i = 0; i < count; i++) {
        char moment[WORDING_SIZE];
        struct view *row = view_add(life, "EVENT");
        wording_moment(happenings[i].at, moment);
        view_set(row, "AT", moment);
        sentence_set(row, "EVENT_TEXT", deed_text(happenings[i].action));
        view_set(row, "BY", actor_text(&happenings[i]));
        if (happenings[i].of_login[0] != '\0') {
            view_set(view_add(row, "OF_LOGIN"), "OTHER_LOGIN", happenings[i].of_login);
        }
        if (strcmp(happenings[i].channel, "mail") == 0) {
            view_show(row, "BY_MAIL");
        } else if (strcmp(happenings[i].channel, "sheet") == 0) {
            view_show(row, "BY_SHEET");
        }
    }
}
