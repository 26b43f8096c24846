#include "portal/account_deed.h"

#include <stddef.h>
#include <string.h>

/* As done: the life cycle's own labels say what is to be done. */
static const struct {
    const char *action, *label;
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

const char *account_deed(const char *action)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (strcmp(action, deeds[i].action) == 0) {
            return deeds[i].label;
        }
    }
    return NULL;
}
