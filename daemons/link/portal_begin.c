/* The way out to an academy's portal. */
#include "link/portal_sign_in.h"
#include "link/provider_way.h"

static void answer(struct call *call, char *url)
{
    Preau__Link__BeginPortalSignInReply reply = PREAU__LINK__BEGIN_PORTAL_SIGN_IN_REPLY__INIT;
    reply.url = url;
    call_answer(call, &reply.base);
}

void portal_begin(struct link *link, struct call *call, const Preau__Link__BeginPortalSignInRequest *request)
{
    struct academy_portal *portal = academy_portal_named(&link->portals, request->portal);
    if (!portal) {
        call_refuse(call, REFUSAL_PORTAL_UNKNOWN);
        return;
    }
    const struct provider_way way = {
        .link = link,
        .call = call,
        .oidc = portal->oidc,
        .provider = portal->name,
        .who = "portal",
        .browser = request->browser,
        .address = request->address,
        .answer = answer,
    };
    provider_way_out(&way);
}
