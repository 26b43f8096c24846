/* preauctl doctor: what the daemons say of themselves on their status addresses, and what to do about it. */
#include "ctl/ask_status.h"
#include "ctl/doctor.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

enum { TIMEOUT_MS = 3000, STATISTICS_OLD_HOURS = 30, CALM_SECONDS = 3600 };

/* --- asking --- */

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void ask(struct status_asker *asker, const char *address, const char *name, struct doctor_answer *answer)
{
    _cleanup_(status_answer_clear) struct status_answer said = {0};
    status_ask(asker, address, "/status", &said);
    if (said.code == 0) {
        answer->silence = checked_printf("%s", said.is_late ? "aucune réponse en 3 s" : said.body);
        return;
    }
    answer->status = json_loads(said.body, 0, NULL);
    if (strcmp(text_of(answer->status, "name"), name) != 0) {
        answer->silence = checked_printf("ce qui y répond n’est pas %s", name);
        json_decref(answer->status);
        answer->status = NULL;
    }
}

void doctor_answers_ask(struct doctor *doctor)
{
    if (doctor->config == NULL)
        return;
    _cleanup_(status_asker_free) struct status_asker *asker = status_asker_new(TIMEOUT_MS);
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        const struct house_daemon *daemon = &house_daemons[i];
        if (!house_is_here(doctor->config, (int)i))
            doctor->answers[i].silence = checked_strdup("sur une autre machine");
        else if (asker != NULL)
            ask(asker, config_text(doctor->config, daemon->status), daemon->name, &doctor->answers[i]);
        else
            doctor->answers[i].silence = checked_strdup("libcurl ne fonctionne pas sur cette machine");
    }
}

void doctor_answers_clear(struct doctor *doctor)
{
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        json_decref(doctor->answers[i].status);
        memory_free(&doctor->answers[i].silence);
    }
}

/* --- one daemon --- */

/* docs/operators/etat.md says what each means. */
static const struct {
    const char *check, *advice;
} advices[] = {
    {"database",        "voyez plus haut PostgreSQL, ses rôles et le schéma"                                              },
    {"database_server",
     "PostgreSQL répond et ne peut plus écrire : disque plein, mémoire, lecture seule ; voyez son journal"               },
    {"clock",           "mettez cet hôte et celui de PostgreSQL à l’heure (timedatectl, chrony)"                        },
    {"bus",             "redémarrez ce démon ; une autre instance tient peut-être son adresse (section bus)"             },
    {"import",          "preauctl import list, puis import report : l’archive sera reprise ; sinon, les droits du dépôt"},
    {"import_late",     "demandez à cette académie sa livraison ; preauctl import list dit la dernière"                  },
    {"disk",            "faites de la place sur ce disque (import.disk_free_min) ; en lecture seule pour ce démon : "
             "ReadWritePaths= de son unité, docs/operators/livraisons.md"                                      },
    {"inbox",
     "mettez le dépôt sur un disque local en ext4 ou xfs : une livraison que d’autres pourraient encore changer y "
        "resterait ; docs/operators/livraisons.md"                                                                          },
    {"retention",       "journalctl -u preau-importd : la fermeture et l’effacement des comptes seront repris"            },
    {"smtp",            "voyez plus bas le serveur de courriel ; docs/operators/courriels.md"                               },
    {"documents",       "journalctl -u preau-notifyd ; les polices (notify.font_directory) et le trousseau"                 },
    {"reminders",       "journalctl -u preau-notifyd : les rappels seront repris"                                           },
    {"mail_copies",
     "journalctl -u preau-notifyd dit chaque fichier de notify.template_copies et sa ligne ; corrigez, redémarrez"         },
    {"mail_returns",    "les droits du Maildir (notify.return_maildir), pour preau-notify"                                  },
    {"sms",             "docs/operators/sms.md : joignez ce fournisseur, ou vérifiez son compte et sa clef"                },
    {"sms_delivery",
     "demandez à ce fournisseur pourquoi ses messages ne sont pas remis ; mettez-en un autre avant lui"                    },
    {"academy_portals", "docs/operators/portail-academique.md : joignez l’académie ; leurs directions se connectent "
                        "sinon par mot de passe"                                                     },
    {"ent",             "docs/operators/ent.md : joignez cet ENT, ou vérifiez sa section"                                  },
    {"franceconnect",   "docs/operators/franceconnect.md : vérifiez l’émetteur, et que cet hôte le joint"              },
    {"statistics",      "preauctl statistics compute, et journalctl -u preau-statsd s’il échoue encore"                  },
    {"linkd",           "démarrez preau-linkd, ou vérifiez bus.link"                                                      },
    {"notifyd",         "démarrez preau-notifyd, ou vérifiez bus.notify"                                                  },
    {"statsd",          "démarrez preau-statsd, ou vérifiez bus.statistics"                                               },
    {"importd",         "démarrez preau-importd, ou vérifiez bus.import"                                                  },
};

