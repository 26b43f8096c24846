#include "portal/life_words.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *action, *words;
} deeds[] = {
    {"created",                "Compte créé d’après les informations de l’établissement"                             },
    {"notify",                 "Compte remis par l’établissement"                                                         },
    {"notify_reset",           "Compte remis par l’établissement, avec un nouveau mot de passe provisoire"                },
    {"notification_cancelled", "Envoi annulé par l’établissement avant son départ"                                      },
    {"reset_password",         "Mot de passe réinitialisé par l’établissement"                                          },
    {"password_shown",         "Mot de passe provisoire lu par l’établissement, pour vous le communiquer"                 },
    {"resend_activation",      "Courriel d’activation renvoyé par l’établissement"                                     },
    {"birth_date_refused",     "Date de naissance refusée"                                                                  },
    {"open",                   "Première connexion : vous avez choisi votre mot de passe"                                   },
    {"confirm_email",          "Vous avez confirmé votre adresse de courriel"                                               },
    {"change_email",           "Vous avez demandé à changer d’adresse de courriel"                                       },
    {"email_change_cancelled", "Vous avez renoncé à changer d’adresse de courriel"                                       },
    {"change_mobile",          "Vous avez donné un numéro de mobile à confirmer"                                          },
    {"confirm_mobile",         "Vous avez confirmé votre téléphone mobile"                                                },
    {"remove_mobile",          "Vous avez retiré votre téléphone mobile"                                                  },
    {"contacts_forgotten",     "L’établissement a retiré de votre compte l’adresse et le mobile confirmés"            },
    {"change_password",        "Vous avez changé votre mot de passe"                                                        },
    {"recover_password",       "Vous avez choisi un autre mot de passe après un oubli"                                      },
    {"help_identifier",        "Identifiant demandé depuis la page de connexion : un courriel vous l’a rappelé"          },
    {"help_password",          "Mot de passe oublié : un lien vous a été envoyé par courriel"                            },
    {"help_activation",        "Lien d’activation redemandé depuis la page de connexion"                                  },
    {"help_not_opened",        "Aide demandée avant l’ouverture du compte : un courriel vous a répondu"                  },
    {"reset_by_guardian",      "Mot de passe réinitialisé par un responsable légal"                                       },
    {"child_helped",           "Vous avez réinitialisé le mot de passe d’un enfant"                                      },
    {"accounts_joined",        "Vos comptes de responsable ont été réunis en celui-ci"                                    },
    {"joined_to_other",        "Compte réuni à un autre compte de la même personne"                                       },
    {"accounts_separated",
     "Vos comptes, qui avaient été réunis, ont été séparés : des enfants sont de nouveau dans l’autre"              },
    {"separated_from_other",   "Ce compte, qui avait été réuni à un autre, en a été séparé : il s’ouvre de nouveau"},
    {"child_disclaimed",       "Vous avez déclaré ne pas être responsable légal d’un élève"                          },
    {"child_restored",         "L’établissement a maintenu le rattachement d’un élève"                                },
    {"child_proved",           "Vous avez donné la date de naissance d’un élève que l’établissement vous a rattaché"},
    {"open_sms",               "Vous avez ouvert votre compte par SMS"                                                       },
    {"open_franceconnect",     "Vous avez lié FranceConnect à votre compte"                                                },
    {"franceconnect_unlinked", "Vous avez dissocié FranceConnect de votre compte"                                           },
    {"open_aten",              "Vous avez ouvert votre compte depuis l’ancien guichet (ATEN)"                              },
    {"open_ent",               "Vous avez ouvert votre compte depuis un ENT"                                                 },
    {"close",                  "Compte fermé : plus aucun établissement ne vous y rattachait"                              },
    {"reopen",                 "Compte rouvert : un établissement vous y rattache de nouveau"                               },
    {"merge_undone",           "Une fiche qui n’était pas la vôtre a été séparée de votre compte"                    },
    {"sessions_ended",         "Vous avez mis fin à d’autres connexions"                                                  },
    {"data_downloaded",        "Vous avez téléchargé vos données"                                                        },
};

const char *life_words(const char *action)
{
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (strcmp(deeds[i].action, action) == 0) {
            return deeds[i].words;
        }
    }
    return NULL;
}
