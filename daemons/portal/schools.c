/* Choice of the school (guide 4.1). */
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"

static void schools_loaded(void *arg, const struct listed_school *schools, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    if (!schools) {
        page_fail(visit, fault);
        return;
    }
    if (count == 1) { /* the guide: directly */
        page_go_to(visit, "/etablissements/%s", schools[0].uai.text);
        return;
    }
    char text[WORDING_SIZE];
    struct view *body = page_begin(visit, "Choisir l’établissement", "etablissements.html");
    wording_count((int64_t)count, "établissement", "établissements", text);
    if (count == 0) {
        view_show(body, "NONE");
    } else {
        view_set(view_add(body, "SOME"), "COUNT", text);
    }
    for (size_t i = 0; i < count; i++) {
        struct view *row = view_add(body, "ROW");
        view_print(row, "HREF", "/etablissements/%s", schools[i].uai.text);
        view_set(row, "NAME", schools[i].name);
        view_set(row, "CITY", schools[i].city);
        view_set(row, "UAI", schools[i].uai.text);
    }
    page_send(visit, 200);
}

void schools_show(struct visit *visit)
{
    if (visit->session.role == ROLE_INTEGRATEUR) { /* has none, and a place of their own */
        page_go(visit, visit_home(visit));
        return;
    }
    listing_load_schools(visit->portal->store, visit->session.administrator, schools_loaded, visit);
}

void school_go(struct visit *visit)
{
    page_go_to(visit, "/etablissements/%s/%s", visit->school.uai.text,
        visit->school.may[PROFILE_RESPONSABLE] ? "responsables" : "eleves");
}
