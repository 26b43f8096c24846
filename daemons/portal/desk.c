/* The person's own desk: the online services, and the pupils on whose account there are some. */
#include "portal/family.h"
#include "portal/handlers.h"
#include "portal/note.h"
#include "portal/online_services.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

/* What a form that leads here has done. */
static void notice_fill(struct visit *visit)
{
    const char *done = note_take(visit);
    if (strcmp(done, "ouverture") == 0) {
        page_notice(
            visit, "success", "Votre compte est activé", "Gardez votre identifiant : il vous sera toujours demandé.");
    } else if (strcmp(done, "mot-de-passe") == 0) {
        page_notice(visit, "success", "Votre mot de passe est changé", "Utilisez-le dès votre prochaine connexion.");
    } else if (strcmp(done, "enfant") == 0) {
        page_notice(visit, "success", "L’enfant est dans votre compte", "Il y est aussi pour les services en ligne.");
    }
}

static struct view *desk_begin(struct visit *visit, const struct desk_account *account)
{
    char name[WORDING_NAME_SIZE];
    wording_name(account->prenom, account->nom, name);
    struct view *body = page_begin(visit, "Mon guichet", "guichet.html");
    view_set(body, "PERSON", name);
    view_set(body, "LOGIN", account->login);
    if (account->email[0] != '\0') {
        view_set(view_add(body, "EMAIL"), "ADDRESS", account->email);
    }
    if (account->profile == PROFILE_RESPONSABLE) {
        view_show(body, "GUARDIAN");
    }
    if (account->has_returned) {
        view_show(body, "RETURNED");
    }
    if (family_mobile_is_old(visit, account)) {
        view_show(body, "OLD_MOBILE");
    }
    if (account->pending_email[0] != '\0') {
        view_set(view_add(body, "PENDING"), "PENDING_ADDRESS", account->pending_email);
    }
    notice_fill(visit);
    return body;
}

static void place_fill(struct view *pupil, const struct desk_pupil *place)
{
    if (place->school[0] == '\0') {
        return;
    }
    struct view *view = view_add(pupil, "PLACE");
    view_set(view, "SCHOOL_NAME", place->school);
    if (place->class[0] != '\0') {
        view_set(view_add(view, "CLASS"), "CLASS_NAME", place->class);
    }
}

/* The rows of one pupil, from `first` on: how many. */
static size_t rows_of(const struct desk_pupil *pupils, size_t count, size_t first)
{
    size_t end = first + 1;
    while (end < count && pupils[end].child == pupils[first].child) {
        end++;
    }
    return end - first;
}

static void child_fill(struct view *list, const struct desk_pupil *places, size_t count)
{
    char name[WORDING_NAME_SIZE];
    struct view *child = view_add(list, "CHILD");
    wording_name(places->prenom, places->nom, name);
    view_set(child, "CHILD_NAME", name);
    for (size_t i = 0; i < count; i++) {
        place_fill(child, &places[i]);
    }
}

struct desk {
    struct view *body;
    enum account_profile profile;
};

static void pupils_loaded(void *arg, const struct desk_pupil *pupils, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct desk *desk = visit->own;
    if (!pupils) {
        page_fail(visit, fault);
        return;
    }
    struct served_pupil *served = arena_alloc(visit_arena(visit), count + 1, sizeof *served);
    struct schooling *places = arena_alloc(visit_arena(visit), count + 1, sizeof *places);
    struct view *list =
        count > 0 ? view_add(desk->body, desk->profile == PROFILE_ELEVE ? "SCHOOLING" : "CHILDREN") : NULL;
    size_t served_count = 0;
    for (size_t i = 0; i < count; i += served[served_count++].place_count) {
        size_t rows = rows_of(pupils, count, i);
        served[served_count] = (struct served_pupil){pupils[i].prenom, &places[i], rows};
        for (size_t j = i; j < i + rows; j++) {
            places[j] = (struct schooling){pupils[j].academy, pupils[j].degree, pupils[j].uai};
        }
        child_fill(list, &pupils[i], rows);
    }
    online_services_show(visit, desk->body, desk->profile, served, served_count);
    page_send(visit, 200);
}

static void owner_loaded(void *arg, const struct desk_account *account, const struct fault *fault)
{
    struct visit *visit = arg;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (!account) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct desk *desk = arena_alloc(visit_arena(visit), 1, sizeof *desk);
    *desk = (struct desk){desk_begin(visit, account), account->profile};
    visit->own = desk;
    desk_load_pupils(visit->portal->store, family_owner(visit), pupils_loaded, visit);
}

void desk_show(struct visit *visit)
{
    desk_load_account(visit->portal->store, family_owner(visit), owner_loaded, visit);
}
