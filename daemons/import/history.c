#include "import/history.h"

#include "runtime/arena.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/import.h"

enum { RUNS_MAX = 200, RUNS_COMMON = 20, REFUSED_MAX = 1000, ANSWER_BYTES_MAX = 4 << 20 };

struct history {
    struct store *store;
    const struct queue *queue;
};

/* One answer under way: the run is kept while its refused records are loaded. */
struct answering {
    struct history *history;
    struct call *call;
    struct arena *arena;
    Preau__Import__Run *packed;
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

/* --- values into messages, in the answer's arena --- */

static void counters_pack(struct arena *arena, const struct import_run *run, Preau__Import__Run *packed)
{
    Preau__Import__Counter *counters = arena_alloc(arena, run->counter_count + 1, sizeof *counters);
    packed->counters = arena_alloc(arena, run->counter_count + 1, sizeof(void *));
    for (size_t i = 0; packed->counters && counters && i < run->counter_count; i++) {
        preau__import__counter__init(&counters[i]);
        counters[i].category = arena_copy(arena, run->counters[i].category);
        counters[i].what = arena_copy(arena, run->counters[i].what);
        counters[i].count = (uint64_t)run->counters[i].count;
        packed->counters[packed->n_counters++] = &counters[i];
    }
}

static Preau__Import__Run *run_pack(
    struct arena *arena, const struct import_run *run, const struct queue_progress *progress)
{
    Preau__Import__Run *packed = arena_alloc(arena, 1, sizeof *packed);
    if (!packed) {
        return NULL;
    }
    preau__import__run__init(packed);
    packed->id = run->id.v;
    packed->academy = (uint32_t)run->academy.v;
    packed->degree = (uint32_t)run->degree;
    packed->archive = arena_copy(arena, run->archive);
    packed->state = (Preau__Import__RunState)(run->state + 1); /* the .proto counts from 1: its 0 is "not said" */
    packed->started_at = run->started_at.us;
    packed->finished_at = run->finished_at.us;
    packed->refusal = arena_copy(arena, run->refusal);
    packed->explanation = arena_copy(arena, run->explanation);
    if (run->id.v == progress->run.v) {
        packed->bytes_done = (uint64_t)progress->bytes_done;
        packed->bytes_total = (uint64_t)progress->bytes_total;
    }
    counters_pack(arena, run, packed);
    return packed;
}

/* --- the list --- */

static void runs_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    struct queue_progress progress = queue_progress(answering->history->queue);
    Preau__Import__ListRunsReply reply = PREAU__IMPORT__LIST_RUNS_REPLY__INIT;
    reply.waiting = (uint32_t)progress.waiting;
    reply.runs = arena_alloc(answering->arena, count + 1, sizeof(void *));
    for (size_t i = 0; reply.runs && i < count; i++) {
        reply.runs[reply.n_runs++] = run_pack(answering->arena, &runs[i], &progress);
    }
    if (!runs) {
        call_fail(answering->call, fault);
    } else if (arena_is_overflowed(answering->arena)) {
        call_refuse(answering->call, REFUSAL_TOO_LARGE);
    } else {
        call_answer(answering->call, &reply.base);
    }
    answering_free(&answering);
}

void history_list(struct history *history, struct call *call, const Preau__Import__ListRunsRequest *request)
{
    if (request->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    int64_t limit = request->limit == 0 ? RUNS_COMMON : request->limit < RUNS_MAX ? request->limit : RUNS_MAX;
    import_list_runs(
        history->store, (academy_code){(int16_t)request->academy}, limit, runs_loaded, answering_new(history, call));
}

/* --- the report --- */

/* protobuf-c knows no null text: what is not known is empty. */
static char *text_pack(struct arena *arena, const char *text)
{
    return arena_copy(arena, text ? text : "");
}

static void refused_pack(
    struct arena *arena, const struct import_refused *refused, size_t count, Preau__Import__GetReportReply *reply)
{
    Preau__Import__RefusedRecord *records = arena_alloc(arena, count + 1, sizeof *records);
    reply->refused = arena_alloc(arena, count + 1, sizeof(void *));
    for (size_t i = 0; records && reply->refused && i < count; i++) {
        preau__import__refused_record__init(&records[i]);
        records[i].file = text_pack(arena, refused[i].file);
        records[i].line = refused[i].line;
        records[i].category = text_pack(arena, refused[i].category);
        records[i].aaf_id = text_pack(arena, refused[i].aaf_id);
        records[i].attribute = text_pack(arena, refused[i].attribute);
        records[i].code = text_pack(arena, refused[i].code);
        records[i].value = text_pack(arena, refused[i].value);
        reply->refused[reply->n_refused++] = &records[i];
    }
}

static void refused_loaded(
    void *arg, const struct import_refused *refused, size_t count, int64_t total, const struct fault *fault)
{
    struct answering *answering = arg;
    Preau__Import__GetReportReply reply = PREAU__IMPORT__GET_REPORT_REPLY__INIT;
    reply.run = answering->packed;
    reply.refused_total = (uint64_t)total;
    if (refused) {
        refused_pack(answering->arena, refused, count, &reply);
    }
    if (!refused) {
        call_fail(answering->call, fault);
    } else if (arena_is_overflowed(answering->arena)) {
        call_refuse(answering->call, REFUSAL_TOO_LARGE);
    } else {
        call_answer(answering->call, &reply.base);
    }
    answering_free(&answering);
}

static void run_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault)
{
    struct answering *answering = arg;
    if (runs && count > 0) {
        struct queue_progress progress = queue_progress(answering->history->queue);
        answering->packed = run_pack(answering->arena, &runs[0], &progress);
        import_list_refused(answering->history->store, runs[0].id, REFUSED_MAX, refused_loaded, answering);
        return;
    }
    if (runs) {
        call_refuse(answering->call, REFUSAL_NOT_FOUND);
    } else {
        call_fail(answering->call, fault);
    }
    answering_free(&answering);
}

void history_report(struct history *history, struct call *call, const Preau__Import__GetReportRequest *request)
{
    import_load_run(history->store, (import_id){request->run}, run_loaded, answering_new(history, call));
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
