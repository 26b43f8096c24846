/* What a crash leaves (SIGKILL, or the database's), the archive being claimed:
 *   before a run begins  nothing: the archive is taken
 *   before the commit    the data of yesterday whole, a run that says "running": it is told failed, the archive taken
 *                        again; identifiers that were given stay given, to the same records
 *   after the commit     everything done: the run of the claim says so, and the archive is only put away
 * An archive over which the process died several times in a row is refused. */
#include "import/run.h"

#include "import/archive_digest.h"
#include "import/attempt.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/configured.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { INTERRUPTIONS_MAX = 3 };

static const char interrupted[] = "L’intégration a été interrompue ; l’archive est reprise.";

const char *run_outcome_name(enum run_outcome outcome)
{
    static const char *const names[RUN_OUTCOME_COUNT] = {
        "applied", "refused", "failed", "repeated", "busy", "held", "checked", "unfinished"};
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

/* --- the archive --- */

static bool archive_open(struct run_job *job, struct fault *fault)
{
    job->file = open(job->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return job->file >= 0 || fault_from_errno(fault, FAULT_IO, "%s", job->path);
}

static void archive_close(struct run_job *job)
{
    if (job->file >= 0) {
        (void)close(job->file);
        job->file = -1;
    }
}

/* --- one archive --- */

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
    bool done = inbox_put_away(job->inbox, job->academy, job->claim, run, fault);
    FAULT_POINT("import_put_away");
    return done;
}

/* What the outcome asks to be done with the archive. */
static bool archive_leave(struct run_job *job, import_id run, struct fault *fault)
{
    if (job->outcome == RUN_UNFINISHED) {
        return inbox_give_back(job->inbox, job->academy, job->claim, fault);
    }
    if (job->outcome == RUN_HELD) {
        return inbox_upload_remove(job->inbox, job->academy, job->claim, fault);
    }
    return job->outcome == RUN_CHECKED || put_away(job, run, fault);
}

/* A person's word is on the bytes that were held, and on no others. */
static bool is_what_was_approved(const struct import_claim *claim, const unsigned char *digest)
{
    bool is_same = claim->has_digest && digest && memcmp(claim->digest, digest, sizeof claim->digest) == 0;
    return claim->run.v != 0 && claim->state == IMPORT_HELD && claim->is_approved && is_same;
}

static bool new_run(struct run_job *job, struct session *session, const struct import_claim *claim,
    const unsigned char *digest, struct fault *fault)
{
    import_id run;
    if (!import_begin(session, job->academy, job->name, job->claim, digest, &run, fault)) {
        return false;
    }
    atomic_store(&job->run, run.v);
    FAULT_POINT("import_begun");
    const struct attempt_options options = {
        .job = job,
        .session = session,
        .run = run,
        .approved = is_what_was_approved(claim, digest) ? claim->run : (import_id){0},
        .crashes = claim->interrupted >= INTERRUPTIONS_MAX,
    };
    if (!attempt_run(&options, fault)) {
        job->fault = *fault;
        tell_failed(job, session, run);
        return false;
    }
    FAULT_POINT("import_ended");
    return archive_leave(job, run, fault);
}

/* It was tried, and for so long nobody decided on it, or it went wrong: its run ends, and it goes. */
static bool is_expired(const struct run_job *job, const struct import_claim *claim)
{
    return job->claim && claim->run.v != 0 && !claim->is_decided &&
           duration_longer(instant_since(clock_now(), inbox_claimed_at(job->claim)), inbox_patience(job->inbox));
}

/* The held run ends, or one that only says so, after those that failed. *out_ended false: somebody gave a word at this moment. */
static bool expired_run_end(const struct run_job *job, struct session *session, const struct import_claim *claim,
    import_id *out_run, bool *out_ended, struct fault *fault)
{
    if (claim->state == IMPORT_HELD) {
        *out_run = claim->run;
        return import_expire(session, claim->run, inbox_patience(job->inbox), out_ended, fault);
    }
    struct import_end end = {.state = IMPORT_REFUSED, .refusal = REFUSAL_IMPORT_EXPIRED};
    *out_ended = import_begin(session, job->academy, job->name, job->claim, NULL, &end.run, fault) &&
                 import_end_without(session, &end, fault);
    *out_run = end.run;
    return *out_ended;
}

static bool expire(struct run_job *job, struct session *session, const struct import_claim *claim, struct fault *fault)
{
    import_id run;
    bool is_ended;
    if (!expired_run_end(job, session, claim, &run, &is_ended, fault)) {
        return false;
    }
    if (!is_ended) {
        job->outcome = RUN_BUSY;
        return true;
    }
    atomic_store(&job->run, run.v);
    job->outcome = RUN_REFUSED;
    job->refusal = REFUSAL_IMPORT_EXPIRED;
    FAULT_POINT("import_ended");
    return inbox_claim_remove(job->inbox, job->academy, job->claim, fault);
}

/* The claim's run has ended. */
static bool ended_before(const struct import_claim *claim)
{
    return claim->run.v != 0 &&
           (claim->state == IMPORT_APPLIED || claim->state == IMPORT_REFUSED || claim->state == IMPORT_REPEATED);
}

static bool only_put_away(struct run_job *job, import_id run, struct fault *fault)
{
    job->outcome = RUN_REPEATED;
    return put_away(job, run, fault);
}

/* Its bytes were integrated before: who dropped them is told so. */
static bool repeated(struct run_job *job, struct session *session, import_id integrated, struct fault *fault)
{
    char explanation[120];
    import_id run;
    (void)snprintf(explanation, sizeof explanation,
        "Archive identique à l’intégration %" PRId64 ", déjà faite ; rien à faire.", integrated.v);
    if (!import_repeat(session, integrated, job->name, job->claim, explanation, &run, fault)) {
        return false;
    }
    atomic_store(&job->run, run.v);
    FAULT_POINT("import_ended");
    return only_put_away(job, run, fault);
}

static bool bytes_take(
    struct run_job *job, struct session *session, const struct import_claim *claim, struct fault *fault)
{
    unsigned char digest[ARCHIVE_DIGEST_SIZE];
    bool is_whole;
    import_id before = {0};
    if ((job->claim && !inbox_own(job->inbox, job->academy, job->claim, &job->is_stopping, fault)) ||
        !archive_open(job, fault) || !archive_digest(job->file, &job->is_stopping, digest, &is_whole, fault) ||
        (is_whole && job->claim && !import_find_applied(session, job->academy, digest, &before, fault))) {
        return false;
    }
    return before.v != 0 ? repeated(job, session, before, fault)
                         : new_run(job, session, claim, is_whole ? digest : NULL, fault);
}

static bool archive_take(struct run_job *job, struct session *session, struct fault *fault)
{
    struct import_claim claim = {0};
    bool is_ours;
    if (!import_lock(session, job->academy, &is_ours, fault)) {
        return false;
    }
    if (!is_ours) {
        job->outcome = RUN_BUSY;
        return true;
    }
    if (!import_abandon(session, job->academy, interrupted, fault) ||
        (job->claim && !import_load_claim(session, job->academy, job->claim, interrupted, &claim, fault))) {
        return false;
    }
    if (ended_before(&claim)) {
        return only_put_away(job, claim.run, fault);
    }
    if (is_expired(job, &claim)) {
        return expire(job, session, &claim, fault);
    }
    if (claim.run.v != 0 && claim.state == IMPORT_HELD && !claim.is_decided) {
        job->outcome = RUN_HELD;
        return archive_leave(job, claim.run, fault); /* we may have died before */
    }
    return bytes_take(job, session, &claim, fault);
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
