/* The transactions of a run:
 *
 *   1  the delivery is read into the session's own tables, and prepared. Nothing of the house changes.
 *      Then it is judged: refused, held, or applied.
 *   2  identifiers are given: short, since all academies wait for one another here. They stay given if the run dies, and
 *      are the same when it is done again.
 *   3  everything changes at once, and the run says "applied": neither is ever true alone.
 *
 * A check does 2 and 3 in one transaction, keeps the figures and undoes it.
 *
 * Two runs that merge records of one another's academy may each wait for the other: the database undoes one of them, which
 * then only does its last transaction again, since what it stems from was committed. */
#include "import/attempt.h"

#include "import/aaf_archive.h"
#include "import/configured.h"
#include "import/delivery.h"
#include "import/provisional.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/blocking.h"
#include "store/import_apply.h"
#include "store/import_hold.h"
#include "store/sqlstate.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { PHASES = 3, STEPS_A_PHASE = 100, TRIES_MAX = 5 };

struct attempt {
    struct attempt_options options;
    struct report *report;
    struct import_stage *stage;
    struct delivery *delivery;
    struct import_now now;
    struct import_kept *kept; /* the figures of a check */
    int phase;                /* of PHASES, under way */
    char explanation[IMPORT_HOLD_TEXT_SIZE];
};

static const char cut_off[] =
    "L’archive n’est pas entière ; elle est rendue au dépôt, où la suite peut encore arriver.";

/* --- progress --- */

static void phase_begin(struct run_job *job, enum run_phase phase)
{
    if (atomic_load(&job->phase) != (int)phase) {
        int64_t now = clock_tick().us;
        atomic_store(&job->phase_since, now);
        atomic_store(&job->moved_at, now);
        atomic_store(&job->phase, (int)phase);
    }
}

static bool step_told(void *arg, int done, int total)
{
    struct attempt *attempt = arg;
    struct run_job *job = attempt->options.job;
    atomic_store(&job->steps_done, attempt->phase * STEPS_A_PHASE + done * STEPS_A_PHASE / total);
    atomic_store(&job->moved_at, clock_tick().us);
    return !atomic_load(&job->is_stopping);
}

static struct import_steps steps_of(struct attempt *attempt, int phase)
{
    struct run_job *job = attempt->options.job;
    attempt->phase = phase;
    atomic_store(&job->steps_total, PHASES * STEPS_A_PHASE);
    phase_begin(job, RUN_PHASE_APPLYING);
    return (struct import_steps){step_told, attempt};
}

/* --- the end without any change --- */

/* Where the first thing wrong is: never what the file says there. */
static void explain_refusal(struct attempt *attempt)
{
    size_t count;
    const struct import_refused *told = report_refused(attempt->report, &count);
    const struct import_refused *last = count > 0 ? &told[count - 1] : NULL;
    if (last && !last->category[0] && last->line > 0) {
        (void)snprintf(attempt->explanation, sizeof attempt->explanation, "Fichier %s, ligne %" PRId64 ".", last->file,
            last->line);
    } else if (last && !last->category[0] && last->file[0]) {
        (void)snprintf(attempt->explanation, sizeof attempt->explanation, "Fichier %s.", last->file);
    }
}

static bool end_without(struct attempt *attempt, enum import_state state, enum refusal refusal, struct fault *fault)
{
    session_rollback(attempt->options.session);
    struct import_end end = {
        .run = attempt->options.run,
        .state = state,
        .refusal = refusal,
        .explanation = attempt->explanation,
    };
    if (attempt->delivery) {
        end.degree = delivery_degree(attempt->delivery);
        end.kind = delivery_is_delta(attempt->delivery) ? "delta" : "complete";
        end.generated_on = delivery_date(attempt->delivery);
    }
    end.refused = report_refused(attempt->report, &end.refused_count);
    return import_end_without(attempt->options.session, &end, fault);
}

static bool refuse(struct attempt *attempt, enum refusal refusal, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    explain_refusal(attempt);
    job->refusal = refusal;
    job->outcome = job->claim ? RUN_REFUSED : RUN_CHECKED;
    return end_without(attempt, IMPORT_REFUSED, refusal, fault);
}

