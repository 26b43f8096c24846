/* "I am not this pupil's legal guardian": still being opened? → kept → answered. Said again, it is answered alike; there are no
 * more claims than children that AAF attaches. */
#include "link/disclaim.h"

#include "link/choice.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/disclaimed.h"
#include "store/opening.h"
#include "store/sqlstate.h"

struct disclaiming {
    struct link *link;
    struct call *call;
    academy_code academy;
    account_id id;
    struct disclaimed_pupil pupil;
    unsigned rounds;
};

static void disclaiming_load(struct disclaiming *disclaiming);

static void disclaiming_refuse(struct disclaiming *disclaiming, enum refusal refusal)
{
    call_refuse(disclaiming->call, refusal);
    memory_free(&disclaiming);
}

static void disclaiming_added(void *arg, bool known, const struct fault *fault)
{
    struct disclaiming *disclaiming = arg;
    if (fault && fault_is_stale(fault) && ++disclaiming->rounds < ROUNDS_MAX) {
        disclaiming_load(disclaiming);
        return;
    }
    if (fault) {
        call_fail(disclaiming->call, fault);
        memory_free(&disclaiming);
        return;
    }
    if (!known) {
        disclaiming_refuse(disclaiming, REFUSAL_NOT_FOUND);
        return;
    }
    log_event(LOG_NOTICE, "child_disclaimed", F("academy", (int)disclaiming->academy.v), F("account", disclaiming->id));
    Preau__Link__DisclaimChildReply reply = PREAU__LINK__DISCLAIM_CHILD_REPLY__INIT;
    call_answer(disclaiming->call, &reply.base);
    memory_free(&disclaiming);
}

static void disclaiming_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct disclaiming *disclaiming = arg;
    struct lifecycle_outcome ignored;
    if (fault) {
        call_fail(disclaiming->call, fault);
        memory_free(&disclaiming);
        return;
    }
    if (!account || account->stored.account.profile != PROFILE_RESPONSABLE) {
        disclaiming_refuse(disclaiming, REFUSAL_NOT_FOUND);
        return;
    }
    enum refusal refusal = lifecycle_decide(
        &account->stored.account, ACTION_OPEN, clock_now(), disclaiming->link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        disclaiming_refuse(disclaiming, refusal);
        return;
    }
    disclaimed_add(
        disclaiming->link->store, &account->stored.account, &disclaiming->pupil, disclaiming_added, disclaiming);
}

static void disclaiming_load(struct disclaiming *disclaiming)
{
    opening_load(disclaiming->link->store, disclaiming->academy, disclaiming->id, call_request_id(disclaiming->call),
        disclaiming_loaded, disclaiming);
}

void disclaim_child(struct link *link, struct call *call, const Preau__Link__DisclaimChildRequest *request)
{
    const Preau__Child *child = request->child;
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!child || child->academy == 0 || child->academy > INT16_MAX || (child->degree != 1 && child->degree != 2)) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    struct disclaiming *disclaiming = checked_calloc(1, sizeof *disclaiming);
    disclaiming->link = link;
    disclaiming->call = call;
    disclaiming->academy.v = (int16_t)request->account->academy;
    disclaiming->id.v = request->account->id;
    disclaiming->pupil.academy.v = (int16_t)child->academy;
    disclaiming->pupil.degree = (int)child->degree;
    disclaiming->pupil.aaf_id = child->aaf_id;
    disclaiming_load(disclaiming);
}