static const char *advice_of(const char *check)
{
    for (size_t i = 0; i < ARRAY_LENGTH(advices); i++)
        if (strcmp(advices[i].check, check) == 0)
            return advices[i].advice;
    return "docs/operators/etat.md dit ce que ce contrôle éprouve";
}

static void find_checks(struct doctor *doctor, json_t *checks)
{
    size_t index;
    json_t *check;
    json_array_foreach(checks, index, check)
    {
        const char *name = text_of(check, "name");
        if (strcmp(text_of(check, "state"), "ok") == 0)
            continue;
        bool is_required = json_is_true(json_object_get(check, "required"));
        doctor_find(doctor, is_required ? DOCTOR_BROKEN : DOCTOR_LOOK, "%s : %s", name, text_of(check, "cause"));
        doctor_advise(doctor, "%s", advice_of(name));
    }
}

/* What waits for more than an hour is not on its way. */
static void find_queues(struct doctor *doctor, json_t *numbers)
{
    static const struct {
        const char *oldest, *words, *advice;
    } queues[] = {
        {"archives_oldest_seconds", "une archive AAF attend",      "preauctl import list ; preauctl import run"             },
        {"mails_oldest_seconds",    "un courriel attend",          "voyez plus bas le serveur de courriel"                  },
        {"sheets_oldest_seconds",   "des fiches attendent",        "journalctl -u preau-notifyd"                            },
        {"help_oldest_seconds",     "une demande d’aide attend", "journalctl -u preau-notifyd"                            },
        {"sms_oldest_seconds",      "un SMS attend",               "docs/operators/sms.md ; sms.hourly_max est-il atteint ?"},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(queues); i++) {
        json_int_t age = json_integer_value(json_object_get(numbers, queues[i].oldest));
        if (age > CALM_SECONDS) {
            doctor_find(doctor, DOCTOR_LOOK, "%s depuis %lld min", queues[i].words, (long long)age / 60);
            doctor_advise(doctor, "%s", queues[i].advice);
        }
    }
}

void doctor_daemon(struct doctor *doctor, int index)
{
    const struct house_daemon *daemon = &house_daemons[index];
    const struct doctor_answer *answer = &doctor->answers[index];
    const char *address = config_text(doctor->config, daemon->status);
    if (answer->status == NULL) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : %s", address, answer->silence);
        doctor_advise(doctor,
            "systemctl status %s ; journalctl -u %s -n 50 dit pourquoi il s’est arrêté ; puis systemctl start %s",
            daemon->name, daemon->name, daemon->name);
        return;
    }
    json_t *checks = json_object_get(answer->status, "checks");
    find_checks(doctor, checks);
    find_queues(doctor, json_object_get(answer->status, "numbers"));
    if (!json_is_true(json_object_get(answer->status, "ready")) && doctor->state != DOCTOR_BROKEN) {
        doctor_find(doctor, DOCTOR_BROKEN, "%s : pas prêt (%s)", address, text_of(answer->status, "state"));
        doctor_advise(
            doctor, "attendez qu’il ait fini de démarrer ou de s’arrêter, et regardez journalctl -u %s", daemon->name);
    }
    doctor_detail(doctor, "prêt, version %s", text_of(answer->status, "version"));
}