/* --- reading --- */

/* Cut off, and young: its upload may still go on. */
static bool is_unfinished(const struct run_job *job)
{
    struct stat status;
    if (!job->claim || fstat(job->file, &status) != 0) {
        return false;
    }
    struct duration upload_max = config_duration(job->daemon->config, CONFIG_IMPORT_UPLOAD_MAX);
    return !duration_longer(instant_since(clock_now(), clock_instant(status.st_mtim)), upload_max);
}

static bool unfinished_leave(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    (void)snprintf(attempt->explanation, sizeof attempt->explanation, "%s", cut_off);
    job->outcome = RUN_UNFINISHED;
    return end_without(attempt, IMPORT_FAILED, REFUSAL_NONE, fault);
}

/* What is known before it decides whether this one may follow. */
static bool before_judge(
    struct attempt *attempt, enum refusal *out_refusal, bool *out_follows_held, struct fault *fault)
{
    struct import_before before;
    const struct import_now *now = &attempt->now;
    if (!import_load_before(attempt->options.session, now->run, now->degree, now->generated_on,
            attempt->options.approved, &before, fault)) {
        return false;
    }
    *out_refusal = before.is_later                     ? REFUSAL_DELIVERY_OUT_OF_DATE
                   : now->is_delta && !before.has_base ? REFUSAL_DELTA_WITHOUT_BASE
                                                       : REFUSAL_NONE;
    *out_follows_held = before.is_held && now->is_delta;
    return true;
}

/* Reads everything into the stage. *out_refusal: the whole is refused; *out_cut_off: since it ends too early. */
static bool delivery_read(struct attempt *attempt, enum refusal *out_refusal, bool *out_cut_off, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    struct archive_visitor visitor = delivery_visitor(attempt->delivery);
    phase_begin(job, RUN_PHASE_READING);
    enum refusal unreadable = archive_visit(job->file, job->inbox->size_max, &visitor, &job->bytes_done, out_cut_off);
    if (!delivery_judge(attempt->delivery, out_refusal, fault)) {
        return false;
    }
    if (unreadable != REFUSAL_NONE) {
        *out_refusal = unreadable; /* what was read before says less */
    }
    if (*out_refusal != REFUSAL_NONE) {
        return true;
    }
    attempt->now = (struct import_now){
        .run = attempt->options.run,
        .academy = job->academy,
        .degree = (enum degree)delivery_degree(attempt->delivery),
        .is_delta = delivery_is_delta(attempt->delivery),
        .generated_on = delivery_date(attempt->delivery),
        .records = report_records(attempt->report),
        .departed_min = config_count(job->daemon->config, CONFIG_IMPORT_HOLD_COUNT_MIN),
    };
    return delivery_stage(attempt->delivery, fault) && import_stage_end(attempt->stage, &attempt->now, fault);
}

static bool delivery_begin(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    if (!session_begin(attempt->options.session, fault) ||
        !import_stage_open(attempt->options.session, &attempt->stage, fault)) {
        return false;
    }
    const struct delivery_options options = {
        .academy = job->academy,
        .archive_name = job->name,
        .today = clock_date(clock_now()),
        .report = attempt->report,
        .session = attempt->options.session,
        .stage = attempt->stage,
        .is_stopping = &job->is_stopping,
        .records = &job->records,
    };
    attempt->delivery = delivery_new(&options);
    return true;
}

/* --- judging --- */

/* Not asked of what an operator approved. */
static bool hold_judge(struct attempt *attempt, bool follows_held, enum refusal *out_held, struct fault *fault)
{
    struct import_figures *figures = checked_calloc(1, sizeof *figures);
    struct import_hold_settings settings;
    struct date today = clock_date(clock_now());
    figures->hold.pupils = delivery_live(attempt->delivery, PROFILE_ELEVE);
    figures->hold.guardians = delivery_live(attempt->delivery, PROFILE_RESPONSABLE);
    bool done = hold_configured(attempt->options.job->daemon->config, &settings, fault) &&
                import_load_figures(attempt->options.session, &attempt->now,
                    import_hold_memory_begins(&settings, today), figures, fault);
    if (done) {
        struct import_hold hold = import_hold_judge(&figures->hold, &settings, today);
        *out_held = hold.count > 0 ? REFUSAL_IMPORT_HELD : follows_held ? REFUSAL_FOLLOWS_HELD : REFUSAL_NONE;
        if (hold.count > 0) {
            import_hold_explain(&hold, attempt->explanation);
        }
    }
    memory_free(&figures);
    return done;
}

