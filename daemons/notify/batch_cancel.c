#include "notify/batch_cancel.h"

#include "notify/move.h"
#include "notify/progress.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/batch_change.h"
#include "store/sqlstate.h"

struct cancelling {
    struct notify *notify;
    struct call *call;
    struct selection_asked asked;
    batch_id batch;
    unsigned tries;
};

static void cancelling_try(struct cancelling *cancelling);

static void tell(const struct cancelling *cancelling, const struct batch_cancelled *cancelled)
{
    log_event(LOG_INFO, "batch_cancelled", F("uai", cancelling->asked.uai),
        F("administrator", cancelling->asked.administrator), F("batch", cancelling->batch),
        F("accounts", cancelled->cancelled), F("leaving", cancelled->stopped - cancelled->cancelled));
    metric_add(METRIC_DELIVERIES, cancelled->cancelled, cancelled->is_mail ? "notification" : "sheet", "cancelled");
    progress_mark(cancelling->notify->progress, cancelling->asked.academy, cancelling->batch);
}

static void failed(struct cancelling *cancelling, const struct fault *fault)
{
    if (move_may_again(cancelling->notify, fault, &cancelling->tries)) {
        cancelling_try(cancelling);
        return;
    }
    call_fail(cancelling->call, fault);
    memory_free(&cancelling);
}

static void done(void *arg, const struct batch_cancelled *cancelled, const struct fault *fault)
{
    struct cancelling *cancelling = arg;
    if (!cancelled && fault) {
        failed(cancelling, fault);
        return;
    }
    if (!cancelled) {
        call_refuse(cancelling->call, REFUSAL_NOT_FOUND);
    } else if (!cancelled->is_repeat && cancelled->stopped == 0) {
        call_refuse(cancelling->call, REFUSAL_BATCH_FINISHED);
    } else {
        const Preau__Notify__CancelBatchReply reply = PREAU__NOTIFY__CANCEL_BATCH_REPLY__INIT;
        tell(cancelling, cancelled);
        call_answer(cancelling->call, &reply.base);
    }
    memory_free(&cancelling);
}

static void cancelling_try(struct cancelling *cancelling)
{
    batch_cancel(cancelling->notify->store, &cancelling->asked, cancelling->batch, done, cancelling);
}

void batch_cancel_ask(struct notify *notify, struct call *call, const Preau__Notify__CancelBatchRequest *request)
{
    if (!move_school_is_sound(request->academy, request->uai) || request->batch <= 0) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct cancelling *cancelling = checked_calloc(1, sizeof *cancelling);
    *cancelling = (struct cancelling){
        .notify = notify,
        .call = call,
        .asked = move_asked(call, request->academy, request->uai),
        .batch = {request->batch},
    };
    cancelling_try(cancelling);
}
