#include "portal/routes.h"

#include "portal/handlers.h"
#include "portal/tabs.h"
#include "runtime/cleanup.h"

#include <string.h>

#define SCHOOL "/etablissements/:uai"

static const struct route routes[] = {
    {HTTP_GET,  "/",                                               ACCESS_ANYONE,        "public",   home_show                    },
    {HTTP_GET,  "/assets/*",                                       ACCESS_ANYONE,        "asset",    files_send                   },
    {HTTP_GET,  "/images/*",                                       ACCESS_ANYONE,        "asset",    picture_send                 },
    {HTTP_GET,  "/etat",                                           ACCESS_UNASKED,       "public",   service_show                 },
    {HTTP_GET,  "/.well-known/security.txt",                       ACCESS_UNASKED,       "public",   security_text_show           },
    {HTTP_GET,  "/accessibilite",                                  ACCESS_ANYONE,        "public",   accessibility_show           },
    {HTTP_GET,  "/mentions-legales",                               ACCESS_ANYONE,        "public",   legal_show                   },
    {HTTP_GET,  "/donnees-personnelles",                           ACCESS_ANYONE,        "public",   privacy_show                 },
    {HTTP_GET,  "/donnees-ouvertes",                               ACCESS_ANYONE,        "public",   open_figures_show            },
    {HTTP_GET,  "/donnees-ouvertes/comptes.csv",                   ACCESS_ANYONE,        "public",   open_figures_sheet           },
    {HTTP_GET,  "/connexion",                                      ACCESS_ANYONE,        "public",   family_sign_in_show          },
    {HTTP_POST, "/connexion",                                      ACCESS_ANYONE,        "public",   family_sign_in_do            },
    {HTTP_GET,  "/activation/:jeton",                              ACCESS_ANYONE,        "public",   activation_show              },
    {HTTP_POST, "/activation/:jeton",                              ACCESS_ANYONE,        "public",   activation_do                },
    {HTTP_GET,  "/aide",                                           ACCESS_ANYONE,        "public",   help_show                    },
    {HTTP_GET,  "/aide/identifiant",                               ACCESS_ANYONE,        "public",   help_form_show               },
    {HTTP_POST, "/aide/identifiant",                               ACCESS_ANYONE,        "public",   help_form_do                 },
    {HTTP_GET,  "/aide/mot-de-passe",                              ACCESS_ANYONE,        "public",   help_form_show               },
    {HTTP_POST, "/aide/mot-de-passe",                              ACCESS_ANYONE,        "public",   help_form_do                 },
    {HTTP_GET,  "/aide/activation",                                ACCESS_ANYONE,        "public",   help_form_show               },
    {HTTP_POST, "/aide/activation",                                ACCESS_ANYONE,        "public",   help_form_do                 },
    {HTTP_GET,  "/aide/sms",                                       ACCESS_ANYONE,        "public",   forgotten_show               },
    {HTTP_POST, "/aide/sms",                                       ACCESS_ANYONE,        "public",   registration_do              },
    {HTTP_GET,  "/aide/sms/code",                                  ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/aide/sms/code",                                  ACCESS_ANYONE,        "public",   registration_code_do         },
    {HTTP_GET,  "/aide/sms/mot-de-passe",                          ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/aide/sms/mot-de-passe",                          ACCESS_ANYONE,        "public",   registration_password_do     },
    {HTTP_GET,  "/inscription",                                    ACCESS_ANYONE,        "public",   registration_show            },
    {HTTP_POST, "/inscription",                                    ACCESS_ANYONE,        "public",   registration_do              },
    {HTTP_GET,  "/inscription/code",                               ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/inscription/code",                               ACCESS_ANYONE,        "public",   registration_code_do         },
    {HTTP_GET,  "/inscription/enfants",                            ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/inscription/enfants",                            ACCESS_ANYONE,        "public",   registration_children_do     },
    {HTTP_GET,  "/inscription/mot-de-passe",                       ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/inscription/mot-de-passe",                       ACCESS_ANYONE,        "public",   registration_password_do     },
    {HTTP_GET,  "/inscription/mobile",                             ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/inscription/mobile",                             ACCESS_ANYONE,        "public",   registration_mobile_do       },
    {HTTP_GET,  "/inscription/franceconnect",                      ACCESS_ANYONE,        "public",   registration_step_show       },
    {HTTP_POST, "/inscription/franceconnect",                      ACCESS_ANYONE,        "public",   registration_franceconnect_do},
    {HTTP_GET,  "/franceconnect",                                  ACCESS_ANYONE,        "public",   franceconnect_go             },
    {HTTP_GET,  "/franceconnect/retour",                           ACCESS_ANYONE,        "public",   franceconnect_return         },
    {HTTP_GET,  "/franceconnect/fin",                              ACCESS_ANYONE,        "public",   franceconnect_left           },
    {HTTP_GET,  "/franceconnect/deconnexion",                      ACCESS_ANYONE,        "public",   franceconnect_leave          },
    {HTTP_GET,  "/ent",                                            ACCESS_ANYONE,        "public",   ent_show                     },
    {HTTP_GET,  "/ent/:portail",                                   ACCESS_ANYONE,        "public",   ent_go                       },
    {HTTP_GET,  "/ent/:portail/retour",                            ACCESS_ANYONE,        "public",   ent_return                   },
    {HTTP_POST, "/ent/:portail/retour",                            ACCESS_UNASKED,       "public",   ent_land                     },
    {HTTP_GET,  "/ent/:portail/metadata",                          ACCESS_ANYONE,        "public",   ent_metadata_show            },
    {HTTP_POST, "/ent/:portail/suite",                             ACCESS_UNASKED,       "public",   ent_land_on                  },
    {HTTP_GET,  "/ouverture/ent",                                  ACCESS_ANYONE,        "public",   ent_opening_show             },
    {HTTP_POST, "/ouverture/ent",                                  ACCESS_ANYONE,        "public",   ent_opening_do               },
    {HTTP_POST, "/ouverture/ent/quitter",                          ACCESS_ANYONE,        "public",   ent_opening_leave            },
    {HTTP_GET,  "/mot-de-passe/:jeton",                            ACCESS_ANYONE,        "public",   password_link_show           },
    {HTTP_POST, "/mot-de-passe/:jeton",                            ACCESS_ANYONE,        "public",   password_link_do             },
    {HTTP_GET,  "/ouverture",                                      ACCESS_OPENING,       "family",   opening_show                 },
    {HTTP_POST, "/ouverture",                                      ACCESS_OPENING,       "family",   opening_do                   },
    {HTTP_GET,  "/ouverture/pas-responsable",                      ACCESS_OPENING,       "family",   disclaim_show                },
    {HTTP_POST, "/ouverture/pas-responsable",                      ACCESS_OPENING,       "family",   disclaim_do                  },
    {HTTP_GET,  "/nouveau-mot-de-passe",                           ACCESS_PASSWORD,      "family",   password_show                },
    {HTTP_POST, "/nouveau-mot-de-passe",                           ACCESS_PASSWORD,      "family",   password_do                  },
    {HTTP_GET,  "/guichet",                                        ACCESS_FAMILY,        "family",   desk_show                    },
    {HTTP_GET,  "/guichet/enfants",                                ACCESS_FAMILY,        "family",   children_show                },
    {HTTP_POST, "/guichet/enfants/rattachement",                   ACCESS_FAMILY,        "family",   returned_child_do            },
    {HTTP_GET,  "/guichet/enfants/:compte/mot-de-passe",           ACCESS_FAMILY,        "family",   child_password_show          },
    {HTTP_POST, "/guichet/enfants/:compte/mot-de-passe",           ACCESS_FAMILY,        "family",   child_password_do            },
    {HTTP_GET,  "/guichet/compte",                                 ACCESS_FAMILY,        "family",   family_account_show          },
    {HTTP_GET,  "/guichet/historique",                             ACCESS_FAMILY,        "family",   family_life_show             },
    {HTTP_GET,  "/guichet/adresse",                                ACCESS_FAMILY,        "family",   family_email_show            },
    {HTTP_POST, "/guichet/adresse",                                ACCESS_FAMILY,        "family",   family_email_do              },
    {HTTP_POST, "/guichet/adresse/annulation",                     ACCESS_FAMILY,        "family",   family_email_cancel_do       },
    {HTTP_GET,  "/guichet/mobile",                                 ACCESS_FAMILY,        "family",   family_mobile_show           },
    {HTTP_POST, "/guichet/mobile",                                 ACCESS_FAMILY,        "family",   family_mobile_do             },
    {HTTP_GET,  "/guichet/mobile/code",                            ACCESS_FAMILY,        "family",   family_mobile_code_show      },
    {HTTP_POST, "/guichet/mobile/code",                            ACCESS_FAMILY,        "family",   family_mobile_code_do        },
    {HTTP_GET,  "/guichet/mobile/retrait",                         ACCESS_FAMILY,        "family",   family_mobile_removal_show   },
    {HTTP_POST, "/guichet/mobile/retrait",                         ACCESS_FAMILY,        "family",   family_mobile_removal_do     },
    {HTTP_GET,  "/guichet/franceconnect",                          ACCESS_FAMILY,        "family",   franceconnect_link_go        },
    {HTTP_GET,  "/guichet/franceconnect/retrait",                  ACCESS_FAMILY,        "family",   franceconnect_unlink_show    },
    {HTTP_POST, "/guichet/franceconnect/retrait",                  ACCESS_FAMILY,        "family",   franceconnect_unlink_do      },
    {HTTP_GET,  "/guichet/autre-compte",                           ACCESS_FAMILY,        "family",   other_account_show           },
    {HTTP_POST, "/guichet/autre-compte",                           ACCESS_FAMILY,        "family",   other_account_do             },
    {HTTP_GET,  "/guichet/autre-compte/:jeton",                    ACCESS_FAMILY,        "family",   other_account_confirm_show   },
    {HTTP_POST, "/guichet/autre-compte/:jeton",                    ACCESS_FAMILY,        "family",   other_account_confirm_do     },
    {HTTP_GET,  "/guichet/enfant-manquant",                        ACCESS_FAMILY,        "family",   missing_child_show           },
    {HTTP_POST, "/guichet/enfant-manquant",                        ACCESS_FAMILY,        "family",   missing_child_do             },
    {HTTP_GET,  "/guichet/enfant-manquant/code",                   ACCESS_FAMILY,        "family",   registration_step_show       },
    {HTTP_POST, "/guichet/enfant-manquant/code",                   ACCESS_FAMILY,        "family",   registration_code_do         },
    {HTTP_GET,  "/guichet/enfant-manquant/enfants",                ACCESS_FAMILY,        "family",   registration_step_show       },
    {HTTP_POST, "/guichet/enfant-manquant/enfants",                ACCESS_FAMILY,        "family",   registration_children_do     },
    {HTTP_POST, "/guichet/connexions",                             ACCESS_FAMILY,        "family",   family_sessions_do           },
    {HTTP_POST, "/guichet/donnees",                                ACCESS_FAMILY,        "document", family_data_do               },
    {HTTP_GET,  "/adresse/:jeton",                                 ACCESS_ANYONE,        "public",   email_link_show              },
    {HTTP_POST, "/adresse/:jeton",                                 ACCESS_ANYONE,        "public",   email_link_do                },
    {HTTP_POST, "/deconnexion",                                    ACCESS_SIGNED_IN,     "public",   sign_out_do                  },
    {HTTP_GET,  "/administration",                                 ACCESS_ADMINISTRATOR, "head",     schools_show                 },
    {HTTP_GET,  "/administration/connexion",                       ACCESS_ANYONE,        "public",   head_sign_in_show            },
    {HTTP_POST, "/administration/connexion",                       ACCESS_ANYONE,        "public",   head_sign_in_do              },
    {HTTP_GET,  "/administration/code",                            ACCESS_CODE,          "head",     code_show                    },
    {HTTP_POST, "/administration/code",                            ACCESS_CODE,          "head",     code_do                      },
    {HTTP_GET,  "/administration/mot-de-passe",                    ACCESS_OWN_PASSWORD,  "head",     own_password_show            },
    {HTTP_POST, "/administration/mot-de-passe",                    ACCESS_OWN_PASSWORD,  "head",     own_password_do              },
    {HTTP_GET,  "/administration/double-authentification",         ACCESS_SECOND_FACTOR, "head",     second_factor_show           },
    {HTTP_POST, "/administration/double-authentification",         ACCESS_SECOND_FACTOR, "head",     second_factor_do             },
    {HTTP_GET,  "/administration/double-authentification/qr.svg",  ACCESS_SECOND_FACTOR, "head",     second_factor_qr             },
    {HTTP_POST, "/administration/double-authentification/retrait", ACCESS_ADMINISTRATOR, "head",
     second_factor_remove_do                                                                                                      },
    {HTTP_POST, "/administration/codes-de-secours",                ACCESS_ADMINISTRATOR, "head",     recovery_codes_do            },
    {HTTP_GET,  "/administration/mon-compte",                      ACCESS_ADMINISTRATOR, "head",     my_account_show              },
    {HTTP_POST, "/administration/mon-compte/sessions",             ACCESS_ADMINISTRATOR, "head",     my_sessions_do               },
    {HTTP_POST, "/administration/mon-compte/rappel",               ACCESS_ADMINISTRATOR, "head",     my_reminder_do               },
    {HTTP_GET,  "/portail/:portail",                               ACCESS_ANYONE,        "public",   portal_go                    },
    {HTTP_GET,  "/portail/:portail/retour",                        ACCESS_ANYONE,        "public",   portal_return                },
    {HTTP_GET,  "/fin-de-session",                                 ACCESS_ANYONE,        "public",   portal_left                  },
    {HTTP_GET,  "/fin-de-session/portail",                         ACCESS_ANYONE,        "public",   portal_leave                 },
    {HTTP_GET,  "/imports",                                        ACCESS_DELIVERIES,    "head",     imports_show                 },
    {HTTP_GET,  "/imports/:integration",                           ACCESS_DELIVERIES,    "head",     import_show                  },
    {HTTP_GET,  "/imports/:releve",                                ACCESS_DELIVERIES,    "document", import_sheet                 },
    {HTTP_GET,  "/statistiques",                                   ACCESS_DELIVERIES,    "head",     figures_area_show            },
    {HTTP_GET,  "/statistiques.csv",                               ACCESS_DELIVERIES,    "document", figures_area_sheet           },
    {HTTP_GET,  "/statistiques.pdf",                               ACCESS_DELIVERIES,    "document", figures_area_paper           },
    {HTTP_GET,  "/journal",                                        ACCESS_ADMINISTRATOR, "head",     journal_show                 },
    {HTTP_GET,  "/etablissements",                                 ACCESS_ADMINISTRATOR, "head",     schools_show                 },
    {HTTP_GET,  SCHOOL,                                            ACCESS_SCHOOL,        "head",     school_home_show             },
    {HTTP_GET,  SCHOOL "/responsables",                            ACCESS_SCHOOL,        "list",     list_guardians               },
    {HTTP_POST, SCHOOL "/responsables",                            ACCESS_SCHOOL,        "list",     list_guardians_move          },
    {HTTP_GET,  SCHOOL "/eleves",                                  ACCESS_SCHOOL,        "list",     list_pupils                  },
    {HTTP_POST, SCHOOL "/eleves",                                  ACCESS_SCHOOL,        "list",     list_pupils_move             },
    {HTTP_GET,  SCHOOL "/responsables/liste",                      ACCESS_SCHOOL,        "document", export_guardians             },
    {HTTP_GET,  SCHOOL "/eleves/liste",                            ACCESS_SCHOOL,        "document", export_pupils                },
    {HTTP_POST, SCHOOL "/liste",                                   ACCESS_SCHOOL,        "document", export_do                    },
    {HTTP_GET,  SCHOOL "/apercu",                                  ACCESS_SCHOOL,        "head",     preview_show                 },
    {HTTP_POST, SCHOOL "/apercu",                                  ACCESS_SCHOOL,        "head",     preview_do                   },
    {HTTP_POST, SCHOOL "/envoi",                                   ACCESS_SCHOOL,        "head",     batch_send_do                },
    {HTTP_GET,  SCHOOL "/envois",                                  ACCESS_SCHOOL,        "head",     batches_show                 },
    {HTTP_GET,  SCHOOL "/envois/:envoi",                           ACCESS_SCHOOL,        "head",     batch_show                   },
    {HTTP_GET,  SCHOOL "/envois/:envoi/fiches/:fiches",            ACCESS_SCHOOL,        "document", batch_sheets                 },
    {HTTP_POST, SCHOOL "/envois/:envoi/annulation",                ACCESS_SCHOOL,        "head",     batch_cancel_do              },
    {HTTP_POST, SCHOOL "/envois/:envoi/reprise",                   ACCESS_SCHOOL,        "head",     batch_retry_do               },
    {HTTP_GET,  SCHOOL "/comptes/:compte",                         ACCESS_SCHOOL,        "head",     account_show                 },
    {HTTP_POST, SCHOOL "/comptes/:compte/mot-de-passe",            ACCESS_SCHOOL,        "head",     account_password             },
    {HTTP_POST, SCHOOL "/comptes/:compte/renvoi",                  ACCESS_SCHOOL,        "head",     account_resend               },
    {HTTP_POST, SCHOOL "/comptes/:compte/rattachement",            ACCESS_SCHOOL,        "head",     account_restore              },
    {HTTP_GET,  SCHOOL "/delegations",                             ACCESS_SCHOOL,        "head",     delegations_show             },
    {HTTP_POST, SCHOOL "/delegations",                             ACCESS_SCHOOL,        "head",     delegation_give_do           },
    {HTTP_POST, SCHOOL "/delegations/retrait",                     ACCESS_SCHOOL,        "head",     delegation_take_back_do      },
    {HTTP_POST, SCHOOL "/delegations/mot-de-passe",                ACCESS_SCHOOL,        "head",     delegation_renew_do          },
    {HTTP_GET,  SCHOOL "/statistiques",                            ACCESS_SCHOOL,        "head",     figures_show                 },
    {HTTP_GET,  SCHOOL "/statistiques.csv",                        ACCESS_SCHOOL,        "document", figures_sheet                },
    {HTTP_GET,  SCHOOL "/statistiques.pdf",                        ACCESS_SCHOOL,        "document", figures_paper                },
};

enum route_found route_find(
    enum http_method method, const char *path, const struct route **out_route, struct path_values *out_values)
{
    enum route_found found = ROUTE_NOT_FOUND;
    enum http_method wanted = method == HTTP_HEAD ? HTTP_GET : method;
    for (size_t i = 0; i < ARRAY_LENGTH(routes); i++) {
        if (!path_matches(routes[i].pattern, path, out_values)) {
            continue;
        }
        if (routes[i].method == wanted) {
            *out_route = &routes[i];
            return ROUTE_FOUND;
        }
        found = ROUTE_OTHER_METHOD;
    }
    *out_values = (struct path_values){0};
    return found;
}

/* Addresses that take forms and are no page. place: below the path without its last piece, or a path of its own. */
#define LIST "responsables"
// clang-format off
static const struct {
    const char *pattern, *place;
} forms[] = {
    {SCHOOL "/comptes/:compte/mot-de-passe",            ""                          },
    {SCHOOL "/comptes/:compte/renvoi",                  ""                          },
    {SCHOOL "/comptes/:compte/rattachement",            ""                          },
    {SCHOOL "/delegations/retrait",                     ""                          },
    {SCHOOL "/delegations/mot-de-passe",                ""                          },
    {SCHOOL "/envois/:envoi/annulation",                ""                          },
    {SCHOOL "/envois/:envoi/reprise",                   ""                          },
    {SCHOOL "/apercu",                                  LIST                        },
    {SCHOOL "/envoi",                                   LIST                        },
    {SCHOOL "/liste",                                   LIST                        },
    {"/ent/:portail/suite",                             "/ent"                      },
    {"/ouverture/ent/quitter",                          "/ouverture/ent"            },
    {"/guichet/enfants/rattachement",                   "/guichet/enfants"         },
    {"/guichet/adresse/annulation",                     "/guichet/compte"          },
    {"/guichet/connexions",                             "/guichet/compte"          },
    {"/guichet/donnees",                                "/guichet/compte"          },
    {"/administration/codes-de-secours",                "/administration/mon-compte"},
    {"/administration/double-authentification/retrait", "/administration/mon-compte"},
    {"/administration/mon-compte/sessions",             ""                          },
    {"/administration/mon-compte/rappel",               ""                          },
};
// clang-format on

static const char *place_make(struct arena *arena, const char *path, const char *place, const char *profile)
{
    int before = (int)(strrchr(path, '/') - path);
    enum account_profile whose;
    if (place[0] == '/') {
        return place;
    }
    if (strcmp(place, LIST) == 0 && profile && profile_from_code(profile, &whose)) {
        place = tab_of(whose);
    }
    return arena_printf(arena, "%.*s%s%s", before, path, place[0] != '\0' ? "/" : "", place);
}

const char *route_place(struct arena *arena, const char *path, const char *profile)
{
    struct path_values values;
    for (size_t i = 0; i < ARRAY_LENGTH(forms); i++) {
        if (path_matches(forms[i].pattern, path, &values)) {
            return place_make(arena, path, forms[i].place, profile);
        }
    }
    return NULL;
}
