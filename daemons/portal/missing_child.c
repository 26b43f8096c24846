/* "A child is missing": the ways that a guardian has, from the desk. By a code sent to the mobile that the school of that child knows, the steps
 * are those of a registration (registration_steps.c). */
#include "portal/missing_child.h"

#include "link.pb-c.h"
#include "portal/cookie.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

bool missing_child_is_it(const struct visit *visit)
{
    return strncmp(http_path(visit->request), MISSING_CHILD, sizeof MISSING_CHILD - 1) == 0;
}

static void form_fill(struct visit *visit, struct view *body, enum refusal refusal)
{
    struct view *form = view_add(body, "BY_SMS");
    view_set(form, "MOBILE", visit_typed_digits(visit, "mobile"));
    form_request_set(form);
    if (refusal != REFUSAL_NONE) {
        form_field_error(form, form_field_of(refusal), refusal);
    }
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault)
{
    struct visit *visit = arg;
    const enum refusal *refusal = visit->own;
    char name[WORDING_NAME_SIZE];
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!account || account->profile != PROFILE_RESPONSABLE) {
        page_refuse(visit, account ? REFUSAL_GUARDIAN_ONLY : REFUSAL_NOT_FOUND);
        return;
    }
    struct view *body = page_begin(visit, "Il manque un enfant", "enfant-manquant.html");
    wording_name(account->prenom, account->nom, name);
    view_set(body, "PERSON", name);
    if (visit->portal->offers_sms) {
        form_fill(visit, body, *refusal);
    }
    if (*refusal != REFUSAL_NONE) {
        page_form_error_at(body, *refusal, form_field_id(form_field_of(*refusal)));
    }
    page_send(visit, refusal_status(*refusal));
}

void missing_child_again(struct visit *visit, enum refusal refusal)
{
    enum refusal *own = arena_alloc(visit_arena(visit), 1, sizeof *own);
    *own = refusal;
    visit->own = own;
    desk_load_account(visit->portal->store, family_owner(visit), owner_loaded, visit);
}

void missing_child_show(struct visit *visit)
{
    missing_child_again(visit, REFUSAL_NONE);
}

static void begun(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__BeginMissingChildReply *reply = (const void *)answer;
    if (!reply) {
        missing_child_again(visit, refusal);
        return;
    }
    cookie_set_token(visit, COOKIE_REGISTRATION, reply->token);
    page_go(visit, MISSING_CHILD "/code");
}

void missing_child_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__BeginMissingChildRequest request = PREAU__LINK__BEGIN_MISSING_CHILD_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.mobile = visit_typed_digits(visit, "mobile");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "BeginMissingChild", &request.base, begun, id, true});
}
