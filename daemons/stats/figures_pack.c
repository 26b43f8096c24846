#include "stats/figures_pack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Lines that follow one another. */
struct span {
    const struct figures_line *lines;
    size_t count;
};

static struct span span_of(const struct figures_line *lines, size_t count, enum figures_part part)
{
    struct span span = {lines, 0};
    while (span.lines < lines + count && span.lines->part != part) {
        span.lines++;
    }
    while (span.lines + span.count < lines + count && span.lines[span.count].part == part) {
        span.count++;
    }
    return span;
}

typedef bool is_beside(const struct figures_line *line, const struct figures_line *next);

/* The first lines that belong together, taken off the span. */
static struct span span_take(struct span *span, is_beside *beside)
{
    struct span taken = {span->lines, 0};
    do {
        taken.count++;
    } while (taken.count < span->count && beside(span->lines, span->lines + taken.count));
    span->lines += taken.count;
    span->count -= taken.count;
    return taken;
}

/* The .proto counts from 1: its 0 is "not said". */
static Preau__Profile profile_pack(enum account_profile profile)
{
    return (Preau__Profile)(profile + 1);
}

static Preau__Statistics__Cell **cells_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__Cell *cells = arena_alloc(arena, span.count + 1, sizeof *cells);
    Preau__Statistics__Cell **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    for (size_t i = 0; cells && list && i < span.count; i++) {
        const struct figures_line *line = &span.lines[i];
        preau__statistics__cell__init(&cells[i]);
        cells[i].profile = profile_pack(line->profile);
        cells[i].state = (Preau__AccountState)(line->state + 1);
        cells[i].origin = (Preau__AccountOrigin)(line->origin + 1);
        cells[i].accounts = (uint32_t)line->accounts;
        list[(*out_count)++] = &cells[i];
    }
    return list;
}

static Preau__Statistics__Share **shares_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__Share *shares = arena_alloc(arena, span.count + 1, sizeof *shares);
    Preau__Statistics__Share **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    for (size_t i = 0; shares && list && i < span.count; i++) {
        preau__statistics__share__init(&shares[i]);
        shares[i].profile = profile_pack(span.lines[i].profile);
        shares[i].accounts = (uint32_t)span.lines[i].accounts;
        shares[i].active = (uint32_t)span.lines[i].active;
        list[(*out_count)++] = &shares[i];
    }
    return list;
}

static Preau__Statistics__CurvePoint **points_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__CurvePoint *points = arena_alloc(arena, span.count + 1, sizeof *points);
    Preau__Statistics__CurvePoint **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    for (size_t i = 0; points && list && i < span.count; i++) {
        char day[DATE_TEXT_SIZE];
        date_write_iso(span.lines[i].day, day);
        preau__statistics__curve_point__init(&points[i]);
        points[i].day = arena_copy(arena, day);
        points[i].accounts = (uint32_t)span.lines[i].accounts;
        points[i].active = (uint32_t)span.lines[i].active;
        list[(*out_count)++] = &points[i];
    }
    return list;
}

static bool is_same_profile(const struct figures_line *line, const struct figures_line *next)
{
    return line->profile == next->profile;
}

static Preau__Statistics__Curve **curves_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__Curve *curves = arena_alloc(arena, PROFILE_COUNT, sizeof *curves);
    Preau__Statistics__Curve **list = arena_alloc(arena, PROFILE_COUNT, sizeof(void *));
    *out_count = 0;
    while (curves && list && span.count > 0 && *out_count < PROFILE_COUNT) {
        Preau__Statistics__Curve *curve = &curves[*out_count];
        struct span points = span_take(&span, is_same_profile);
        preau__statistics__curve__init(curve);
        curve->profile = profile_pack(points.lines->profile);
        curve->points = points_pack(arena, points, &curve->n_points);
        list[(*out_count)++] = curve;
    }
    return list;
}

static bool is_same_level(const struct figures_line *line, const struct figures_line *next)
{
    return strcmp(line->level, next->level) == 0;
}

