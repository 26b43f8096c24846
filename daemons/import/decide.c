#include "import/decide.h"

#include "runtime/arena.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/import_decide.h"
#include "store/import_merge_list.h"

#include <string.h>

enum { DECIDER_BYTES_MAX = 200, MERGES_COMMON = 100, MERGES_MAX = 1000, MERGES_BYTES_MAX = 2 << 20 };

/* --- a run that is held --- */

struct deciding {
    struct queue *queue;
    struct call *call;
    const Preau__Import__DecideRunRequest *request; /* lent until the call is answered */
};

static void decision_log(const struct deciding *deciding, const struct import_decided *decided)
{
    log_event(LOG_NOTICE, "import_decided", F("run", deciding->request->run), F("academy", decided->academy.v),
        F("decision", deciding->request->approve ? "approved" : "rejected"), F("by", deciding->request->by));
}

static void run_decided(void *arg, const struct import_decided *decided, const struct fault *fault)
{
    struct deciding *deciding = arg;
    if (!decided) {
        call_fail(deciding->call, fault);
    } else if (!decided->is_known) {
        call_refuse(deciding->call, REFUSAL_NOT_FOUND);
    } else if (!decided->is_done) {
        bool is_replaced = decided->is_replaced;
        call_refuse(deciding->call, is_replaced ? REFUSAL_IMPORT_SUPERSEDED : REFUSAL_IMPORT_NOT_HELD);
    } else {
        const Preau__Import__DecideRunReply reply = PREAU__IMPORT__DECIDE_RUN_REPLY__INIT;
        decision_log(deciding, decided);
        queue_release(deciding->queue, decided->academy, decided->claim);
        call_answer(deciding->call, &reply.base);
    }
    memory_free(&deciding);
}

void decide_run(
    struct store *store, struct queue *queue, struct call *call, const Preau__Import__DecideRunRequest *request)
{
    if (request->by[0] == '\0' || strlen(request->by) > DECIDER_BYTES_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct deciding *deciding = checked_malloc(sizeof *deciding);
    *deciding = (struct deciding){queue, call, request};
    const struct audit_author author = {.operator_name = request->by, .trace = call_trace(call)};
    import_decide(store, (import_id){request->run}, request->approve, &author, run_decided, deciding);
}

/* --- merges --- */

static void merge_pack(struct arena *arena, const struct listed_merge *merge, Preau__Import__Merge *packed)
{
    preau__import__merge__init(packed);
    packed->id = merge->id;
    packed->academy = (uint32_t)merge->academy.v;
    packed->degree = (uint32_t)merge->degree;
    packed->aaf_id = merge->aaf_id;
    packed->from_login = arena_copy(arena, merge->from_login);
    packed->into_login = arena_copy(arena, merge->into_login);
    packed->evidence = arena_copy(arena, merge->evidence);
    packed->merged_at = merge->merged_at.us;
    packed->undone_at = merge->undone_at.us;
    packed->undone_by = arena_copy(arena, merge->undone_by);
}

static void merges_loaded(void *arg, const struct listed_merge *merges, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!merges) {
        call_fail(call, fault);
        return;
    }
    struct arena *arena = arena_new(MERGES_BYTES_MAX);
    Preau__Import__ListMergesReply reply = PREAU__IMPORT__LIST_MERGES_REPLY__INIT;
    Preau__Import__Merge *packed = arena_alloc(arena, count + 1, sizeof *packed);
    reply.merges = arena_alloc(arena, count + 1, sizeof(void *));
    for (size_t i = 0; packed && reply.merges && i < count; i++) {
        merge_pack(arena, &merges[i], &packed[i]);
        reply.merges[reply.n_merges++] = &packed[i];
    }
    if (arena_is_overflowed(arena)) {
        call_refuse(call, REFUSAL_TOO_LARGE);
    } else {
        call_answer(call, &reply.base);
    }
    arena_free(&arena);
}

void decide_list_merges(struct store *store, struct call *call, const Preau__Import__ListMergesRequest *request)
{
    if (request->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    int64_t limit = request->limit == 0 ? MERGES_COMMON : request->limit < MERGES_MAX ? request->limit : MERGES_MAX;
    import_list_merges(store, (academy_code){(int16_t)request->academy}, limit, merges_loaded, call);
}
