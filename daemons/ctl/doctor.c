/* preauctl doctor: the table of checks, and what is said of them. */
#include "ctl/doctor.h"

#include "ctl/output.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <stdarg.h>
#include <string.h>

struct doctor_check {
    const char *name;  /* for programs */
    const char *label; /* French */
    void (*run)(struct doctor *doctor, int index);
    int index; /* of house_daemons: it is of that one's host alone; or ANYWHERE */
    bool needs_no_config;
};

enum { ANYWHERE = -1 };

/* In the order in which a fault causes others: what is told first is mended first. */
static const struct doctor_check checks[] = {
    {"config",               "configuration",                     doctor_config,            ANYWHERE,     true },
    {"config_of_daemons",    "configuration lue par les démons", doctor_config_of_daemons, ANYWHERE,     false},
    {"secrets",              "droits des fichiers secrets",       doctor_secrets,           ANYWHERE,     false},
    {"keys",                 "trousseau et clefs du bus",         doctor_keys,              ANYWHERE,     false},
    {"folders",              "dossiers et place libre",           doctor_folders,           ANYWHERE,     false},
    {"database_server",      "PostgreSQL",                        doctor_server,            ANYWHERE,     false},
    {"database_roles",       "rôles de PostgreSQL",              doctor_roles,             ANYWHERE,     false},
    {"database_schema",      "schéma de la base",                doctor_schema,            ANYWHERE,     false},
    {"clock",                "horloge",                           doctor_clock,             ANYWHERE,     false},
    {"database_connections", "connexions à PostgreSQL",          doctor_connections,       ANYWHERE,     false},
    {"database_archive",     "archivage du journal de la base",   doctor_archive,           ANYWHERE,     false},
    {"importd",              "preau-importd",                     doctor_daemon,            HOUSE_IMPORT, false},
    {"notifyd",              "preau-notifyd",                     doctor_daemon,            HOUSE_NOTIFY, false},
    {"linkd",                "preau-linkd",                       doctor_daemon,            HOUSE_LINK,   false},
    {"statsd",               "preau-statsd",                      doctor_daemon,            HOUSE_STATS,  false},
    {"portald",              "preau-portald",                     doctor_daemon,            HOUSE_PORTAL, false},
    {"versions",             "versions des démons",              doctor_versions,          ANYWHERE,     false},
    {"bus",                  "bus",                               doctor_bus,               ANYWHERE,     false},
    {"imports",              "intégrations",                     doctor_imports,           HOUSE_IMPORT, false},
    {"statistics",           "relevé statistique",               doctor_statistics,        HOUSE_STATS,  false},
    {"smtp",                 "serveur de courriel",               doctor_smtp,              HOUSE_NOTIFY, false},
    {"sms",                  "fournisseurs de SMS",               doctor_sms,               HOUSE_LINK,   false},
    {"franceconnect",        "FranceConnect",                     doctor_franceconnect,     HOUSE_LINK,   false},
    {"academy_portals",      "portails des académies",           doctor_academy_portals,   HOUSE_LINK,   false},
    {"ent",                  "ENT et ATEN",                       doctor_ents,              HOUSE_LINK,   false},
    {"public_url",           "adresse publique du portail",       doctor_public_address,    ANYWHERE,     false},
};

/* --- what is found --- */

static const char *const state_names[] = {"ok", "skipped", "look", "broken"};
static const char *const state_words[] = {"OK      ", "—       ", "à voir  ", "en panne"};

PRINTF_LIKE(1, 0) static char *text_of(const char *format, va_list args)
{
    char text[1500];
    (void)vsnprintf(text, sizeof text, format, args);
    /* what peers say is told in one line, without what a terminal would obey */
    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++)
        if (*at < ' ' || *at == 0x7f || (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0))
            *at = ' ';
    return checked_strdup(text);
}

