/* A mobile of one's own: asked for from the desk, confirmed by the code of an SMS, taken away. */
#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/password_first.h"

static void refusal_fill(struct view *body, enum refusal refusal)
{
    enum form_field field = form_field_of(refusal);
    form_request_set(body);
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, form_field_id(field));
        form_field_error(body, field, refusal);
    }
}

static void number_page(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Mon téléphone mobile", "mobile.html");
    family_mobile_days_set(visit, body);
    view_set(body, "TYPED", visit_typed_digits(visit, "mobile"));
    refusal_fill(body, refusal);
    page_send(visit, refusal_status(refusal));
}

static void number_show(struct visit *visit)
{
    number_page(visit, REFUSAL_NONE);
}

void family_mobile_show(struct visit *visit)
{
    if (visit->portal->offers_sms) {
        password_first(visit, number_show);
    } else {
        page_refuse(visit, REFUSAL_SMS_NOT_OFFERED);
    }
}

static void asked(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go(visit, FAMILY_MOBILE "/code");
    } else {
        number_page(visit, refusal);
    }
}

void family_mobile_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__AskMobileChangeRequest request = PREAU__LINK__ASK_MOBILE_CHANGE_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.present = arena_copy(visit_arena(visit), visit_typed(visit, "actuel"));
    request.mobile = visit_typed_digits(visit, "mobile");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "AskMobileChange", &request.base, asked, id, true});
}

/* ---- the code */

static void code_page(struct visit *visit, enum refusal refusal)
{
    refusal_fill(page_begin(visit, "Le code reçu par SMS", "mobile-code.html"), refusal);
    page_send(visit, refusal_status(refusal));
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault)
{
    struct visit *visit = arg;
    if (fault) {
        page_fail(visit, fault);
    } else if (!account || account->pending_mobile[0] == '\0') {
        page_go(visit, FAMILY_MOBILE);
    } else {
        code_page(visit, REFUSAL_NONE);
    }
}

void family_mobile_code_show(struct visit *visit)
{
    desk_load_account(visit->portal->store, family_owner(visit), owner_loaded, visit);
}

static void confirmed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "mobile", FAMILY_ACCOUNT);
    } else if (refusal == REFUSAL_MOBILE_CHANGE_OVER) {
        number_page(visit, refusal);
    } else {
        code_page(visit, refusal);
    }
}

void family_mobile_code_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__ConfirmMobileChangeRequest request = PREAU__LINK__CONFIRM_MOBILE_CHANGE_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.code = visit_typed_digits(visit, "code");
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "ConfirmMobileChange", &request.base, confirmed, id, true});
}

/* ---- taken away */

static void removal_page(struct visit *visit, enum refusal refusal)
{
    refusal_fill(page_begin(visit, "Retirer mon téléphone mobile", "mobile-retrait.html"), refusal);
    page_send(visit, refusal_status(refusal));
}

static void removal_show(struct visit *visit)
{
    removal_page(visit, REFUSAL_NONE);
}

void family_mobile_removal_show(struct visit *visit)
{
    password_first(visit, removal_show);
}

static void removed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "mobile-retire", FAMILY_ACCOUNT);
    } else {
        removal_page(visit, refusal);
    }
}

void family_mobile_removal_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__RemoveMobileRequest request = PREAU__LINK__REMOVE_MOBILE_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.present = arena_copy(visit_arena(visit), visit_typed(visit, "actuel"));
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "RemoveMobile", &request.base, removed, id, true});
}
