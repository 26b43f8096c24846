/* What a crash leaves (SIGKILL, or the database's):
 *   before the commit   the data of yesterday whole, a run that says "running"; the archive is taken again, the run is
 *                       told failed
 *   after the commit    everything done; the archive, still in the inbox, is known by its digest and only put away
 * The row of the run says "applied" in the transaction that changes the data, so neither is ever true alone. */
#include "import/run.h"

#include "crypto/random.h"
#include "crypto/seal.h"
#include "domain/password.h"
#include "import/aaf_archive.h"
#include "import/delivery.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/configured.h"
#include "store/import_apply.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char interrupted[] = "L’intégration a été interrompue ; l’archive est reprise.";

const char *run_outcome_name(enum run_outcome outcome)
{
    static const char *const names[RUN_OUTCOME_COUNT] = {"applied", "refused", "failed", "repeated", "busy"};
    return names[outcome];
}

/* --- the session, and stopping --- */

static bool session_take(struct run_job *job, struct session **out_session, struct fault *fault)
{
    struct session *session;
    const struct duration no_bound = {0};
    if (!session_open_configured(job->daemon, no_bound, &session, fault)) {
        return false;
    }
    (void)pthread_mutex_lock(&job->lock);
    job->session = session;
    (void)pthread_mutex_unlock(&job->lock);
    *out_session = session;
    return session_check_schema(session, fault);
}

static void session_give_back(struct run_job *job)
{
    (void)pthread_mutex_lock(&job->lock);
    struct session *session = TAKE(job->session);
    (void)pthread_mutex_unlock(&job->lock);
    session_close(&session);
}

void run_job_stop(struct run_job *job)
{
    atomic_store(&job->is_stopping, true);
    (void)pthread_mutex_lock(&job->lock);
    if (job->session) {
        session_cancel(job->session);
    }
    (void)pthread_mutex_unlock(&job->lock);
}

/* --- the archive's digest --- */

static bool archive_open(struct run_job *job, struct fault *fault)
{
    job->file = open(job->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (job->file < 0 || fstat(job->file, &job->read) != 0) {
        return fault_from_errno(fault, FAULT_IO, "%s", job->path);
    }
    return true;
}

static void archive_close(struct run_job *job)
{
    if (job->file >= 0) {
        (void)close(job->file);
        job->file = -1;
    }
}

static bool digest_read(struct run_job *job, unsigned char out_digest[ARCHIVE_DIGEST_SIZE], struct fault *fault)
{
    enum { BLOCK = 128 * 1024 };
    struct digest digest;
    digest_begin(&digest, ARCHIVE_DIGEST_SIZE);
    _cleanup_(memory_free) char *block = checked_malloc(BLOCK);
    ssize_t length;
    while ((length = read(job->file, block, BLOCK)) > 0) {
        digest_add(&digest, block, (size_t)length);
        if (atomic_load(&job->is_stopping)) {
            return fault_set(fault, FAULT_UNAVAILABLE, "stopping");
        }
    }
    if (length < 0) {
        return fault_from_errno(fault, FAULT_IO, "%s", job->path);
    }
    digest_end(&digest, out_digest);
    return true;
}

/* --- provisional passwords --- */

enum { PASSWORDS_AT_ONCE = 128 };

struct sealing {
    const struct key_ring *keys;
    unsigned char random[PASSWORDS_AT_ONCE * PASSWORD_PROVISIONAL_RANDOM];
    size_t used;
};

static size_t password_seal(void *arg, academy_code academy, account_id account, unsigned char *out_sealed)
{
    struct sealing *sealing = arg;
    struct provisional_password password;
    bool is_made = false;
    while (!is_made) {
        if (sealing->used == sizeof sealing->random) {
            random_fill(sealing->random, sizeof sealing->random);
            sealing->used = 0;
        }
        is_made = password_provisional_make(sealing->random + sealing->used, PASSWORD_PROVISIONAL_RANDOM, &password);
        sealing->used += PASSWORD_PROVISIONAL_RANDOM;
    }
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "credential", academy.v, account.v);
    size_t length = strlen(password.text);
    _Static_assert(PASSWORD_PROVISIONAL_SIZE + SEAL_OVERHEAD <= IMPORT_SEALED_MAX, "a sealed password has no room");
    seal_make(sealing->keys, place, password.text, length, out_sealed);
    secret_wipe(&password, sizeof password);
    return length + SEAL_OVERHEAD;
}

