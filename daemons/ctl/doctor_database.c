/* preauctl doctor: the server, the roles, the schema, the clock. */
#include "ctl/doctor.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/blocking.h"
#include "store/migrate.h"
#include "store/prepare.h"
#include "store/server_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    CLOCK_SECONDS = 2, /* as the daemons' own check "clock" */
    LOOK_SECONDS = 20,
};
#define STATEMENT_MAX SECONDS(5)
#define ARCHIVE_LATE MINUTES(10) /* preau-archives.conf closes a segment each minute at least, if anything is written */

static bool connect_as(const struct doctor *doctor, const char *role, struct session **out_session, struct fault *fault)
{
    const struct session_options options = {
        .conninfo = config_text(doctor->config, CONFIG_DATABASE_CONNINFO),
        .user = house_role(doctor->config, role),
        .passfiles = config_text(doctor->config, CONFIG_DATABASE_PASSFILE_DIRECTORY),
        .program = "preauctl doctor",
        .statement_timeout = STATEMENT_MAX,
        .connect_timeout = config_duration(doctor->config, CONFIG_DATABASE_CONNECT_TIMEOUT),
    };
    return session_open(&options, out_session, fault);
}

/* --- why not? --- */

/* The first that fits: what the server says of itself names roles and databases too. */
static const struct {
    const char *words; /* of libpq or the server, in English or French */
    const char *advice;
} reasons[] = {
    {"no pg_hba.conf entry",
     "ajoutez la ligne de ce rôle à pg_hba.conf (preauctl database init --print-settings), puis pg_reload_conf()"      },
    {"pg_hba.conf",          "corrigez pg_hba.conf (preauctl database init --print-settings), puis pg_reload_conf()"     },
    {"eer authentication",
     "pg_ident.conf ne donne pas ce rôle à ce compte Unix ; en root, doctor essaie sous le compte du démon"           },
    {"password",
     "le mot de passe (passfile) n’est pas celui du rôle, ou manque : docs/operators/plusieurs-machines.md"           },
    {"mot de passe",
     "le mot de passe (passfile) n’est pas celui du rôle, ou manque : docs/operators/plusieurs-machines.md"           },
    {"certificate",
     "son certificat n’est pas à ce nom, ou d’une autre autorité : docs/operators/plusieurs-machines.md"           },
    {"too many",             "augmentez max_connections, ou réduisez database.pool_size"                                },
    {"starting up",          "PostgreSQL démarre : attendez, et regardez son journal si cela dure"                      },
    {"role ",                "créez les rôles : preauctl database init"                                                },
    {"database ",            "créez la base : preauctl database init"                                                   },
    {"No such file",         "PostgreSQL est arrêté, ou le dossier de sa prise n’est pas celui de database.conninfo : "
                     "systemctl status postgresql"                                                   },
    {"refused",              "PostgreSQL est arrêté, ou n’écoute pas à cette adresse : systemctl status postgresql"},
    {"timeout",              "l’hôte de PostgreSQL ne répond pas : réseau, pare-feu, ou serveur bloqué"            },
};

static const char *advice_of(const char *text)
{
    for (size_t i = 0; i < ARRAY_LENGTH(reasons); i++)
        if (strstr(text, reasons[i].words) != NULL)
            return reasons[i].advice;
    return "voyez database.conninfo, et le journal de PostgreSQL";
}

/* A host that only serves pages is not given what reads accounts: docs/operators/plusieurs-machines.md. */
static bool is_password_away(const struct doctor *doctor)
{
    _cleanup_(memory_free) char *passfile = house_passfile(doctor->config, HOUSE_CTL_ROLE);
    return passfile != NULL && access(passfile, F_OK) != 0 && errno == ENOENT;
}

/* NULL, and told. */
static struct session *session_of(struct doctor *doctor)
{
    struct fault fault = {0};
    struct session *session = NULL;
    if (doctor->is_database_away) {
        doctor_skip(doctor, "pas vérifié : PostgreSQL, plus haut, ne laisse pas entrer");
        return NULL;
    }
    if (is_password_away(doctor)) {
        doctor_skip(doctor, "pas vérifié : cette machine n’a pas le mot de passe de " HOUSE_CTL_ROLE);
        return NULL;
    }
    if (connect_as(doctor, HOUSE_CTL_ROLE, &session, &fault))
        return session;
    doctor_find(doctor, DOCTOR_BROKEN, "%s, sous le rôle %s", fault.text, HOUSE_CTL_ROLE);
    doctor_advise(doctor, "%s", advice_of(fault.text));
    return NULL;
}

static void find_fault(struct doctor *doctor, const struct fault *fault)
{
    doctor_find(doctor, DOCTOR_BROKEN, "%s%s%s", fault->text, fault->sqlstate[0] != '\0' ? " — SQLSTATE " : "",
        fault->sqlstate);
    doctor_advise(doctor, "%s", fault->hint[0] != '\0' ? fault->hint : "voyez le journal de PostgreSQL");
}

