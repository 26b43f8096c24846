/* The way out to FranceConnect. */
#include "link/choice.h"
#include "link/franceconnect.h"
#include "link/franceconnect_sign_in.h"
#include "link/provider_way.h"

static void answer(struct call *call, char *url)
{
    Preau__Link__BeginFranceConnectReply reply = PREAU__LINK__BEGIN_FRANCE_CONNECT_REPLY__INIT;
    reply.url = url;
    call_answer(call, &reply.base);
}

void franceconnect_begin(struct link *link, struct call *call, const Preau__Link__BeginFranceConnectRequest *request)
{
    if (!link->franceconnect) {
        call_refuse(call, REFUSAL_FRANCECONNECT_NOT_OFFERED);
        return;
    }
    if (request->account && !caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    const struct provider_way way = {
        .link = link,
        .call = call,
        .oidc = franceconnect_oidc(link->franceconnect),
        .provider = FRANCECONNECT_NAME,
        .who = "franceconnect",
        .browser = request->browser,
        .address = request->address,
        .academy = request->account ? (int32_t)request->account->academy : 0,
        .account = request->account ? request->account->id : 0,
        .refusal_of = franceconnect_refusal,
        .answer = answer,
    };
    provider_way_out(&way);
}
