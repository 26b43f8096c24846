#include "store/import_apply.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"
#include "store/import_attach.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool run_all(struct session *session, const enum query *queries, size_t count, const struct import_steps *steps,
    struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (!steps->progress(steps->arg, (int)i, (int)count)) {
            return fault_set(fault, FAULT_UNAVAILABLE, "stopping");
        }
        if (!session_run_plain(session, queries[i], fault)) {
            return false;
        }
    }
    return true;
}

/* --- what it comes to --- */

bool import_prepare(struct session *session, const struct import_steps *steps, struct fault *fault)
{
    static const enum query queries[] = {
        QUERY_IMPORT_PREPARE_ANALYZE,
        QUERY_IMPORT_PREPARE_UNSETTLED,
        QUERY_IMPORT_TWICE_CHOOSE,
        QUERY_IMPORT_TWICE_REFUSE,
        QUERY_IMPORT_TWICE_STRUCTURES,
        QUERY_IMPORT_PREPARE_REQUESTS,
        QUERY_IMPORT_PREPARE_MODIFY_AGAIN,
        QUERY_IMPORT_PREPARE_DELETE_UNKNOWN,
        QUERY_IMPORT_PREPARE_LAST,
        QUERY_IMPORT_PREPARE_MODIFY_UNKNOWN,
        QUERY_IMPORT_PREPARE_MODIFIED,
        QUERY_IMPORT_PREPARE_DELTA_ABSENT,
        QUERY_IMPORT_PREPARE_DELETED,
        QUERY_IMPORT_PREPARE_REFUSED_STAY,
        QUERY_IMPORT_PREPARE_OTHER_PROFILE,
        QUERY_IMPORT_PREPARE_PLACES,
        QUERY_IMPORT_PREPARE_PUPILS_NOWHERE,
        QUERY_IMPORT_PREPARE_MOVED,
        QUERY_IMPORT_PREPARE_LOST,
        QUERY_IMPORT_PREPARE_LOST_ANALYZE,
        QUERY_IMPORT_PREPARE_SCHOOLS_GONE,
        QUERY_IMPORT_PREPARE_LINKS,
        QUERY_IMPORT_PREPARE_LINKS_ANALYZE,
        QUERY_IMPORT_PREPARE_LINKS_TO_NOBODY,
        QUERY_IMPORT_PREPARE_LINKS_TO_REFUSED,
        QUERY_IMPORT_PREPARE_PUPILS_OF_NOBODY,
        QUERY_IMPORT_PREPARE_UNLINKED,
        QUERY_IMPORT_PREPARE_UNLINKED_TOLD,
        QUERY_IMPORT_PREPARE_LEFT_ALONE,
        QUERY_IMPORT_PREPARE_PEOPLED,
        QUERY_IMPORT_PREPARE_LEGAL,
        QUERY_IMPORT_PREPARE_LEGAL_ANALYZE,
        QUERY_IMPORT_HEADS_ANALYZE,
        QUERY_IMPORT_HEADS_AGAIN,
        QUERY_IMPORT_HEADS_LAST,
        QUERY_IMPORT_HEADS_UNKNOWN,
        QUERY_IMPORT_HEADS_WANTED,
        QUERY_IMPORT_HEADS_GONE,
        QUERY_IMPORT_HEADS_KEPT,
        QUERY_IMPORT_HEADS_OF_NOTHING,
    };
    return run_all(session, queries, ARRAY_LENGTH(queries), steps, fault);
}

/* --- rows that go out and come back in --- */

/* Rows of numbers and texts, one after the other. */
struct spool {
    char *bytes;
    size_t used, size;
};

static void spool_add(struct spool *spool, const char *text)
{
    size_t length = strlen(text) + 1;
    if (spool->used + length > spool->size) {
        spool->size = (spool->used + length) * 2 + 4096;
        spool->bytes = checked_realloc(spool->bytes, spool->size, 1);
    }
    memcpy(spool->bytes + spool->used, text, length);
    spool->used += length;
}

static bool spool_copied(void *arg, int count, char *const *values, struct fault *fault)
{
    (void)fault;
    for (int i = 0; i < count; i++) {
        spool_add(arg, values[i]);
    }
    return true;
}

static bool spool_write(
    struct session *session, const struct spool *spool, enum query query, int columns, struct fault *fault)
{
    if (!session_copy_begin(session, query, fault)) {
        return false;
    }
    const char *at = spool->bytes;
    while (at < spool->bytes + spool->used) {
        for (int i = 0; i < columns; i++) {
            session_copy_text(session, at);
            at += strlen(at) + 1;
        }
        if (!session_copy_row(session, fault)) {
            return false;
        }
    }
    return session_copy_end(session, NULL, fault);
}

struct import_kept {
    struct spool counters, schools, conflicts;
};

