#include "store/server_state.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"
#include "store/parameters.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

bool server_state_load(struct session *session, struct server_state *out_state, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!session_run(session, QUERY_SERVER_STATE, NULL, &rows, fault)) {
        return false;
    }
    *out_state = (struct server_state){
        .version_number = (int)row_int64(rows, 0, "version_number"),
        .has_checksums = row_bool(rows, 0, "has_checksums"),
        .has_fsync = row_bool(rows, 0, "has_fsync"),
        .has_full_pages = row_bool(rows, 0, "has_full_pages"),
        .has_values_logged = row_bool(rows, 0, "has_values_logged"),
        .has_plans_logged = row_bool(rows, 0, "has_plans_logged"),
        .connections_max = (int)row_int64(rows, 0, "connections_max"),
        .connections_reserved = (int)row_int64(rows, 0, "connections_reserved"),
        .is_standby = row_bool(rows, 0, "is_standby"),
        .is_archiving = row_bool(rows, 0, "is_archiving"),
        .has_archiver = row_bool(rows, 0, "has_archiver"),
        .is_archive_waiting = row_bool(rows, 0, "is_archive_waiting"),
        .archived = row_instant(rows, 0, "last_archived_time"),
        .archive_failed = row_instant(rows, 0, "last_failed_time"),
        .clock = {row_int64(rows, 0, "clock")},
    };
    (void)snprintf(out_state->version, sizeof out_state->version, "%s", row_text(rows, 0, "version"));
    (void)snprintf(out_state->encoding, sizeof out_state->encoding, "%s", row_text(rows, 0, "encoding"));
    return true;
}

bool server_roles_load(
    struct session *session, const char *const *names, size_t count, struct server_role *out_roles, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text_array(&parameters, names, count);
    if (!session_ask(session, QUERY_SERVER_ROLES, &parameters, &rows, fault)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        out_roles[i] = (struct server_role){
            .is_there = row_bool(rows, (int)i, "is_there"),
            .may_log_in = row_bool(rows, (int)i, "may_log_in"),
            .is_powerful = row_bool(rows, (int)i, "is_powerful"),
            .is_expired = row_bool(rows, (int)i, "is_expired"),
            .may_connect = row_bool(rows, (int)i, "may_connect"),
        };
    }
    return true;
}

bool server_schema_load(struct session *session, struct server_schema *out_schema, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    *out_schema = (struct server_schema){0};
    if (session_run(session, QUERY_SERVER_SCHEMA, NULL, &rows, fault)) {
        out_schema->number = (int)row_int64(rows, 0, "number");
        out_schema->serves = (int)row_int64(rows, 0, "serves");
        return true;
    }
    return strcmp(fault->sqlstate, "42P01") == 0 || strcmp(fault->sqlstate, "3F000") == 0;
}

char *conninfo_value(const char *conninfo, const char *keyword)
{
    char *value = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, NULL);
    for (const PQconninfoOption *option = options; option != NULL && option->keyword != NULL; option++) {
        if (strcmp(option->keyword, keyword) == 0 && option->val != NULL) {
            value = checked_strdup(option->val);
        }
    }
    PQconninfoFree(options);
    return value;
}
