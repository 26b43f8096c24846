/* preauctl: the operator's and integrator's command line.
 *
 * Job            Prepares and upgrades the database, makes keys, shows how the daemons are, examines the installation, makes administrators, takes
 * and reports imports, has statistics computed and gives the open ones, shows the configuration, makes the list of known passwords, measures what hashing costs. What daemons do is asked of them over the bus,
 * as the operator; only `database init` and `migrate` speak to the database itself, as the schema's owner, and `audit`, `admin aaf-heads` and `doctor`,
 * which read it, and `key list` and `key reseal`, which count what is sealed, as its owner, and seal it anew.
 * Output         Sentences in French, or one JSON document with --json: docs/operators/preauctl.md.
 * Exit codes     0 done; 1 no (refused, down, failed); 2 command line; 3 unreachable; 78 configuration.
 * Configuration  The daemons' own file: sections database (database init, migrate, doctor, audit, admin aaf-heads), keys (key; with database: key list, key reseal), status (status), bus (the others).
 * Promises       A password is printed once, when it was generated, and never read from the command line. */
#include "ctl/options.h"
#include "ctl/output.h"
#include "runtime/clock.h"
#include "runtime/log.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

static const char *const no_section[] = {NULL};
static const char *const of_status[] = {"status", NULL};
static const char *const of_database[] = {"database", NULL};
static const char *const of_keys[] = {"keys", NULL};
static const char *const of_keys_and_database[] = {"keys", "database", NULL};
static const char *const of_link[] = {"link", NULL};
static const char *const of_bus[] = {"bus", NULL};