static bool hold(struct attempt *attempt, enum refusal refusal, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    struct session *session = attempt->options.session;
    job->outcome = RUN_HELD;
    job->refusal = refusal;
    return session_begin(session, fault) &&
           import_report(session, &attempt->now, IMPORT_HELD, refusal, attempt->explanation, fault) &&
           session_commit(session, fault);
}

/* --- applying --- */

static bool give_accounts(struct attempt *attempt, struct fault *fault)
{
    struct import_steps steps = steps_of(attempt, 1);
    return import_give_accounts(attempt->options.session, !attempt->options.job->claim, &steps, fault);
}

static bool apply(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    struct import_steps steps = steps_of(attempt, 2);
    struct provisional_sealer *sealer = provisional_sealer_new(job->keys);
    bool done = import_apply(attempt->options.session, job->academy, &steps, provisional_seal, sealer, fault);
    provisional_sealer_free(&sealer);
    return done;
}

/* What was asked to stop after the last step is undone, since nobody waits for it any more. */
static bool may_commit(const struct attempt *attempt, struct fault *fault)
{
    return !atomic_load(&attempt->options.job->is_stopping) || fault_set(fault, FAULT_UNAVAILABLE, "stopping");
}

static int64_t counted(const struct run_job *job, const char *what)
{
    int64_t total = 0;
    for (size_t i = 0; i < job->counter_count; i++) {
        total += strcmp(job->counters[i].what, what) == 0 ? job->counters[i].count : 0;
    }
    return total;
}

/* After a run that added a tenth of what there is, plans made for less would be poor for hours. */
static void planner_tell(const struct attempt *attempt)
{
    struct fault fault;
    const struct run_job *job = attempt->options.job;
    bool is_much = counted(job, "added") * 10 > attempt->now.records;
    if (is_much && !import_tell_planner(attempt->options.session, &fault)) {
        log_event(LOG_NOTICE, "planner_untold", F("run", attempt->options.run), F("fault", &fault));
    }
}

/* A transaction that had to give way to another one, of another academy or of the portal. */
static bool gave_way(const struct fault *fault)
{
    return fault->code == FAULT_BUSY && fault_is_retryable(fault);
}

typedef bool attempt_transaction(struct attempt *attempt, struct fault *fault);

static bool do_until_done(struct attempt *attempt, attempt_transaction *transaction, struct fault *fault)
{
    for (int tries = 1; !transaction(attempt, fault); tries++) {
        if (tries == TRIES_MAX || !gave_way(fault)) {
            return false;
        }
        session_rollback(attempt->options.session);
        log_event(LOG_NOTICE, "import_gave_way", F("run", attempt->options.run), F("fault", fault));
    }
    return true;
}

static bool accounts_given(struct attempt *attempt, struct fault *fault)
{
    struct session *session = attempt->options.session;
    return session_begin(session, fault) && give_accounts(attempt, fault) && session_commit(session, fault);
}

/* Held ones that this one replaces. */
static bool held_ones_replace(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    char explanation[80];
    (void)snprintf(explanation, sizeof explanation, "Remplacée par l’intégration %" PRId64 ".", attempt->now.run.v);
    import_claims_clear(&job->replaced);
    return import_supersede(attempt->options.session, attempt->now.run, explanation, &job->replaced, fault);
}

static bool everything_changed(struct attempt *attempt, struct fault *fault)
{
    struct session *session = attempt->options.session;
    if (!session_begin(session, fault) || !apply(attempt, fault) ||
        !import_report(session, &attempt->now, IMPORT_APPLIED, REFUSAL_NONE, "", fault) ||
        !held_ones_replace(attempt, fault)) {
        return false;
    }
    FAULT_POINT("import_before_commit");
    return may_commit(attempt, fault) && session_commit(session, fault);
}