/* A text of a peer may be cut within a letter, or be none in UTF-8. */
static json_t *text_json(const char *text)
{
    json_t *json = json_string(text);
    if (json != NULL)
        return json;
    _cleanup_(memory_free) char *plain = checked_strdup(text);
    for (unsigned char *at = (unsigned char *)plain; *at != '\0'; at++)
        if (*at >= 0x80)
            *at = '?';
    return json_string(plain);
}

void doctor_find(struct doctor *doctor, enum doctor_state state, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    _cleanup_(memory_free) char *text = text_of(format, args);
    va_end(args);
    (void)json_array_append_new(doctor->findings,
        json_pack("{s:s, s:o, s:s}", "state", state_names[state], "what", text_json(text), "advice", ""));
    doctor->state = state > doctor->state ? state : doctor->state;
}

void doctor_advise(struct doctor *doctor, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    _cleanup_(memory_free) char *text = text_of(format, args);
    va_end(args);
    json_t *last = json_array_get(doctor->findings, json_array_size(doctor->findings) - 1);
    (void)json_object_set_new(last, "advice", text_json(text));
}

void doctor_detail(struct doctor *doctor, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    memory_free(&doctor->detail);
    doctor->detail = text_of(format, args);
    va_end(args);
}

void doctor_skip(struct doctor *doctor, const char *why)
{
    doctor->state = DOCTOR_SKIPPED;
    doctor_detail(doctor, "%s", why);
}

/* --- what is said --- */

static const char *member(json_t *finding, const char *name)
{
    const char *text = json_string_value(json_object_get(finding, name));
    return text != NULL ? text : "";
}

/* Columns, not bytes: labels are French. */
static void print_padded(const char *text, unsigned columns)
{
    (void)fputs(text, stdout);
    for (const char *at = text; *at != '\0' && columns > 0; at++)
        columns -= ((unsigned char)*at & 0xc0) != 0x80;
    (void)printf("%*s", (int)columns, "");
}

static void print_check(const struct doctor *doctor, const struct doctor_check *check)
{
    enum { LABEL_COLUMNS = 34 };
    size_t index;
    json_t *finding;
    (void)printf("%s  ", state_words[doctor->state]);
    print_padded(check->label, doctor->detail != NULL ? LABEL_COLUMNS : 0);
    (void)printf("%s\n", doctor->detail != NULL ? doctor->detail : "");
    json_array_foreach(doctor->findings, index, finding)
    {
        (void)printf("          %s\n", member(finding, "what"));
        if (member(finding, "advice")[0] != '\0')
            (void)printf("          → %s\n", member(finding, "advice"));
    }
    (void)fflush(stdout);
}

static json_t *check_json(const struct doctor *doctor, const struct doctor_check *check)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:O}", "name", check->name, "label", check->label, "state",
        state_names[doctor->state], "detail", text_json(doctor->detail != NULL ? doctor->detail : ""), "findings",
        doctor->findings);
}

/* --- the examination --- */

enum { CHECK_SECONDS = 120 }; /* of one check that asks every daemon's account in turn, each for its own time */

struct making {
    struct doctor *doctor;
    const struct doctor_check *check;
};

/* In the process of its own: what was found goes to the one that waits. */
static int make_apart(void *arg, FILE *out)
{
    const struct making *making = arg;
    struct doctor *doctor = making->doctor;
    making->check->run(doctor, making->check->index);
    json_t *made = json_pack("{s:i, s:O, s:o}", "state", (int)doctor->state, "findings", doctor->findings, "detail",
        doctor->detail != NULL ? text_json(doctor->detail) : json_null());
    int code = json_dumpf(made, out, JSON_COMPACT);
    json_decref(made);
    return code == 0 ? 0 : 1;
}