static const struct ctl_option admin_options[] = {
    {"name",          "NOM",               "nom montré"                                                                 },
    {"role",          "ROLE",              "directeur, delegue, integrateur, assistance ou exploitant"                   },
    {"school",        "UAI",               "établissement confié ; se répète"                                        },
    {"academy",       "N",                 "académie confiée, numéro ou nom ; se répète"                            },
    {"nation",        NULL,                "toutes les académies"                                                       },
    {"aaf",           "ACADEMIE:JOINTURE",
     "personne de l’AAF, dont le compte suit les établissements ; role, name, mail en viennent"                       },
    {"mail",          "ADRESSE",           "adresse de messagerie"                                                       },
    {"by",            "NOM",               "qui le demande (défaut : l’utilisateur Unix)"                             },
    {"password-file", "FICHIER",           "mot de passe, que seuls son propriétaire et son groupe lisent ; sinon tiré"},
    {NULL,            NULL,                NULL                                                                          },
};
static const struct ctl_option admin_scope_options[] = {
    {"by",      "NOM", "qui le demande (défaut : l’utilisateur Unix)"},
    {"school",  "UAI", "établissement ; se répète"                   },
    {"academy", "N",   "académie, numéro ou nom ; se répète"        },
    {"nation",  NULL,  "toutes les académies"                          },
    {NULL,      NULL,  NULL                                             },
};
static const struct ctl_option author_options[] = {
    {"by", "NOM", "qui le demande (défaut : l’utilisateur Unix)"},
    {NULL, NULL,  NULL                                             },
};
static const struct ctl_option admin_password_options[] = {
    {"by",            "NOM",     "qui le demande (défaut : l’utilisateur Unix)"                             },
    {"password-file", "FICHIER", "mot de passe, que seuls son propriétaire et son groupe lisent ; sinon tiré"},
    {NULL,            NULL,      NULL                                                                          },
};
static const struct ctl_option admin_session_options[] = {
    {"by",      "NOM", "qui le demande (défaut : l’utilisateur Unix)"},
    {"session", "N",   "celle-ci seulement, par son numéro"            },
    {NULL,      NULL,  NULL                                             },
};
static const struct ctl_option statistics_open_options[] = {
    {"output", "FICHIER", "où l’écrire ; sinon la sortie standard"},
    {NULL,     NULL,      NULL                                        },
};
static const struct ctl_option import_run_options[] = {
    {"academy", "N",   "le dépôt de cette académie seulement"                     },
    {"archive", "NOM", "cette archive ou ce dossier du dépôt seulement"            },
    {"wait",    NULL,  "attend la fin ; code 1 si une archive n’est pas intégrée"},
    {"by",      "NOM", "qui le demande (défaut : l’utilisateur Unix)"             },
    {NULL,      NULL,  NULL                                                          },
};
static const struct ctl_option import_check_options[] = {
    {"academy", "N",   "le dépôt de cette académie seulement"         },
    {"archive", "NOM", "cette archive ou ce dossier du dépôt seulement"},
    {NULL,      NULL,  NULL                                              },
};
static const struct ctl_option key_generate_options[] = {
    {"next", NULL, "elle ne fait que lire, jusqu’à « key promote » : les démons ne s’arrêtent pas ensemble"},
    {NULL,   NULL, NULL                                                                                             },
};
static const struct ctl_option calibrate_options[] = {
    {"target", "MS",  "durée voulue d’un calcul, en millisecondes (défaut : 100)"                        },
    {"memory", "MIO", "mémoire que les calculs menés ensemble peuvent prendre, en Mio (défaut : un quart)"},
    {NULL,     NULL,  NULL                                                                                   },
};
static const struct ctl_option import_list_options[] = {
    {"academy", "N",  "de cette académie seulement"       },
    {"limit",   "N",  "les N plus récentes (défaut : 20)"},
    {NULL,      NULL, NULL                                 },
};
static const struct ctl_option import_report_options[] = {
    {"csv",     NULL,   "les fiches pour un tableur, toutes"                         },
    {"figures", NULL,   "les chiffres pour un tableur, en tout et par établissement"},
    {"code",    "CODE", "les fiches de ce code seulement"                            },
    {"all",     NULL,   "toutes les fiches, non les premières"                      },
    {NULL,      NULL,   NULL                                                         },
};
static const struct ctl_option import_decide_options[] = {
    {"by", "NOM", "qui décide (défaut : l’utilisateur Unix)"},
    {NULL, NULL,  NULL                                          },
};
static const struct ctl_option import_merges_options[] = {
    {"academy", "N",  "de cette académie seulement"        },
    {"limit",   "N",  "les N plus récentes (défaut : 100)"},
    {NULL,      NULL, NULL                                  },
};
static const struct ctl_option account_joined_options[] = {
    {"limit", "N",  "les N plus récentes (défaut : 50)"},
    {NULL,    NULL, NULL                                 },
};
static const struct ctl_option account_separate_options[] = {
    {"by",     "NOM",    "qui le demande (défaut : l’utilisateur Unix)"},
    {"reason", "RAISON", "homonyme, erreur, intrus ou demande"            },
    {NULL,     NULL,     NULL                                             },
};
static const struct ctl_option mail_list_options[] = {
    {"language", "CODE", "les copies des modèles de cette seconde langue"},
    {NULL,       NULL,   NULL                                             },
};
static const struct ctl_option mail_preview_options[] = {
    {"case",     "CAS",  "pour qui le lit autrement : eleve, reinitialise, choisi… « mail list » dit les cas de chacun"},
    {"language", "CODE", "avec cette seconde langue, à la suite du français"                                             },
    {"html",     NULL,   "la forme HTML, au lieu du texte"                                                                 },
    {"eml",      NULL,   "le courriel entier, tel qu’il partirait"                                                       },
    {NULL,       NULL,   NULL                                                                                              },
};
static const struct ctl_option audit_verify_options[] = {
    {"academy", "N",                         "la chaîne de cette académie seulement ; 0 : celle de la nation"},
    {"anchor",  "ACADEMIE:NUMERO:EMPREINTE", "un repère gardé ailleurs ; se répète"                        },
    {NULL,      NULL,                        NULL                                                              },
};
static const struct ctl_option audit_show_options[] = {
    {"academy",       "N",           "de cette académie ; 0 ne restreint pas"            },
    {"school",        "UAI",         "de cet établissement"                              },
    {"administrator", "IDENTIFIANT", "de cet administrateur"                              },
    {"account",       "IDENTIFIANT", "sur ce compte"                                      },
    {"action",        "CODE",        "de cette action"                                    },
    {"since",         "AAAA-MM-JJ",  "depuis ce jour"                                     },
    {"until",         "AAAA-MM-JJ",  "jusqu’à ce jour, compris"                        },
    {"limit",         "N",           "les N plus récentes (défaut : 50 ; 10000 au plus)"},
    {NULL,            NULL,          NULL                                                 },
};

static const struct ctl_option database_init_options[] = {
    {"dry-run",        NULL,   "dit ce qui serait fait, et ne fait rien"                                              },
    {"maintenance-db", "BASE", "base déjà là, par où entrer avant que celle de Préau existe (défaut : postgres)"},
    {"print-settings", NULL,
     "imprime les réglages conseillés de postgresql.conf et les lignes de pg_hba.conf, avec leurs raisons"          },
    {"accounts",       "N",    "pour tant de comptes (défaut : un million)"                                          },
    {"memory",         "GIO",  "pour tant de mémoire, en Gio (défaut : celle de cette machine)"                     },
    {NULL,             NULL,   NULL                                                                                   },
};

