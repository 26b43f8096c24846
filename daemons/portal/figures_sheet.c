/* The figures of a school, an academy or the nation for a spreadsheet: a row a figure, so that a pivot table makes of them what is
 * wanted; or the curve, day by day; or the schools of an academy or of the nation, the least advanced first, their communes, and the
 * nation's academies. */
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

enum { PIECE = 500, NUMBER_SIZE = 24, NAME_SIZE_MAX = 64, LIST_COLUMNS = 8 };

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

/* --- lists of an academy or the nation, a piece after the other --- */

typedef void area_rows_add(struct visit *visit, const Preau__Statistics__AreaFigures *figures);

static void schools_add(struct visit *visit, const Preau__Statistics__AreaFigures *figures)
{
    for (size_t i = 0; i < figures->n_lagging; i++) {
        const Preau__Statistics__SchoolFigures *school = figures->lagging[i];
        char academy[NUMBER_SIZE], accounts[NUMBER_SIZE], active[NUMBER_SIZE], degree[NUMBER_SIZE], share[FIGURE_SIZE];
        figure_share_write(school->active, school->accounts, share);
        const char *cells[] = {number_write(school->academy, academy), school->uai, school->name, school->city,
            number_write(school->degree, degree), number_write(school->accounts, accounts),
            number_write(school->active, active), share};
        document_add_row(&visit->document, cells, ARRAY_LENGTH(cells));
    }
    visit->document.pieces += figures->n_lagging;
}

static void shares_add(struct visit *visit, const char *const *before, size_t count,
    Preau__Statistics__Share *const *shares, size_t share_count)
{
    for (size_t i = 0; i < share_count; i++) {
        char accounts[NUMBER_SIZE], active[NUMBER_SIZE], share[FIGURE_SIZE];
        enum account_profile profile;
        const char *cells[LIST_COLUMNS];
        if (!figures_profile(shares[i]->profile, &profile)) {
            continue;
        }
        memcpy(cells, before, count * sizeof *cells);
        figure_share_write(shares[i]->active, shares[i]->accounts, share);
        cells[count] = figures_profile_label(profile);
        cells[count + 1] = number_write(shares[i]->accounts, accounts);
        cells[count + 2] = number_write(shares[i]->active, active);
        cells[count + 3] = share;
        document_add_row(&visit->document, cells, count + 4);
    }
}

static void cities_add(struct visit *visit, const Preau__Statistics__AreaFigures *figures)
{
    for (size_t i = 0; i < figures->n_cities; i++) {
        const Preau__Statistics__CityFigures *city = figures->cities[i];
        char academy[NUMBER_SIZE], schools[NUMBER_SIZE];
        const char *before[] = {
            number_write(city->academy, academy), city->department, city->city, number_write(city->schools, schools)};
        shares_add(visit, before, ARRAY_LENGTH(before), city->shares, city->n_shares);
    }
    visit->document.pieces += figures->n_cities;
}

static void academies_add(struct visit *visit, Preau__Statistics__AcademyFigures *const *academies, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char code[NUMBER_SIZE], name[FIGURE_ACADEMY_SIZE];
        figure_academy_write((academy_code){(int16_t)academies[i]->academy}, name);
        const char *before[] = {number_write(academies[i]->academy, code), name};
        shares_add(visit, before, ARRAY_LENGTH(before), academies[i]->shares, academies[i]->n_shares);
    }
}

/* What is asked for by `table`. */
static const struct area_list {
    const char *table;
    area_rows_add *add; /* NULL: of the nation, in one piece: its academies */
    const char *headings[LIST_COLUMNS];
    size_t columns;
} area_lists[] = {
    {"etablissements", schools_add,
     {"Académie", "UAI", "Établissement", "Commune", "Degré", "Comptes", "Activés", "Part"},           8},
    {"communes",       cities_add,
     {"Académie", "Département", "Commune", "Établissements", "Profil", "Comptes", "Activés", "Part"}, 8},
    {"academies",      NULL,        {"Académie", "Nom", "Profil", "Comptes", "Activés", "Part"},         6},
};

struct area_sheet {
    academy_code academy;         /* 0: the nation */
    const struct area_list *list; /* NULL: cells, or the curve */
};