static Preau__Statistics__LevelFigures **levels_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__LevelFigures *levels = arena_alloc(arena, span.count + 1, sizeof *levels);
    Preau__Statistics__LevelFigures **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    while (levels && list && span.count > 0) {
        Preau__Statistics__LevelFigures *level = &levels[*out_count];
        struct span cells = span_take(&span, is_same_level);
        preau__statistics__level_figures__init(level);
        level->level = arena_copy(arena, cells.lines->level);
        level->cells = cells_pack(arena, cells, &level->n_cells);
        list[(*out_count)++] = level;
    }
    return list;
}

static bool is_same_class(const struct figures_line *line, const struct figures_line *next)
{
    return is_same_level(line, next) && strcmp(line->class, next->class) == 0;
}

static Preau__Statistics__ClassFigures **classes_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__ClassFigures *classes = arena_alloc(arena, span.count + 1, sizeof *classes);
    Preau__Statistics__ClassFigures **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    while (classes && list && span.count > 0) {
        Preau__Statistics__ClassFigures *class = &classes[*out_count];
        struct span cells = span_take(&span, is_same_class);
        preau__statistics__class_figures__init(class);
        class->level = arena_copy(arena, cells.lines->level);
        class->class_ = arena_copy(arena, cells.lines->class);
        class->cells = cells_pack(arena, cells, &class->n_cells);
        list[(*out_count)++] = class;
    }
    return list;
}

static Preau__Statistics__SchoolFigures **schools_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__SchoolFigures *schools = arena_alloc(arena, span.count + 1, sizeof *schools);
    Preau__Statistics__SchoolFigures **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    for (size_t i = 0; schools && list && i < span.count; i++) {
        const struct figures_line *line = &span.lines[i];
        preau__statistics__school_figures__init(&schools[i]);
        schools[i].academy = (uint32_t)line->academy.v;
        schools[i].uai = arena_copy(arena, line->uai);
        schools[i].name = arena_copy(arena, line->name);
        schools[i].city = arena_copy(arena, line->city);
        schools[i].degree = (uint32_t)line->degree;
        schools[i].accounts = (uint32_t)line->accounts;
        schools[i].active = (uint32_t)line->active;
        list[(*out_count)++] = &schools[i];
    }
    return list;
}

static bool is_same_city(const struct figures_line *line, const struct figures_line *next)
{
    return line->academy.v == next->academy.v && strcmp(line->uai, next->uai) == 0 &&
           strcmp(line->city, next->city) == 0;
}

static char *department_pack(struct arena *arena, const char *uai_begins)
{
    struct uai uai = {{0}};
    char department[DEPARTMENT_SIZE];
    (void)snprintf(uai.text, sizeof uai.text, "%s", uai_begins);
    uai_department(&uai, department);
    return arena_copy(arena, department);
}

static Preau__Statistics__CityFigures **cities_pack(struct arena *arena, struct span span, size_t *out_count)
{
    Preau__Statistics__CityFigures *cities = arena_alloc(arena, span.count + 1, sizeof *cities);
    Preau__Statistics__CityFigures **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    while (cities && list && span.count > 0) {
        Preau__Statistics__CityFigures *city = &cities[*out_count];
        struct span shares = span_take(&span, is_same_city);
        preau__statistics__city_figures__init(city);
        city->academy = (uint32_t)shares.lines->academy.v;
        city->department = department_pack(arena, shares.lines->uai);
        city->city = arena_copy(arena, shares.lines->city);
        city->schools = (uint32_t)shares.lines->schools;
        city->shares = shares_pack(arena, shares, &city->n_shares);
        list[(*out_count)++] = city;
    }
    return list;
}

static int academy_order(const void *one, const void *other)
{
    const struct figures_line *a = one, *b = other;
    return a->academy.v != b->academy.v ? a->academy.v - b->academy.v : (int)a->profile - (int)b->profile;
}

static bool is_same_academy(const struct figures_line *line, const struct figures_line *next)
{
    return line->academy.v == next->academy.v;
}

static struct span by_academy(struct arena *arena, struct span span)
{
    struct figures_line *sorted = arena_alloc(arena, span.count + 1, sizeof *sorted);
    if (!sorted) {
        return (struct span){NULL, 0};
    }
    memcpy(sorted, span.lines, span.count * sizeof *sorted);
    qsort(sorted, span.count, sizeof *sorted, academy_order);
    return (struct span){sorted, span.count};
}

