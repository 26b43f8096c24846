/* Statistics of a school (guide 7): states by origin, as last computed; how it came there, class by class, and beside others. */
#include "portal/figures_view.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/query_text.h"
#include "portal/tabs.h"

#include <string.h>

/* --- beside the academy and the nation --- */

static void share_of_figures(struct view *cell, const struct figures *figures)
{
    figures_view_share(cell, figures->of_state[STATE_ACTIVE], figures->total);
}

/* Words for who does not compare figures: ahead and behind are said of whole percents. */
static void sentence_fill(struct view *comparison, enum account_profile profile, const struct figures *figures,
    const Preau__Statistics__Share *academy, const Preau__Statistics__Share *nation)
{
    if (figures->total == 0 || !academy || !nation) {
        return;
    }
    struct view *sentence = view_add(comparison, "SENTENCE");
    int here = figure_share_of(figures->of_state[STATE_ACTIVE], figures->total, 100);
    int there = figure_share_of(academy->active, academy->accounts, 100);
    view_set(sentence, "PROFILE_LABEL", figures_profile_label(profile));
    share_of_figures(view_add(sentence, "HERE"), figures);
    figures_view_share(view_add(sentence, "ACADEMY"), academy->active, academy->accounts);
    figures_view_share(view_add(sentence, "NATION"), nation->active, nation->accounts);
    view_show(sentence, here > there ? "AHEAD" : here < there ? "BEHIND" : "LEVEL");
}

static struct view *place_add(struct view *comparison, const char *label)
{
    struct view *place = view_add(comparison, "PLACE");
    view_set(place, "LABEL", label);
    return place;
}

static void comparison_fill(
    const struct visit *visit, struct view *computed, const Preau__Statistics__GetSchoolReply *reply)
{
    char academy_name[FIGURE_ACADEMY_SIZE];
    figure_academy_write(visit->school.academy, academy_name);
    struct view *comparison = view_add(computed, "COMPARISON");
    struct view *here = place_add(comparison, "Cet établissement");
    struct view *academy = place_add(comparison, academy_name);
    struct view *nation = place_add(comparison, "France");
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            struct figures figures;
            const Preau__Statistics__Share *of_academy =
                figures_share(reply->academy_shares, reply->n_academy_shares, profile);
            const Preau__Statistics__Share *of_nation =
                figures_share(reply->nation_shares, reply->n_nation_shares, profile);
            figures_sum(reply->cells, reply->n_cells, profile, &figures);
            view_set(view_add(comparison, "COLUMN"), "LABEL", figures_profile_label(profile));
            share_of_figures(view_add(here, "CELL"), &figures);
            figures_view_share_of(academy, of_academy);
            figures_view_share_of(nation, of_nation);
            sentence_fill(comparison, profile, &figures, of_academy, of_nation);
        }
    }
}

/* --- class by class --- */

struct group {
    const char *level, *class; /* class NULL: the whole level */
    Preau__Statistics__Cell *const *cells;
    size_t count;
};

static const char *class_href(const struct visit *visit, enum account_profile profile, const char *class)
{
    struct arena *arena = visit_arena(visit);
    return arena_printf(
        arena, "/etablissements/%s/%s?classe=%s", visit->school.uai.text, tab_of(profile), query_encoded(arena, class));
}

static void group_cell(const struct visit *visit, struct view *row, enum account_profile profile,
    const struct group *group, const char *label)
{
    struct figures figures;
    struct view *cell = view_add(row, "CELL");
    figures_sum(group->cells, group->count, profile, &figures);
    view_set(cell, "COLUMN_LABEL", figures_profile_label(profile));
    if (figures.total == 0) {
        view_show(cell, "EMPTY");
        return;
    }
    struct view *filled = view_add(cell, "FILLED");
    share_of_figures(filled, &figures);
    bool has_list = group->class && group->class[0] != '\0';
    struct view *counted = view_add(filled, has_list ? "LINKED" : "PLAIN");
    if (has_list) {
        view_set(counted, "HREF", class_href(visit, profile, group->class));
        view_set(counted, "GROUP_LABEL", label);
    }
}

static void group_fill(const struct visit *visit, struct view *classes, const struct group *group)
{
    struct view *row = view_add(classes, "ROW");
    const char *label = group->class ? group->class : group->level;
    bool is_level = !group->class;
    if (label[0] == '\0') {
        label = is_level ? "Sans niveau" : "Sans classe";
    }
    view_set(view_add(row, is_level ? "IS_LEVEL" : "IS_CLASS"), "LABEL", label);
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            group_cell(visit, row, profile, group, label);
        }
    }
}

/* Each class below its level: both come in order of levels. */
static void classes_fill(
    const struct visit *visit, struct view *computed, const Preau__Statistics__GetSchoolReply *reply)
{
    const char *level = NULL;
    if (reply->n_classes == 0) {
        return;
    }
    struct view *classes = view_add(computed, "CLASSES");
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            view_set(view_add(classes, "COLUMN"), "LABEL", figures_profile_label(profile));
        }
    }
    for (size_t i = 0; i < reply->n_classes; i++) {
        const Preau__Statistics__ClassFigures *class = reply->classes[i];
        for (size_t j = 0; (!level || strcmp(level, class->level) != 0) && j < reply->n_levels; j++) {
            if (strcmp(reply->levels[j]->level, class->level) == 0) {
                group_fill(visit, classes,
                    &(struct group){class->level, NULL, reply->levels[j]->cells, reply->levels[j]->n_cells});
            }
        }
        level = class->level;
        group_fill(visit, classes, &(struct group){class->level, class->class_, class->cells, class->n_cells});
    }
}

/* --- the page --- */

static void computed_fill(struct visit *visit, struct view *body, const Preau__Statistics__GetSchoolReply *reply)
{
    struct figures figures;
    struct view *computed = view_add(body, "COMPUTED");
    figures_view_freshness(computed, reply->computed_at);
    view_print(computed, "SHEET", "/etablissements/%s/statistiques.csv", visit->school.uai.text);
    view_print(computed, "PDF", "/etablissements/%s/statistiques.pdf", visit->school.uai.text);
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            figures_sum(reply->cells, reply->n_cells, profile, &figures);
            figures_view_states(computed, profile, &figures);
        }
    }
    figures_view_curve(visit, computed, reply->day, reply->curves, reply->n_curves);
    comparison_fill(visit, computed, reply);
    classes_fill(visit, computed, reply);
}

static void figures_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetSchoolReply *reply = (const void *)answer;
    if (!reply && refusal != REFUSAL_NOT_FOUND) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Statistiques", "statistiques.html");
    if (reply) {
        computed_fill(visit, body, reply);
    } else {
        view_show(body, "NOT_COMPUTED");
    }
    page_send(visit, 200);
}

void figures_show(struct visit *visit)
{
    figures_ask_school(visit, "GetSchool", figures_loaded);
}
