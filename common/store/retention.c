#include "store/retention.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"

static bool ask_before(struct session *session, enum query query, struct instant before, size_t limit,
    struct rows **out_rows, struct fault *fault)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_instant(&parameters, before);
    parameters_int64(&parameters, (int64_t)limit);
    return session_ask(session, query, &parameters, out_rows, fault);
}

bool retention_lock(struct session *session, bool *out_taken, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!session_run(session, QUERY_RETENTION_LOCK, NULL, &rows, fault)) {
        return false;
    }
    *out_taken = row_bool(rows, 0, "taken");
    return true;
}

bool retention_load_detached(struct session *session, struct instant before, struct stored_account *out_accounts,
    size_t capacity, size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!ask_before(session, QUERY_RETENTION_LOAD_DETACHED, before, capacity, &rows, fault)) {
        return false;
    }
    *out_count = (size_t)rows_count(rows);
    for (size_t i = 0; i < *out_count; i++) {
        account_from_row(rows, (int)i, &out_accounts[i]);
    }
    return true;
}

static void versions_give(struct parameters *parameters, const struct lifecycle_outcome *outcomes, size_t count)
{
    int64_t *numbers = checked_calloc(3 * count + 1, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = outcomes[i].account.academy.v;
        numbers[count + i] = outcomes[i].account.id.v;
        numbers[2 * count + i] = outcomes[i].account.version;
    }
    for (size_t column = 0; column < 3; column++) {
        parameters_int64_array(parameters, numbers + column * count, count);
    }
    memory_free(&numbers);
}

static void standings_give(struct parameters *parameters, const struct lifecycle_outcome *outcomes, size_t count)
{
    const char **codes = checked_calloc(3 * count + 1, sizeof *codes);
    bool *ends_sessions = checked_calloc(count + 1, sizeof *ends_sessions);
    for (size_t i = 0; i < count; i++) {
        codes[i] = state_code(outcomes[i].account.state);
        codes[count + i] = origin_code(outcomes[i].account.origin);
        codes[2 * count + i] = password_kind_code(outcomes[i].account.password);
        ends_sessions[i] = (outcomes[i].effects & EFFECT_END_SESSIONS) != 0;
    }
    for (size_t column = 0; column < 3; column++) {
        parameters_text_array(parameters, codes + column * count, count);
    }
    parameters_bool_array(parameters, ends_sessions, count);
    memory_free(&codes);
    memory_free(&ends_sessions);
}

bool retention_close(struct session *session, enum account_action action, struct instant at,
    const struct lifecycle_outcome *outcomes, size_t count, int64_t *out_closed, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_instant(&parameters, at);
    parameters_text(&parameters, action_code(action));
    versions_give(&parameters, outcomes, count);
    standings_give(&parameters, outcomes, count);
    if (!session_ask(session, QUERY_RETENTION_CLOSE, &parameters, &rows, fault)) {
        return false;
    }
    *out_closed = row_int64(rows, 0, "closed");
    return true;
}

bool retention_erase_accounts(struct session *session, struct instant before, size_t limit, int64_t *out_accounts,
    int64_t *out_persons, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!ask_before(session, QUERY_RETENTION_ERASE_ACCOUNTS, before, limit, &rows, fault)) {
        return false;
    }
    *out_accounts = row_int64(rows, 0, "accounts");
    *out_persons = row_int64(rows, 0, "persons");
    return true;
}

bool retention_erase_persons(
    struct session *session, struct instant before, size_t limit, int64_t *out_persons, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!ask_before(session, QUERY_RETENTION_ERASE_PERSONS, before, limit, &rows, fault)) {
        return false;
    }
    *out_persons = row_int64(rows, 0, "persons");
    return true;
}

bool retention_erase_runs(
    struct session *session, struct instant before, size_t limit, int64_t *out_runs, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!ask_before(session, QUERY_RETENTION_ERASE_RUNS, before, limit, &rows, fault)) {
        return false;
    }
    *out_runs = row_int64(rows, 0, "runs");
    return true;
}
