#include "store/web_session.h"

#include "runtime/memory.h"
#include "store/audit.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of the three. */
struct web_asking {
    web_session_loaded *loaded;
    web_session_done *done;
    web_session_purged *purged;
    void *arg;
};

static const char *const stages[WEB_STAGE_COUNT] = {"open", "opening", "new_password", "code", "enrolment"};

static struct web_asking *asking_new(struct web_asking whom)
{
    struct web_asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static enum web_stage stage_of(const char *text)
{
    size_t stage = 0;
    while (stage < WEB_STAGE_COUNT && strcmp(stages[stage], text) != 0) {
        stage++;
    }
    assert(stage < WEB_STAGE_COUNT); /* the table allows no other */
    return (enum web_stage)stage;
}

static void session_from_row(const struct rows *rows, struct web_session *out_session)
{
    *out_session = (struct web_session){
        .stage = stage_of(row_text(rows, 0, "stage")),
        .academy = {(int16_t)row_int64(rows, 0, "academy")},
        .account = {row_int64(rows, 0, "account_id")},
        .administrator = {row_int64(rows, 0, "administrator_id")},
        .credential_at = row_instant(rows, 0, "credential_at"),
    };
    /* the column's type is an enumeration of the same codes */
    bool known = out_session->administrator.v == 0 || role_from_code(row_text(rows, 0, "role"), &out_session->role);
    assert(known);
    snprintf(out_session->csrf, sizeof out_session->csrf, "%s", row_text(rows, 0, "csrf"));
    snprintf(out_session->name, sizeof out_session->name, "%s", row_text(rows, 0, "name"));
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct web_asking *asking = arg;
    struct web_session session;
    bool found = rows && rows_count(rows) == 1;
    if (found) {
        session_from_row(rows, &session);
    }
    asking->loaded(asking->arg, found ? &session : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct web_asking *asking = arg;
    asking->done(asking->arg, rows ? NULL : fault);
    memory_free(&asking);
}

static void purge_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct web_asking *asking = arg;
    asking->purged(asking->arg, rows ? row_int64(rows, 0, "open") : 0, rows ? NULL : fault);
    memory_free(&asking);
}

void web_session_load(struct store *store, const unsigned char digest[DIGEST_SIZE], struct instant now,
    const struct web_session_bounds *bounds, web_session_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, digest, DIGEST_SIZE);
    parameters_instant(&parameters, now);
    parameters_duration(&parameters, bounds->idle_family);
    parameters_duration(&parameters, bounds->idle_administrator);
    store_run_within(store, QUERY_WEB_SESSION_LOAD, &parameters, PATIENCE, load_rows,
        asking_new((struct web_asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void number_or_null(struct parameters *parameters, int64_t number)
{
    if (number == 0) {
        parameters_null(parameters);
    } else {
        parameters_int64(parameters, number);
    }
}

void web_session_begin(struct store *store, const unsigned char digest[DIGEST_SIZE], const struct web_session *session,
    struct instant now, struct instant expires_at, const unsigned char *before, web_session_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, digest, DIGEST_SIZE);
    parameters_text(&parameters, stages[session->stage]);
    number_or_null(&parameters, session->academy.v);
    number_or_null(&parameters, session->account.v);
    number_or_null(&parameters, session->administrator.v);
    parameters_text(&parameters, session->csrf);
    parameters_instant(&parameters, now);
    parameters_instant(&parameters, expires_at);
    if (before) {
        parameters_bytes(&parameters, before, DIGEST_SIZE);
    } else {
        parameters_null(&parameters);
    }
    parameters_instant(&parameters, session->credential_at);
    parameters_text(&parameters, session->address);
    parameters_text(&parameters, session->browser);
    store_run_within(store, QUERY_WEB_SESSION_BEGIN, &parameters, PATIENCE, done_rows,
        asking_new((struct web_asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void web_session_end(
    struct store *store, const unsigned char digest[DIGEST_SIZE], const char *trace, web_session_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, digest, DIGEST_SIZE);
    parameters_text(&parameters, audit_action_code(AUDIT_SIGNED_OUT));
    parameters_text(&parameters, trace);
    store_run_within(store, QUERY_WEB_SESSION_END, &parameters, PATIENCE, done_rows,
        asking_new((struct web_asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void web_session_purge(struct store *store, struct instant now, web_session_purged *purged, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_instant(&parameters, now);
    store_run_within(store, QUERY_WEB_SESSION_PURGE, &parameters, PATIENCE, purge_rows,
        asking_new((struct web_asking){.purged = purged, .arg = arg}));
    parameters_clear(&parameters);
}
