#include "store/prepare.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/pq_cleanup.h"
#include "store/pq_fault.h"
#include "store/server_state.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#define PREPARE_SETTINGS                                                                                               \
    "set client_min_messages = warning; set search_path = ''; set lock_timeout = '10s'; set statement_timeout = '60s'"
/* One run at a time on a server; any constant does, as long as it is not that of migrate.c. */
#define PREPARE_LOCK "select pg_advisory_lock(7240502)"

#define PREPARE_LOOK                                                                                                   \
    "select current_setting('server_version_num')::integer, current_setting('server_version'), pg_is_in_recovery(),"   \
    " rolsuper or (rolcreaterole and rolcreatedb), rolname from pg_roles where rolname = current_user"
#define PREPARE_ROLE_LOOK                                                                                              \
    "select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls, rolcanlogin"                   \
    " from pg_roles where rolname = $1"
#define PREPARE_DATABASE_LOOK "select pg_encoding_to_char(encoding), datallowconn from pg_database where datname = $1"
/* of a role that a dry run would make: what everybody may */
#define PREPARE_ENTRANCE_LOOK                                                                                          \
    "select coalesce((select has_database_privilege(oid, $2, $3) from pg_roles where rolname = $1),"                   \
    " has_database_privilege('public', $2, $3))"

struct preparing {
    const struct prepare_options *options;
    PGconn *pq;
    char *database;
    bool is_there, is_whole; /* else a run ended between the database and its rights */
};

static void preparing_clear(struct preparing *preparing)
{
    PQfinish(preparing->pq);
    memory_free(&preparing->database);
}

static void identifier_free(char **identifier)
{
    PQfreemem(*identifier);
}

static void tell(
    const struct preparing *preparing, enum prepare_what what, const char *name, enum prepare_outcome outcome)
{
    preparing->options->progress(preparing->options->arg, what, name, outcome);
}

/* --- asking --- */