bool import_figures_keep(struct session *session, struct import_kept **out_kept, struct fault *fault)
{
    struct import_kept *kept = checked_calloc(1, sizeof *kept);
    *out_kept = kept;
    return session_copy_read(session, QUERY_IMPORT_REPORT_COUNTERS_OUT, spool_copied, &kept->counters, fault) &&
           session_copy_read(session, QUERY_IMPORT_REPORT_UAI_COUNTERS_OUT, spool_copied, &kept->schools, fault) &&
           session_copy_read(session, QUERY_IMPORT_REPORT_CONFLICTS_OUT, spool_copied, &kept->conflicts, fault);
}

void import_kept_free(struct import_kept **kept)
{
    if (*kept) {
        memory_free(&(*kept)->counters.bytes);
        memory_free(&(*kept)->schools.bytes);
        memory_free(&(*kept)->conflicts.bytes);
        memory_free(kept);
    }
}

bool import_figures_bring_back(struct session *session, struct import_kept **kept, struct fault *fault)
{
    bool done = session_run_plain(session, QUERY_IMPORT_REPORT_COUNTERS_CLEAR, fault) &&
                spool_write(session, &(*kept)->counters, QUERY_IMPORT_COPY_COUNTERS, 3, fault) &&
                spool_write(session, &(*kept)->schools, QUERY_IMPORT_COPY_UAI_COUNTERS, 4, fault) &&
                spool_write(session, &(*kept)->conflicts, QUERY_IMPORT_COPY_CONFLICTS, 6, fault);
    import_kept_free(kept);
    return done;
}

/* --- accounts --- */

static bool base_copied(void *arg, int count, char *const *values, struct fault *fault)
{
    (void)count;
    (void)fault;
    struct identifier base = identifier_base(values[1], values[2]);
    spool_add(arg, values[0]);
    spool_add(arg, base.text);
    return true;
}

/* Identifiers are made of names by the domain, not by SQL. */
static bool bases_make(struct session *session, struct fault *fault)
{
    struct spool bases = {0};
    bool done = session_copy_read(session, QUERY_IMPORT_ACCOUNTS_BASELESS, base_copied, &bases, fault) &&
                session_run_plain(session, QUERY_IMPORT_ACCOUNTS_BASES, fault) &&
                spool_write(session, &bases, QUERY_IMPORT_COPY_BASES, 2, fault);
    memory_free(&bases.bytes);
    return done;
}

bool import_give_accounts(struct session *session, bool is_check, const struct import_steps *steps, struct fault *fault)
{
    /* of the academy's own records, which the run holds: others need not wait for it */
    static const enum query wanted[] = {QUERY_IMPORT_ACCOUNTS_WANTED, QUERY_IMPORT_ACCOUNTS_WANTED_ANALYZE};
    static const enum query who[] = {
        QUERY_IMPORT_ACCOUNTS_MATCH_CONTACT,
        QUERY_IMPORT_ACCOUNTS_MATCH_INE,
        QUERY_IMPORT_ACCOUNTS_INE_CONFLICT,
        QUERY_IMPORT_ACCOUNTS_LEADERS,
        QUERY_IMPORT_ACCOUNTS_NEW,
        QUERY_IMPORT_ACCOUNTS_NEW_ANALYZE,
    };
    static const enum query give[] = {QUERY_IMPORT_ACCOUNTS_NUMBER, QUERY_IMPORT_ACCOUNTS_GIVE};
    static const enum query pretend[] = {QUERY_IMPORT_ACCOUNTS_PRETEND};
    if (!bases_make(session, fault) || !run_all(session, wanted, ARRAY_LENGTH(wanted), steps, fault) ||
        (!is_check && !session_run_plain(session, QUERY_IMPORT_ACCOUNTS_LOCK, fault)) ||
        !run_all(session, who, ARRAY_LENGTH(who), steps, fault)) {
        return false;
    }
    return is_check ? run_all(session, pretend, ARRAY_LENGTH(pretend), steps, fault)
                    : run_all(session, give, ARRAY_LENGTH(give), steps, fault);
}

static bool credentials_copy(struct session *session, academy_code academy, const struct spool *numbers,
    import_seal *seal, void *arg, struct fault *fault)
{
    if (!session_copy_begin(session, QUERY_IMPORT_COPY_CREDENTIALS, fault)) {
        return false;
    }
    for (const char *at = numbers->bytes; at < numbers->bytes + numbers->used; at += strlen(at) + 1) {
        unsigned char sealed[IMPORT_SEALED_MAX];
        account_id account = {strtoll(at, NULL, 10)};
        size_t length = seal(arg, academy, account, sealed);
        session_copy_int64(session, academy.v);
        session_copy_int64(session, account.v);
        session_copy_bytes(session, sealed, length);
        if (!session_copy_row(session, fault)) {
            return false;
        }
    }
    return session_copy_end(session, NULL, fault);
}

static bool credentials_write(
    struct session *session, academy_code academy, import_seal *seal, void *arg, struct fault *fault)
{
    struct spool numbers = {0};
    bool done = session_copy_read(session, QUERY_IMPORT_ACCOUNTS_NUMBERS, spool_copied, &numbers, fault) &&
                credentials_copy(session, academy, &numbers, seal, arg, fault);
    memory_free(&numbers.bytes);
    return done;
}

