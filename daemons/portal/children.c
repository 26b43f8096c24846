/* A guardian helps the children whose accounts are attached to theirs: their identifiers, another provisional password. */
#include "link.pb-c.h"
#include "portal/family.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/returned.h"
#include "portal/wording.h"
#include "store/child.h"

#include <string.h>

static void action_set(struct view *view, const struct listed_child *child)
{
    view_print(view, "ACTION", "/guichet/enfants/%d-%lld/mot-de-passe", child->academy.v, (long long)child->id.v);
}

static void child_fill(struct view *view, const struct listed_child *child)
{
    char name[WORDING_NAME_SIZE];
    wording_name(child->prenom, child->nom, name);
    view_set(view, "CHILD_NAME", name);
    view_set(view, "SCHOOL_NAME", child->school);
    if (child->class[0] != '\0') {
        view_set(view_add(view, "CLASS"), "CLASS_NAME", child->class);
    }
    view_set(view, "LOGIN", child->login);
    if (child->state == STATE_NON_DISTRIBUE) {
        view_show(view, "NOT_HANDED_OUT");
        return;
    }
    struct view *reset = view_add(view, "RESET");
    action_set(reset, child);
    view_set(reset, "NAME", name);
}

/* The page that is being filled. */
struct children {
    struct view *body;
    enum refusal refusal;
};

static void children_listed(void *arg, const struct listed_child *children, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct children *page = visit->own;
    if (!children) {
        page_fail(visit, fault);
        return;
    }
    if (count == 0) {
        view_show(page->body, "NOBODY");
    }
    for (size_t i = 0; i < count; i++) {
        child_fill(view_add(page->body, "CHILD"), &children[i]);
    }
    page_send(visit, refusal_status(page->refusal));
}

static void returned_are_listed(
    void *arg, const struct returned_child *children, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct children *page = visit->own;
    if (!children) {
        page_fail(visit, fault);
        return;
    }
    page->body = page_begin(visit, "Aider mes enfants à se connecter", "enfants.html");
    if (page->refusal == REFUSAL_NONE && strcmp(note_take(visit), "rattachement") == 0) {
        page_notice(visit, "success", "L’enfant est dans votre compte", "Il y est aussi pour les services en ligne.");
    }
    returned_fill(visit, page->body, children, count, page->refusal);
    child_list(visit->portal->store, visit->session.academy, visit->session.account, children_listed, visit);
}

void children_page(struct visit *visit, enum refusal refusal)
{
    struct children *page = arena_alloc(visit_arena(visit), 1, sizeof *page);
    page->refusal = refusal;
    visit->own = page;
    returned_list(visit->portal->store, visit->session.academy, visit->session.account, returned_are_listed, visit);
}

void children_show(struct visit *visit)
{
    children_page(visit, REFUSAL_NONE);
}

/* ---- one child: asked before it is done, for the password of before is worth nothing afterwards */

static const struct listed_child *child_of_path(
    const struct visit *visit, const struct listed_child *children, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool is_it = children[i].academy.v == visit->path.academy.v && children[i].id.v == visit->path.account.v;
        if (is_it && children[i].state != STATE_NON_DISTRIBUE) {
            return &children[i];
        }
    }
    return NULL;
}

static void child_listed_to_ask(void *arg, const struct listed_child *children, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    char name[WORDING_NAME_SIZE];
    const struct listed_child *child = children ? child_of_path(visit, children, count) : NULL;
    if (!children) {
        page_fail(visit, fault);
        return;
    }
    if (!child) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct view *body = page_begin(visit, "Donner un nouveau mot de passe", "enfant-confirmation.html");
    wording_name(child->prenom, child->nom, name);
    view_set(body, "CHILD_NAME", name);
    view_set(body, "LOGIN", child->login);
    view_show(body, child->state == STATE_ACTIVE ? "OPENED" : "NOT_OPENED");
    action_set(body, child);
    form_request_set(body);
    page_send(visit, 200);
}

void child_password_show(struct visit *visit)
{
    child_list(visit->portal->store, visit->session.academy, visit->session.account, child_listed_to_ask, visit);
}

static void password_given(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__ResetChildPasswordReply *reply = (const void *)answer;
    char date[WORDING_SIZE];
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Nouveau mot de passe provisoire", "enfant-mot-de-passe.html");
    wording_day((struct instant){reply->expires_at}, date);
    view_set(body, "LOGIN", reply->login);
    view_set(body, "PASSWORD", reply->password);
    view_set(body, "EXPIRES", date);
    page_send(visit, 200);
}

void child_password_do(struct visit *visit)
{
    Preau__AccountRef child = PREAU__ACCOUNT_REF__INIT;
    child.academy = (uint32_t)visit->path.academy.v;
    child.id = visit->path.account.v;
    Preau__Link__ResetChildPasswordRequest request = PREAU__LINK__RESET_CHILD_PASSWORD_REQUEST__INIT;
    request.account = family_account_ref(visit);
    request.child = &child;
    unsigned char id[REQUEST_ID_SIZE];
    form_request_id(visit, id);
    visit_call(visit,
        &(struct visit_call){visit->portal->link, "ResetChildPassword", &request.base, password_given, id, true});
}