static bool apply(struct run_job *job, struct session *session, struct fault *fault)
{
    struct sealing *sealing = checked_malloc(sizeof *sealing);
    sealing->keys = job->keys;
    sealing->used = sizeof sealing->random;
    bool done = import_apply(session, job->academy, password_seal, sealing, fault);
    secret_wipe(sealing, sizeof *sealing);
    memory_free(&sealing);
    return done;
}

/* --- the transaction --- */

struct attempt {
    struct run_job *job;
    struct session *session;
    import_id run;
    struct report *report;
    struct import_stage *stage;
    struct delivery *delivery;
};

static void attempt_end(struct attempt *attempt)
{
    delivery_free(&attempt->delivery);
    import_stage_free(&attempt->stage);
    report_free(&attempt->report);
}

/* Reads everything into the stage; *out_refusal: the whole is refused. */
static bool delivery_read(struct attempt *attempt, enum refusal *out_refusal, struct fault *fault)
{
    struct run_job *job = attempt->job;
    struct archive_visitor visitor = delivery_visitor(attempt->delivery);
    enum refusal unreadable = archive_visit(job->file, job->size_max, &visitor, &job->bytes_done);
    if (!delivery_judge(attempt->delivery, out_refusal, fault)) {
        return false;
    }
    if (unreadable != REFUSAL_NONE) {
        *out_refusal = unreadable; /* what was read before says less */
    }
    if (*out_refusal != REFUSAL_NONE) {
        return true;
    }
    bool is_later = false;
    struct date date = delivery_date(attempt->delivery);
    struct import_now now = {attempt->run, job->academy, (enum degree)delivery_degree(attempt->delivery), date};
    if (!report_stage(attempt->report, attempt->stage, fault) || !import_stage_end(attempt->stage, &now, fault) ||
        (date_is_valid(date) &&
            !import_find_later(attempt->session, job->academy, now.degree, date, &is_later, fault))) {
        return false;
    }
    *out_refusal = is_later ? REFUSAL_DELIVERY_OUT_OF_DATE : REFUSAL_NONE;
    return true;
}

/* Where the first thing wrong is: never what the file says there. */
static void explain(struct attempt *attempt, char *out_text, size_t size)
{
    size_t count;
    const struct import_refused *told = report_refused(attempt->report, &count);
    const struct import_refused *last = count > 0 ? &told[count - 1] : NULL;
    out_text[0] = '\0';
    if (last && !last->category[0] && last->line > 0) {
        (void)snprintf(out_text, size, "Fichier %s, ligne %" PRId64 ".", last->file, last->line);
    } else if (last && !last->category[0] && last->file[0]) {
        (void)snprintf(out_text, size, "Fichier %s.", last->file);
    }
}

static bool refuse(struct attempt *attempt, enum refusal refusal, struct fault *fault)
{
    char explanation[400];
    session_rollback(attempt->session);
    explain(attempt, explanation, sizeof explanation);
    struct import_end end = {
        .run = attempt->run,
        .state = IMPORT_REFUSED,
        .refusal = refusal,
        .explanation = explanation,
        .degree = delivery_degree(attempt->delivery),
        .kind = delivery_is_delta(attempt->delivery) ? "delta" : "complete",
        .generated_on = delivery_date(attempt->delivery),
    };
    end.refused = report_refused(attempt->report, &end.refused_count);
    attempt->job->refusal = refusal;
    attempt->job->outcome = RUN_REFUSED;
    return import_end_without(attempt->session, &end, fault);
}

