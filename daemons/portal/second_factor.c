/* The second factor set up, renewed, removed; the codes for who lost it. */
#include "link.pb-c.h"
#include "portal/administrator_step.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/onward.h"
#include "portal/page.h"
#include "portal/qr.h"

#include <stdio.h>
#include <string.h>

enum { GROUP = 4 /* letters of the secret, as people copy them */ };

/* What is shown once the session is a new one. */
struct codes_shown {
    const char *const *codes;
    size_t count;
    const char *heading;
};

static bool is_required(const struct visit *visit)
{
    return visit->session.stage == WEB_ENROLMENT;
}

/* ---- the secret, asked of linkd each time: the portal keeps none */

static void offer_ask(struct visit *visit, visit_answered *answered)
{
    Preau__Link__OfferSecondFactorRequest request = PREAU__LINK__OFFER_SECOND_FACTOR_REQUEST__INIT;
    unsigned char digest[DIGEST_SIZE];
    visit_session_digest(visit, digest);
    request.session.data = digest;
    request.session.len = sizeof digest;
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "OfferSecondFactor", &request.base, answered, NULL, false});
}

static void qr_offered(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__OfferSecondFactorReply *reply = (const void *)answer;
    size_t length = 0;
    char *svg = reply ? qr_svg(visit_arena(visit), reply->uri, &length) : NULL;
    if (svg) {
        page_send_image(visit, "image/svg+xml", svg, length);
    } else {
        page_refuse(visit, reply ? REFUSAL_TOO_LARGE : refusal);
    }
}

void second_factor_qr(struct visit *visit)
{
    offer_ask(visit, qr_offered);
}

static void secret_fill(struct view *body, const char *secret)
{
    char grouped[64] = "";
    size_t length = 0;
    for (size_t i = 0; secret[i] != '\0' && length + 2 < sizeof grouped; i++) {
        if (i > 0 && i % GROUP == 0) {
            grouped[length++] = ' ';
        }
        grouped[length++] = secret[i];
    }
    grouped[length] = '\0';
    view_set(body, "SECRET", grouped);
}

/* Of two codes, nobody says which one was wrong. */
static enum form_field wrong_field(Preau__Link__Proof proof, enum refusal refusal)
{
    if (refusal == REFUSAL_WRONG_CREDENTIALS) {
        return FIELD_PRESENT;
    }
    return proof == PREAU__LINK__PROOF__PROOF_CODE ? FIELD_NONE : FIELD_CODE;
}

static void form_offered(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__OfferSecondFactorReply *reply = (const void *)answer;
    const enum refusal *refused = visit->own;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Double authentification", "double-authentification.html");
    view_show(body, is_required(visit) ? "REQUIRED" : "CHOSEN");
    if (!is_required(visit)) {
        form_proof_fill(body, reply->proof);
    }
    secret_fill(body, reply->secret);
    view_set(body, "URI", reply->uri);
    form_request_set(body);
    if (refused) {
        page_form_error(body, *refused);
        form_field_error(body, wrong_field(reply->proof, *refused), *refused);
    }
    page_send(visit, refused ? refusal_status(*refused) : 200);
}

void second_factor_show(struct visit *visit)
{
    offer_ask(visit, form_offered);
}

/* ---- codes for who lost the telephone: shown by this answer and never again */

static void codes_show(struct visit *visit)
{
    const struct codes_shown *shown = visit->own;
    struct view *body = page_begin(visit, "Codes de secours", "codes-de-secours.html");
    view_set(body, "HEADING", shown->heading);
    const char *onward = onward_take(visit, &visit->session);
    view_set(body, "ON", onward ? onward : visit_home(visit));
    for (size_t i = 0; i < shown->count; i++) {
        view_set(view_add(body, "CODE"), "TEXT", shown->codes[i]);
    }
    page_send(visit, 200);
}

static void codes_keep(struct visit *visit, char *const *codes, size_t count, const char *heading)
{
    struct codes_shown *shown = arena_alloc(visit_arena(visit), 1, sizeof *shown);
    const char **kept = arena_alloc(visit_arena(visit), count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        kept[i] = arena_copy(visit_arena(visit), codes[i]);
    }
    *shown = (struct codes_shown){kept, count, heading};
    visit->own = shown;
}

/* ---- set up */

static void refuse_form(struct visit *visit, enum refusal refusal)
{
    enum refusal *refused = arena_alloc(visit_arena(visit), 1, sizeof *refused);
    *refused = refusal;
    visit->own = refused;
    offer_ask(visit, form_offered);
}

static void confirmed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ConfirmSecondFactorReply *reply = (const void *)answer;
    if (!reply) {
        refuse_form(visit, refusal);
        return;
    }
    struct web_session session = session_of_standing(reply->standing);
    codes_keep(visit, reply->recovery_codes, reply->n_recovery_codes, "La double authenti\u00adfication est en place");
    visit_renew(visit, &session, codes_show);
}

void second_factor_do(struct visit *visit)
{
    const char *code = http_form(visit->request, "code");
    const char *proof = http_form(visit->request, "actuel"); /* not asked of everybody: linkd judges */
    unsigned char digest[DIGEST_SIZE];
    unsigned char id[REQUEST_ID_SIZE];
    if (!code) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__ConfirmSecondFactorRequest request = PREAU__LINK__CONFIRM_SECOND_FACTOR_REQUEST__INIT;
    visit_session_digest(visit, digest);
    request.session.data = digest;
    request.session.len = sizeof digest;
    request.code = arena_copy(visit_arena(visit), code);
    request.proof = arena_copy(visit_arena(visit), proof ? proof : "");
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.credential_at = visit->session.credential_at.us;
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "ConfirmSecondFactor", &request.base, confirmed, id, true});
}

/* ---- removed, and other codes: forms of the account's page */

static void removed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__RemoveSecondFactorReply *reply = (const void *)answer;
    if (reply) {
        note_leave(visit, "retrait", "/administration/mon-compte");
        administrator_step_go(visit, reply->standing, "/administration/mon-compte");
    } else {
        my_account_refuse(visit, refusal);
    }
}

void second_factor_remove_do(struct visit *visit)
{
    const char *proof = http_form(visit->request, "actuel");
    unsigned char id[REQUEST_ID_SIZE];
    if (!proof) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__RemoveSecondFactorRequest request = PREAU__LINK__REMOVE_SECOND_FACTOR_REQUEST__INIT;
    request.proof = arena_copy(visit_arena(visit), proof);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.credential_at = visit->session.credential_at.us;
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "RemoveSecondFactor", &request.base, removed, id, true});
}

static void renewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__RenewRecoveryCodesReply *reply = (const void *)answer;
    if (reply) {
        codes_keep(visit, reply->recovery_codes, reply->n_recovery_codes, "Vos nouveaux codes de secours");
        codes_show(visit);
    } else {
        my_account_refuse(visit, refusal);
    }
}

void recovery_codes_do(struct visit *visit)
{
    const char *proof = http_form(visit->request, "actuel");
    unsigned char id[REQUEST_ID_SIZE];
    if (!proof) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__RenewRecoveryCodesRequest request = PREAU__LINK__RENEW_RECOVERY_CODES_REQUEST__INIT;
    request.proof = arena_copy(visit_arena(visit), proof);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.credential_at = visit->session.credential_at.us;
    form_request_id(visit, id);
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "RenewRecoveryCodes", &request.base, renewed, id, true});
}
