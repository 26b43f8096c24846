/* Names and mobile: kept and answered. Nobody is looked for here: sms.c does, afterwards. */
#include "domain/name.h"
#include "domain/phone.h"
#include "link/network.h"
#include "link/registration.h"
#include "link/registration_token.h"
#include "link/sms.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/registration.h"

#include <stdio.h>

struct beginning {
    struct link *link;
    struct call *call;
    char asked_from[NETWORK_SIZE];
    struct phone mobile;
    char match_name[REGISTRATION_NAME_SIZE];
    bool is_recovery;
    struct attempt attempt;
};

static void beginning_end(struct beginning *beginning, const char *outcome)
{
    metric_count(METRIC_LINK_ACTIONS, "register", outcome);
    memory_free(&beginning);
}

static void beginning_refuse(struct beginning *beginning, enum refusal refusal)
{
    call_refuse(beginning->call, refusal);
    beginning_end(beginning, "refused");
}

static void beginning_fail(struct beginning *beginning, const struct fault *fault)
{
    call_fail(beginning->call, fault);
    beginning_end(beginning, "fault");
}

static void beginning_kept(void *arg, int64_t id, const struct fault *fault)
{
    struct beginning *beginning = arg;
    if (fault) {
        attempt_give_back(beginning->link->store, &beginning->attempt);
        beginning_fail(beginning, fault);
        return;
    }
    char token[TOKEN_LINK_SIZE], mobile[PHONE_TEXT_SIZE];
    registration_token_make(beginning->link->keys, id, token);
    phone_mask(&beginning->mobile, mobile);
    Preau__Link__BeginRegistrationReply reply = PREAU__LINK__BEGIN_REGISTRATION_REPLY__INIT;
    reply.token = token;
    reply.mobile = mobile;
    call_answer(beginning->call, &reply.base);
    sms_wake(beginning->link->sms);
    beginning_end(beginning, "done");
}

static void beginning_granted(void *arg, bool granted, const struct fault *fault)
{
    struct beginning *beginning = arg;
    if (fault) {
        beginning_fail(beginning, fault);
    } else if (!granted) {
        beginning_refuse(beginning, REFUSAL_TOO_MANY_ATTEMPTS);
    } else {
        const struct registration_wish wish = {
            .request = call_request_id(beginning->call),
            .match_name = beginning->match_name,
            .mobile = beginning->mobile.e164,
            .lifetime = beginning->link->bounds.sms_code,
            .is_recovery = beginning->is_recovery,
            .asked_from = beginning->asked_from,
        };
        registration_begin(beginning->link->store, &wish, beginning_kept, beginning);
    }
}

static enum refusal wish_read(struct beginning *beginning, const Preau__Link__BeginRegistrationRequest *request)
{
    struct name_key nom, prenom;
    if (!beginning->link->sms) {
        return REFUSAL_SMS_NOT_OFFERED;
    }
    if (!name_match_key_make(request->nom, &nom) || !name_match_key_make(request->prenom, &prenom)) {
        return REFUSAL_PERSON_NAME_MISSING;
    }
    snprintf(beginning->match_name, sizeof beginning->match_name, "%s%s", nom.text, prenom.text);
    bool is_mobile = phone_parse(request->mobile, &beginning->mobile) && phone_may_receive_sms(&beginning->mobile);
    return is_mobile ? REFUSAL_NONE : REFUSAL_MOBILE_INVALID;
}

void registration_start(struct link *link, struct call *call, const Preau__Link__BeginRegistrationRequest *request)
{
    struct beginning *beginning = checked_calloc(1, sizeof *beginning);
    *beginning = (struct beginning){.link = link, .call = call, .is_recovery = request->forgotten};
    enum refusal refusal = wish_read(beginning, request);
    if (refusal != REFUSAL_NONE) {
        beginning_refuse(beginning, refusal);
        return;
    }
    network_of_site(request->address, beginning->asked_from);
    tries_of_sms(&link->bounds, beginning->mobile.e164, request->address, &beginning->attempt);
    attempt_begin(link->store, &beginning->attempt, &link->bounds.sign_in, beginning_granted, beginning);
}
