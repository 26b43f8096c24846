/* The person's own desk. */
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

static struct view *desk_begin(struct visit *visit, const struct listed_person *person)
{
    char name[WORDING_NAME_SIZE];
    wording_name(person->prenom, person->nom, name);
    struct view *body = page_begin(visit, "Mon guichet", "guichet.html");
    view_set(body, "PERSON", name);
    view_set(body, "LOGIN", person->stored.login);
    if (person->stored.email[0] != '\0') {
        view_set(view_add(body, "EMAIL"), "ADDRESS", person->stored.email);
    }
    const char *done = note_take(visit);
    if (strcmp(done, "ouverture") == 0) {
        page_notice(
            visit, "success", "Votre compte est activé", "Gardez votre identifiant : il vous sera toujours demandé.");
    } else if (strcmp(done, "mot-de-passe") == 0) {
        page_notice(visit, "success", "Votre mot de passe est changé", "Utilisez-le dès votre prochaine connexion.");
    }
    return body;
}

static void place_fill(struct view *view, const char *school, const char *class)
{
    view_set(view, "SCHOOL_NAME", school);
    if (class[0] != '\0') {
        view_set(view_add(view, "CLASS"), "CLASS_NAME", class);
    }
}

static void children_loaded(void *arg, const struct listed_relative *children, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct view *body = visit->own;
    if (!children) {
        page_fail(visit, fault);
        return;
    }
    struct view *list = view_add(body, "CHILDREN");
    for (size_t i = 0; i < count; i++) {
        char name[WORDING_NAME_SIZE];
        struct view *child = view_add(list, "CHILD");
        wording_name(children[i].prenom, children[i].nom, name);
        view_set(child, "CHILD_NAME", name);
        place_fill(child, children[i].school, children[i].class);
    }
    page_send(visit, 200);
}

static void person_loaded(void *arg, const struct listed_person *person, const struct fault *fault)
{
    struct visit *visit = arg;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!person) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct view *body = desk_begin(visit, person);
    if (person->stored.account.profile == PROFILE_ELEVE) {
        place_fill(view_add(body, "SCHOOLING"), person->school, person->class);
        page_send(visit, 200);
        return;
    }
    visit->own = body;
    listing_load_children(visit->portal->store, visit->session.academy, visit->session.account, children_loaded, visit);
}

void desk_show(struct visit *visit)
{
    listing_load_person(visit->portal->store, visit->session.academy, visit->session.account, person_loaded, visit);
}
