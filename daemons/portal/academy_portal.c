/* Signing in by an academy's portal, and out of it: linkd says where the browser goes and who came back; a random cookie
 * says that it is the same browser. */
#include "link.pb-c.h"
#include "portal/academy_portals.h"
#include "portal/administrator_step.h"
#include "portal/cookie.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/provider_way.h"
#include "runtime/metric.h"

/* --- the way out --- */

/* In the place of an answer: the sign-in page, which says why and offers the ways anew. */
static void sign_in_again(struct visit *visit, enum refusal refusal)
{
    metric_count(METRIC_PORTAL_SIGN_INS, "administrator", "refused");
    struct view *body = page_begin(visit, "Administration des comptes", "connexion-administration.html");
    view_set(body, "LOGIN", "");
    academy_portals_show(visit, body);
    page_form_error(body, refusal);
    page_send(visit, refusal_status(refusal));
}

static void sent_away(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__BeginPortalSignInReply *reply = (const void *)answer;
    if (reply) {
        page_go(visit, reply->url);
    } else {
        sign_in_again(visit, refusal);
    }
}

void portal_go(struct visit *visit)
{
    Preau__Link__BeginPortalSignInRequest request = PREAU__LINK__BEGIN_PORTAL_SIGN_IN_REQUEST__INIT;
    if (!provider_is_followed(visit)) {
        return;
    }
    request.portal = visit->path.portal;
    request.browser = provider_browser(visit, COOKIE_PORTAL);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "BeginPortalSignIn", &request.base, sent_away, NULL, false});
}

/* --- the way back --- */

static void came_back(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__FinishPortalSignInReply *reply = (const void *)answer;
    bool is_signed_in = visit->has_session && visit->session.administrator.v != 0;
    if (!reply && refusal == REFUSAL_PORTAL_SIGN_IN_OVER && is_signed_in) {
        page_go(visit, visit_home(visit)); /* the address was loaded again */
        return;
    }
    if (!reply) {
        sign_in_again(visit, refusal);
        return;
    }
    metric_count(METRIC_PORTAL_SIGN_INS, "administrator", "ok");
    provider_session_held(visit, COOKIE_PORTAL, reply->sign_out);
    administrator_step_go(visit, reply->standing, NULL);
}

void portal_return(struct visit *visit)
{
    Preau__Link__FinishPortalSignInRequest request = PREAU__LINK__FINISH_PORTAL_SIGN_IN_REQUEST__INIT;
    request.portal = visit->path.portal;
    request.browser = provider_browser_back(visit, COOKIE_PORTAL);
    request.state = provider_told(visit, "state");
    request.code = provider_told(visit, "code");
    request.issuer = provider_told(visit, "iss");
    request.error = provider_told(visit, "error");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "FinishPortalSignIn", &request.base, came_back, NULL, true});
}

/* --- out of it --- */

static const struct provider_exit exit_of_portal = {COOKIE_PORTAL, "/fin-de-session", NULL, "deconnecte.html"};

void portal_left(struct visit *visit)
{
    provider_left(visit, &exit_of_portal);
}

void portal_leave(struct visit *visit)
{
    provider_leave(visit, &exit_of_portal);
}