static bool records_written(struct attempt *attempt, struct fault *fault)
{
    if (!accounts_given(attempt, fault)) {
        return false;
    }
    FAULT_POINT("import_given");
    return do_until_done(attempt, everything_changed, fault);
}

static bool change(struct attempt *attempt, struct fault *fault)
{
    struct run_job *job = attempt->options.job;
    struct session *session = attempt->options.session;
    if (!import_records_hold(session, fault)) {
        return false;
    }
    bool is_written = records_written(attempt, fault);
    if (!is_written) {
        session_rollback(session);
    }
    import_records_free(session);
    if (!is_written) {
        return false;
    }
    job->outcome = RUN_APPLIED;
    if (!import_load_counters(
            attempt->options.session, attempt->options.run, job->counters, &job->counter_count, fault)) {
        return false;
    }
    planner_tell(attempt);
    return true;
}

static bool everything_tried(struct attempt *attempt, struct fault *fault)
{
    struct session *session = attempt->options.session;
    bool done = session_begin(session, fault) && give_accounts(attempt, fault) && apply(attempt, fault) &&
                import_figures_keep(session, &attempt->kept, fault);
    session_rollback(session);
    return done;
}

static bool check(struct attempt *attempt, enum refusal would_be, struct fault *fault)
{
    struct session *session = attempt->options.session;
    bool done = do_until_done(attempt, everything_tried, fault) && session_begin(session, fault) &&
                import_figures_bring_back(session, &attempt->kept, fault) &&
                import_report(session, &attempt->now, IMPORT_CHECKED, would_be, attempt->explanation, fault) &&
                session_commit(session, fault);
    import_kept_free(&attempt->kept);
    attempt->options.job->outcome = RUN_CHECKED;
    attempt->options.job->refusal = would_be;
    return done;
}

/* --- the whole --- */

static bool judged(struct attempt *attempt, bool follows_held, struct fault *fault)
{
    enum refusal held = REFUSAL_NONE;
    if (attempt->options.approved.v == 0 && !hold_judge(attempt, follows_held, &held, fault)) {
        return false;
    }
    if (!attempt->options.job->claim) {
        return check(attempt, held, fault);
    }
    return held != REFUSAL_NONE ? hold(attempt, held, fault) : change(attempt, fault);
}

static bool prepare(struct attempt *attempt, struct fault *fault)
{
    struct import_steps steps = steps_of(attempt, 0);
    return import_prepare(attempt->options.session, &steps, fault) && session_commit(attempt->options.session, fault);
}

static bool attempt_do(struct attempt *attempt, struct fault *fault)
{
    enum refusal refusal;
    bool is_cut_off = false;
    bool follows_held = false;
    if (attempt->options.crashes) {
        return refuse(attempt, REFUSAL_ARCHIVE_CRASHES, fault);
    }
    if (!delivery_begin(attempt, fault) || !delivery_read(attempt, &refusal, &is_cut_off, fault) ||
        (refusal == REFUSAL_NONE && !before_judge(attempt, &refusal, &follows_held, fault))) {
        return false;
    }
    FAULT_POINT("import_staged");
    if (refusal != REFUSAL_NONE && is_cut_off && is_unfinished(attempt->options.job)) {
        return unfinished_leave(attempt, fault);
    }
    if (refusal != REFUSAL_NONE) {
        return refuse(attempt, refusal, fault);
    }
    return prepare(attempt, fault) && judged(attempt, follows_held, fault);
}

bool attempt_run(const struct attempt_options *options, struct fault *fault)
{
    struct attempt *attempt = checked_calloc(1, sizeof *attempt);
    attempt->options = *options;
    attempt->report = report_new();
    bool done = attempt_do(attempt, fault);
    delivery_free(&attempt->delivery);
    import_stage_free(&attempt->stage);
    report_free(&attempt->report);
    memory_free(&attempt);
    return done;
}
