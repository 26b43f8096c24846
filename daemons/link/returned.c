/* A child given back to an open account: one of those? → counted, with the birth dates of the opening → compared → the guardian's again.
 * What is none of those is refused before any date is looked at. */
#include "link/returned.h"

#include "domain/date.h"
#include "link/birth_date_tries.h"
#include "link/choice.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/returned.h"

struct proving {
    struct link *link;
    struct call *call;
    struct returned_asked asked;
    struct date typed, birth_date;
    struct attempt attempt;
};

static void proving_refuse(struct proving *proving, enum refusal refusal)
{
    call_refuse(proving->call, refusal);
    memory_free(&proving);
}

static void proving_fail(struct proving *proving, const struct fault *fault)
{
    call_fail(proving->call, fault);
    memory_free(&proving);
}

static void proving_answer(struct proving *proving)
{
    Preau__Link__ProveChildReply reply = PREAU__LINK__PROVE_CHILD_REPLY__INIT;
    call_answer(proving->call, &reply.base);
    memory_free(&proving);
}

static void proving_applied(void *arg, const struct fault *fault)
{
    struct proving *proving = arg;
    if (fault) {
        proving_fail(proving, fault);
        return;
    }
    log_event(LOG_NOTICE, "child_proved", F("academy", (int)proving->asked.academy.v), F("account", proving->asked.id));
    proving_answer(proving);
}

static void proving_refused(void *arg, enum refusal refusal, const struct fault *fault)
{
    if (fault) {
        proving_fail(arg, fault);
    } else {
        proving_refuse(arg, refusal);
    }
}

static void proving_begun(void *arg, enum refusal refused, const struct fault *fault)
{
    struct proving *proving = arg;
    if (fault || refused != REFUSAL_NONE) {
        proving_refused(proving, refused, fault);
        return;
    }
    if (!date_is_same(proving->birth_date, proving->typed)) {
        birth_date_refuse(
            proving->link, proving->asked.academy, proving->asked.id, &proving->attempt, proving_refused, proving);
        return;
    }
    attempt_succeed(proving->link->store, &proving->attempt);
    returned_prove(proving->link->store, &proving->asked, proving_applied, proving);
}

static void proving_loaded(void *arg, bool known, struct date birth_date, bool is_proved, const struct fault *fault)
{
    struct proving *proving = arg;
    if (fault) {
        proving_fail(proving, fault);
    } else if (!known) {
        proving_refuse(proving, REFUSAL_NOT_FOUND);
    } else if (is_proved) {
        proving_answer(proving);
    } else {
        proving->birth_date = birth_date;
        birth_date_try(
            proving->link, proving->asked.academy, proving->asked.id, &proving->attempt, proving_begun, proving);
    }
}

void returned_child_prove(struct link *link, struct call *call, const Preau__Link__ProveChildRequest *request)
{
    const Preau__Child *child = request->child;
    struct date typed;
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!child || child->academy == 0 || child->academy > INT16_MAX || (child->degree != 1 && child->degree != 2)) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    if (!date_parse_typed(request->birth_date, &typed)) {
        call_refuse(call, REFUSAL_DATE_INVALID);
        return;
    }
    struct proving *proving = checked_calloc(1, sizeof *proving);
    *proving = (struct proving){
        .link = link,
        .call = call,
        .asked = {{(int16_t)request->account->academy}, {request->account->id},
                  {{(int16_t)child->academy}, (int)child->degree, child->aaf_id}},
        .typed = typed,
    };
    returned_load(link->store, &proving->asked, proving_loaded, proving);
}