static const struct area_list *list_wanted(const struct visit *visit)
{
    for (size_t i = 0; i < ARRAY_LENGTH(area_lists); i++) {
        if (wants_table(visit, area_lists[i].table)) {
            return &area_lists[i];
        }
    }
    return NULL;
}

static const char *place_of(const struct visit *visit)
{
    const struct area_sheet *wanted = visit->own;
    return wanted->academy.v != 0 ? arena_printf(visit_arena(visit), "academie-%d", wanted->academy.v) : "france";
}

static void area_ask(struct visit *visit);

/* A piece came: the next is asked for until all are there. */
static void area_came(struct visit *visit, const char *day, const Preau__Statistics__AreaFigures *figures)
{
    const struct area_sheet *wanted = visit->own;
    const struct sheet sheet = {visit, day, is_told_of_area};
    if (!wanted->list) {
        area_send(visit, day, figures, wanted->academy.v != 0 ? "Académie" : "France", place_of(visit));
        return;
    }
    size_t before = visit->document.pieces;
    wanted->list->add(visit, figures);
    if (visit->document.pieces - before < PIECE || http_is_gone(visit->request)) {
        sheet_send(&sheet, wanted->list->table, place_of(visit));
    } else {
        area_ask(visit);
    }
}

static void academy_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetAcademyReply *reply = (const void *)answer;
    if (reply && reply->figures) {
        area_came(visit, reply->day, reply->figures);
    } else {
        page_refuse(visit, reply ? REFUSAL_NOT_FOUND : refusal);
    }
}

static void nation_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetNationReply *reply = (const void *)answer;
    const struct area_sheet *wanted = visit->own;
    if (!reply || !reply->figures) {
        page_refuse(visit, reply ? REFUSAL_NOT_FOUND : refusal);
    } else if (wanted->list && !wanted->list->add) {
        const struct sheet sheet = {visit, reply->day, is_told_of_area};
        academies_add(visit, reply->academies, reply->n_academies);
        sheet_send(&sheet, wanted->list->table, place_of(visit));
    } else {
        area_came(visit, reply->day, reply->figures);
    }
}

static void area_ask(struct visit *visit)
{
    const struct area_sheet *wanted = visit->own;
    Preau__Statistics__Page piece = PREAU__STATISTICS__PAGE__INIT;
    piece.offset = (uint32_t)visit->document.pieces;
    piece.limit = PIECE;
    bool is_of_schools = wanted->list && wanted->list->add == schools_add;
    bool is_of_cities = wanted->list && wanted->list->add == cities_add;
    if (wanted->academy.v != 0) {
        Preau__Statistics__GetAcademyRequest request = PREAU__STATISTICS__GET_ACADEMY_REQUEST__INIT;
        request.academy = (uint32_t)wanted->academy.v;
        request.lagging = is_of_schools ? &piece : NULL;
        request.cities = is_of_cities ? &piece : NULL;
        visit_call(visit,
            &(struct visit_call){visit->portal->statistics, "GetAcademy", &request.base, academy_loaded, NULL, false});
    } else {
        Preau__Statistics__GetNationRequest request = PREAU__STATISTICS__GET_NATION_REQUEST__INIT;
        request.lagging = is_of_schools ? &piece : NULL;
        request.cities = is_of_cities ? &piece : NULL;
        visit_call(visit,
            &(struct visit_call){visit->portal->statistics, "GetNation", &request.base, nation_loaded, NULL, false});
    }
}

void figures_area_sheet(struct visit *visit)
{
    const char *text = http_query(visit->request, "academie");
    struct area_sheet *wanted = arena_alloc(visit_arena(visit), 1, sizeof *wanted);
    *wanted = (struct area_sheet){.list = list_wanted(visit)};
    visit->own = wanted;
    bool is_right = !text || academy_parse(text, &wanted->academy);
    bool is_of_nation_only = wanted->list && !wanted->list->add;
    if (!is_right || (is_of_nation_only && text)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    if (wanted->list) {
        sheet_begin(&visit->document, wanted->list->headings, wanted->list->columns);
    }
    area_ask(visit);
}
