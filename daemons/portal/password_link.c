/* The mailed link of who forgot the password. Programs that look at mails follow links: a GET only shows the form, the
 * POST chooses another password, once. */
#include "link.pb-c.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"

#include <string.h>

static const char title[] = "Choisir un autre mot de passe";

/* Of a link that is none, or is over; one that cannot be looked at now is as good as before, and not said to be bad. */
static void link_refuse(struct visit *visit, enum refusal refusal)
{
    if (refusal != REFUSAL_LINK_UNKNOWN && refusal != REFUSAL_LINK_EXPIRED) {
        page_refuse(visit, refusal);
        return;
    }
    page_link_refused(page_begin(visit, title, "mot-de-passe-lien.html"), refusal);
    page_send(visit, refusal_status(refusal));
}

static void link_looked_at(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__GetPasswordLinkReply *reply = (const void *)answer;
    const enum refusal *refused = visit->own; /* the form was, when it comes again */
    if (!reply) {
        link_refuse(visit, refusal);
        return;
    }
    struct view *form = view_add(page_begin(visit, title, "mot-de-passe-lien.html"), "FORM");
    view_print(form, "ACTION", "/mot-de-passe/%s", visit->path.token);
    view_set(form, "LOGIN", reply->login);
    form_password_fields(form, *refused);
    form_request_set(form);
    if (*refused != REFUSAL_NONE) {
        page_form_error_at(form, *refused, form_field_id(form_field_of(*refused)));
    }
    page_send(visit, refusal_status(*refused));
}

static void form_show(struct visit *visit, enum refusal refusal)
{
    enum refusal *refused = arena_alloc(visit_arena(visit), 1, sizeof *refused);
    *refused = refusal;
    visit->own = refused;
    Preau__Link__GetPasswordLinkRequest request = PREAU__LINK__GET_PASSWORD_LINK_REQUEST__INIT;
    request.token = visit->path.token;
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(visit,
        &(struct visit_call){visit->portal->link, "GetPasswordLink", &request.base, link_looked_at, NULL, false});
}

void password_link_show(struct visit *visit)
{
    form_show(visit, REFUSAL_NONE);
}

static void recovered(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        view_show(page_begin(visit, title, "mot-de-passe-lien.html"), "DONE");
        page_send(visit, 200);
    } else if (form_field_of(refusal) == FIELD_PASSWORD) { /* the link is as good as before */
        form_show(visit, refusal);
    } else {
        link_refuse(visit, refusal);
    }
}

void password_link_do(struct visit *visit)
{
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    if (!chosen || !again) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    if (strcmp(chosen, again) != 0) {
        form_show(visit, REFUSAL_PASSWORDS_DIFFER);
        return;
    }
    Preau__Link__RecoverPasswordRequest request = PREAU__LINK__RECOVER_PASSWORD_REQUEST__INIT;
    request.token = visit->path.token;
    request.chosen = arena_copy(visit_arena(visit), chosen);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "RecoverPassword", &request.base, recovered, id, true});
}
