#include "notify/reminder_choice.h"

#include "domain/reminder.h"
#include "notify/move.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/reminder.h"
#include "store/sqlstate.h"

struct choosing {
    struct notify *notify;
    struct call *call;
    struct reminder_asked asked;
    unsigned tries;
};

static void choosing_try(struct choosing *choosing);

static void failed(struct choosing *choosing, const struct fault *fault)
{
    if (move_may_again(choosing->notify, fault, &choosing->tries)) {
        choosing_try(choosing);
        return;
    }
    call_fail(choosing->call, fault);
    memory_free(&choosing);
}

static void chosen(void *arg, bool is_known, bool is_changed, const struct fault *fault)
{
    struct choosing *choosing = arg;
    if (fault) {
        failed(choosing, fault);
        return;
    }
    if (is_known) {
        const Preau__Notify__ChooseReminderReply reply = PREAU__NOTIFY__CHOOSE_REMINDER_REPLY__INIT;
        if (is_changed) {
            log_event(LOG_INFO, "reminder_chosen", F("administrator", choosing->asked.administrator),
                F("days", choosing->asked.days));
        }
        call_answer(choosing->call, &reply.base);
    } else {
        call_refuse(choosing->call, REFUSAL_NOT_FOUND);
    }
    memory_free(&choosing);
}

static void choosing_try(struct choosing *choosing)
{
    reminder_choose(choosing->notify->store, &choosing->asked, chosen, choosing);
}

void reminder_choice_take(struct notify *notify, struct call *call, const Preau__Notify__ChooseReminderRequest *request)
{
    if (!reminder_days_are_offered(request->days_ahead)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct choosing *choosing = checked_calloc(1, sizeof *choosing);
    *choosing = (struct choosing){
        .notify = notify,
        .call = call,
        .asked =
            {
                    .administrator = call_caller(call).administrator,
                    .days = (int)request->days_ahead,
                    .request = call_request_id(call),
                    .method = call_method(call),
                    .trace = call_trace(call),
                    },
    };
    choosing_try(choosing);
}
