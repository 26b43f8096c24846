/* A guardian's second account, joined to the one that is signed in: its identifier and password, what will happen, and the deed. linkd says
 * whether it may be; the token in the address is this account's alone. */
#include "link.pb-c.h"
#include "portal/birth_fields.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

#define OTHER_ACCOUNT "/guichet/autre-compte"

/* ---- identifier and password */

static void form_show(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "J’ai un autre compte", "autre-compte.html");
    view_set(body, "LOGIN", visit_typed_digits(visit, "identifiant"));
    form_request_set(body);
    if (refusal != REFUSAL_NONE) {
        page_credentials_error(body, refusal);
    }
    page_send(visit, refusal_status(refusal));
}

void other_account_show(struct visit *visit)
{
    form_show(visit, REFUSAL_NONE);
}

static void proved(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ProveOtherAccountReply *reply = (const void *)answer;
    if (reply) {
        page_go_to(visit, OTHER_ACCOUNT "/%s", reply->token);
    } else {
        form_show(visit, refusal);
    }
}

void other_account_do(struct visit *visit)
{
    const char *login = http_form(visit->request, "identifiant");
    const char *password = http_form(visit->request, "mot_de_passe");
    if (!login || !password) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__ProveOtherAccountRequest request = PREAU__LINK__PROVE_OTHER_ACCOUNT_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.login = visit_typed_digits(visit, "identifiant");
    request.password = arena_copy(visit_arena(visit), password);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "ProveOtherAccount", &request.base, proved, id, true});
}

/* ---- what will happen */

static void children_fill(struct view *body, const Preau__Link__GetOtherAccountReply *reply)
{
    struct view *list = reply->n_children > 0 ? view_add(body, "CHILDREN") : NULL;
    for (size_t i = 0; i < reply->n_children; i++) {
        char name[WORDING_NAME_SIZE];
        struct view *child = view_add(list, "COMES");
        wording_name(reply->children[i]->prenom, reply->children[i]->nom, name);
        view_set(child, "COMES_NAME", name);
        if (reply->children[i]->school[0] != '\0') {
            view_set(view_add(child, "AT"), "COMES_SCHOOL", reply->children[i]->school);
        }
    }
    if (!list) {
        view_show(body, "NO_CHILD");
    }
}

static void dates_fill(
    struct visit *visit, struct view *body, const Preau__Link__GetOtherAccountReply *reply, enum refusal refusal)
{
    struct view *dates = view_add(body, "DATES");
    birth_fields_fill(visit, dates, reply->children, reply->n_children, refusal);
    birth_fields_correction(visit, body, reply->children, reply->n_children, refusal);
}

static void loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refused)
{
    const Preau__Link__GetOtherAccountReply *reply = (const void *)answer;
    const enum refusal *refusal = visit->own;
    if (!reply) {
        form_show(visit, refused);
        return;
    }
    struct view *body = page_begin(visit, "Réunir mes deux comptes", "autre-compte-confirmation.html");
    view_set(body, "LOGIN", reply->login);
    view_set(body, "OWN_LOGIN", reply->own_login);
    view_print(body, "ACTION", OTHER_ACCOUNT "/%s", visit->path.token);
    form_request_set(body);
    children_fill(body, reply);
    if (reply->wants_birth_dates) {
        dates_fill(visit, body, reply, *refusal);
    }
    if (reply->ends_franceconnect) {
        view_show(body, "ENDS_FRANCECONNECT");
    }
    if (*refusal != REFUSAL_NONE) {
        page_form_error_at(body, *refusal,
            form_field_of(*refusal) == FIELD_BIRTH_DATE
                ? birth_fields_id(visit, reply->children, reply->n_children, *refusal)
                : NULL);
    }
    page_send(visit, refusal_status(*refusal));
}

static void confirm_show(struct visit *visit, enum refusal refusal)
{
    enum refusal *own = arena_alloc(visit_arena(visit), 1, sizeof *own);
    *own = refusal;
    visit->own = own;
    Preau__Link__GetOtherAccountRequest request = PREAU__LINK__GET_OTHER_ACCOUNT_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.token = visit->path.token;
    visit_call(visit, &(struct visit_call){visit->portal->link, "GetOtherAccount", &request.base, loaded, NULL, false});
}

void other_account_confirm_show(struct visit *visit)
{
    confirm_show(visit, REFUSAL_NONE);
}

/* ---- the deed */

static void joined(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "reunion", FAMILY_ACCOUNT);
    } else if (refusal == REFUSAL_BUSY) {
        page_refuse(visit, refusal);
    } else {
        confirm_show(visit, refusal);
    }
}

void other_account_confirm_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__JoinAccountsRequest request = PREAU__LINK__JOIN_ACCOUNTS_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.token = visit->path.token;
    request.children = birth_fields_read(visit, &request.n_children);
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "JoinAccounts", &request.base, joined, id, true});
}