static bool attempt_run(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->job;
    enum refusal refusal;
    if (!session_begin(attempt->session, fault) || !import_stage_open(attempt->session, &attempt->stage, fault)) {
        return false;
    }
    const struct delivery_options options = {
        .academy = job->academy,
        .archive_name = job->name,
        .today = clock_date(clock_now()),
        .report = attempt->report,
        .stage = attempt->stage,
        .is_stopping = &job->is_stopping,
    };
    attempt->delivery = delivery_new(&options);
    if (!delivery_read(attempt, &refusal, fault)) {
        return false;
    }
    FAULT_POINT("import_staged");
    if (refusal != REFUSAL_NONE) {
        return refuse(attempt, refusal, fault);
    }
    if (!apply(job, attempt->session, fault)) {
        return false;
    }
    FAULT_POINT("import_before_commit");
    if (atomic_load(&job->is_stopping)) {
        return fault_set(fault, FAULT_UNAVAILABLE, "stopping");
    }
    if (!session_commit(attempt->session, fault)) {
        return false;
    }
    job->outcome = RUN_APPLIED;
    return import_load_counters(attempt->session, attempt->run, job->counters, &job->counter_count, fault);
}

/* --- the whole --- */

/* The run is told failed, if the database is there to hear it; otherwise the next one tells it. */
static void tell_failed(struct run_job *job, struct session *session, import_id run)
{
    struct fault ignored;
    session_rollback(session);
    const struct import_end end = {.run = run, .state = IMPORT_FAILED, .explanation = job->fault.text};
    if (!import_end_without(session, &end, &ignored)) {
        log_event(LOG_NOTICE, "import_end_untold", F("run", run), F("fault", &ignored));
    }
}

static bool put_away(struct run_job *job, import_id run, struct fault *fault)
{
    bool done = inbox_put_away(job->inbox, job->academy, &job->read, job->path, job->name, run, fault);
    FAULT_POINT("import_put_away");
    return done;
}

static bool new_run(struct run_job *job, struct session *session, const unsigned char *digest, struct fault *fault)
{
    import_id run;
    if (!import_begin(session, job->academy, job->name, digest, &run, fault)) {
        return false;
    }
    atomic_store(&job->run, run.v);
    FAULT_POINT("import_begun");
    struct attempt attempt = {.job = job, .session = session, .run = run, .report = report_new()};
    bool done = attempt_run(&attempt, fault);
    attempt_end(&attempt);
    if (!done) {
        job->fault = *fault;
        tell_failed(job, session, run);
        return false;
    }
    FAULT_POINT("import_ended");
    return put_away(job, run, fault);
}

static bool archive_take(struct run_job *job, struct session *session, struct fault *fault)
{
    unsigned char digest[ARCHIVE_DIGEST_SIZE];
    import_id before;
    bool is_ours;
    if (!import_lock(session, job->academy, &is_ours, fault)) {
        return false;
    }
    if (!is_ours) {
        job->outcome = RUN_BUSY;
        return true;
    }
    struct instant dropped_at;
    if (!import_abandon(session, job->academy, interrupted, fault) || !archive_open(job, fault) ||
        !digest_read(job, digest, fault)) {
        return false;
    }
    dropped_at.us = (int64_t)job->read.st_ctim.tv_sec * 1000000 + job->read.st_ctim.tv_nsec / 1000;
    if (!import_find_ended(session, job->academy, digest, dropped_at, &before, fault)) {
        return false;
    }
    if (before.v != 0) {
        job->outcome = RUN_REPEATED;
        return put_away(job, before, fault);
    }
    return new_run(job, session, digest, fault);
}

/* After a start: runs that say "running" and are nobody's are told failed before their archive is taken again. */
static bool dead_runs_tell(struct session *session, struct fault *fault)
{
    academy_code academies[64];
    size_t count;
    if (!import_running_academies(session, academies, ARRAY_LENGTH(academies), &count, fault)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bool is_ours;
        if (!import_lock(session, academies[i], &is_ours, fault) ||
            (is_ours && !import_abandon(session, academies[i], interrupted, fault))) {
            return false;
        }
    }
    return true;
}

void run_job_run(void *arg, void *context)
{
    (void)context;
    struct run_job *job = arg;
    struct session *session = NULL;
    struct tick begun = clock_tick();
    struct fault fault = {0};
    job->file = -1;
    job->outcome = RUN_BUSY; /* nothing was done, until it is known better */
    bool done = session_take(job, &session, &fault) &&
                (job->path ? archive_take(job, session, &fault) : dead_runs_tell(session, &fault));
    if (!done) {
        job->outcome = RUN_FAILED;
        job->fault = fault;
    }
    session_give_back(job);
    archive_close(job);
    job->duration = clock_since(begun);
}
