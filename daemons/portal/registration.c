/* Opening an account by SMS (guide 1.1, second scheme): names and mobile. What the page answers depends on what was typed alone. */
#include "portal/registration.h"

#include "link.pb-c.h"
#include "portal/cookie.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/franceconnect.h"
#include "portal/handlers.h"
#include "portal/missing_child.h"
#include "portal/page.h"

#include <string.h>

static void form_fill(struct visit *visit, struct view *body, enum refusal refusal)
{
    view_set(body, "NOM", visit_typed(visit, "nom"));
    view_set(body, "PRENOM", visit_typed(visit, "prenom"));
    view_set(body, "MOBILE", visit_typed_digits(visit, "mobile"));
    form_request_set(body);
    if (refusal != REFUSAL_NONE) {
        enum form_field field = form_field_of(refusal);
        page_form_error_at(body, refusal, form_field_id(field));
        form_field_error(body, field, refusal);
    }
}

static void form_show(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Ouvrir mon compte par SMS", "inscription.html");
    franceconnect_button(visit, body);
    form_fill(visit, body, refusal);
    page_send(visit, refusal_status(refusal));
}

/* By the mobile that an account confirmed. */
static void forgotten_form_show(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Identifiant ou mot de passe oublié", "aide-sms.html");
    family_mobile_days_set(visit, body);
    form_fill(visit, body, refusal);
    page_send(visit, refusal_status(refusal));
}

/* Who opens no account is told of the code, not of a registration. */
static enum refusal code_refusal(enum refusal refusal)
{
    return refusal == REFUSAL_REGISTRATION_OVER ? REFUSAL_MOBILE_CHANGE_OVER : refusal;
}

void registration_begin_anew(struct visit *visit, enum refusal refusal)
{
    cookie_clear(visit, COOKIE_REGISTRATION);
    if (missing_child_is_it(visit)) {
        missing_child_again(visit, code_refusal(refusal));
    } else if (forgotten_is_it(visit)) {
        forgotten_form_show(visit, code_refusal(refusal));
    } else {
        form_show(visit, refusal);
    }
}

void registration_show(struct visit *visit)
{
    if (!visit->portal->offers_sms) {
        page_refuse(visit, REFUSAL_SMS_NOT_OFFERED);
        return;
    }
    form_show(visit, REFUSAL_NONE);
}

bool forgotten_is_it(const struct visit *visit)
{
    return strncmp(http_path(visit->request), FORGOTTEN, sizeof FORGOTTEN - 1) == 0;
}

void forgotten_show(struct visit *visit)
{
    if (!visit->portal->offers_sms) {
        page_refuse(visit, REFUSAL_SMS_NOT_OFFERED);
        return;
    }
    forgotten_form_show(visit, REFUSAL_NONE);
}

static void begun(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__BeginRegistrationReply *reply = (const void *)answer;
    bool is_forgotten = forgotten_is_it(visit);
    if (!reply) {
        (is_forgotten ? forgotten_form_show : form_show)(visit, refusal);
        return;
    }
    cookie_set_token(visit, COOKIE_REGISTRATION, reply->token);
    page_go(visit, is_forgotten ? FORGOTTEN "/code" : "/inscription/code");
}

void registration_do(struct visit *visit)
{
    if (!visit->portal->offers_sms) {
        page_refuse(visit, REFUSAL_SMS_NOT_OFFERED);
        return;
    }
    Preau__Link__BeginRegistrationRequest request = PREAU__LINK__BEGIN_REGISTRATION_REQUEST__INIT;
    request.nom = arena_copy(visit_arena(visit), visit_typed(visit, "nom"));
    request.prenom = arena_copy(visit_arena(visit), visit_typed(visit, "prenom"));
    request.mobile = visit_typed_digits(visit, "mobile");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.forgotten = forgotten_is_it(visit);
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "BeginRegistration", &request.base, begun, id, true});
}