static Preau__Statistics__AcademyFigures **academies_pack(struct arena *arena, struct span given, size_t *out_count)
{
    struct span span = by_academy(arena, given);
    Preau__Statistics__AcademyFigures *academies = arena_alloc(arena, span.count + 1, sizeof *academies);
    Preau__Statistics__AcademyFigures **list = arena_alloc(arena, span.count + 1, sizeof(void *));
    *out_count = 0;
    while (academies && list && span.count > 0) {
        Preau__Statistics__AcademyFigures *academy = &academies[*out_count];
        struct span shares = span_take(&span, is_same_academy);
        preau__statistics__academy_figures__init(academy);
        academy->academy = (uint32_t)shares.lines->academy.v;
        academy->name = arena_copy(arena, shares.lines->name);
        academy->shares = shares_pack(arena, shares, &academy->n_shares);
        list[(*out_count)++] = academy;
    }
    return list;
}

static char *day_pack(struct arena *arena, const struct figures_line *line)
{
    char day[DATE_TEXT_SIZE];
    date_write_iso(line->day, day);
    return arena_copy(arena, day);
}

void figures_pack_school(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetSchoolReply *out_reply)
{
    struct span shares = by_academy(arena, span_of(lines, count, FIGURES_SHARE)); /* the nation, 0, first */
    struct span nation = {shares.lines, 0};
    while (nation.count < shares.count && nation.lines[nation.count].academy.v == 0) {
        nation.count++;
    }
    struct span academy = {shares.lines + nation.count, shares.count - nation.count};
    preau__statistics__get_school_reply__init(out_reply);
    out_reply->day = day_pack(arena, lines);
    out_reply->computed_at = lines->computed_at.us;
    out_reply->cells = cells_pack(arena, span_of(lines, count, FIGURES_CELL), &out_reply->n_cells);
    out_reply->levels = levels_pack(arena, span_of(lines, count, FIGURES_LEVEL), &out_reply->n_levels);
    out_reply->classes = classes_pack(arena, span_of(lines, count, FIGURES_CLASS), &out_reply->n_classes);
    out_reply->curves = curves_pack(arena, span_of(lines, count, FIGURES_POINT), &out_reply->n_curves);
    out_reply->nation_shares = shares_pack(arena, nation, &out_reply->n_nation_shares);
    out_reply->academy_shares = shares_pack(arena, academy, &out_reply->n_academy_shares);
}

static Preau__Statistics__AreaFigures *area_pack(struct arena *arena, const struct figures_line *lines, size_t count)
{
    Preau__Statistics__AreaFigures *area = arena_alloc(arena, 1, sizeof *area);
    if (!area) {
        return NULL;
    }
    preau__statistics__area_figures__init(area);
    area->cells = cells_pack(arena, span_of(lines, count, FIGURES_CELL), &area->n_cells);
    area->levels = levels_pack(arena, span_of(lines, count, FIGURES_LEVEL), &area->n_levels);
    area->curves = curves_pack(arena, span_of(lines, count, FIGURES_POINT), &area->n_curves);
    area->lagging = schools_pack(arena, span_of(lines, count, FIGURES_SCHOOL), &area->n_lagging);
    area->schools = (uint32_t)lines->schools;
    area->cities = cities_pack(arena, span_of(lines, count, FIGURES_CITY), &area->n_cities);
    area->cities_total = (uint32_t)lines->cities;
    return area;
}

void figures_pack_academy(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetAcademyReply *out_reply)
{
    preau__statistics__get_academy_reply__init(out_reply);
    out_reply->day = day_pack(arena, lines);
    out_reply->computed_at = lines->computed_at.us;
    out_reply->figures = area_pack(arena, lines, count);
    out_reply->nation_shares = shares_pack(arena, span_of(lines, count, FIGURES_SHARE), &out_reply->n_nation_shares);
}

void figures_pack_nation(
    struct arena *arena, const struct figures_line *lines, size_t count, Preau__Statistics__GetNationReply *out_reply)
{
    preau__statistics__get_nation_reply__init(out_reply);
    out_reply->day = day_pack(arena, lines);
    out_reply->computed_at = lines->computed_at.us;
    out_reply->figures = area_pack(arena, lines, count);
    out_reply->academies = academies_pack(arena, span_of(lines, count, FIGURES_SHARE), &out_reply->n_academies);
}
