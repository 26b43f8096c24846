#include "store/administrator_session.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>
#include <string.h>

/* Whom to tell: one of the two. */
struct asking {
    administrator_sessions_loaded *sessions;
    administrator_sessions_ended *ended;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void session_of_row(const struct rows *rows, int row, struct administrator_session *out_session)
{
    *out_session = (struct administrator_session){
        .number = row_int64(rows, row, "number"),
        .is_open = strcmp(row_text(rows, row, "stage"), "open") == 0,
        .created_at = row_instant(rows, row, "created_at"),
        .seen_at = row_instant(rows, row, "seen_at"),
        .expires_at = row_instant(rows, row, "expires_at"),
    };
    (void)row_bytes(rows, row, "digest", out_session->digest, sizeof out_session->digest);
    snprintf(out_session->address, sizeof out_session->address, "%s", row_text(rows, row, "address"));
    snprintf(out_session->browser, sizeof out_session->browser, "%s", row_text(rows, row, "browser"));
}

static void sessions_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    int count = rows ? rows_count(rows) : 0;
    struct administrator_session *sessions = checked_calloc((size_t)count + 1, sizeof *sessions);
    for (int row = 0; row < count; row++) {
        session_of_row(rows, row, &sessions[row]);
    }
    asking->sessions(asking->arg, rows ? sessions : NULL, (size_t)count, fault);
    memory_free(&sessions);
    memory_free(&asking);
}

void administrator_load_sessions(struct store *store, administrator_id id, struct instant now, struct duration idle,
    administrator_sessions_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    parameters_instant(&parameters, now);
    parameters_duration(&parameters, idle);
    store_run(store, QUERY_ADMINISTRATOR_SESSIONS, &parameters, sessions_rows,
        asking_new((struct asking){.sessions = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void ended_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->ended(asking->arg, rows ? row_int64(rows, 0, "ended") : 0, fault);
    memory_free(&asking);
}

void administrator_end_own_sessions(struct store *store, const struct audit_author *author, int64_t number,
    const unsigned char kept[DIGEST_SIZE], administrator_sessions_ended *ended, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, author->administrator.v);
    parameters_int64(&parameters, number);
    parameters_bytes(&parameters, kept, DIGEST_SIZE);
    parameters_text(&parameters, audit_action_code(AUDIT_SESSIONS_ENDED));
    parameters_text(&parameters, author->trace);
    store_run(store, QUERY_ADMINISTRATOR_SESSIONS_END_OWN, &parameters, ended_rows,
        asking_new((struct asking){.ended = ended, .arg = arg}));
    parameters_clear(&parameters);
}

void administrator_end_sessions(struct store *store, const struct audit_author *author, administrator_id id,
    int64_t number, administrator_sessions_ended *ended, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    parameters_int64(&parameters, number);
    parameters_text(&parameters, author->operator_name);
    parameters_text(&parameters, audit_action_code(AUDIT_SESSIONS_ENDED));
    parameters_text(&parameters, author->trace);
    store_run(store, QUERY_ADMINISTRATOR_SESSIONS_END, &parameters, ended_rows,
        asking_new((struct asking){.ended = ended, .arg = arg}));
    parameters_clear(&parameters);
}