static PGconn *connect_for_maintenance(const struct prepare_options *options, struct fault *fault)
{
    /* the second dbname is taken as it is, over the one of conninfo */
    const char *const names[] = {"dbname", "dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {options->conninfo, options->maintenance, "preau database init", "UTF8", NULL};
    PGconn *pq = PQconnectdbParams(names, values, 1);
    if (PQstatus(pq) == CONNECTION_OK) {
        return pq;
    }
    fault_from_connection(fault, pq);
    PQfinish(pq);
    return NULL;
}

/* NULL with the fault. */
static PGresult *ask(PGconn *pq, const char *sql, int count, const char *const *values, struct fault *fault)
{
    PGresult *result = PQexecParams(pq, sql, count, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK) {
        return result;
    }
    if (PQstatus(pq) == CONNECTION_BAD) {
        fault_from_connection(fault, pq);
    } else {
        fault_from_result(fault, result, "database init");
    }
    PQclear(result);
    return NULL;
}

static bool is_true(const PGresult *result, int column)
{
    return PQgetvalue(result, 0, column)[0] == 't';
}

static bool command(PGconn *pq, const char *sql, struct fault *fault)
{
    PGresult *result = PQexec(pq, sql);
    bool done = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    if (!done) {
        fault_from_result(fault, result, "database init");
    }
    PQclear(result);
    return done;
}

/* A command with an identifier or two: "create role %s login". */
static bool command_of(
    PGconn *pq, const char *before, const char *name, const char *between, const char *other, struct fault *fault)
{
    _cleanup_(identifier_free) char *first = PQescapeIdentifier(pq, name, strlen(name));
    _cleanup_(identifier_free) char *second = PQescapeIdentifier(pq, other, strlen(other));
    if (!first || !second) {
        return fault_set(fault, FAULT_FORMAT, "%.60s is no name", name);
    }
    _cleanup_(memory_free) char *sql =
        checked_printf("%s%s%s%s", before, first, between, other[0] != '\0' ? second : "");
    return command(pq, sql, fault);
}

/* --- looking: nothing is changed yet --- */

static bool server_fits(const struct preparing *preparing, struct fault *fault)
{
    _cleanup_(result_clear) PGresult *result = ask(preparing->pq, PREPARE_LOOK, 0, NULL, fault);
    if (!result) {
        return false;
    }
    if (atoi(PQgetvalue(result, 0, 0)) < PREPARE_SERVER_LEAST) { // NOLINT(cert-err34-c): an integer column
        fault_set(fault, FAULT_CONFIG, "PostgreSQL %.40s is too old: 15 or newer is needed", PQgetvalue(result, 0, 1));
        return fault_hint(fault, "Upgrade PostgreSQL first.");
    }
    if (is_true(result, 2)) {
        fault_set(fault, FAULT_CONFIG, "this server is a standby: it only reads");
        return fault_hint(fault, "Name the primary server in database.owner_conninfo.");
    }
    if (!is_true(result, 3)) {
        fault_set(fault, FAULT_CONFIG, "the role %.63s may not create roles and databases", PQgetvalue(result, 0, 4));
        return fault_hint(
            fault, "Name a superuser, or a role with createrole and createdb, in database.owner_conninfo.");
    }
    return true;
}

static bool role_fits(const struct preparing *preparing, const char *role, struct fault *fault)
{
    _cleanup_(result_clear) PGresult *result = ask(preparing->pq, PREPARE_ROLE_LOOK, 1, &role, fault);
    if (!result) {
        return false;
    }
    if (PQntuples(result) > 0 && is_true(result, 0)) {
        fault_set(fault, FAULT_CONFIG, "the role %s is there and may administer the server", role);
        return fault_hint(fault, "alter role %s nosuperuser nocreatedb nocreaterole noreplication nobypassrls", role);
    }
    return true;
}

static bool database_fits(struct preparing *preparing, struct fault *fault)
{
    const char *name = preparing->database;
    _cleanup_(result_clear) PGresult *result = ask(preparing->pq, PREPARE_DATABASE_LOOK, 1, &name, fault);
    if (!result) {
        return false;
    }
    preparing->is_there = PQntuples(result) > 0;
    preparing->is_whole = preparing->is_there && is_true(result, 1);
    if (preparing->is_there && strcmp(PQgetvalue(result, 0, 0), "UTF8") != 0) {
        fault_set(fault, FAULT_CONFIG, "the database %.63s is there with the encoding %.20s, not UTF8", name,
            PQgetvalue(result, 0, 0));
        return fault_hint(fault, "Name another database in database.owner_conninfo and database.conninfo.");
    }
    return true;
}

static bool all_fits(struct preparing *preparing, struct fault *fault)
{
    const struct prepare_options *options = preparing->options;
    bool fits = server_fits(preparing, fault);
    for (size_t i = 0; fits && i < options->role_count; i++) {
        fits = role_fits(preparing, options->roles[i], fault);
    }
    return fits && database_fits(preparing, fault);
}

/* --- making --- */

static bool make_role(const struct preparing *preparing, const char *role, struct fault *fault)
{
    _cleanup_(result_clear) PGresult *result = ask(preparing->pq, PREPARE_ROLE_LOOK, 1, &role, fault);
    if (!result) {
        return false;
    }
    if (PQntuples(result) > 0 && is_true(result, 1)) {
        tell(preparing, PREPARE_ROLE, role, PREPARE_KEPT);
        return true;
    }
    if (preparing->options->is_dry_run) {
        tell(preparing, PQntuples(result) > 0 ? PREPARE_LOGIN : PREPARE_ROLE, role, PREPARE_WANTED);
        return true;
    }
    bool is_there = PQntuples(result) > 0;
    if (!command_of(preparing->pq, is_there ? "alter role " : "create role ", role, " login", "", fault)) {
        return fault_add(fault, "role %s", role);
    }
    tell(preparing, is_there ? PREPARE_LOGIN : PREPARE_ROLE, role, PREPARE_DONE);
    return true;
}

/* The locale of the C library sorts by code point and knows letters: the house sorts names itself, and an upgrade of the
 * system changes no index. */
static bool make_empty(const struct preparing *preparing, const char *name, struct fault *fault)
{
    return preparing->is_there ||
           command_of(preparing->pq, "create database ", name,
               " template template0 encoding 'UTF8' locale 'C.UTF-8' allow_connections false", "", fault);
}

/* Whoever is no role of ours is not let in: nobody is before that is said, so that a run that ends here is seen by the next. */
static bool make_database(struct preparing *preparing, struct fault *fault)
{
    const char *name = preparing->database;
    enum prepare_outcome outcome = PREPARE_KEPT;
    if (!preparing->is_whole && preparing->options->is_dry_run) {
        outcome = PREPARE_WANTED;
    } else if (!preparing->is_whole) {
        outcome = PREPARE_DONE;
        if (!make_empty(preparing, name, fault) ||
            !command_of(preparing->pq, "revoke all on database ", name, " from public", "", fault) ||
            !command_of(preparing->pq, "alter database ", name, " allow_connections true", "", fault)) {
            return fault_add(fault, "database %s", name);
        }
        preparing->is_there = true;
        preparing->is_whole = true;
    }
    tell(preparing, PREPARE_DATABASE, name, outcome);
    return true;
}

/* privilege: "connect", "temporary". Also of a run that ended between the database and its rights. */
static bool make_entrance(
    const struct preparing *preparing, const char *role, const char *privilege, struct fault *fault)
{
    const char *const values[] = {role, preparing->database, privilege};
    _cleanup_(result_clear) PGresult *result = ask(preparing->pq, PREPARE_ENTRANCE_LOOK, 3, values, fault);
    if (!result || is_true(result, 0)) {
        return result != NULL;
    }
    if (preparing->options->is_dry_run) {
        tell(preparing, PREPARE_ENTRANCE, role, PREPARE_WANTED);
        return true;
    }
    _cleanup_(memory_free) char *verb = checked_printf("grant %s on database ", privilege);
    if (!command_of(preparing->pq, verb, preparing->database, " to ", role, fault)) {
        return fault_add(fault, "role %s", role);
    }
    tell(preparing, PREPARE_ENTRANCE, role, PREPARE_DONE);
    return true;
}

static bool make_all(struct preparing *preparing, struct fault *fault)
{
    const struct prepare_options *options = preparing->options;
    bool done = true;
    for (size_t i = 0; done && i < options->role_count; i++) {
        done = make_role(preparing, options->roles[i], fault);
    }
    done = done && make_database(preparing, fault);
    /* of what is not there yet, a dry run has nothing to look at */
    for (size_t i = 0; done && preparing->is_whole && i < options->role_count; i++) {
        done = make_entrance(preparing, options->roles[i], "connect", fault) &&
               (i > 0 || make_entrance(preparing, options->roles[i], "temporary", fault));
    }
    return done;
}

bool prepare_server(const struct prepare_options *options, bool *out_is_there, struct fault *fault)
{
    _cleanup_(preparing_clear) struct preparing preparing = {
        .options = options, .database = conninfo_value(options->conninfo, "dbname")};
    *out_is_there = false;
    if (!preparing.database) {
        fault_set(fault, FAULT_CONFIG, "database.owner_conninfo names no database");
        return fault_hint(fault, "Write dbname=preau in it.");
    }
    preparing.pq = connect_for_maintenance(options, fault);
    if (!preparing.pq || !command(preparing.pq, PREPARE_SETTINGS, fault) ||
        !command(preparing.pq, PREPARE_LOCK, fault) || !all_fits(&preparing, fault) || !make_all(&preparing, fault)) {
        return false;
    }
    *out_is_there = preparing.is_whole;
    return true;
}
