/* An administrator's own password: in the place of one that another made, or of its present one. */
#include "link.pb-c.h"
#include "portal/administrator_step.h"
#include "portal/form.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"

#include <string.h>

static bool is_first(const struct visit *visit)
{
    return visit->session.stage == WEB_NEW_PASSWORD;
}

static struct view *form_begin(struct visit *visit, enum refusal refusal)
{
    struct view *body = page_begin(visit, "Choisir un nouveau mot de passe", "nouveau-mot-de-passe.html");
    view_set(body, "ACTION", "/administration/mot-de-passe");
    view_set(body, "EXPLANATION",
        is_first(visit)
            ? "Votre mot de passe actuel a été créé par quelqu’un d’autre : choisissez-en un que vous seul connaissez."
            : "Il remplacera votre mot de passe actuel. Vos autres connexions prendront fin.");
    if (!is_first(visit)) {
        view_show(body, "PRESENT");
    }
    form_password_fields(body, refusal);
    form_request_set(body);
    return body;
}

void own_password_show(struct visit *visit)
{
    (void)form_begin(visit, REFUSAL_NONE);
    page_send(visit, 200);
}

static void form_refuse(struct visit *visit, enum refusal refusal)
{
    struct view *body = form_begin(visit, refusal);
    page_form_error(body, refusal);
    form_field_error(body, refusal == REFUSAL_WRONG_CREDENTIALS ? FIELD_PRESENT : form_field_of(refusal), refusal);
    page_send(visit, refusal_status(refusal));
}

static void changed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ChangeAdministratorPasswordReply *reply = (const void *)answer;
    if (!reply) {
        form_refuse(visit, refusal);
    } else if (is_first(visit)) {
        administrator_step_go(visit, reply->standing, NULL);
    } else {
        note_leave(visit, "mot-de-passe", "/administration/mon-compte");
        administrator_step_go(visit, reply->standing, "/administration/mon-compte");
    }
}

void own_password_do(struct visit *visit)
{
    const char *present = is_first(visit) ? "" : http_form(visit->request, "actuel");
    const char *chosen = http_form(visit->request, "nouveau");
    const char *again = http_form(visit->request, "confirmation");
    unsigned char id[REQUEST_ID_SIZE];
    if (!present || !chosen || !again) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    if (strcmp(chosen, again) != 0 || (!is_first(visit) && present[0] == '\0')) {
        form_refuse(
            visit, present[0] == '\0' && !is_first(visit) ? REFUSAL_WRONG_CREDENTIALS : REFUSAL_PASSWORDS_DIFFER);
        return;
    }
    Preau__Link__ChangeAdministratorPasswordRequest request = PREAU__LINK__CHANGE_ADMINISTRATOR_PASSWORD_REQUEST__INIT;
    request.present = arena_copy(visit_arena(visit), present);
    request.chosen = arena_copy(visit_arena(visit), chosen);
    request.address = arena_copy(visit_arena(visit), http_client(visit->request));
    request.credential_at = visit->session.credential_at.us;
    form_request_id(visit, id);
    visit_call(visit,
        &(struct visit_call){visit->portal->link, "ChangeAdministratorPassword", &request.base, changed, id, true});
}