static bool state_of(struct doctor *doctor, struct server_state *out_state)
{
    struct fault fault = {0};
    _cleanup_(session_close) struct session *session = session_of(doctor);
    if (session == NULL)
        return false;
    if (server_state_load(session, out_state, &fault))
        return true;
    find_fault(doctor, &fault);
    return false;
}

/* --- the server --- */

/* Its log is read by more people than the database, is copied elsewhere, and kept beyond what is erased here. */
static void check_server_log(struct doctor *doctor, const struct server_state *state)
{
    if (state->has_values_logged) {
        doctor_find(doctor, DOCTOR_LOOK,
            "le journal de PostgreSQL dit les valeurs de requêtes : noms, dates de naissance, adresses");
        doctor_advise(doctor, "log_parameter_max_length = 0 et log_parameter_max_length_on_error = 0 dans "
                              "postgresql.conf, puis rechargez-le");
    }
    if (state->has_plans_logged) {
        doctor_find(doctor, DOCTOR_LOOK,
            "auto_explain écrit des plans au journal de PostgreSQL, où sont des noms, dates de naissance, adresses");
        doctor_advise(doctor, "auto_explain.log_min_duration = -1, sauf le temps d’un diagnostic");
    }
}

void doctor_server(struct doctor *doctor, int index)
{
    (void)index;
    struct server_state state;
    if (!state_of(doctor, &state))
        return;
    if (state.version_number < PREPARE_SERVER_LEAST) {
        doctor_find(doctor, DOCTOR_BROKEN, "version %s : Préau veut PostgreSQL 15 ou plus récent", state.version);
        doctor_advise(doctor, "mettez PostgreSQL à niveau");
    }
    if (strcmp(state.encoding, "UTF8") != 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "la base est en %s, non en UTF8", state.encoding);
        doctor_advise(
            doctor, "des noms n’y tiennent pas : pg_dump, preauctl database init d’une base neuve, puis pg_restore");
    }
    if (state.is_standby) {
        doctor_find(doctor, DOCTOR_BROKEN, "ce serveur est une réplique : il ne fait que lire");
        doctor_advise(doctor,
            "dites le serveur principal dans database.conninfo (target_session_attrs=read-write, plusieurs hôtes)");
    }
    if (!state.has_fsync || !state.has_full_pages) {
        doctor_find(doctor, DOCTOR_LOOK, "%s = off : une coupure de courant abîmerait la base",
            state.has_fsync ? "full_page_writes" : "fsync");
        doctor_advise(doctor, "remettez « on » dans postgresql.conf, puis rechargez-le");
    }
    if (!state.has_checksums) {
        doctor_find(doctor, DOCTOR_LOOK, "data_checksums = off : une page abîmée par un disque passerait inaperçue");
        doctor_advise(doctor, "serveur arrêté : pg_checksums --enable");
    }
    check_server_log(doctor, &state);
    doctor_detail(doctor, "version %s", state.version);
}

void doctor_connections(struct doctor *doctor, int index)
{
    (void)index;
    struct server_state state;
    if (!state_of(doctor, &state))
        return;
    long long wanted = house_connections_wanted(doctor->config);
    long long offered = state.connections_max - state.connections_reserved;
    if (wanted > offered) {
        doctor_find(doctor, DOCTOR_LOOK, "les démons peuvent en vouloir %lld, max_connections n’en laisse que %lld",
            wanted, offered);
        doctor_advise(doctor,
            "max_connections = %lld dans postgresql.conf (au redémarrage), ou un database.pool_size plus petit",
            wanted + state.connections_reserved);
    }
    doctor_detail(doctor, "%lld voulues au plus, %lld offertes", wanted, offered);
}

static bool is_late(const struct server_state *state)
{
    return state->is_archive_waiting &&
           (!instant_is_set(state->archived) || state->clock.us - state->archived.us > ARCHIVE_LATE.us);
}

static void find_archive_late(struct doctor *doctor, const struct server_state *state)
{
    char when[CLOCK_TEXT_SIZE] = "";
    if (instant_is_set(state->archived))
        clock_format_local(state->archived, when);
    doctor_find(doctor, DOCTOR_LOOK, "un journal complet attend d’être archivé ; %s%s",
        when[0] != '\0' ? "le dernier l’a été le " : "aucun ne l’a encore été", when);
    doctor_advise(doctor,
        "recommencez dans une minute ; si cela dure, archive_command ne finit pas : voyez le dépôt et "
        "le journal de PostgreSQL");
}

