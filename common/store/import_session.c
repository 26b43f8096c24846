/* The runs of the import as their thread writes them. */
#include "store/import.h"

#include "domain/aaf.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"

#include <stdio.h>
#include <string.h>

bool import_lock(struct session *session, academy_code academy, bool *out_taken, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    if (!session_ask(session, QUERY_IMPORT_LOCK, &parameters, &rows, fault)) {
        return false;
    }
    *out_taken = row_bool(rows, 0, "taken");
    return true;
}

bool import_records_hold(struct session *session, struct fault *fault)
{
    return session_run(session, QUERY_IMPORT_RECORDS_HOLD, NULL, NULL, fault);
}

void import_records_free(struct session *session)
{
    struct fault lost;
    if (!session_run(
            session, QUERY_IMPORT_RECORDS_FREE, NULL, NULL, &lost)) { /* with the session, whose end frees them */
        log_event(LOG_WARNING, "import_records_kept", F("fault", &lost));
    }
}

bool import_abandon(struct session *session, academy_code academy, const char *explanation, struct fault *fault)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, explanation);
    return session_ask(session, QUERY_IMPORT_ABANDON, &parameters, NULL, fault);
}

bool import_running_academies(
    struct session *session, academy_code *out_academies, size_t capacity, size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    if (!session_ask(session, QUERY_IMPORT_RUNNING_ACADEMIES, &parameters, &rows, fault)) {
        return false;
    }
    size_t count = (size_t)rows_count(rows);
    *out_count = count < capacity ? count : capacity;
    for (size_t i = 0; i < *out_count; i++) {
        out_academies[i].v = (int16_t)row_int64(rows, (int)i, "academy");
    }
    return true;
}

bool import_load_claim(struct session *session, academy_code academy, const char *claim, const char *interrupted,
    struct import_claim *out_claim, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, claim);
    parameters_text(&parameters, interrupted);
    if (!session_ask(session, QUERY_IMPORT_LOAD_CLAIM, &parameters, &rows, fault)) {
        return false;
    }
    *out_claim = (struct import_claim){0};
    out_claim->interrupted = row_int64(rows, 0, "interrupted");
    if (!row_is_null(rows, 0, "id")) {
        out_claim->run.v = row_int64(rows, 0, "id");
        out_claim->state = import_state_from_code(row_text(rows, 0, "state"));
        out_claim->is_decided = row_bool(rows, 0, "decided");
        out_claim->is_approved = row_bool(rows, 0, "approved");
        out_claim->has_digest = !row_is_null(rows, 0, "digest");
        (void)row_bytes(rows, 0, "digest", out_claim->digest, sizeof out_claim->digest);
    }
    return true;
}

bool import_find_applied(struct session *session, academy_code academy, const unsigned char digest[ARCHIVE_DIGEST_SIZE],
    import_id *out_run, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_bytes(&parameters, digest, ARCHIVE_DIGEST_SIZE);
    if (!session_ask(session, QUERY_IMPORT_FIND_APPLIED, &parameters, &rows, fault)) {
        return false;
    }
    out_run->v = rows_count(rows) > 0 ? row_int64(rows, 0, "id") : 0;
    return true;
}

bool import_load_before(struct session *session, import_id run, enum degree degree, struct date generated_on,
    import_id held, struct import_before *out_before, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_int64(&parameters, degree);
    parameters_date(&parameters, date_is_valid(generated_on) ? &generated_on : NULL);
    if (held.v != 0) {
        parameters_int64(&parameters, held.v);
    } else {
        parameters_null(&parameters);
    }
    if (!session_ask(session, QUERY_IMPORT_LOAD_BEFORE, &parameters, &rows, fault)) {
        return false;
    }
    *out_before = (struct import_before){
        .is_later = row_bool(rows, 0, "later"),
        .is_held = row_bool(rows, 0, "held"),
        .has_base = row_bool(rows, 0, "base"),
    };
    return true;
}

static bool academy_know(struct session *session, academy_code academy, struct fault *fault)
{
    const char *label = academy_label(academy);
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, label ? label : "");
    return session_ask(session, QUERY_IMPORT_ACADEMY_KNOW, &parameters, NULL, fault);
}

