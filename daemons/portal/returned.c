/* A child whom the school gave back to an account that is open: its birth date, before it is shown. */
#include "portal/returned.h"

#include "link.pb-c.h"
#include "portal/birth_fields.h"
#include "portal/child_ref.h"
#include "portal/family.h"
#include "portal/form.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

#define CHILDREN "/guichet/enfants"

static void child_ref(const struct returned_child *child, char out_ref[CHILD_REF_SIZE])
{
    Preau__Child named = PREAU__CHILD__INIT;
    named.academy = (uint32_t)child->pupil.academy.v;
    named.degree = (uint32_t)child->pupil.degree;
    named.aaf_id = child->pupil.aaf_id;
    child_ref_write(&named, out_ref);
}

/* Whether the refusal is told at its field. */
static bool child_fill(
    const struct visit *visit, struct view *body, const struct returned_child *child, enum refusal refusal)
{
    char ref[CHILD_REF_SIZE];
    char name[WORDING_NAME_SIZE];
    struct view *view = view_add(body, "RETURNED");
    child_ref(child, ref);
    bool is_typed = strcmp(visit_typed(visit, "eleve"), ref) == 0;
    wording_name(child->prenom, child->nom, name);
    view_set(view, "CHILD_NAME", name);
    view_set(view, "CHILD", ref);
    view_set(view, "CHILD_SCHOOL", child->school);
    birth_field_fill(view, is_typed ? visit_typed_digits(visit, "naissance") : "", is_typed ? refusal : REFUSAL_NONE);
    if (!is_typed || form_field_of(refusal) != FIELD_BIRTH_DATE) {
        return false;
    }
    page_form_error_at(body, refusal, arena_printf(visit_arena(visit), "naissance-%s", ref));
    return true;
}

void returned_fill(const struct visit *visit, struct view *body, const struct returned_child *children, size_t count,
    enum refusal refusal)
{
    bool is_told = false;
    for (size_t i = 0; i < count; i++) {
        is_told |= child_fill(visit, body, &children[i], refusal);
    }
    if (refusal != REFUSAL_NONE && !is_told) {
        page_form_error(body, refusal);
    }
}

static void proved(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer) {
        page_go_noted(visit, "rattachement", CHILDREN);
    } else if (refusal == REFUSAL_NOT_FOUND) {
        page_refuse(visit, refusal);
    } else {
        children_page(visit, refusal);
    }
}

void returned_child_do(struct visit *visit)
{
    Preau__Child child;
    if (!child_ref_read(http_form(visit->request, "eleve"), &child)) {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    Preau__Link__ProveChildRequest request = PREAU__LINK__PROVE_CHILD_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.child = &child;
    request.birth_date = visit_typed_digits(visit, "naissance");
    visit_call(visit, &(struct visit_call){visit->portal->link, "ProveChild", &request.base, proved, NULL, true});
}
