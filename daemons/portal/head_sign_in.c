#include "link.pb-c.h"
#include "portal/academy_portals.h"
#include "portal/administrator_step.h"
#include "portal/cookie.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "runtime/metric.h"

#include <string.h>

static struct view *form_begin(struct visit *visit, const char *login)
{
    struct view *body = page_begin(visit, "Administration des comptes", "connexion-administration.html");
    view_set(body, "LOGIN", login);
    academy_portals_show(visit, body);
    return body;
}

void head_sign_in_show(struct visit *visit)
{
    struct view *body = form_begin(visit, "");
    if (http_query(visit->request, "session")) {
        page_form_error(body, REFUSAL_SIGN_IN_REQUIRED);
    }
    page_send(visit, 200);
}

static void signed_in(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__SignInAdministratorReply *reply = (const void *)answer;
    if (!reply) {
        metric_count(METRIC_PORTAL_SIGN_INS, "administrator", "refused");
        page_form_error(form_begin(visit, http_form(visit->request, "identifiant")), refusal);
        page_send(visit, refusal_status(refusal));
        return;
    }
    metric_count(METRIC_PORTAL_SIGN_INS, "administrator", "ok");
    cookie_set_token(visit, COOKIE_HEAD_DEVICE, reply->device);
    administrator_step_go(visit, reply->standing, NULL);
}

void head_sign_in_do(struct visit *visit)
{
    const char *login = http_form(visit->request, "identifiant");
    const char *password = http_form(visit->request, "mot_de_passe");
    if (!login || !password) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__SignInAdministratorRequest request = PREAU__LINK__SIGN_IN_ADMINISTRATOR_REQUEST__INIT;
    request.login = arena_copy(visit_arena(visit), login);
    request.password = arena_copy(visit_arena(visit), password);
    request.device = arena_copy(visit_arena(visit), cookie_token(visit, COOKIE_HEAD_DEVICE));
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "SignInAdministrator", &request.base, signed_in, NULL, false});
}