bool import_begin(struct session *session, academy_code academy, const char *archive, const char *claim,
    const unsigned char *digest, import_id *out_run, struct fault *fault)
{
    if (!academy_know(session, academy, fault)) {
        return false;
    }
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, archive);
    parameters_text(&parameters, claim);
    if (digest) {
        parameters_bytes(&parameters, digest, ARCHIVE_DIGEST_SIZE);
    } else {
        parameters_null(&parameters);
    }
    if (!session_ask(session, QUERY_IMPORT_BEGIN, &parameters, &rows, fault)) {
        return false;
    }
    out_run->v = row_int64(rows, 0, "id");
    return true;
}

bool import_repeat(struct session *session, import_id integrated, const char *archive, const char *claim,
    const char *explanation, import_id *out_run, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, integrated.v);
    parameters_text(&parameters, archive);
    parameters_text(&parameters, claim);
    parameters_text(&parameters, explanation);
    if (!session_ask(session, QUERY_IMPORT_REPEAT, &parameters, &rows, fault)) {
        return false;
    }
    *out_run = (import_id){rows_count(rows) > 0 ? row_int64(rows, 0, "id") : 0};
    return out_run->v != 0 || fault_set(fault, FAULT_MISSING, "the run that was repeated is gone");
}

/* --- what it replaces --- */

static void claim_add(struct import_claims *claims, const char *claim)
{
    claims->list = checked_realloc(claims->list, claims->count + 1, sizeof *claims->list);
    claims->list[claims->count++] = checked_strdup(claim);
}

void import_claims_clear(struct import_claims *claims)
{
    for (size_t i = 0; i < claims->count; i++) {
        memory_free(&claims->list[i]);
    }
    memory_free(&claims->list);
    claims->count = 0;
}

bool import_supersede(
    struct session *session, import_id run, const char *explanation, struct import_claims *claims, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_text(&parameters, explanation);
    if (!session_ask(session, QUERY_IMPORT_SUPERSEDE, &parameters, &rows, fault)) {
        return false;
    }
    for (int i = 0; i < rows_count(rows); i++) {
        claim_add(claims, row_text(rows, i, "claim"));
    }
    return true;
}

bool import_expire(
    struct session *session, import_id run, struct duration patience, bool *out_ended, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_duration(&parameters, patience);
    bool asked = session_ask(session, QUERY_IMPORT_EXPIRE, &parameters, &rows, fault);
    *out_ended = asked && rows_count(rows) == 1;
    return asked;
}

/* --- the end without any change --- */

static bool refused_write(struct session *session, const struct import_end *end, struct fault *fault)
{
    if (!session_copy_begin(session, QUERY_IMPORT_REFUSAL_COPY, fault)) {
        return false;
    }
    for (size_t i = 0; i < end->refused_count; i++) {
        const struct import_refused *one = &end->refused[i];
        session_copy_int64(session, end->run.v);
        session_copy_int64(session, (int64_t)i + 1);
        session_copy_text(session, one->file);
        session_copy_int64(session, one->line);
        session_copy_text(session, one->category);
        session_copy_text(session, one->aaf_id);
        session_copy_text(session, one->attribute);
        session_copy_text(session, one->code);
        session_copy_text(session, one->value);
        if (!session_copy_row(session, fault)) {
            return false;
        }
    }
    return session_copy_end(session, NULL, fault);
}

static bool end_write(struct session *session, const struct import_end *end, struct fault *fault)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, end->run.v);
    parameters_text(&parameters, import_state_code(end->state));
    parameters_text(&parameters, end->refusal != REFUSAL_NONE ? refusal_code(end->refusal) : "");
    parameters_text(&parameters, end->explanation ? end->explanation : "");
    if (end->degree != 0) {
        parameters_int64(&parameters, end->degree);
    } else {
        parameters_null(&parameters);
    }
    parameters_text(&parameters, end->kind ? end->kind : "");
    parameters_date(&parameters, date_is_valid(end->generated_on) ? &end->generated_on : NULL);
    return session_ask(session, QUERY_IMPORT_END_WITHOUT, &parameters, NULL, fault);
}

bool import_end_without(struct session *session, const struct import_end *end, struct fault *fault)
{
    bool done = session_begin(session, fault) && refused_write(session, end, fault) && end_write(session, end, fault) &&
                session_commit(session, fault);
    if (!done) {
        session_rollback(session);
    }
    return done;
}

bool import_load_counters(
    struct session *session, import_id run, struct import_counter *out_counters, size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    if (!session_ask(session, QUERY_IMPORT_RUN_LOAD, &parameters, &rows, fault)) {
        return false;
    }
    *out_count = rows_count(rows) > 0 ? import_counters_read(row_text(rows, 0, "counters"), out_counters) : 0;
    return true;
}
