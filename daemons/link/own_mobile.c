/* Both deeds that the present password proves: a number is asked for, or taken away.
 *
 *   load the account → a try of the password is counted, then judged → (asked for) demands and messages are counted → apply → answer */
#include "link/own_mobile.h"

#include "domain/phone.h"
#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/hashing.h"
#include "link/sms.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/opening.h"
#include "store/own_mobile.h"

struct changing {
    struct link *link;
    struct call *call;
    const char *present, *address;
    struct phone mobile; /* "": it is taken away */
    struct opening_account account;
    struct attempt password; /* tries of the present password */
    struct attempt demands;  /* of an account: each is an SMS to whatever number was typed */
    struct attempt messages; /* of the number by this account, and of the network */
};

static bool is_removal(const struct changing *changing)
{
    return changing->mobile.e164[0] == '\0';
}

static void changing_answer(const struct changing *changing)
{
    Preau__Link__AskMobileChangeReply asked = PREAU__LINK__ASK_MOBILE_CHANGE_REPLY__INIT;
    Preau__Link__RemoveMobileReply removed = PREAU__LINK__REMOVE_MOBILE_REPLY__INIT;
    call_answer(changing->call, is_removal(changing) ? &removed.base : &asked.base);
}

static void changing_end(struct changing *changing, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "change_mobile", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(changing->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(changing->call, refusal);
    } else {
        changing_answer(changing);
    }
    secret_wipe(changing, sizeof *changing);
    memory_free(&changing);
}

static void removed(void *arg, bool is_done, const struct fault *fault)
{
    struct changing *changing = arg;
    if (is_done) {
        delivery_wanted_tell(changing->link, changing->account.stored.account.academy);
        if (changing->link->sms) {
            sms_wake(changing->link->sms);
        }
    }
    changing_end(changing, is_done ? REFUSAL_NONE : REFUSAL_STALE, fault);
}

static void asked(void *arg, bool is_done, const struct fault *fault)
{
    struct changing *changing = arg;
    if (is_done) {
        sms_wake(changing->link->sms);
    } else {
        attempt_give_back(changing->link->store, &changing->demands);
        attempt_give_back(changing->link->store, &changing->messages);
    }
    changing_end(changing, is_done ? REFUSAL_NONE : REFUSAL_STALE, fault);
}

static void messages_granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct changing *changing = arg;
    if (fault || !is_granted) {
        attempt_give_back(changing->link->store, &changing->demands);
        changing_end(changing, REFUSAL_TOO_MANY_ATTEMPTS, fault);
        return;
    }
    const struct own_mobile_demand demand = {
        .request = call_request_id(changing->call),
        .academy = changing->account.stored.account.academy,
        .account = changing->account.stored.account.id,
        .mobile = changing->mobile.e164,
        .credential_at = changing->account.changed_at,
        .lifetime = changing->link->bounds.sms_code,
    };
    own_mobile_ask(changing->link->store, &demand, asked, changing);
}

static void demands_granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct changing *changing = arg;
    const struct link_bounds *bounds = &changing->link->bounds;
    const struct account *of = &changing->account.stored.account;
    if (fault || !is_granted) {
        changing_end(changing, REFUSAL_TOO_MANY_ATTEMPTS, fault);
        return;
    }
    const struct tried_at_desk tried = {changing->mobile.e164, of->academy, of->id, changing->address};
    tries_of_sms_at_desk(bounds, &tried, &changing->messages);
    attempt_begin(changing->link->store, &changing->messages, &bounds->sign_in, messages_granted, changing);
}

static void proved(void *arg, bool is_right, const struct fault *fault)
{
    struct changing *changing = arg;
    struct link *link = changing->link;
    const struct account *of = &changing->account.stored.account;
    if (fault) {
        attempt_give_back(link->store, &changing->password);
        changing_end(changing, REFUSAL_NONE, fault);
        return;
    }
    if (!is_right) {
        changing_end(changing, REFUSAL_PRESENT_PASSWORD_WRONG, NULL);
        return;
    }
    attempt_succeed(link->store, &changing->password);
    if (is_removal(changing)) {
        own_mobile_remove(
            link->store, of->academy, of->id, changing->account.changed_at, OWN_MOBILE_NOTICE, removed, changing);
        return;
    }
    tries_of_account("mobile-change", link->bounds.email_changes, of->academy, of->id, &changing->demands);
    attempt_begin(link->store, &changing->demands, &link->bounds.a_day, demands_granted, changing);
}

static void password_granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct changing *changing = arg;
    if (fault || !is_granted) {
        changing_end(changing, REFUSAL_TOO_MANY_ATTEMPTS, fault);
    } else if (!hashing_verify(changing->link->hashing, changing->present, changing->account.hash, proved, changing)) {
        attempt_give_back(changing->link->store, &changing->password);
        changing_end(changing, REFUSAL_BUSY, NULL);
    }
}

static void loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct changing *changing = arg;
    const struct link_bounds *bounds = &changing->link->bounds;
    if (!account) {
        changing_end(changing, REFUSAL_NOT_FOUND, fault);
        return;
    }
    changing->account = *account;
    const struct account *of = &changing->account.stored.account;
    if (of->state != STATE_ACTIVE) {
        changing_end(changing, REFUSAL_ACTIVATION_PENDING, NULL);
        return;
    }
    if (of->password != PASSWORD_CHOSEN) {
        changing_end(changing, REFUSAL_MUST_CHOOSE_PASSWORD, NULL);
        return;
    }
    tries_of_account("password", bounds->tries_account, of->academy, of->id, &changing->password);
    attempt_begin(changing->link->store, &changing->password, &bounds->sign_in, password_granted, changing);
}

static void changing_begin(struct changing like, const Preau__AccountRef *account)
{
    struct changing *changing = checked_malloc(sizeof *changing);
    *changing = like;
    opening_load(like.link->store, (academy_code){(int16_t)account->academy}, (account_id){account->id},
        call_request_id(like.call), loaded, changing);
}

void own_mobile_begin(struct link *link, struct call *call, const Preau__Link__AskMobileChangeRequest *request)
{
    struct changing changing = {.link = link, .call = call, .present = request->present, .address = request->address};
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
    } else if (!link->sms) {
        call_refuse(call, REFUSAL_SMS_NOT_OFFERED);
    } else if (!phone_parse(request->mobile, &changing.mobile) || !phone_may_receive_sms(&changing.mobile)) {
        call_refuse(call, REFUSAL_MOBILE_INVALID);
    } else {
        changing_begin(changing, request->account);
    }
}

void own_mobile_end(struct link *link, struct call *call, const Preau__Link__RemoveMobileRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    changing_begin((struct changing){.link = link, .call = call, .present = request->present}, request->account);
}