static void find_archive_failed(struct doctor *doctor, const struct server_state *state)
{
    char when[CLOCK_TEXT_SIZE];
    clock_format_local(state->archive_failed, when);
    doctor_find(doctor, DOCTOR_BROKEN, "le dernier archivage a échoué, le %s", when);
    doctor_advise(doctor,
        "voyez pg_stat_archiver et le journal de PostgreSQL : le disque se remplit de ce qui n’est pas archivé");
}

void doctor_archive(struct doctor *doctor, int index)
{
    (void)index;
    struct server_state state;
    if (!state_of(doctor, &state))
        return;
    if (!state.is_archiving) {
        doctor_find(
            doctor, DOCTOR_LOOK, "archive_mode = off : la perte du disque perd tout depuis la dernière sauvegarde");
        doctor_advise(doctor, "archivez le journal (pgBackRest, ou archive_command) : docs/operators/sauvegarde.md");
    } else if (!state.has_archiver) {
        doctor_find(doctor, DOCTOR_BROKEN,
            "archive_mode = on, sans archive_command : rien n’est archivé, et le disque se remplit du journal");
        doctor_advise(doctor, "posez preau-archives.conf (docs/operators/sauvegarde.md), puis pg_reload_conf() ; sans "
                              "sauvegarde encore, archive_mode = off, puis redémarrez PostgreSQL");
    } else if (instant_is_set(state.archive_failed) && state.archive_failed.us > state.archived.us) {
        find_archive_failed(doctor, &state);
    } else if (is_late(&state)) {
        find_archive_late(doctor, &state);
    } else if (instant_is_set(state.archived)) {
        char when[CLOCK_TEXT_SIZE];
        clock_format_local(state.archived, when);
        doctor_detail(doctor, "le dernier le %s", when);
    }
}

void doctor_clock(struct doctor *doctor, int index)
{
    (void)index;
    struct server_state state;
    if (!state_of(doctor, &state))
        return;
    long long ahead = (clock_now().us - state.clock.us) / 1000;
    if (llabs(ahead) > CLOCK_SECONDS * 1000LL) {
        doctor_find(doctor, DOCTOR_BROKEN, "cet hôte est en %s de %lld s sur celui de PostgreSQL",
            ahead > 0 ? "avance" : "retard", (llabs(ahead) + 500) / 1000);
        doctor_advise(
            doctor, "mettez les deux à l’heure (timedatectl, chrony) : codes, liens et échéances en dépendent");
    }
    doctor_detail(doctor, "%lld ms d’écart avec PostgreSQL", ahead);
}

/* --- the schema --- */

/* A program of the release before works on the newer schema, while it is replaced. */
static bool is_served(const struct server_schema *schema, long long number)
{
    return schema->serves > 0 && number >= schema->serves && number < schema->number;
}

static void check_schema_of_daemons(struct doctor *doctor, const struct server_schema *schema)
{
    for (size_t i = 0; i < HOUSE_COUNT; i++) {
        const char *name = house_daemons[i].name;
        long long number = json_integer_value(json_object_get(doctor->answers[i].status, "schema_version"));
        if (number == 0 || number == migrate_wanted())
            continue;
        if (number < migrate_wanted() && is_served(schema, number)) {
            doctor_find(doctor, DOCTOR_LOOK, "%s est encore de la version précédente (schéma %lld, la base est au %d)",
                name, number, schema->number);
            doctor_advise(doctor, "la mise à jour n’est pas finie : redémarrez %s", name);
        } else {
            doctor_find(doctor, DOCTOR_BROKEN, "%s travaille avec le schéma %lld, ce preauctl connaît le %d", name,
                number, migrate_wanted());
            doctor_advise(doctor, "installez la même version partout, et redémarrez %s", name);
        }
    }
}

static void check_newer_schema(struct doctor *doctor, const struct server_schema *schema)
{
    bool is_soon_over = is_served(schema, migrate_wanted());
    doctor_find(doctor, is_soon_over ? DOCTOR_LOOK : DOCTOR_BROKEN,
        "le schéma est à la migration %04d, plus récente que cette version (%04d)%s", schema->number, migrate_wanted(),
        is_soon_over ? ", qu’elle sert encore" : "");
    doctor_advise(doctor, "installez la version qui a fait cette migration : un schéma ne revient pas en arrière");
}

void doctor_schema(struct doctor *doctor, int index)
{
    (void)index;
    struct fault fault = {0};
    struct server_schema schema;
    _cleanup_(session_close) struct session *session = session_of(doctor);
    if (session == NULL)
        return;
    if (!server_schema_load(session, &schema, &fault)) {
        find_fault(doctor, &fault);
        return;
    }
    if (schema.number == 0) {
        doctor_find(doctor, DOCTOR_BROKEN, "la base ne contient pas le schéma de Préau");
        doctor_advise(doctor, "preauctl database init, ou preauctl migrate si la base et les rôles sont là");
    } else if (schema.number < migrate_wanted()) {
        doctor_find(doctor, DOCTOR_BROKEN, "le schéma est à la migration %04d, cette version veut la %04d",
            schema.number, migrate_wanted());
        doctor_advise(doctor, "preauctl migrate");
    } else if (schema.number > migrate_wanted()) {
        check_newer_schema(doctor, &schema);
    }
    check_schema_of_daemons(doctor, &schema);
    doctor_detail(doctor, "migration %04d", schema.number);
}

