/* Another password: after a reset by the school, or from the desk. */
#include "domain/password.h"
#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/pending.h"

#include <string.h>

static struct view *form_begin(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Choisir un nouveau mot de passe", "nouveau-mot-de-passe.html");
    bool after_reset = visit->session.stage == WEB_NEW_PASSWORD;
    view_set(body, "ACTION", "/nouveau-mot-de-passe");
    view_say(body, "EXPLANATION",
        after_reset ? "L’établissement a réinitialisé votre mot de passe : choisissez-en un que vous seul connaissez."
                    : "Il remplacera votre mot de passe actuel. Vos autres connexions prendront fin.");
    if (!after_reset) {
        view_show(body, "PRESENT");
    }
    form_password_fields(body, refusal);
    form_request_set(body);
    return body;
}

void password_show(struct visit *visit)
{
    (void)form_begin(visit, REFUSAL_NONE);
    page_send(visit, 200);
}

static void form_refuse(struct visit *visit, enum refusal refusal)
{
    struct view *body = form_begin(visit, refusal);
    enum form_field field = form_field_of(refusal);
    page_form_error_at(body, refusal, form_field_id(field));
    form_field_error(body, field, refusal);
    page_send(visit, refusal_status(refusal));
}

static void changed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ChangePasswordReply *reply = (const void *)answer;
    if (!reply) {
        form_refuse(visit, refusal);
        return;
    }
    if (reply->next !=
        PREAU__LINK__NEXT_STEP__NEXT_STEP_DESK) { /* an address is still to be given, or its link followed */
        visit->has_session = false;
        pending_show(visit, reply->login, reply->email, false);
        return;
    }
    /* the change ended all the person's sessions */
    const struct web_session session = {.stage = WEB_OPEN,
        .academy = visit->session.academy,
        .account = visit->session.account,
        .credential_at = {reply->credential_at}};
    note_leave(visit, "mot-de-passe", "/guichet");
    visit_sign_in(visit, &session, "/guichet");
}

void password_do(struct visit *visit)
{
    bool after_reset = visit->session.stage == WEB_NEW_PASSWORD;
    const char *present = after_reset ? "" : http_form(visit->request, "actuel");
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    if (!present || !chosen || !again) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    if (strcmp(chosen, again) != 0) {
        form_refuse(visit, REFUSAL_PASSWORDS_DIFFER);
        return;
    }
    Preau__Link__ChangePasswordRequest request = PREAU__LINK__CHANGE_PASSWORD_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.present = arena_copy(visit_arena(visit), present);
    request.chosen = arena_copy(visit_arena(visit), chosen);
    request.credential_at = after_reset ? visit->session.credential_at.us : 0;
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "ChangePassword", &request.base, changed, id, true});
}