/* --- everything --- */

static bool apply_all(struct session *session, const struct import_steps *steps, struct fault *fault)
{
    static const enum query queries[] = {
        QUERY_IMPORT_GUARDIANS_NEAR,
        QUERY_IMPORT_GUARDIANS_NEAR_ANALYZE,
        QUERY_IMPORT_GUARDIANS_PLACES,
        QUERY_IMPORT_GUARDIANS_BEFORE,
        QUERY_IMPORT_ACCOUNTS_MADE,
        QUERY_IMPORT_ACCOUNTS_SETTLE,
        QUERY_IMPORT_ACCOUNTS_SETTLE_ANALYZE,
        QUERY_IMPORT_ACCOUNTS_REMEMBER_MERGES,
        QUERY_IMPORT_APPLY_OUTCOMES,
        QUERY_IMPORT_APPLY_OUTCOMES_ANALYZE,
        QUERY_IMPORT_APPLY_CHANGED_PUPILS,
        QUERY_IMPORT_APPLY_CHANGED_GUARDIANS,
        QUERY_IMPORT_APPLY_KNOWN_ACCOUNTS,
        QUERY_IMPORT_APPLY_NEW_PUPILS,
        QUERY_IMPORT_APPLY_NEW_GUARDIANS,
        QUERY_IMPORT_APPLY_DEPARTED,
        QUERY_IMPORT_APPLY_UNSETTLED,
        QUERY_IMPORT_APPLY_LINK_CHANGES,
        QUERY_IMPORT_APPLY_MOVED,
        QUERY_IMPORT_APPLY_ENROLMENTS,
        QUERY_IMPORT_APPLY_GUARDIANSHIPS,
        QUERY_IMPORT_APPLY_RELINKED_ANALYZE,
        QUERY_IMPORT_HEADS_APPLY,
        QUERY_IMPORT_APPLY_COUNTERS,
        QUERY_IMPORT_APPLY_SCHOOL_COUNTERS,
        QUERY_IMPORT_GUARDIANS_AFTER,
        QUERY_IMPORT_GUARDIANS_COUNT,
        QUERY_IMPORT_APPLY_MATCH_LOCK,
    };
    return run_all(session, queries, ARRAY_LENGTH(queries), steps, fault);
}

/* Who comes back is opened again before records are matched, since a closed account is merged with nothing. */
static bool attach_and_merge(struct session *session, struct fault *fault)
{
    return import_attach_open(session, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_TOUCHED_ACCOUNTS, fault) &&
           import_attach_apply(session, fault) && session_run_plain(session, QUERY_IMPORT_APPLY_MATCH, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_MERGE, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_MERGED_ACCOUNTS, fault) && import_attach_apply(session, fault);
}

bool import_apply(struct session *session, academy_code academy, const struct import_steps *steps, import_seal *seal,
    void *arg, struct fault *fault)
{
    return session_run_plain(session, QUERY_IMPORT_APPLY_PLAN, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_STRUCTURES, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_STRUCTURES_LOST, fault) &&
           session_run_plain(session, QUERY_IMPORT_APPLY_SCHOOLS, fault) &&
           session_run_plain(session, QUERY_IMPORT_ACCOUNTS_MAKE, fault) &&
           credentials_write(session, academy, seal, arg, fault) && apply_all(session, steps, fault) &&
           attach_and_merge(session, fault) && session_run_plain(session, QUERY_IMPORT_HEADS_SETTLE, fault);
}

/* --- the report --- */

bool import_report(struct session *session, const struct import_now *now, enum import_state state, enum refusal refusal,
    const char *explanation, struct fault *fault)
{
    struct spool counters = {0};
    bool done = session_run_plain(session, QUERY_IMPORT_REPORT_PROBLEMS, fault) &&
                session_run_plain(session, QUERY_IMPORT_REPORT_SCHOOLS, fault) &&
                session_copy_read(session, QUERY_IMPORT_REPORT_COUNTERS, spool_copied, &counters, fault);
    if (done) {
        struct parameters parameters;
        parameters_init(&parameters);
        parameters_text(&parameters, import_state_code(state));
        parameters_text(&parameters, refusal != REFUSAL_NONE ? refusal_code(refusal) : "");
        parameters_text(&parameters, explanation);
        parameters_int64(&parameters, now->run.v);
        parameters_int64(&parameters, now->degree);
        parameters_text(&parameters, now->is_delta ? "delta" : "complete");
        parameters_date(&parameters, date_is_valid(now->generated_on) ? &now->generated_on : NULL);
        parameters_int64(&parameters, now->records);
        parameters_text(&parameters, counters.bytes);
        done = session_run(session, QUERY_IMPORT_REPORT_END, &parameters, NULL, fault);
        parameters_clear(&parameters);
    }
    memory_free(&counters.bytes);
    return done;
}

bool import_tell_planner(struct session *session, struct fault *fault)
{
    return session_run_plain(session, QUERY_IMPORT_APPLY_TELL_PLANNER, fault);
}
