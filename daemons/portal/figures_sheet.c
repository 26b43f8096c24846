/* The figures of a school, an academy or the nation for a spreadsheet: a row a figure, so that a pivot table makes of them what is
 * wanted; or the curve, day by day; or the schools of an academy, the least advanced first. */
#include "domain/csv.h"
#include "portal/document.h"
#include "portal/figures_view.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "runtime/cleanup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 500, NUMBER_SIZE = 24, NAME_SIZE_MAX = 64 };

static bool wants_table(const struct visit *visit, const char *name)
{
    const char *table = http_query(visit->request, "table");
    return table && strcmp(table, name) == 0;
}

static void sheet_begin(struct visit_document *document, const char *const *headings, size_t count)
{
    document_add(document, CSV_BYTE_ORDER_MARK, strlen(CSV_BYTE_ORDER_MARK));
    document_add_row(document, headings, count);
}

static const char *number_write(uint64_t number, char out_text[NUMBER_SIZE])
{
    snprintf(out_text, NUMBER_SIZE, "%" PRIu64, number);
    return out_text;
}

/* "2026-11-28" → "28/11/2026": what a French spreadsheet takes for a day. */
static const char *day_write(const char *iso, char out_text[DATE_TEXT_SIZE])
{
    struct date day;
    out_text[0] = '\0';
    if (date_parse_iso(iso, &day)) {
        date_write_french(day, out_text);
    }
    return out_text;
}

/* Which profiles a visit's sheets tell of. */
typedef bool profile_is_told(const struct visit *visit, enum account_profile profile);

static bool is_told_of_school(const struct visit *visit, enum account_profile profile)
{
    return tab_is_open(&visit->school, profile);
}

static bool is_told_of_area(const struct visit *visit, enum account_profile profile)
{
    (void)visit;
    (void)profile;
    return true;
}

/* --- cells --- */

static const char *const cell_headings[] = {
    "Relevé du", "Ensemble", "Niveau", "Classe", "Profil", "État", "Origine", "Comptes"};

/* What a sheet says of a group of cells. */
struct group {
    const char *kind, *level, *class;
    Preau__Statistics__Cell *const *cells;
    size_t count;
};

struct sheet {
    struct visit *visit;
    const char *day;
    profile_is_told *is_told;
};

static void group_add(const struct sheet *sheet, const struct group *group)
{
    char day[DATE_TEXT_SIZE];
    char number[NUMBER_SIZE];
    day_write(sheet->day, day);
    for (size_t i = 0; i < group->count; i++) {
        enum account_profile profile;
        enum account_state state;
        enum account_origin origin;
        if (figures_cell(group->cells[i], &profile, &state, &origin) && sheet->is_told(sheet->visit, profile)) {
            const char *cells[] = {day, group->kind, group->level, group->class, figures_profile_label(profile),
                state_label(state), origin_label(origin), number_write(group->cells[i]->accounts, number)};
            document_add_row(&sheet->visit->document, cells, ARRAY_LENGTH(cells));
        }
    }
}

static void levels_add(const struct sheet *sheet, Preau__Statistics__LevelFigures *const *levels, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        group_add(sheet, &(struct group){"Niveau", levels[i]->level, "", levels[i]->cells, levels[i]->n_cells});
    }
}

/* --- the curve --- */

static void curves_add(const struct sheet *sheet, Preau__Statistics__Curve *const *curves, size_t count)
{
    static const char *const headings[] = {"Relevé du", "Profil", "Comptes", "Activés"};
    sheet_begin(&sheet->visit->document, headings, ARRAY_LENGTH(headings));
    for (size_t i = 0; i < count; i++) {
        enum account_profile profile;
        bool is_told = figures_profile(curves[i]->profile, &profile) && sheet->is_told(sheet->visit, profile);
        for (size_t j = 0; is_told && j < curves[i]->n_points; j++) {
            const Preau__Statistics__CurvePoint *point = curves[i]->points[j];
            char day[DATE_TEXT_SIZE], accounts[NUMBER_SIZE], active[NUMBER_SIZE];
            const char *cells[] = {day_write(point->day, day), figures_profile_label(profile),
                number_write(point->accounts, accounts), number_write(point->active, active)};
            document_add_row(&sheet->visit->document, cells, ARRAY_LENGTH(cells));
        }
    }
}

/* "statistiques-0110001A-2026-11-28.csv"; of the curve "activation-…" */
static void sheet_send(const struct sheet *sheet, const char *what, const char *place)
{
    char name[2 * NAME_SIZE_MAX];
    snprintf(name, sizeof name, "%s-%s-%.10s.csv", what, place, sheet->day);
    document_send(sheet->visit, "text/csv; charset=utf-8", name);
}

/* --- a school --- */

