/* "I am not this pupil's legal guardian", during the opening: asked on a page of its own, then said. */
#include "link.pb-c.h"
#include "portal/child_ref.h"
#include "portal/family.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

#define OPENING "/ouverture"

static const Preau__Child *child_of(const Preau__Link__GetOpeningReply *reply, const Preau__Child *asked)
{
    for (size_t i = 0; i < reply->n_children; i++) {
        const Preau__Child *child = reply->children[i];
        if (child->academy == asked->academy && child->degree == asked->degree && child->aaf_id == asked->aaf_id) {
            return child;
        }
    }
    return NULL;
}

static void asked(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__GetOpeningReply *reply = (const void *)answer;
    char name[WORDING_NAME_SIZE];
    Preau__Child wanted;
    const char *text = http_query(visit->request, "eleve");
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    const Preau__Child *child = child_ref_read(text, &wanted) ? child_of(reply, &wanted) : NULL;
    if (!child) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct view *body = page_begin(visit, "Je ne suis pas responsable légal de cet élève", "pas-responsable.html");
    wording_name(child->prenom, child->nom, name);
    view_set(body, "CHILD_NAME", name);
    if (child->school[0] != '\0') {
        view_set(view_add(body, "SCHOOL"), "SCHOOL_NAME", child->school);
    }
    view_set(body, "CHILD", text);
    page_send(visit, 200);
}

void disclaim_show(struct visit *visit)
{
    Preau__Link__GetOpeningRequest request = PREAU__LINK__GET_OPENING_REQUEST__INIT;
    request.account = family_account_ref(visit);
    visit_call(visit, &(struct visit_call){visit->portal->link, "GetOpening", &request.base, asked, NULL, false});
}

static void disclaimed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "pas-responsable", OPENING);
    } else {
        page_refuse(visit, refusal);
    }
}

void disclaim_do(struct visit *visit)
{
    Preau__Child child;
    if (!child_ref_read(http_form(visit->request, "eleve"), &child)) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__DisclaimChildRequest request = PREAU__LINK__DISCLAIM_CHILD_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.child = &child;
    visit_call(
        visit, &(struct visit_call){visit->portal->link, "DisclaimChild", &request.base, disclaimed, NULL, true});
}