/* --- the roles --- */

static void check_role(struct doctor *doctor, const char *name, const struct server_role *role)
{
    if (!role->is_there) {
        doctor_find(doctor, DOCTOR_BROKEN, "le rôle %s n’existe pas", name);
        doctor_advise(doctor, "preauctl database init");
    } else if (role->is_powerful) {
        doctor_find(doctor, DOCTOR_BROKEN, "le rôle %s a des droits d’administration sur le serveur", name);
        doctor_advise(doctor, "alter role %s nosuperuser nocreatedb nocreaterole noreplication nobypassrls", name);
    } else if (!role->may_log_in || role->is_expired) {
        doctor_find(doctor, DOCTOR_BROKEN, "le rôle %s %s", name,
            role->may_log_in ? "a expiré" : "n’a pas le droit de se connecter");
        doctor_advise(doctor, "alter role %s login valid until 'infinity'", name);
    } else if (!role->may_connect) {
        doctor_find(doctor, DOCTOR_BROKEN, "le rôle %s n’a pas le droit d’entrer dans cette base", name);
        doctor_advise(doctor, "preauctl database init, ou grant connect on database … to %s", name);
    }
}

static void check_roles_in_catalogue(struct doctor *doctor)
{
    struct fault fault = {0};
    const char *names[HOUSE_COUNT + 1] = {[HOUSE_COUNT] = HOUSE_CTL_ROLE};
    struct server_role roles[HOUSE_COUNT + 1];
    for (size_t i = 0; i < HOUSE_COUNT; i++)
        names[i] = house_daemons[i].role;
    if (doctor->is_database_away || is_password_away(doctor))
        return; /* each is tried all the same */
    _cleanup_(session_close) struct session *session = session_of(doctor);
    if (session == NULL)
        return;
    if (!server_roles_load(session, names, ARRAY_LENGTH(names), roles, &fault)) {
        find_fault(doctor, &fault);
        return;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        check_role(doctor, names[i], &roles[i]);
}

struct entering {
    const struct doctor *doctor;
    const char *role;
};

static int enter_as(void *arg, FILE *out)
{
    const struct entering *entering = arg;
    struct fault fault = {0};
    struct session *session = NULL;
    bool is_in = connect_as(entering->doctor, entering->role, &session, &fault);
    if (!is_in)
        (void)fputs(fault.text, out);
    session_close(&session);
    return is_in ? 0 : 1;
}

static bool daemon_is_in(const struct doctor *doctor, int index)
{
    size_t i;
    json_t *check;
    json_array_foreach(json_object_get(doctor->answers[index].status, "checks"), i, check)
    {
        const char *name = json_string_value(json_object_get(check, "name"));
        const char *state = json_string_value(json_object_get(check, "state"));
        if (name != NULL && strcmp(name, "database") == 0)
            return state != NULL && strcmp(state, "ok") == 0;
    }
    return false;
}

/* Who is not root cannot come in as a daemon whose account is its proof: then it is the daemon's word. */
static bool is_proof_of_account(const struct house_daemon *daemon, const char *said)
{
    return strstr(said, "eer authentication") != NULL && !doctor_may_become(daemon->account);
}

static void check_entrance(struct doctor *doctor, int index)
{
    const struct house_daemon *daemon = &house_daemons[index];
    struct entering entering = {doctor, daemon->role};
    _cleanup_(memory_free) char *said = NULL;
    int code = doctor_look_as(daemon->account, LOOK_SECONDS, enter_as, &entering, &said);
    if (code == 0 || (is_proof_of_account(daemon, said) && daemon_is_in(doctor, index)))
        return;
    if (is_proof_of_account(daemon, said)) {
        doctor_find(doctor, DOCTOR_LOOK, "%s : seul le compte %s peut l’essayer", daemon->role, daemon->account);
        doctor_advise(doctor, "lancez preauctl doctor en root");
        return;
    }
    doctor_find(doctor, DOCTOR_BROKEN, "%s, pour %s : %s", daemon->role, daemon->name,
        code < 0 ? "PostgreSQL ne répond pas" : said);
    doctor_advise(doctor, "%s", advice_of(said));
}

void doctor_roles(struct doctor *doctor, int index)
{
    (void)index;
    check_roles_in_catalogue(doctor);
    for (int i = 0; i < HOUSE_COUNT; i++)
        if (house_is_here(doctor->config, i))
            check_entrance(doctor, i);
}
