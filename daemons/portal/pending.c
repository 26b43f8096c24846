#include "portal/pending.h"

#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/page.h"

static void correction_add(
    struct view *body, const char *login, const char *typed, bool has_before, enum refusal refusal)
{
    struct view *correction = view_add(body, "CORRECTION");
    view_set(correction, "LOGIN", login);
    view_set(correction, "TYPED", typed);
    form_request_set(correction);
    form_field_error(correction, form_field_of(refusal), refusal);
    if (has_before) {
        view_show(correction, "WRONG");
        view_show(correction, "BEFORE");
    }
}

void pending_show(struct visit *visit, const char *login, const char *email, bool is_new)
{
    struct view *body = page_begin(visit, "Votre messagerie", "ouverture-suite.html");
    bool is_known = email[0] != '\0';
    if (is_known) {
        view_set(view_add(body, is_new ? "ONE_EMAIL" : "WAITING_EMAIL"), "EMAIL", email);
        view_show(body, "SENT");
    } else {
        view_show(body, "ANY_EMAIL");
    }
    if (login[0] == '\0') {
        view_show(body, "ELSEWHERE");
        page_send(visit, 200);
        return;
    }
    if (is_known) {
        struct view *again = view_add(body, "AGAIN");
        view_set(again, "LOGIN", login);
        form_request_set(again);
    }
    correction_add(body, login, "", is_known, REFUSAL_NONE);
    page_send(visit, 200);
}

void pending_refuse(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Votre messagerie", "ouverture-suite.html");
    view_show(body, "ANY_EMAIL");
    correction_add(body, visit_typed_digits(visit, "identifiant"), visit_typed(visit, "courriel"), false, refusal);
    if (refusal == REFUSAL_STALE) {
        page_form_error(body, refusal);
    } else {
        page_form_error_at(body, refusal, form_field_id(form_field_of(refusal)));
    }
    page_send(visit, refusal_status(refusal));
}