static void school_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetSchoolReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    const struct sheet sheet = {visit, reply->day, is_told_of_school};
    if (wants_table(visit, "courbe")) {
        curves_add(&sheet, reply->curves, reply->n_curves);
        sheet_send(&sheet, "activation", visit->school.uai.text);
        return;
    }
    sheet_begin(&visit->document, cell_headings, ARRAY_LENGTH(cell_headings));
    group_add(&sheet, &(struct group){"Établissement", "", "", reply->cells, reply->n_cells});
    levels_add(&sheet, reply->levels, reply->n_levels);
    for (size_t i = 0; i < reply->n_classes; i++) {
        const Preau__Statistics__ClassFigures *class = reply->classes[i];
        group_add(&sheet, &(struct group){"Classe", class->level, class->class_, class->cells, class->n_cells});
    }
    sheet_send(&sheet, "statistiques", visit->school.uai.text);
}

void figures_sheet(struct visit *visit)
{
    figures_ask_school(visit, "GetSchool", school_loaded);
}

/* --- an academy, the nation --- */

static void area_send(struct visit *visit, const char *day, const Preau__Statistics__AreaFigures *figures,
    const char *kind, const char *place)
{
    const struct sheet sheet = {visit, day, is_told_of_area};
    if (wants_table(visit, "courbe")) {
        curves_add(&sheet, figures->curves, figures->n_curves);
        sheet_send(&sheet, "activation", place);
        return;
    }
    sheet_begin(&visit->document, cell_headings, ARRAY_LENGTH(cell_headings));
    group_add(&sheet, &(struct group){kind, "", "", figures->cells, figures->n_cells});
    levels_add(&sheet, figures->levels, figures->n_levels);
    sheet_send(&sheet, "statistiques", place);
}

static void academy_ask(struct visit *visit);

static void schools_add(struct visit *visit, const Preau__Statistics__AreaFigures *figures)
{
    for (size_t i = 0; i < figures->n_lagging; i++) {
        const Preau__Statistics__SchoolFigures *school = figures->lagging[i];
        char accounts[NUMBER_SIZE], active[NUMBER_SIZE], degree[NUMBER_SIZE], share[FIGURE_SIZE];
        figure_share_write(school->active, school->accounts, share);
        const char *cells[] = {school->uai, school->name, school->city, number_write(school->degree, degree),
            number_write(school->accounts, accounts), number_write(school->active, active), share};
        document_add_row(&visit->document, cells, ARRAY_LENGTH(cells));
    }
    visit->document.pieces += figures->n_lagging;
}

static void academy_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetAcademyReply *reply = (const void *)answer;
    const academy_code *academy = visit->own;
    char place[NAME_SIZE_MAX];
    if (!reply || !reply->figures) {
        page_refuse(visit, reply ? REFUSAL_NOT_FOUND : refusal);
        return;
    }
    snprintf(place, sizeof place, "academie-%d", academy->v);
    if (!wants_table(visit, "etablissements")) {
        area_send(visit, reply->day, reply->figures, "Académie", place);
        return;
    }
    schools_add(visit, reply->figures);
    bool is_whole = reply->figures->n_lagging == 0 || visit->document.pieces >= reply->figures->schools;
    if (is_whole || http_is_gone(visit->request)) {
        const struct sheet sheet = {visit, reply->day, is_told_of_area};
        sheet_send(&sheet, "etablissements", place);
    } else {
        academy_ask(visit);
    }
}

static void academy_ask(struct visit *visit)
{
    Preau__Statistics__GetAcademyRequest request = PREAU__STATISTICS__GET_ACADEMY_REQUEST__INIT;
    Preau__Statistics__Page lagging = PREAU__STATISTICS__PAGE__INIT;
    lagging.offset = (uint32_t)visit->document.pieces;
    lagging.limit = PIECE;
    request.academy = (uint32_t)((const academy_code *)visit->own)->v;
    request.lagging = &lagging;
    visit_call(visit,
        &(struct visit_call){visit->portal->statistics, "GetAcademy", &request.base, academy_loaded, NULL, false});
}

static void nation_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetNationReply *reply = (const void *)answer;
    if (reply && reply->figures) {
        area_send(visit, reply->day, reply->figures, "France", "france");
    } else {
        page_refuse(visit, reply ? REFUSAL_NOT_FOUND : refusal);
    }
}

static void nation_ask(struct visit *visit)
{
    Preau__Statistics__GetNationRequest request = PREAU__STATISTICS__GET_NATION_REQUEST__INIT;
    visit_call(
        visit, &(struct visit_call){visit->portal->statistics, "GetNation", &request.base, nation_loaded, NULL, false});
}

void figures_area_sheet(struct visit *visit)
{
    static const char *const headings[] = {"UAI", "Établissement", "Commune", "Degré", "Comptes", "Activés", "Part"};
    const char *text = http_query(visit->request, "academie");
    academy_code *academy = arena_alloc(visit_arena(visit), 1, sizeof *academy);
    visit->own = academy;
    if (!text) {
        nation_ask(visit);
        return;
    }
    if (!academy_parse(text, academy)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    if (wants_table(visit, "etablissements")) {
        sheet_begin(&visit->document, headings, ARRAY_LENGTH(headings));
    }
    academy_ask(visit);
}
