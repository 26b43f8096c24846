/* Statistics of an academy and of the nation: how far accounts are activated there, and which schools lag. For who follows
 * deliveries; statsd knows whose academies are whose. */
#include "portal/figures_view.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/paging.h"
#include "portal/wording.h"
#include "store/figures.h"

#include <stdio.h>
#include <stdlib.h>

enum { PAGE_ROWS = 20, PAGE_LAST = 10000 };

/* What is asked for, and what came. */
struct area {
    bool is_told;                  /* the address says which */
    academy_code academy;          /* 0: the nation */
    const academy_code *academies; /* that may be seen */
    size_t academy_count;
    int64_t schools_page, cities_page;
    const char *day;
    int64_t computed_at;
    const Preau__Statistics__AreaFigures *figures;
};

static int64_t page_read(const struct visit *visit, const char *name)
{
    const char *text = http_query(visit->request, name);
    long page = text ? strtol(text, NULL, 10) : 1;
    return page >= 1 && page <= PAGE_LAST ? page : 1;
}

/* --- addresses of the page --- */

struct part_pages {
    int64_t schools, cities;
    const char *anchor;
};

static const char *page_href(const struct visit *visit, const struct area *area, struct part_pages pages)
{
    struct arena *arena = visit_arena(visit);
    const char *academy =
        area->academy.v != 0 ? arena_printf(arena, "academie=%d&", area->academy.v) : arena_copy(arena, "");
    return arena_printf(arena, "/statistiques?%setablissements=%lld&communes=%lld#%s", academy,
        (long long)pages.schools, (long long)pages.cities, pages.anchor);
}

static void paging_fill(const struct visit *visit, struct view *part, const struct area *area, bool is_of_cities)
{
    int64_t total = is_of_cities ? area->figures->cities_total : area->figures->schools;
    int64_t page = is_of_cities ? area->cities_page : area->schools_page;
    struct part_pages before = {area->schools_page, area->cities_page, is_of_cities ? "communes" : "en-retard"};
    struct part_pages after = before;
    *(is_of_cities ? &before.cities : &before.schools) -= 1;
    *(is_of_cities ? &after.cities : &after.schools) += 1;
    paging_show(part, is_of_cities ? "Pages des communes" : "Pages des établissements", page,
        (total + PAGE_ROWS - 1) / PAGE_ROWS, page_href(visit, area, before), page_href(visit, area, after));
}

/* --- parts of the page --- */

static void states_fill(struct visit *visit, struct view *computed, const struct area *area)
{
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        struct figures figures;
        figures_sum(area->figures->cells, area->figures->n_cells, profile, &figures);
        figures_view_states(computed, profile, &figures);
    }
    figures_view_curve(visit, computed, area->day, area->figures->curves, area->figures->n_curves);
}

static void levels_fill(struct view *computed, const struct area *area)
{
    if (area->figures->n_levels == 0) {
        return;
    }
    struct view *levels = view_add(computed, "LEVELS");
    for (size_t i = 0; i < area->figures->n_levels; i++) {
        const Preau__Statistics__LevelFigures *level = area->figures->levels[i];
        struct view *row = view_add(levels, "ROW");
        view_set(row, "LABEL", level->level[0] != '\0' ? level->level : "Sans niveau");
        for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
            struct figures figures;
            figures_sum(level->cells, level->n_cells, profile, &figures);
            figures_view_share(view_add(row, "CELL"), figures.of_state[STATE_ACTIVE], figures.total);
        }
    }
}

/* Who has no school to open has a name without a link. */
static void school_name_fill(
    const struct visit *visit, struct view *row, const Preau__Statistics__SchoolFigures *school)
{
    bool may_open = visit->session.role != ROLE_INTEGRATEUR;
    struct view *name = view_add(row, may_open ? "LINKED" : "PLAIN");
    view_set(name, "NAME", school->name);
    if (may_open) {
        view_print(name, "HREF", "/etablissements/%s/statistiques", school->uai);
    }
}

static void lagging_fill(const struct visit *visit, struct view *computed, const struct area *area)
{
    if (area->figures->n_lagging == 0) {
        return;
    }
    struct view *lagging = view_add(computed, "LAGGING");
    char text[WORDING_SIZE];
    wording_count(area->figures->schools, "établissement", "établissements", text);
    view_set(lagging, "COUNT", text);
    for (size_t i = 0; i < area->figures->n_lagging; i++) {
        const Preau__Statistics__SchoolFigures *school = area->figures->lagging[i];
        struct view *row = view_add(lagging, "ROW");
        school_name_fill(visit, row, school);
        view_set(row, "CITY", school->city);
        view_set(row, "UAI", school->uai);
        figures_view_share(row, school->active, school->accounts);
    }
    paging_fill(visit, lagging, area, false);
}

