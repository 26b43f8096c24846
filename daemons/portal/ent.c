/* The transition (guide 1.1, second degree): a pupil or a guardian who is signed in at an ENT or at ATEN opens the account by it. linkd says
 * where the browser goes and whom the peer vouches for; a random cookie says that it is the same browser. */
#include "link.pb-c.h"
#include "portal/cookie.h"
#include "portal/ent_peers.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/provider_way.h"

#include <string.h>

#define OPENING "/ouverture/ent"

/* The list, with what was refused. Of an account that is open already it says how to sign in. */
static void list_show(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Ouvrir mon compte avec mon ENT", "ent.html");
    if (refusal != REFUSAL_NONE) {
        page_form_error(body, refusal);
    }
    if (refusal == REFUSAL_ALREADY_ACTIVE) {
        view_show(body, "IS_OPEN");
    } else {
        view_show(body, "IS_NEW");
        ent_peers_show(visit->portal->ent_peers, body);
    }
    page_send(visit, refusal_status(refusal));
}

void ent_show(struct visit *visit)
{
    list_show(visit, ent_peers_are_any(visit->portal->ent_peers) ? REFUSAL_NONE : REFUSAL_ENT_NOT_OFFERED);
}

/* --- the way out --- */

static void sent_away(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__BeginEntReply *reply = (const void *)answer;
    if (reply) {
        page_go(visit, reply->url);
    } else {
        list_show(visit, refusal);
    }
}

void ent_go(struct visit *visit)
{
    Preau__Link__BeginEntRequest request = PREAU__LINK__BEGIN_ENT_REQUEST__INIT;
    if (!provider_is_followed(visit)) {
        return;
    }
    cookie_clear(visit, COOKIE_ENT_OPENING); /* of who sat here before */
    request.peer = visit->path.portal;
    request.browser = provider_browser(visit, COOKIE_ENT);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(visit, &(struct visit_call){visit->portal->link, "BeginEnt", &request.base, sent_away, NULL, false});
}

/* --- the way back --- */

static void came_back(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__FinishEntReply *reply = (const void *)answer;
    bool is_under_way = cookie_token(visit, COOKIE_ENT_OPENING)[0] != '\0';
    if (reply) {
        cookie_set_token(visit, COOKIE_ENT_OPENING, reply->token);
        page_go(visit, OPENING);
    } else if (refusal == REFUSAL_ENT_OVER && is_under_way) {
        page_go(visit, OPENING); /* the address was loaded again */
    } else {
        list_show(visit, refusal);
    }
}

static void finish(struct visit *visit, Preau__Link__FinishEntRequest *request)
{
    request->peer = visit->path.portal;
    request->browser = provider_browser_back(visit, COOKIE_ENT);
    request->address = arena_copy(visit_arena(visit), http_client(visit->request));
    visit_call(visit, &(struct visit_call){visit->portal->link, "FinishEnt", &request->base, came_back, NULL, true});
}

void ent_return(struct visit *visit)
{
    Preau__Link__FinishEntRequest request = PREAU__LINK__FINISH_ENT_REQUEST__INIT;
    char *state = provider_told(visit, "etat"); /* CAS has it in the service; OpenID Connect has a name for it */
    request.state = state[0] != '\0' ? state : provider_told(visit, "state");
    request.ticket = provider_told(visit, "ticket");
    request.code = provider_told(visit, "code");
    request.issuer = provider_told(visit, "iss");
    request.error = provider_told(visit, "error");
    finish(visit, &request);
}

enum {
    RESPONSE_MAX = 100 * 1024, /* what linkd reads at most of it (ENT_RESPONSE_MAX of link/ent_peer.h) */
    STATE_MAX = 128            /* linkd's are 43 letters and digits */
};

/* SAML comes by a form of the peer's page: from another site no cookie of ours comes with it (SameSite=Lax). The page that is shown sends
 * the same from here, and nothing is done before. What is larger than any answer is not shown again to whoever sends it. */
void ent_land(struct visit *visit)
{
    if (strlen(visit_typed(visit, "SAMLResponse")) > RESPONSE_MAX ||
        strlen(visit_typed(visit, "RelayState")) > STATE_MAX) {
        list_show(visit, REFUSAL_ENT_ANSWER_WRONG);
        return;
    }
    struct view *body = page_begin(visit, "Retour de votre ENT", "ent-retour.html");
    view_set(body, "NAME", visit->path.portal);
    view_set(body, "RESPONSE", visit_typed(visit, "SAMLResponse"));
    view_set(body, "STATE", visit_typed(visit, "RelayState"));
    page_send(visit, 200);
}