/* Whatever hangs, or dies, in a check: the others are made. */
static void check_run(struct doctor *doctor, const struct doctor_check *check)
{
    struct making making = {doctor, check};
    _cleanup_(memory_free) char *said = NULL;
    int code = doctor_look_as(NULL, CHECK_SECONDS, make_apart, &making, &said);
    json_t *made = code == 0 ? json_loads(said, 0, NULL) : NULL;
    const char *detail = json_string_value(json_object_get(made, "detail"));
    if (made == NULL && code != DOCTOR_LOOK_LATE) {
        doctor_find(doctor, DOCTOR_BROKEN, "ce contrôle s’est arrêté sans rien dire");
        doctor_advise(
            doctor, "mémoire ou processus manquent-ils à cette machine ? Sinon, signalez-le avec preauctl --version");
        return;
    }
    if (made == NULL) {
        doctor_find(doctor, DOCTOR_BROKEN, "ce contrôle n’a pas fini en %d s", CHECK_SECONDS);
        doctor_advise(doctor, "ce qu’il regarde ne répond plus : un serveur, ou un disque, bloqué");
        return;
    }
    doctor->state = (enum doctor_state)json_integer_value(json_object_get(made, "state"));
    (void)json_array_extend(doctor->findings, json_object_get(made, "findings"));
    if (detail != NULL)
        doctor_detail(doctor, "%s", detail);
    if (check->run == doctor_server)
        doctor->is_database_away = detail == NULL;
    json_decref(made);
}

static enum doctor_state check_make(struct doctor *doctor, const struct doctor_check *check, json_t *all)
{
    doctor->state = DOCTOR_OK;
    doctor->findings = json_array();
    if (doctor->config != NULL && check->index != ANYWHERE && !house_is_here(doctor->config, check->index))
        doctor_skip(doctor, "sur une autre machine");
    else if (doctor->config != NULL || check->needs_no_config)
        check_run(doctor, check);
    else
        doctor_skip(doctor, "pas vérifié : la configuration est fausse");
    if (doctor->ctl->is_json)
        (void)json_array_append_new(all, check_json(doctor, check));
    else
        print_check(doctor, check);
    json_decref(doctor->findings);
    memory_free(&doctor->detail);
    return doctor->state;
}

static enum ctl_exit tell_end(const struct ctl *ctl, const unsigned *counts, json_t *all)
{
    enum doctor_state worst = counts[DOCTOR_BROKEN] > 0 ? DOCTOR_BROKEN
                              : counts[DOCTOR_LOOK] > 0 ? DOCTOR_LOOK
                                                        : DOCTOR_OK;
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:s, s:O}", "state", state_names[worst], "checks", all));
    } else {
        (void)printf(
            "\n%u en panne, %u à voir, %u en ordre", counts[DOCTOR_BROKEN], counts[DOCTOR_LOOK], counts[DOCTOR_OK]);
        (void)printf(counts[DOCTOR_SKIPPED] > 0 ? ", %u sans objet ou pas vérifiés.\n" : ".\n", counts[DOCTOR_SKIPPED]);
    }
    return worst == DOCTOR_BROKEN ? CTL_BROKEN : worst == DOCTOR_LOOK ? CTL_NO : CTL_OK;
}

enum ctl_exit ctl_doctor(const struct ctl *ctl)
{
    struct config_problems problems = {0};
    struct fault fault = {0};
    struct config *config = config_load(ctl->files, ctl->file_count, NULL, &problems);
    config_problems_clear(&problems); /* the first check tells them */
    struct doctor doctor = {.ctl = ctl, .config = config};
    doctor.zone_is_unknown = config != NULL && !clock_zone_set(config_text(config, CONFIG_TIME_ZONE), &fault);
    unsigned counts[DOCTOR_BROKEN + 1] = {0};
    json_t *all = json_array();
    doctor_answers_ask(&doctor);
    for (size_t i = 0; i < ARRAY_LENGTH(checks); i++)
        counts[check_make(&doctor, &checks[i], all)]++;
    doctor_answers_clear(&doctor);
    enum ctl_exit code = tell_end(ctl, counts, all);
    json_decref(all);
    config_free(&config);
    return code;
}