static void cities_fill(const struct visit *visit, struct view *computed, const struct area *area)
{
    if (area->figures->n_cities == 0) {
        return;
    }
    struct view *cities = view_add(computed, "CITIES");
    char text[WORDING_SIZE];
    wording_count(area->figures->cities_total, "commune", "communes", text);
    view_set(cities, "COUNT", text);
    for (size_t i = 0; i < area->figures->n_cities; i++) {
        const Preau__Statistics__CityFigures *city = area->figures->cities[i];
        struct view *row = view_add(cities, "ROW");
        view_set(row, "CITY", city->city[0] != '\0' ? city->city : "Sans commune");
        view_set(row, "DEPARTMENT", city->department);
        wording_number(city->schools, text);
        view_set(row, "SCHOOLS", text);
        for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
            figures_view_share_of(row, figures_share(city->shares, city->n_shares, profile));
        }
    }
    paging_fill(visit, cities, area, true);
}

static void sheets_fill(struct view *computed, const struct area *area)
{
    if (area->academy.v != 0) {
        view_print(view_add(computed, "OF_ACADEMY"), "ACADEMY", "%d", area->academy.v);
    } else {
        view_show(computed, "OF_NATION");
    }
}

static struct view *computed_fill(struct visit *visit, struct view *body, const struct area *area)
{
    struct view *computed = view_add(body, "COMPUTED");
    figures_view_freshness(computed, area->computed_at);
    sheets_fill(computed, area);
    states_fill(visit, computed, area);
    levels_fill(computed, area);
    lagging_fill(visit, computed, area);
    cities_fill(visit, computed, area);
    return computed;
}

static struct view *area_begin(struct visit *visit, const char *name)
{
    char title[WORDING_TEXT_SIZE];
    snprintf(title, sizeof title, "Statistiques – %s", name);
    struct view *body = page_begin(visit, title, "statistiques-territoire.html");
    view_set(body, "PLACE", name);
    return body;
}

/* Neither academy nor nation, or nothing was ever computed. */
static void nothing_show(struct visit *visit)
{
    view_show(area_begin(visit, "académies"), "NOT_COMPUTED");
    page_send(visit, 200);
}

/* What is not theirs is not there; what is, was not computed yet. */
static void area_refuse(struct visit *visit, const struct area *area, enum refusal refusal)
{
    if (refusal != REFUSAL_NOT_FOUND || area->is_told) {
        page_refuse(visit, refusal);
    } else {
        nothing_show(visit);
    }
}

/* --- an academy --- */

static void nation_beside(
    struct view *computed, const struct area *area, Preau__Statistics__Share *const *shares, size_t count)
{
    struct view *comparison = view_add(computed, "COMPARISON");
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        struct figures figures;
        struct view *row = view_add(comparison, "ROW");
        figures_sum(area->figures->cells, area->figures->n_cells, profile, &figures);
        view_set(row, "LABEL", figures_profile_label(profile));
        figures_view_share(view_add(row, "CELL"), figures.of_state[STATE_ACTIVE], figures.total);
        figures_view_share_of(row, figures_share(shares, count, profile));
    }
}

/* Who sees one academy only has nothing to choose; who sees the nation chooses from its page. */
static void choices_fill(struct view *body, const struct area *area)
{
    struct view *choices = area->academy_count > 1 && area->academies[0].v != 0 ? view_add(body, "CHOICES") : NULL;
    for (size_t i = 0; choices && i < area->academy_count; i++) {
        char name[FIGURE_ACADEMY_SIZE];
        struct view *choice = view_add(choices, "CHOICE");
        figure_academy_write(area->academies[i], name);
        view_number(choice, "VALUE", area->academies[i].v);
        view_set(choice, "LABEL", name);
        if (area->academies[i].v == area->academy.v) {
            view_show(choice, "SELECTED");
        }
    }
}

