#include "link.pb-c.h"
#include "portal/handlers.h"
#include "portal/page.h"

/* Programs that look at mails follow their links: only the button, a POST, confirms. */
void activation_show(struct visit *visit)
{
    struct view *body = page_begin(visit, "Activer mon compte", "activation.html");
    view_print(view_add(body, "ASK"), "ACTION", "/activation/%s", visit->path.token);
    page_send(visit, 200);
}

static void confirmed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (!answer && !page_is_link_bad(refusal)) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Activer mon compte", "activation.html");
    if (answer) {
        view_show(body, "DONE");
    } else {
        page_link_refused(body, refusal);
    }
    page_send(visit, refusal_status(refusal));
}

void activation_do(struct visit *visit)
{
    Preau__Link__ConfirmEmailRequest request = PREAU__LINK__CONFIRM_EMAIL_REQUEST__INIT;
    request.token = visit->path.token;
    visit_call(visit, &(struct visit_call){visit->portal->link, "ConfirmEmail", &request.base, confirmed, NULL, true});
}
