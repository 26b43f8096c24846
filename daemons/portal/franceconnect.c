/* FranceConnect (guide 1.1, first scheme): the way out, the way back, the sign-out there; from the desk, linking and unlinking. linkd says
 * where the browser goes, who came back and what became of it. */
#include "portal/franceconnect.h"

#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/provider_way.h"
#include "runtime/metric.h"

void franceconnect_button(const struct visit *visit, struct view *body)
{
    if (visit->portal->offers_franceconnect) {
        (void)view_include(body, "FRANCECONNECT", "bouton-franceconnect.html");
        view_show(body, "HAS_FRANCECONNECT");
    }
}

static bool is_family(const struct visit *visit)
{
    return visit->has_session && visit->session.account.v != 0 && visit->session.stage == WEB_OPEN;
}

/* In the place of an answer: the sign-in page, which offers the ways anew; of who is signed in, a page that leads back. */
static void refuse(struct visit *visit, enum refusal refusal)
{
    if (!is_family(visit)) {
        metric_count(METRIC_PORTAL_SIGN_INS, "family", "refused");
        family_sign_in_again(visit, refusal);
        return;
    }
    page_form_error(page_begin(visit, "Lier FranceConnect", "franceconnect-refus.html"), refusal);
    page_send(visit, refusal_status(refusal));
}

/* --- the way out --- */

static void sent_away(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__BeginFranceConnectReply *reply = (const void *)answer;
    if (reply) {
        page_go(visit, reply->url);
    } else {
        refuse(visit, refusal);
    }
}

static void go(struct visit *visit, Preau__AccountRef *account)
{
    Preau__Link__BeginFranceConnectRequest request = PREAU__LINK__BEGIN_FRANCE_CONNECT_REQUEST__INIT;
    request.account = account;
    request.browser = provider_browser(visit, COOKIE_FRANCECONNECT);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "BeginFranceConnect", &request.base, sent_away, NULL, false});
}

void franceconnect_go(struct visit *visit)
{
    if (provider_is_followed(visit)) {
        go(visit, NULL);
    }
}

void franceconnect_link_go(struct visit *visit)
{
    if (provider_is_followed(visit)) {
        go(visit, family_account_ref(visit));
    }
}

/* --- the way back --- */

static void signed_in(struct visit *visit, const Preau__Link__FinishFranceConnectReply *reply)
{
    const struct web_session session = {.stage = WEB_OPEN,
        .academy = {(int16_t)reply->account->academy},
        .account = {reply->account->id},
        .credential_at = {reply->credential_at}};
    metric_count(METRIC_PORTAL_SIGN_INS, "family", "ok");
    cookie_clear(visit, COOKIE_REGISTRATION);
    visit_sign_in(visit, &session, "/guichet");
}

static void came_back(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__FinishFranceConnectReply *reply = (const void *)answer;
    if (!reply && refusal == REFUSAL_FRANCECONNECT_OVER && is_family(visit)) {
        page_go(visit, visit_home(visit)); /* the address was loaded again */
        return;
    }
    if (!reply) {
        refuse(visit, refusal);
        return;
    }
    if (reply->outcome == PREAU__LINK__FRANCE_CONNECT_OUTCOME__FRANCECONNECT_OUTCOME_LINKED) {
        page_go_noted(visit, "franceconnect", FAMILY_ACCOUNT);
    } else if (reply->outcome == PREAU__LINK__FRANCE_CONNECT_OUTCOME__FRANCECONNECT_OUTCOME_SIGNED_IN) {
        signed_in(visit, reply);
    } else {
        cookie_set_token(visit, COOKIE_REGISTRATION, reply->token);
        page_go(visit, "/inscription/mobile");
    }
}

void franceconnect_return(struct visit *visit)
{
    Preau__Link__FinishFranceConnectRequest request = PREAU__LINK__FINISH_FRANCE_CONNECT_REQUEST__INIT;
    request.browser = provider_browser_back(visit, COOKIE_FRANCECONNECT);
    request.state = provider_told(visit, "state");
    request.code = provider_told(visit, "code");
    request.issuer = provider_told(visit, "iss");
    request.error = provider_told(visit, "error");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "FinishFranceConnect", &request.base, came_back, NULL, true});
}

/* --- out of it --- */

static const struct provider_exit exit_of_franceconnect = {
    COOKIE_FRANCECONNECT, FRANCECONNECT_LEFT, "/franceconnect/deconnexion", "fin-franceconnect.html"};

void franceconnect_left(struct visit *visit)
{
    provider_left(visit, &exit_of_franceconnect);
}

void franceconnect_leave(struct visit *visit)
{
    cookie_clear(visit, COOKIE_REGISTRATION); /* whoever sits here next does not go on with it */
    provider_leave(visit, &exit_of_franceconnect);
}

/* --- unlinking --- */

/* Without another way in there is nothing to fill in, but a way to one. */
static void unlink_page(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Dissocier FranceConnect", "franceconnect-retrait.html");
    enum form_field field = form_field_of(refusal);
    if (refusal != REFUSAL_NONE) {
        page_form_error_at(body, refusal, form_field_id(field));
    }
    if (refusal == REFUSAL_MUST_CHOOSE_PASSWORD) {
        view_show(body, "NO_PASSWORD");
    } else {
        struct view *form = view_add(body, "FORM");
        form_request_set(form);
        form_field_error(form, field, refusal);
    }
    page_send(visit, refusal_status(refusal));
}

void franceconnect_unlink_show(struct visit *visit)
{
    unlink_page(visit, REFUSAL_NONE);
}

static void unlinked(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer) {
        unlink_page(visit, refusal);
        return;
    }
    /* it ended all the person's sessions */
    const struct web_session session = {.stage = WEB_OPEN,
        .academy = visit->session.academy,
        .account = visit->session.account,
        .credential_at = visit->session.credential_at};
    note_leave(visit, "dissociation", FAMILY_ACCOUNT);
    visit_sign_in(visit, &session, FAMILY_ACCOUNT);
}

void franceconnect_unlink_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Link__UnlinkFranceConnectRequest request = PREAU__LINK__UNLINK_FRANCE_CONNECT_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.present = arena_copy(visit_arena(visit), visit_typed(visit, "actuel"));
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "UnlinkFranceConnect", &request.base, unlinked, id, true});
}