void ent_land_on(struct visit *visit)
{
    Preau__Link__FinishEntRequest request = PREAU__LINK__FINISH_ENT_REQUEST__INIT;
    request.state = arena_copy(visit_arena(visit), visit_typed(visit, "RelayState"));
    char *response = arena_copy(visit_arena(visit), visit_typed(visit, "SAMLResponse"));
    request.saml_response = (ProtobufCBinaryData){strlen(response), (uint8_t *)response};
    finish(visit, &request);
}

/* --- what its operator must know of us --- */

static void metadata_come(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__GetEntMetadataReply *reply = (const void *)answer;
    if (reply) {
        page_send_image(visit, "application/samlmetadata+xml", reply->xml, strlen(reply->xml));
    } else {
        page_refuse(visit, refusal);
    }
}

void ent_metadata_show(struct visit *visit)
{
    Preau__Link__GetEntMetadataRequest request = PREAU__LINK__GET_ENT_METADATA_REQUEST__INIT;
    request.peer = visit->path.portal;
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "GetEntMetadata", &request.base, metadata_come, NULL, false});
}

/* --- the identifier and the password --- */

static char *token_of(const struct visit *visit)
{
    return arena_copy(visit_arena(visit), cookie_token(visit, COOKIE_ENT_OPENING));
}

static void anew(struct visit *visit, enum refusal refusal)
{
    cookie_clear(visit, COOKIE_ENT_OPENING);
    list_show(visit, refusal);
}

/* "Ce n’est pas moi": the next at this computer has nothing of it. */
void ent_opening_leave(struct visit *visit)
{
    cookie_clear(visit, COOKIE_ENT_OPENING);
    page_go(visit, "/ent");
}

static void found(struct visit *visit, const ProtobufCMessage *answer, enum refusal refused)
{
    const Preau__Link__GetEntOpeningReply *reply = (const void *)answer;
    const enum refusal *refusal = visit->own;
    if (!reply) {
        anew(visit, refused);
        return;
    }
    struct view *body = page_begin(visit, "Votre mot de passe", "ent-mot-de-passe.html");
    view_set(body, "LOGIN", reply->login);
    view_set(body, "PRENOM", reply->prenom);
    view_set(body, "NOM", reply->nom);
    form_request_set(body);
    form_password_fields(body, *refusal);
    if (*refusal != REFUSAL_NONE) {
        page_form_error_at(body, *refusal, form_field_id(form_field_of(*refusal)));
    }
    page_send(visit, refusal_status(*refusal));
}

static void opening_show_with(struct visit *visit, enum refusal refusal)
{
    enum refusal *own = arena_alloc(visit_arena(visit), 1, sizeof *own);
    Preau__Link__GetEntOpeningRequest request = PREAU__LINK__GET_ENT_OPENING_REQUEST__INIT;
    *own = refusal;
    visit->own = own;
    request.token = token_of(visit);
    request.browser = provider_browser_back(visit, COOKIE_ENT);
    if (request.token[0] == '\0') {
        page_go(visit, "/ent");
        return;
    }
    visit_call(visit, &(struct visit_call){visit->portal->link, "GetEntOpening", &request.base, found, NULL, false});
}

void ent_opening_show(struct visit *visit)
{
    opening_show_with(visit, REFUSAL_NONE);
}

static void end_show(struct visit *visit)
{
    struct view *body = page_begin(visit, "Votre compte est prêt", "inscription-fin.html");
    view_set(body, "LOGIN", visit->own);
    view_show(body, "BY_PASSWORD");
    page_send(visit, 200);
}

static void opened(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__OpenByEntReply *reply = (const void *)answer;
    if (!reply) {
        opening_show_with(visit, refusal);
        return;
    }
    const struct web_session session = {.stage = WEB_OPEN,
        .academy = {(int16_t)reply->account->academy},
        .account = {reply->account->id},
        .credential_at = {reply->credential_at}};
    visit->own = arena_copy(visit_arena(visit), reply->login);
    cookie_clear(visit, COOKIE_ENT_OPENING);
    visit_renew(visit, &session, end_show);
}

void ent_opening_do(struct visit *visit)
{
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    unsigned char id[REQUEST_ID_SIZE];
    if (!chosen || !again || strcmp(chosen, again) != 0) {
        opening_show_with(visit, chosen && again ? REFUSAL_PASSWORDS_DIFFER : REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__OpenByEntRequest request = PREAU__LINK__OPEN_BY_ENT_REQUEST__INIT;
    request.token = token_of(visit);
    request.browser = provider_browser_back(visit, COOKIE_ENT);
    request.password = arena_copy(visit_arena(visit), chosen);
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "OpenByEnt", &request.base, opened, id, true});
}
