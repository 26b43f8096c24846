/* The second factor of an administrator who gave the right password. */
#include "link.pb-c.h"
#include "portal/administrator_step.h"
#include "portal/form.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "runtime/metric.h"

static struct view *form_begin(struct visit *visit)
{
    return page_begin(visit, "Code de connexion", "code-administration.html");
}

void code_show(struct visit *visit)
{
    (void)form_begin(visit);
    page_send(visit, 200);
}

static void given(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__GiveCodeReply *reply = (const void *)answer;
    if (reply) {
        if (reply->was_recovery) {
            note_leave(visit, "secours", "/administration/mon-compte");
        }
        /* who has no telephone any more is led to where another one is set up */
        administrator_step_go(visit, reply->standing, reply->was_recovery ? "/administration/mon-compte" : NULL);
        return;
    }
    metric_count(METRIC_PORTAL_SIGN_INS, "administrator", "refused");
    struct view *body = form_begin(visit);
    page_form_error(body, refusal);
    form_field_error(body, FIELD_CODE, refusal);
    page_send(visit, refusal_status(refusal));
}

void code_do(struct visit *visit)
{
    const char *code = http_form(visit->request, "code");
    if (!code) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__GiveCodeRequest request = PREAU__LINK__GIVE_CODE_REQUEST__INIT;
    request.code = arena_copy(visit_arena(visit), code);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.credential_at = visit->session.credential_at.us;
    visit_call(visit, &(struct visit_call){visit->portal->link, "GiveCode", &request.base, given, NULL, false});
}
