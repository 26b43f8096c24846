#include "link.pb-c.h"
#include "portal/cookie.h"
#include "portal/ent_peers.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/franceconnect.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/pending.h"
#include "runtime/metric.h"

#include <string.h>

static struct view *form_begin(struct visit *visit, const char *login)
{
    struct view *body = page_begin(visit, "Se connecter", "connexion.html");
    view_set(body, "LOGIN", login);
    if (visit->portal->offers_sms) {
        view_show(body, "BY_SMS");
    }
    if (ent_peers_are_any(visit->portal->ent_peers)) {
        view_show(body, "BY_ENT");
    }
    franceconnect_button(visit, body);
    return body;
}

void family_sign_in_show(struct visit *visit)
{
    struct view *body = form_begin(visit, "");
    if (http_query(visit->request, "session")) {
        page_form_error(body, REFUSAL_SIGN_IN_REQUIRED);
    }
    page_send(visit, 200);
}

void family_sign_in_again(struct visit *visit, enum refusal refusal)
{
    page_form_error(form_begin(visit, ""), refusal);
    page_send(visit, refusal_status(refusal));
}

/* What asks nothing of the school comes first; by one's mobile or FranceConnect guardians alone open an account, and they alone
 * give a child another password. */
static void other_ways_fill(const struct visit *visit, struct view *body, const Preau__Link__SignInReply *reply)
{
    bool is_guardian = reply->profile == PREAU__PROFILE__PROFILE_RESPONSABLE;
    if (reply->profile == PREAU__PROFILE__PROFILE_ELEVE) {
        view_show(body, "BY_GUARDIAN");
    }
    if (is_guardian) {
        franceconnect_button(visit, body);
    }
    if (is_guardian && visit->portal->offers_sms) {
        view_show(body, "BY_SMS");
    }
    if (ent_peers_are_any(visit->portal->ent_peers)) {
        view_show(body, "BY_ENT");
    }
}

/* The password was right: who gave it may know which schools can renew it. */
static void show_expired(struct visit *visit, const Preau__Link__SignInReply *reply)
{
    struct view *body =
        page_begin(visit, "Votre mot de passe provisoire n’est plus valable", "mot-de-passe-perime.html");
    other_ways_fill(visit, body, reply);
    struct view *schools = reply->n_schools > 0 ? view_add(body, "SCHOOLS") : NULL;
    for (size_t i = 0; i < reply->n_schools; i++) {
        view_set(view_add(schools, "SCHOOL"), "SCHOOL_NAME", reply->schools[i]);
    }
    if (!schools) {
        view_show(body, "ANY_SCHOOL");
    }
    page_send(visit, refusal_status(REFUSAL_NOTIFICATION_EXPIRED));
}

static bool is_of_correction(enum refusal refusal)
{
    return refusal == REFUSAL_EMAIL_INVALID || refusal == REFUSAL_TOO_MANY_EMAIL_CHANGES || refusal == REFUSAL_STALE;
}

static void signed_in(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__SignInReply *reply = (const void *)answer;
    if (!reply) {
        metric_count(METRIC_PORTAL_SIGN_INS, "family", "refused");
        if (is_of_correction(refusal)) {
            pending_refuse(visit, refusal);
            return;
        }
        page_credentials_error(form_begin(visit, visit_typed_digits(visit, "identifiant")), refusal);
        page_send(visit, refusal_status(refusal));
        return;
    }
    if (reply->next == PREAU__LINK__NEXT_STEP__NEXT_STEP_EXPIRED) {
        metric_count(METRIC_PORTAL_SIGN_INS, "family", "refused");
        show_expired(visit, reply);
        return;
    }
    metric_count(METRIC_PORTAL_SIGN_INS, "family", "ok");
    cookie_set_token(visit, COOKIE_DEVICE, reply->device);
    cookie_clear(visit, COOKIE_REGISTRATION); /* whoever sits here next does not go on with it */
    struct web_session session = {.stage = WEB_OPEN,
        .academy = {(int16_t)(reply->account ? reply->account->academy : 0)},
        .account = {reply->account ? reply->account->id : 0},
        .credential_at = {reply->credential_at}};
    switch (reply->next) {
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_DESK:
        visit_sign_in(visit, &session, "/guichet");
        return;
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_OPEN:
        session.stage = WEB_OPENING;
        visit_sign_in(visit, &session, "/ouverture");
        return;
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_NEW_PASSWORD:
        session.stage = WEB_NEW_PASSWORD;
        visit_sign_in(visit, &session, "/nouveau-mot-de-passe");
        return;
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_CONFIRM:
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_EXPIRED:
    case PREAU__LINK__NEXT_STEP__NEXT_STEP_UNSPECIFIED:
    case _PREAU__LINK__NEXT_STEP_IS_INT_SIZE:
    default:
        pending_show(
            visit, visit_typed_digits(visit, "identifiant"), reply->email, visit_typed(visit, "courriel")[0] != '\0');
        return;
    }
}

void family_sign_in_do(struct visit *visit)
{
    const char *login = http_form(visit->request, "identifiant");
    const char *password = http_form(visit->request, "mot_de_passe");
    if (!login || !password) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__SignInRequest request = PREAU__LINK__SIGN_IN_REQUEST__INIT;
    request.login = visit_typed_digits(visit, "identifiant");
    request.password = arena_copy(visit_arena(visit), password);
    request.device = arena_copy(visit_arena(visit), cookie_token(visit, COOKIE_DEVICE));
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.email = arena_copy(visit_arena(visit), visit_typed(visit, "courriel"));
    unsigned char id[REQUEST_ID_SIZE];
    if (request.email[0] != '\0') {
        form_request_id(visit, id);
    }
    visit_call(visit, &(struct visit_call){visit->portal->link, "SignIn", &request.base, signed_in,
                          request.email[0] != '\0' ? id : NULL, request.email[0] != '\0'});
}