static const struct ctl_option migrate_options[] = {
    {"wait", "MINUTES", "combien de minutes une étape est essayée tant qu’un verrou n’est pas libre (défaut : 1)"},
    {NULL,   NULL,      NULL                                                                                            },
};

static const struct command commands[] = {
    {
     .group = "status",
     .summary = "Dit l’état des cinq démons, une ligne chacun ; code 1 si l’un n’est pas prêt.",
     .sections = of_status,
     .run = ctl_status,
     },
    {
     .group = "doctor",
     .summary =
            "Examine l’installation, de la configuration aux serveurs des autres, et dit que faire ; code 1 : à voir, "
            "2 : en panne.", .run = ctl_doctor,
     },
    {
     .group = "database",
     .name = "init",
     .summary =
            "Prépare PostgreSQL : les rôles, la base, son schéma ; sans effet la seconde fois, et sans jamais rien "
            "détruire.", .options = database_init_options,
     .sections = of_database,
     .run = ctl_database_init,
     },
    {
     .group = "migrate",
     .summary = "Prépare la base de données ou la met à niveau ; sans effet si elle l’est.",
     .options = migrate_options,
     .sections = of_database,
     .run = ctl_migrate,
     },
    {
     .group = "key",
     .name = "generate",
     .arguments = "sealing|tokens",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Ajoute une clef au trousseau : les démons écrivent avec la plus récente.",
     .options = key_generate_options,
     .sections = of_keys,
     .run = ctl_key_generate,
     },
    {
     .group = "key",
     .name = "promote",
     .arguments = "sealing|tokens",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Fait écrire la prochaine clef, que tous les démons lisent déjà.",
     .sections = of_keys,
     .run = ctl_key_promote,
     },
    {
     .group = "key",
     .name = "list",
     .summary = "Dit les clefs du trousseau, et ce que chacune a scellé ; code 1 s’il en manque une.",
     .sections = of_keys_and_database,
     .run = ctl_key_list,
     },
    {
     .group = "key",
     .name = "reseal",
     .summary = "Scelle de nouveau, par la clef qui écrit, ce que d’anciennes ont scellé ; peut être interrompu.",
     .sections = of_keys_and_database,
     .run = ctl_key_reseal,
     },
    {
     .group = "key",
     .name = "curve",
     .arguments = "FICHIER",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Fait une paire de clefs CURVE du bus : la secrète dans FICHIER, la publique dans FICHIER.pub.",
     .run = ctl_key_curve,
     },
    {
     .group = "passwords",
     .name = "build",
     .arguments = "FICHIER LISTE…",
     .arguments_min = 2,
     .arguments_max = CTL_VALUES_MAX,
     .summary = "Fait, de listes d’un mot par ligne, le fichier des mots de passe que personne ne peut choisir.",
     .run = ctl_passwords_build,
     },
    {
     .group = "crypto",
     .name = "calibrate",
     .summary = "Mesure Argon2id sur cette machine et propose un réglage des mots de passe.",
     .options = calibrate_options,
     .sections = of_link,
     .run = ctl_crypto_calibrate,
     },
    {
     .group = "admin",
     .name = "add",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Crée un administrateur ; son mot de passe est montré une fois s’il est tiré.",
     .options = admin_options,
     .sections = of_bus,
     .run = ctl_admin_add,
     },
    {
     .group = "admin",
     .name = "list",
     .summary = "Dit les administrateurs, leur rôle et ce qui leur est confié.",
     .sections = of_bus,
     .run = ctl_admin_list,
     },
    {
     .group = "admin",
     .name = "show",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Dit tout d’un administrateur, connexions comprises.",
     .sections = of_bus,
     .run = ctl_admin_show,
     },
    {
     .group = "admin",
     .name = "disable",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Désactive un administrateur : ses connexions et ce qu’il a délégué prennent fin.",
     .options = author_options,
     .sections = of_bus,
     .run = ctl_admin_disable,
     },
    {
     .group = "admin",
     .name = "enable",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Active de nouveau un administrateur désactivé.",
     .options = author_options,
     .sections = of_bus,
     .run = ctl_admin_enable,
     },
    {
     .group = "admin",
     .name = "password",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Remplace le mot de passe ; tiré et montré une fois si aucun n’est donné.",
     .options = admin_password_options,
     .sections = of_bus,
     .run = ctl_admin_password,
     },
    {
     .group = "admin",
     .name = "reset-totp",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Remet à zéro la double authentification de qui a perdu son téléphone et ses codes de secours.",
     .options = author_options,
     .sections = of_bus,
     .run = ctl_admin_reset_totp,
     },
    {
     .group = "admin",
     .name = "grant",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Confie davantage à un administrateur.",
     .options = admin_scope_options,
     .sections = of_bus,
     .run = ctl_admin_grant,
     },
    {
     .group = "admin",
     .name = "revoke",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Retire une part de ce qui est confié, et ce qui en était délégué.",
     .options = admin_scope_options,
     .sections = of_bus,
     .run = ctl_admin_revoke,
     },
    {
     .group = "admin",
     .name = "follow",
     .arguments = "IDENTIFIANT ACADEMIE:JOINTURE",
     .arguments_min = 2,
     .arguments_max = 2,
     .summary = "Confie à un directeur, en plus du reste, les établissements à la tête desquels l’AAF nomme cette "
                   "personne.", .options = author_options,
     .sections = of_bus,
     .run = ctl_admin_follow,
     },
    {
     .group = "admin",
     .name = "unfollow",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Défait ce lien : ne reste que ce qui est confié par preauctl.",
     .options = author_options,
     .sections = of_bus,
     .run = ctl_admin_unfollow,
     },
    {
     .group = "admin",
     .name = "aaf-heads",
     .arguments = "[ACADEMIE]",
     .arguments_max = 1,
     .summary = "Dit qui l’AAF nomme à la tête d’un établissement et qui n’a pas encore de compte.",
     .sections = of_database,
     .run = ctl_admin_aaf_heads,
     },
    {
     .group = "admin",
     .name = "sessions",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Dit où un administrateur est connecté.",
     .sections = of_bus,
     .run = ctl_admin_sessions,
     },
    {
     .group = "admin",
     .name = "end-sessions",
     .arguments = "IDENTIFIANT",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Termine les connexions d’un administrateur, ou l’une d’elles.",
     .options = admin_session_options,
     .sections = of_bus,
     .run = ctl_admin_end_sessions,
     },
    {
     .group = "import",
     .name = "run",
     .summary = "Prend les archives AAF déposées, sans attendre l’heure.",
     .options = import_run_options,
     .sections = of_bus,
     .run = ctl_import_run,
     },
    {
     .group = "import",
     .name = "list",
     .summary = "Dit les intégrations, la plus récente d’abord, avec l’avancement de celles en cours.",
     .options = import_list_options,
     .sections = of_bus,
     .run = ctl_import_list,
     },
    {
     .group = "import",
     .name = "report",
     .arguments = "NUMERO",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Dit le compte rendu d’une intégration : chiffres, établissements, codes, fiches refusées.",
     .options = import_report_options,
     .sections = of_bus,
     .run = ctl_import_report,
     },
    {
     .group = "import",
     .name = "check",
     .summary = "Lit et juge les archives déposées sans rien changer ; code 0 si tout serait intégré.",
     .options = import_check_options,
     .sections = of_bus,
     .run = ctl_import_check,
     },
    {
     .group = "import",
     .name = "approve",
     .arguments = "NUMERO",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Fait intégrer une livraison retenue, après en avoir montré les chiffres.",
     .options = import_decide_options,
     .sections = of_bus,
     .run = ctl_import_approve,
     },
    {
     .group = "import",
     .name = "reject",
     .arguments = "NUMERO",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Écarte une livraison retenue, après en avoir montré les chiffres.",
     .options = import_decide_options,
     .sections = of_bus,
     .run = ctl_import_reject,
     },
    {
     .group = "import",
     .name = "merges",
     .summary = "Dit les fiches réunies à un même compte, la plus récente d’abord.",
     .options = import_merges_options,
     .sections = of_bus,
     .run = ctl_import_merges,
     },
    {
     .group = "import",
     .name = "unmerge",
     .arguments = "NUMERO",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Défait une réunion : la fiche a de nouveau un compte à elle, et n’est plus réunie d’elle-même.",
     .options = import_decide_options,
     .sections = of_bus,
     .run = ctl_import_unmerge,
     },
    {
     .group = "account",
     .name = "joined",
     .arguments = "[IDENTIFIANT]",
     .arguments_max = 1,
     .summary = "Dit les comptes de responsables réunis à un autre, la réunion la plus récente d’abord.",
     .options = account_joined_options,
     .sections = of_bus,
     .run = ctl_account_joined,
     },
    {
     .group = "account",
     .name = "separate",
     .arguments = "NUMERO",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary = "Défait la réunion de deux comptes : celui qui avait été fermé s’ouvre de nouveau, tel qu’il était.",
     .options = account_separate_options,
     .sections = of_bus,
     .run = ctl_account_separate,
     },
    {
     .group = "mail",
     .name = "list",
     .summary = "Dit les courriels que Préau envoie et lesquels ont un modèle à vous.",
     .options = mail_list_options,
     .sections = of_bus,
     .run = ctl_mail_list,
     },
    {
     .group = "mail",
     .name = "preview",
     .arguments = "NOM",
     .arguments_min = 1,
     .arguments_max = 1,
     .summary =
            "Montre un courriel avec les modèles du moment et des données d’exemple ; code 1 si un modèle est faux.",
     .options = mail_preview_options,
     .sections = of_bus,
     .run = ctl_mail_preview,
     },
    {
     .group = "statistics",
     .name = "compute",
     .summary = "Fait maintenant le relevé du jour, à la place de celui de la nuit.",
     .options = author_options,
     .sections = of_bus,
     .run = ctl_statistics_compute,
     },
    {
     .group = "statistics",
     .name = "open",
     .summary = "Donne les chiffres ouverts du dernier relevé, qui ne disent rien de personne, en CSV.",
     .options = statistics_open_options,
     .sections = of_bus,
     .run = ctl_statistics_open,
     },
    {
     .group = "audit",
     .name = "verify",
     .summary = "Vérifie que le journal des actions est intact ; code 1 s’il ne l’est pas, avec la première entrée "
                   "en cause.", .options = audit_verify_options,
     .sections = of_database,
     .run = ctl_audit_verify,
     },
    {
     .group = "audit",
     .name = "show",
     .summary = "Dit les actions des administrateurs et de l’exploitant, la plus récente d’abord.",
     .options = audit_show_options,
     .sections = of_database,
     .run = ctl_audit_show,
     },
    {
     .group = "config",
     .name = "show",
     .summary = "Dit chaque valeur en vigueur et d’où elle vient.",
     .sections = no_section,
     .run = ctl_config_show,
     },
    {
     .group = "config",
     .name = "check",
     .summary = "Dit chaque faute de forme de la configuration ; code 1 s’il y en a.",
     .run = ctl_config_check,
     },
    {.group = NULL                                                                                                                      },
};

