#include "notify/batch.h"

#include "notify/move.h"
#include "notify/wording.h"
#include "runtime/memory.h"
#include "store/batch.h"

#include <string.h>

enum { LIST_MAX = 200, FAILURES_MAX = 500 /* named one by one; the counts tell of all */ };

struct asked_batch {
    struct notify *notify;
    struct call *call;
    academy_code academy;
    Preau__Notify__GetBatchReply reply;
    Preau__Notify__CreateBatchReply *made; /* what was answered when it was made, if that is still known */
    uint32_t *parts;
};

static void asked_end(struct asked_batch *asked)
{
    if (asked->made) {
        preau__notify__create_batch_reply__free_unpacked(asked->made, NULL);
    }
    memory_free(&asked->parts);
    memory_free(&asked);
}

static void pack(const struct batch *batch, Preau__Notify__GetBatchReply *out_reply)
{
    preau__notify__get_batch_reply__init(out_reply);
    out_reply->batch = batch->id.v;
    out_reply->channel = batch->is_mail ? PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL : PREAU__NOTIFY__CHANNEL__CHANNEL_SHEET;
    out_reply->reset = batch->reset;
    out_reply->created_at = batch->created_at.us;
    out_reply->total = (uint32_t)batch->total;
    out_reply->waiting = (uint32_t)batch->waiting;
    out_reply->sent = (uint32_t)batch->sent;
    out_reply->failed = (uint32_t)batch->failed;
    out_reply->cancelled = (uint32_t)batch->cancelled;
    out_reply->leaving = (uint32_t)batch->leaving;
}

/* --- one, with what failed and what was left out --- */

static void failures_loaded(void *arg, const struct batch_failure *failures, size_t count, const struct fault *fault)
{
    struct asked_batch *asked = arg;
    if (!failures) {
        call_fail(asked->call, fault);
        asked_end(asked);
        return;
    }
    struct packed {
        Preau__Notify__BatchFailure failure;
        Preau__AccountRef account;
        char name[WORDING_NAME_SIZE]; /* protobuf-c's texts are not const */
        struct batch_failure of;
    } *packed = checked_calloc(count + 1, sizeof *packed);
    Preau__Notify__BatchFailure **list = checked_calloc(count + 1, sizeof(Preau__Notify__BatchFailure *));
    for (size_t i = 0; i < count; i++) {
        packed[i].of = failures[i];
        preau__account_ref__init(&packed[i].account);
        packed[i].account.academy = (uint32_t)failures[i].academy.v;
        packed[i].account.id = failures[i].account.v;
        preau__notify__batch_failure__init(&packed[i].failure);
        packed[i].failure.account = &packed[i].account;
        wording_sorted_name(failures[i].prenom, failures[i].nom, packed[i].name);
        packed[i].failure.name = packed[i].name;
        packed[i].failure.reason = packed[i].of.reason;
        list[i] = &packed[i].failure;
    }
    asked->reply.failures = list;
    asked->reply.n_failures = count;
    call_answer(asked->call, &asked->reply.base);
    memory_free(&list);
    memory_free(&packed);
    asked_end(asked);
}

static void parts_loaded(void *arg, const uint32_t *parts, size_t count, const struct fault *fault)
{
    struct asked_batch *asked = arg;
    if (!parts) {
        call_fail(asked->call, fault);
        asked_end(asked);
        return;
    }
    asked->parts = checked_calloc(count + 1, sizeof *asked->parts);
    memcpy(asked->parts, parts, count * sizeof *parts);
    asked->reply.parts = asked->parts;
    asked->reply.n_parts = count;
    asked->reply.documents = (uint32_t)count;
    batch_load_failures(
        asked->notify->store, asked->academy, (batch_id){asked->reply.batch}, FAILURES_MAX, failures_loaded, asked);
}

static void answer_loaded(void *arg, const unsigned char *bytes, size_t length, const struct fault *fault)
{
    struct asked_batch *asked = arg;
    if (fault) {
        call_fail(asked->call, fault);
        asked_end(asked);
        return;
    }
    asked->made = bytes ? preau__notify__create_batch_reply__unpack(NULL, length, bytes) : NULL;
    if (asked->made) {
        asked->reply.left_out = asked->made->left_out;
        asked->reply.n_left_out = asked->made->n_left_out;
    }
    batch_load_parts(asked->notify->store, asked->academy, (batch_id){asked->reply.batch}, parts_loaded, asked);
}

static void one_loaded(void *arg, bool is_allowed, const struct batch *batches, size_t count, const struct fault *fault)
{
    struct asked_batch *asked = arg;
    if (batches && is_allowed && count == 1) {
        pack(&batches[0], &asked->reply);
        asked->academy = batches[0].academy;
        batch_load_answer(asked->notify->store, batches[0].academy, batches[0].id, "CreateBatch", answer_loaded, asked);
        return;
    }
    if (batches) {
        call_refuse(asked->call, REFUSAL_NOT_FOUND);
    } else {
        call_fail(asked->call, fault);
    }
    asked_end(asked);
}

void batch_show(struct notify *notify, struct call *call, const Preau__Notify__GetBatchRequest *request)
{
    if (!move_school_is_sound(request->academy, request->uai)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct asked_batch *asked = checked_calloc(1, sizeof *asked);
    asked->notify = notify;
    asked->call = call;
    batch_load(notify->store, call_caller(call).administrator, (academy_code){(int16_t)request->academy}, request->uai,
        (batch_id){request->batch}, one_loaded, asked);
}

/* --- all of a school --- */

static void all_loaded(void *arg, bool is_allowed, const struct batch *batches, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!batches) {
        call_fail(call, fault);
        return;
    }
    if (!is_allowed) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    Preau__Notify__GetBatchReply *packed = checked_calloc(count + 1, sizeof *packed);
    Preau__Notify__GetBatchReply **list = checked_calloc(count + 1, sizeof(Preau__Notify__GetBatchReply *));
    for (size_t i = 0; i < count; i++) {
        pack(&batches[i], &packed[i]);
        list[i] = &packed[i];
    }
    Preau__Notify__ListBatchesReply reply = PREAU__NOTIFY__LIST_BATCHES_REPLY__INIT;
    reply.batches = list;
    reply.n_batches = count;
    call_answer(call, &reply.base);
    memory_free(&list);
    memory_free(&packed);
}

void batch_show_all(struct notify *notify, struct call *call, const Preau__Notify__ListBatchesRequest *request)
{
    if (!move_school_is_sound(request->academy, request->uai)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    int64_t limit = request->limit > 0 && request->limit < LIST_MAX ? request->limit : LIST_MAX;
    batch_list(notify->store, call_caller(call).administrator, (academy_code){(int16_t)request->academy}, request->uai,
        limit, all_loaded, call);
}
