/* Signing in by an academy's portal, and out of it: linkd says where the browser goes and who came back; a random cookie
 * says that it is the same browser. */
#include "link.pb-c.h"
#include "portal/academy_portals.h"
#include "portal/administrator_step.h"
#include "portal/cookie.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "runtime/metric.h"

#include <string.h>

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
    char fresh[TOKEN_RANDOM_SIZE];
    const char *browser = cookie_get(visit, COOKIE_PORTAL);
    if (!browser) {
        token_random(fresh);
        cookie_set(visit, COOKIE_PORTAL, fresh);
        browser = fresh;
    }
    Preau__Link__BeginPortalSignInRequest request = PREAU__LINK__BEGIN_PORTAL_SIGN_IN_REQUEST__INIT;
    request.portal = visit->path.portal;
    request.browser = arena_copy(visit_arena(visit), browser);
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
    if (reply->sign_out[0] != '\0') {
        cookie_set(visit, COOKIE_PORTAL, reply->sign_out);
    } else {
        cookie_clear(visit, COOKIE_PORTAL);
    }
    administrator_step_go(visit, reply->standing, NULL);
}

static char *told(const struct visit *visit, const char *name)
{
    const char *value = http_query(visit->request, name);
    return arena_copy(visit_arena(visit), value ? value : "");
}

void portal_return(struct visit *visit)
{
    const char *browser = cookie_get(visit, COOKIE_PORTAL);
    Preau__Link__FinishPortalSignInRequest request = PREAU__LINK__FINISH_PORTAL_SIGN_IN_REQUEST__INIT;
    request.portal = visit->path.portal;
    request.browser = arena_copy(visit_arena(visit), browser ? browser : "");
    request.state = told(visit, "state");
    request.code = told(visit, "code");
    request.issuer = told(visit, "iss");
    request.error = told(visit, "error");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "FinishPortalSignIn", &request.base, came_back, NULL, true});
}

/* --- out of it --- */

void portal_left(struct visit *visit)
{
    const char *cookie = cookie_get(visit, COOKIE_PORTAL);
    const char *state = http_query(visit->request, "state");
    bool is_back = cookie && state && strcmp(cookie, state) == 0;
    if (visit->has_session) {
        page_go(visit, visit_home(visit));
        return;
    }
    struct view *body = page_begin(visit, "Vous êtes déconnecté", "deconnecte.html");
    if (is_back) {
        cookie_clear(visit, COOKIE_PORTAL);
        view_show(body, "EVERYWHERE");
    } else if (cookie) {
        view_show(body, "OFFER");
    }
    page_send(visit, 200);
}

static void sent_to_sign_out(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__EndPortalSessionReply *reply = (const void *)answer;
    if (reply && reply->url[0] != '\0') {
        cookie_set(visit, COOKIE_PORTAL, reply->state);
        page_go(visit, reply->url);
        return;
    }
    cookie_clear(visit, COOKIE_PORTAL);
    if (reply || refusal == REFUSAL_PORTAL_SIGN_IN_OVER) {
        page_go(visit, "/fin-de-session");
    } else {
        page_refuse(visit, refusal);
    }
}

void portal_leave(struct visit *visit)
{
    const char *cookie = cookie_get(visit, COOKIE_PORTAL);
    Preau__Link__EndPortalSessionRequest request = PREAU__LINK__END_PORTAL_SESSION_REQUEST__INIT;
    if (visit->has_session) {
        page_go(visit, visit_home(visit));
        return;
    }
    request.sign_out = arena_copy(visit_arena(visit), cookie ? cookie : "");
    visit_call(visit,
        &(struct visit_call){visit->portal->link, "EndPortalSession", &request.base, sent_to_sign_out, NULL, true});
}