void doctor_versions(struct doctor *doctor, int index)
{
    (void)index;
    unsigned count = 0;
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        json_t *status = doctor->answers[i].status;
        count += status != NULL;
        if (status == NULL || strcmp(text_of(status, "version"), PREAU_VERSION) == 0)
            continue;
        doctor_find(doctor, DOCTOR_LOOK, "%s est en version %s, preauctl en %s", house_daemons[i].name,
            text_of(status, "version"), PREAU_VERSION);
        doctor_advise(doctor, "installez partout la même version, puis systemctl restart %s", house_daemons[i].name);
    }
    if (count == 0)
        doctor_skip(doctor, "aucun démon ne répond");
    else
        doctor_detail(doctor, "%s", PREAU_VERSION);
}

/* --- what they did last --- */

static void check_academy(struct doctor *doctor, json_t *academy)
{
    json_t *age = json_object_get(academy, "age_seconds");
    if (json_integer_value(json_object_get(academy, "late")) == 0)
        return;
    if (json_is_integer(age))
        doctor_find(doctor, DOCTOR_LOOK, "académie %lld %s : intégrée il y a %lld h",
            (long long)json_integer_value(json_object_get(academy, "academy")), text_of(academy, "name"),
            (long long)json_integer_value(age) / 3600);
    else
        doctor_find(doctor, DOCTOR_LOOK, "académie %lld %s : jamais intégrée",
            (long long)json_integer_value(json_object_get(academy, "academy")), text_of(academy, "name"));
    doctor_advise(doctor, "preauctl import list ; sinon demandez à l’académie sa livraison (import.late_after)");
}

void doctor_imports(struct doctor *doctor, int index)
{
    (void)index;
    size_t i;
    json_t *academy;
    json_t *status = doctor->answers[HOUSE_IMPORT].status;
    json_t *academies = json_object_get(json_object_get(status, "lists"), "academies");
    if (status == NULL) {
        doctor_skip(doctor, "preau-importd ne répond pas");
        return;
    }
    json_array_foreach(academies, i, academy)
    {
        check_academy(doctor, academy);
    }
    json_int_t held = json_integer_value(json_object_get(json_object_get(status, "numbers"), "archives_held"));
    if (held > 0) {
        doctor_find(doctor, DOCTOR_LOOK, "%lld livraisons retenues attendent une décision", (long long)held);
        doctor_advise(doctor, "preauctl import list, puis import approve ou import reject");
    }
    doctor_detail(doctor, "%zu académies", json_array_size(academies));
}

void doctor_statistics(struct doctor *doctor, int index)
{
    (void)index;
    json_t *status = doctor->answers[HOUSE_STATS].status;
    json_t *age = json_object_get(json_object_get(status, "numbers"), "statistics_age_seconds");
    if (status == NULL) {
        doctor_skip(doctor, "preau-statsd ne répond pas");
    } else if (!json_is_integer(age)) {
        doctor_skip(doctor, "aucun relevé encore");
    } else if (json_integer_value(age) / 3600 >= STATISTICS_OLD_HOURS) {
        doctor_find(doctor, DOCTOR_LOOK, "le dernier relevé date de %lld h", (long long)json_integer_value(age) / 3600);
        doctor_advise(doctor, "preauctl statistics compute ; journalctl -u preau-statsd dit pourquoi la nuit a manqué");
    } else {
        doctor_detail(doctor, "il y a %lld h", (long long)json_integer_value(age) / 3600);
    }
}
