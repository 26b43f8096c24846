/* Help for who cannot sign in. What a page answers depends on what was typed alone: who exists is found out by notifyd,
 * later, and told by mail. */
#include "link.pb-c.h"
#include "portal/cookie.h"
#include "portal/ent_peers.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "runtime/cleanup.h"

#include <string.h>

/* What may be asked for, by the address of its page. */
static const struct wish {
    const char *path, *title, *part;
    Preau__Link__HelpWanted wanted;
    bool is_by_address; /* else by the identifier */
} wishes[] = {
    {"/aide/identifiant",  "Identifiant oublié",           "IDENTIFIER", PREAU__LINK__HELP_WANTED__HELP_WANTED_IDENTIFIER, true },
    {"/aide/mot-de-passe", "Mot de passe oublié",          "PASSWORD",   PREAU__LINK__HELP_WANTED__HELP_WANTED_PASSWORD,   false},
    {"/aide/activation",   "Lien d’activation non reçu", "ACTIVATION", PREAU__LINK__HELP_WANTED__HELP_WANTED_ACTIVATION,
     false                                                                                                                       },
};

static const struct wish *wish_of(const struct visit *visit)
{
    size_t i = 0;
    while (i + 1 < ARRAY_LENGTH(wishes) && strcmp(wishes[i].path, http_path(visit->request)) != 0) {
        i++;
    }
    return &wishes[i];
}

/* Every question on one page; of the ways in, those that this site has. */
void help_show(struct visit *visit)
{
    const struct portal *portal = visit->portal;
    struct view *body = page_begin(visit, "Aide pour les élèves et les responsables", "aide.html");
    view_set(body, "ADDRESS", portal->statements.address);
    if (portal->offers_sms) {
        family_mobile_days_set(visit, body);
        view_show(body, "BY_SMS");
    }
    if (portal->offers_franceconnect) {
        view_show(body, "BY_FRANCECONNECT");
    }
    if (portal->offers_sms || portal->offers_franceconnect) {
        view_show(body, "BY_MOBILE");
    }
    if (ent_peers_are_any(portal->ent_peers)) {
        view_show(body, "BY_ENT");
    }
    page_send(visit, 200);
}

static struct view *form_begin(struct visit *visit, const struct wish *wish, const char *typed)
{
    struct view *body = page_begin(visit, wish->title, "aide-demande.html");
    view_set(body, "ACTION", wish->path);
    view_say(body, "HEADING", wish->title);
    view_show(body, wish->part);
    view_set(view_add(body, wish->is_by_address ? "BY_ADDRESS" : "BY_LOGIN"), "TYPED", typed);
    if (visit->portal->offers_sms && wish->wanted != PREAU__LINK__HELP_WANTED__HELP_WANTED_ACTIVATION) {
        view_show(body, "OWN_MOBILE");
    }
    form_request_set(body);
    return body;
}

void help_form_show(struct visit *visit)
{
    (void)form_begin(visit, wish_of(visit), "");
    page_send(visit, 200);
}

static const char *field_of(const struct wish *wish)
{
    return wish->is_by_address ? "courriel" : "identifiant";
}

static void asked(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const struct wish *wish = wish_of(visit);
    if (!answer) {
        const char *typed = visit_typed_digits(visit, field_of(wish));
        page_form_error_at(form_begin(visit, wish, typed), refusal, form_field_id(form_field_of(refusal)));
        page_send(visit, refusal_status(refusal));
        return;
    }
    struct view *body = page_begin(visit, wish->title, "aide-envoyee.html");
    view_show(body, wish->part);
    page_send(visit, 200);
}

void help_form_do(struct visit *visit)
{
    const struct wish *wish = wish_of(visit);
    if (!http_form(visit->request, field_of(wish))) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__AskHelpRequest request = PREAU__LINK__ASK_HELP_REQUEST__INIT;
    request.wanted = wish->wanted;
    request.subject = visit_typed_digits(visit, field_of(wish));
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.device = arena_copy(visit_arena(visit), cookie_token(visit, COOKIE_DEVICE));
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->link, "AskHelp", &request.base, asked, id, true});
}