static void academy_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetAcademyReply *reply = (const void *)answer;
    struct area *area = visit->own;
    char name[FIGURE_ACADEMY_SIZE];
    if (!reply || !reply->figures) {
        area_refuse(visit, area, reply ? REFUSAL_NOT_FOUND : refusal);
        return;
    }
    area->day = reply->day;
    area->computed_at = reply->computed_at;
    area->figures = reply->figures;
    figure_academy_write(area->academy, name);
    struct view *body = area_begin(visit, name);
    choices_fill(body, area);
    nation_beside(computed_fill(visit, body, area), area, reply->nation_shares, reply->n_nation_shares);
    page_send(visit, 200);
}

static void page_ask(int64_t page, Preau__Statistics__Page *out_page)
{
    preau__statistics__page__init(out_page);
    out_page->offset = (uint32_t)((page - 1) * PAGE_ROWS);
    out_page->limit = PAGE_ROWS;
}

static void academy_ask(struct visit *visit)
{
    const struct area *area = visit->own;
    Preau__Statistics__GetAcademyRequest request = PREAU__STATISTICS__GET_ACADEMY_REQUEST__INIT;
    Preau__Statistics__Page lagging, cities;
    page_ask(area->schools_page, &lagging);
    page_ask(area->cities_page, &cities);
    request.academy = (uint32_t)area->academy.v;
    request.lagging = &lagging;
    request.cities = &cities;
    visit_call(visit,
        &(struct visit_call){visit->portal->statistics, "GetAcademy", &request.base, academy_loaded, NULL, false});
}

/* --- the nation --- */

static void academies_fill(struct view *computed, const Preau__Statistics__GetNationReply *reply)
{
    struct view *academies = view_add(computed, "ACADEMIES");
    for (size_t i = 0; i < reply->n_academies; i++) {
        const Preau__Statistics__AcademyFigures *academy = reply->academies[i];
        char name[FIGURE_ACADEMY_SIZE];
        struct view *row = view_add(academies, "ROW");
        figure_academy_write((academy_code){(int16_t)academy->academy}, name);
        view_set(row, "LABEL", name);
        view_print(row, "HREF", "/statistiques?academie=%u", academy->academy);
        for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
            figures_view_share_of(row, figures_share(academy->shares, academy->n_shares, profile));
        }
    }
}

static void nation_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetNationReply *reply = (const void *)answer;
    struct area *area = visit->own;
    if (!reply || !reply->figures) {
        area_refuse(visit, area, reply ? REFUSAL_NOT_FOUND : refusal);
        return;
    }
    area->day = reply->day;
    area->computed_at = reply->computed_at;
    area->figures = reply->figures;
    academies_fill(computed_fill(visit, area_begin(visit, "France"), area), reply);
    page_send(visit, 200);
}

static void nation_ask(struct visit *visit)
{
    const struct area *area = visit->own;
    Preau__Statistics__GetNationRequest request = PREAU__STATISTICS__GET_NATION_REQUEST__INIT;
    Preau__Statistics__Page lagging, cities;
    page_ask(area->schools_page, &lagging);
    page_ask(area->cities_page, &cities);
    request.lagging = &lagging;
    request.cities = &cities;
    visit_call(
        visit, &(struct visit_call){visit->portal->statistics, "GetNation", &request.base, nation_loaded, NULL, false});
}

/* --- which it is --- */

/* Who has the nation, which is academy 0, sees it first; others the first of their academies. */
static void areas_loaded(void *arg, const academy_code *academies, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct area *area = visit->own;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    academy_code *kept = arena_alloc(visit_arena(visit), count + 1, sizeof *kept);
    area->academies = kept;
    for (size_t i = 0; kept && i < count; i++) {
        kept[area->academy_count++] = academies[i];
    }
    bool has_some = kept && count > 0;
    if (area->is_told) {
        academy_ask(visit);
    } else if (!has_some) {
        nothing_show(visit);
    } else if (kept[0].v == 0) {
        nation_ask(visit);
    } else {
        area->academy = kept[0];
        academy_ask(visit);
    }
}

void figures_area_show(struct visit *visit)
{
    const char *academy = http_query(visit->request, "academie");
    struct area *area = arena_alloc(visit_arena(visit), 1, sizeof *area);
    *area = (struct area){
        .is_told = academy && academy[0] != '\0',
        .schools_page = page_read(visit, "etablissements"),
        .cities_page = page_read(visit, "communes"),
    };
    visit->own = area;
    if (area->is_told && !academy_parse(academy, &area->academy)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    figures_load_areas(visit->portal->store, visit->session.administrator, areas_loaded, visit);
}
