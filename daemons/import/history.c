#include "import/history.h"

#include "import/report_answer.h"
#include "import/viewer.h"
#include "runtime/arena.h"
#include "runtime/memory.h"
#include "store/import_report.h"

enum {
    RUNS_MAX = 200,
    RUNS_COMMON = 20,
    REFUSED_MAX = 1000,
    SCHOOL_COUNTERS_MAX = 40000, /* of the largest academy; with its names, half of bus.max_message as it comes */
    ANSWER_BYTES_MAX = 16 << 20
};

struct history {
    struct store *store;
    const struct queue *queue;
};

/* One answer under way. The request is lent as long as the call is not answered. */
struct answering {
    struct history *history;
    struct call *call;
    struct arena *arena;
    const Preau__Import__ListRunsRequest *list;
    const Preau__Import__GetReportRequest *report;
    bool sees_all; /* and so how many archives of whatever academy wait */
    struct viewer viewer;
    Preau__Import__GetReportReply reply; /* filled step by step */
};

static struct answering *answering_new(struct history *history, struct call *call)
{
    struct answering *answering = checked_calloc(1, sizeof *answering);
    answering->history = history;
    answering->call = call;
    answering->arena = arena_new(ANSWER_BYTES_MAX);
    return answering;
}

static void answering_free(struct answering **answering)
{
    arena_free(&(*answering)->arena);
    memory_free(answering);
}

static void answer_send(struct answering *answering, const ProtobufCMessage *reply)
{
    if (arena_is_overflowed(answering->arena)) {
        call_refuse(answering->call, REFUSAL_TOO_LARGE);
    } else {
        call_answer(answering->call, reply);
    }
    answering_free(&answering);
}

static void answer_refuse(struct answering *answering, enum refusal refusal)
{
    call_refuse(answering->call, refusal);
    answering_free(&answering);
}

static void answer_fail(struct answering *answering, const struct fault *fault)
{
    call_fail(answering->call, fault);
    answering_free(&answering);
}

static Preau__Import__Run *run_with_progress(struct answering *answering, const struct import_run *run)
{
    struct queue_progress progress;
    bool goes_on = run->state == IMPORT_RUNNING && queue_progress_of(answering->history->queue, run->id, &progress);
    return answer_run(answering->arena, run, goes_on ? &progress : NULL);
}

/* --- the list --- */

static void runs_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!runs) {
        answer_fail(answering, fault);
        return;
    }
    Preau__Import__ListRunsReply reply = PREAU__IMPORT__LIST_RUNS_REPLY__INIT;
    reply.waiting = answering->sees_all ? (uint32_t)queue_waiting(answering->history->queue) : 0;
    reply.runs = arena_alloc(answering->arena, count + 1, sizeof(void *));
    for (size_t i = 0; reply.runs && i < count; i++) {
        reply.runs[reply.n_runs++] = run_with_progress(answering, &runs[i]);
    }
    answer_send(answering, &reply.base);
}

static void list_viewer_known(void *arg, const struct viewer *viewer, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!viewer) {
        answer_fail(answering, fault);
        return;
    }
    const Preau__Import__ListRunsRequest *request = answering->list;
    academy_code academy = {(int16_t)request->academy};
    if (viewer_sees_none(viewer) || (academy.v != 0 && !viewer_sees(viewer, academy))) {
        answer_refuse(answering, REFUSAL_NOT_FOUND);
        return;
    }
    answering->sees_all = viewer->sees_all;
    const struct import_choice choice = {
        .academy = academy,
        .among = viewer->sees_all ? NULL : viewer->academies,
        .among_count = viewer->count,
        .limit = request->limit == 0         ? RUNS_COMMON
                 : request->limit < RUNS_MAX ? request->limit
                                             : RUNS_MAX,
    };
    import_list_runs(answering->history->store, &choice, runs_loaded, answering);
}

void history_list(struct history *history, struct call *call, const Preau__Import__ListRunsRequest *request)
{
    if (request->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct answering *answering = answering_new(history, call);
    answering->list = request;
    viewer_load(history->store, call, list_viewer_known, answering);
}

/* --- the report: the run, the one before it, schools, codes, records --- */

static void refused_loaded(void *arg, const struct import_refused *refused, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!refused) {
        answer_fail(answering, fault);
        return;
    }
    answer_refused(answering->arena, refused, count, &answering->reply);
    answer_send(answering, &answering->reply.base);
}

static void codes_loaded(void *arg, const struct import_code_count *codes, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!codes) {
        answer_fail(answering, fault);
        return;
    }
    const Preau__Import__GetReportRequest *request = answering->report;
    answer_codes(answering->arena, codes, count, request->code, &answering->reply);
    const struct import_refused_choice choice = {
        .run = {request->run},
        .code = request->code,
        .offset = request->offset,
        .limit = request->limit == 0 || request->limit > REFUSED_MAX ? REFUSED_MAX : request->limit,
    };
    import_list_refused(answering->history->store, &choice, refused_loaded, answering);
}

static void schools_loaded(
    void *arg, const struct import_school_counter *counters, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!counters) {
        answer_fail(answering, fault);
        return;
    }
    answer_schools(answering->arena, counters, count, &answering->reply);
    import_list_codes(answering->history->store, (import_id){answering->report->run}, codes_loaded, answering);
}

/* Schools are told with the first piece: they do not change from one to the next. */
static void schools_ask(struct answering *answering)
{
    int64_t limit = answering->report->offset == 0 ? SCHOOL_COUNTERS_MAX : 0;
    import_list_schools(
        answering->history->store, (import_id){answering->report->run}, limit, schools_loaded, answering);
}

static void previous_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!runs) {
        answer_fail(answering, fault);
        return;
    }
    answering->reply.previous_run = count > 0 ? answer_run(answering->arena, &runs[0], NULL) : NULL;
    schools_ask(answering);
}

static void run_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!runs) {
        answer_fail(answering, fault);
    } else if (count == 0 || !viewer_sees(&answering->viewer, runs[0].academy)) {
        answer_refuse(answering, REFUSAL_NOT_FOUND);
    } else {
        answering->reply.run = run_with_progress(answering, &runs[0]);
        if (runs[0].previous.v != 0) {
            import_load_run(answering->history->store, runs[0].previous, previous_loaded, answering);
        } else {
            schools_ask(answering);
        }
    }
}

static void report_viewer_known(void *arg, const struct viewer *viewer, const struct fault *fault)
{
    struct answering *answering = arg;
    if (!viewer) {
        answer_fail(answering, fault);
        return;
    }
    answering->viewer = *viewer;
    import_load_run(answering->history->store, (import_id){answering->report->run}, run_loaded, answering);
}

void history_report(struct history *history, struct call *call, const Preau__Import__GetReportRequest *request)
{
    struct answering *answering = answering_new(history, call);
    answering->report = request;
    preau__import__get_report_reply__init(&answering->reply);
    viewer_load(history->store, call, report_viewer_known, answering);
}

struct history *history_new(struct store *store, const struct queue *queue)
{
    struct history *history = checked_malloc(sizeof *history);
    *history = (struct history){store, queue};
    return history;
}

void history_free(struct history **history)
{
    memory_free(history);
}
