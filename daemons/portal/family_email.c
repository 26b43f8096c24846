/* Another mail address: asked for from the desk, taken back, confirmed by the link of the mail. */
#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/password_first.h"

static struct view *form_begin(struct visit *visit, const char *email)
{
    struct view *body = page_begin(visit, "Changer d’adresse de courriel", "adresse.html");
    view_set(body, "TYPED", email);
    form_request_set(body);
    return body;
}

static void form_show(struct visit *visit)
{
    (void)form_begin(visit, "");
    page_send(visit, 200);
}

void family_email_show(struct visit *visit)
{
    password_first(visit, form_show);
}

static void asked(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "adresse", FAMILY_ACCOUNT);
        return;
    }
    struct view *body = form_begin(visit, http_form(visit->request, "courriel"));
    enum form_field field = form_field_of(refusal);
    page_form_error_at(body, refusal, form_field_id(field));
    form_field_error(body, field, refusal);
    page_send(visit, refusal_status(refusal));
}

void family_email_do(struct visit *visit)
{
    const char *present = http_form(visit->request, "actuel");
    const char *email = http_form(visit->request, "courriel");
    unsigned char id[REQUEST_ID_SIZE];
    if (!present || !email) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__AskEmailChangeRequest request = PREAU__LINK__ASK_EMAIL_CHANGE_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.present = arena_copy(visit_arena(visit), present);
    request.email = arena_copy(visit_arena(visit), email);
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "AskEmailChange", &request.base, asked, id, true});
}

/* ---- taken back */

static void taken_back(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "annulation", FAMILY_ACCOUNT);
    } else {
        page_refuse(visit, refusal);
    }
}

void family_email_cancel_do(struct visit *visit)
{
    Preau__Link__CancelEmailChangeRequest request = PREAU__LINK__CANCEL_EMAIL_CHANGE_REQUEST__INIT;
    request.account = family_account_ref(visit);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "CancelEmailChange", &request.base, taken_back, NULL, true});
}

/* ---- the link of the mail */

/* Programs that look at mails follow their links: only the button, a POST, confirms. */
void email_link_show(struct visit *visit)
{
    struct view *body = page_begin(visit, "Confirmer mon adresse", "adresse-confirmation.html");
    view_print(view_add(body, "ASK"), "ACTION", "/adresse/%s", visit->path.token);
    page_send(visit, 200);
}

static void confirmed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer && !page_is_link_bad(refusal)) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Confirmer mon adresse", "adresse-confirmation.html");
    if (answer) {
        view_set(view_add(body, "DONE"), "ONWARD", visit->has_session ? visit_home(visit) : "/connexion");
    } else {
        page_link_refused(body, refusal);
    }
    page_send(visit, refusal_status(refusal));
}

void email_link_do(struct visit *visit)
{
    Preau__Link__ConfirmEmailChangeRequest request = PREAU__LINK__CONFIRM_EMAIL_CHANGE_REQUEST__INIT;
    request.token = visit->path.token;
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "ConfirmEmailChange", &request.base, confirmed, NULL, true});
}