static struct config *read_config(const struct ctl *ctl, const char *const *sections)
{
    struct config_problems problems = {0};
    struct config *config = config_load(ctl->files, ctl->file_count, sections, &problems);
    for (size_t i = 0; i < problems.count; i++)
        (void)ctl_fail(ctl, CTL_CONFIG, "config", "%s", problems.texts[i]);
    config_problems_clear(&problems);
    return config;
}

static enum ctl_exit run(struct ctl *ctl)
{
    if (ctl->command->sections == NULL)
        return ctl->command->run(ctl);
    struct config *config = read_config(ctl, ctl->command->sections);
    if (config == NULL)
        return CTL_CONFIG;
    struct fault fault = {0};
    ctl->config = config;
    enum ctl_exit code = clock_zone_set(config_text(config, CONFIG_TIME_ZONE), &fault)
                             ? ctl->command->run(ctl)
                             : ctl_fail_fault(ctl, "fuseau horaire", &fault);
    config_free(&config);
    return code;
}

/* A command is a request as a click is: the daemons' logs, PostgreSQL's and the audit trail know it by this. */
static struct log_scope request_begin(void)
{
    unsigned char bytes[16];
    char id[2 * sizeof bytes + 1];
    ssize_t length = getrandom(bytes, sizeof bytes, 0);
    assert(length == sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return log_scope_enter(id);
}

int main(int argc, char **argv)
{
    struct ctl_line line;
    /* what the libraries of the house would log is told by the commands themselves */
    log_open("preauctl", LOG_FORMAT_TEXT, LOG_CRIT);
    if (!ctl_line_read(commands, argc, argv, &line))
        return CTL_USAGE;
    if (line.is_version) {
        (void)printf("preauctl %s\n", PREAU_VERSION);
        return CTL_OK;
    }
    if (line.is_help) {
        if (line.ctl.command != NULL)
            ctl_help_command(line.ctl.command);
        else
            ctl_help(commands);
        return CTL_OK;
    }
    _cleanup_(log_scope_leave) struct log_scope scope = request_begin();
    return (int)run(&line.ctl);
}
