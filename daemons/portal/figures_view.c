#include "portal/figures_view.h"

#include "portal/chart.h"
#include "portal/wording.h"
#include "runtime/clock.h"

/* A night after which the snapshot should have been taken anew, and the hours that it may be late. */
#define STALE_AFTER HOURS(27)

void figures_ask_school(struct visit *visit, const char *method, visit_answered *answered)
{
    Preau__Statistics__GetSchoolRequest request = PREAU__STATISTICS__GET_SCHOOL_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    visit_call(visit, &(struct visit_call){visit->portal->statistics, method, &request.base, answered, NULL, false});
}

bool figures_profile(Preau__Profile sent, enum account_profile *out_profile)
{
    int profile = (int)sent - 1;
    if (profile < 0 || profile >= PROFILE_COUNT) {
        return false;
    }
    *out_profile = (enum account_profile)profile;
    return true;
}

bool figures_cell(const Preau__Statistics__Cell *cell, enum account_profile *out_profile, enum account_state *out_state,
    enum account_origin *out_origin)
{
    int state = (int)cell->state - 1;
    int origin = (int)cell->origin - 1;
    if (state < 0 || state >= STATE_COUNT || origin < 0 || origin >= ORIGIN_COUNT) {
        return false;
    }
    *out_state = (enum account_state)state;
    *out_origin = (enum account_origin)origin;
    return figures_profile(cell->profile, out_profile);
}

void figures_sum(
    Preau__Statistics__Cell *const *cells, size_t count, enum account_profile profile, struct figures *out_figures)
{
    *out_figures = (struct figures){0};
    for (size_t i = 0; i < count; i++) {
        enum account_profile of;
        enum account_state state;
        enum account_origin origin;
        if (figures_cell(cells[i], &of, &state, &origin) && of == profile) {
            figures_add(out_figures, state, origin, cells[i]->accounts);
        }
    }
}

void figures_view_freshness(struct view *body, int64_t computed_at)
{
    char moment[WORDING_SIZE];
    struct duration age = instant_since(clock_now(), (struct instant){computed_at});
    wording_moment((struct instant){computed_at}, moment);
    view_set(view_add(body, "FRESH"), "COMPUTED_AT", moment);
    if (duration_longer(age, STALE_AFTER)) {
        wording_count(age.us / DAYS(1).us, "jour", "jours", moment);
        view_set(view_add(body, "STALE"), "AGE", moment);
    }
}

/* --- states by origin --- */

static void number_set(struct view *view, const char *name, int64_t number)
{
    char text[FIGURE_SIZE];
    figure_write(number, text);
    view_set(view, name, text);
}

static void states_chart(struct view *part, enum account_profile profile, const struct figures *figures)
{
    struct chart_bar bars[STATE_COUNT];
    size_t count = 0;
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        if (figures_state_is_shown(profile, state)) {
            bars[count++] = (struct chart_bar){state_code(state), state_label(state), figures->of_state[state]};
        }
    }
    bool is_of_pupils = profile == PROFILE_ELEVE;
    chart_bars_fill(view_include(part, "CHART", "graphique-etats.html"),
        &(struct chart_bars){is_of_pupils ? "etats-eleves" : "etats-responsables",
            is_of_pupils ? "États des comptes des élèves" : "États des comptes des responsables", bars, count});
}

static void states_head(struct view *part, enum account_profile profile, const struct figures *figures)
{
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        if (figures_state_is_shown(profile, state)) {
            struct view *column = view_add(part, "STATE");
            view_set(column, "STATE_CODE", state_code(state));
            view_set(column, "STATE_LABEL", state_label(state));
            number_set(view_add(part, "STATE_SUM"), "ACCOUNTS", figures->of_state[state]);
        }
    }
}

void figures_view_states(struct view *body, enum account_profile profile, const struct figures *figures)
{
    struct view *part = view_include(body, "STATES", "chiffres-etats.html");
    char text[WORDING_SIZE];
    view_set(part, "TABLE_ID", profile == PROFILE_ELEVE ? "eleves" : "responsables");
    view_set(part, "PROFILE_LABEL", figures_profile_label(profile));
    wording_count(figures->total, "compte", "comptes", text);
    view_set(part, "PROFILE_TOTAL", text);
    number_set(part, "PROFILE_SUM", figures->total);
    states_chart(part, profile, figures);
    states_head(part, profile, figures);
    for (enum account_origin origin = 0; origin < ORIGIN_COUNT; origin++) {
        struct view *row = view_add(part, "ORIGIN");
        view_set(row, "ORIGIN_LABEL", origin_label(origin));
        number_set(row, "ORIGIN_TOTAL", figures->of_origin[origin]);
        for (enum account_state state = 0; state < STATE_COUNT; state++) {
            if (figures_state_is_shown(profile, state)) {
                number_set(view_add(row, "CELL"), "ACCOUNTS", figures->cells[origin][state]);
            }
        }
    }
}

/* --- activation since September --- */

static const Preau__Statistics__Curve *curve_of(
    Preau__Statistics__Curve *const *curves, size_t count, enum account_profile profile)
{
    for (size_t i = 0; i < count; i++) {
        enum account_profile of;
        if (figures_profile(curves[i]->profile, &of) && of == profile) {
            return curves[i];
        }
    }
    return NULL;
}

_Static_assert((int)PROFILE_COUNT <= (int)CHART_LINES_MAX, "a curve a profile");

/* The curve's points, without those whose day cannot be read or is outside of the axis. */
static struct chart_line line_of(
    struct visit *visit, const Preau__Statistics__Curve *curve, struct date from, struct date until)
{
    enum account_profile profile = PROFILE_RESPONSABLE;
    struct chart_point *points = arena_alloc(visit_arena(visit), curve->n_points, sizeof *points);
    struct chart_line line = {.points = points};
    (void)figures_profile(curve->profile, &profile);
    line.label = figures_profile_label(profile);
    for (size_t i = 0; points && i < curve->n_points; i++) {
        const Preau__Statistics__CurvePoint *point = curve->points[i];
        struct date day;
        if (date_parse_iso(point->day, &day) && date_compare(from, day) <= 0 && date_compare(day, until) <= 0) {
            points[line.count++] = (struct chart_point){day, point->active, point->accounts};
        }
    }
    return line;
}

void figures_view_share(struct view *view, int64_t active, int64_t accounts)
{
    char share[FIGURE_SIZE];
    figure_share_write(active, accounts, share);
    view_set(view, "SHARE", share);
    number_set(view, "ACTIVE", active);
    number_set(view, "ACCOUNTS", accounts);
}

void figures_view_share_of(struct view *row, const Preau__Statistics__Share *share)
{
    figures_view_share(view_add(row, "CELL"), share ? share->active : 0, share ? share->accounts : 0);
}

/* The earliest day that one of the lines has at its place; false: all are at their end. */
static bool next_day(const struct chart_line *lines, const size_t *at, size_t count, struct date *out_day)
{
    bool has_day = false;
    for (size_t i = 0; i < count; i++) {
        if (at[i] < lines[i].count) {
            struct date day = lines[i].points[at[i]].day;
            *out_day = has_day && date_compare(*out_day, day) < 0 ? *out_day : day;
            has_day = true;
        }
    }
    return has_day;
}

/* The same as the chart, for who reads it out: a row a day, a cell a profile. */
static void curve_table(struct view *part, const struct chart_line *lines, size_t count)
{
    size_t at[CHART_LINES_MAX] = {0};
    struct date day = {0};
    for (size_t i = 0; i < count; i++) {
        view_set(view_add(part, "COLUMN"), "LABEL", lines[i].label);
    }
    while (next_day(lines, at, count, &day)) {
        char text[DATE_TEXT_SIZE];
        struct view *row = view_add(part, "DAY");
        date_write_french(day, text);
        view_set(row, "LABEL", text);
        for (size_t i = 0; i < count; i++) {
            struct view *cell = view_add(row, "CELL");
            bool is_there = at[i] < lines[i].count && date_is_same(lines[i].points[at[i]].day, day);
            if (is_there) {
                const struct chart_point *point = &lines[i].points[at[i]++];
                figures_view_share(view_add(cell, "KNOWN"), point->part, point->whole);
            } else {
                view_show(cell, "UNKNOWN");
            }
        }
    }
}

void figures_view_curve(
    struct visit *visit, struct view *body, const char *day, Preau__Statistics__Curve *const *curves, size_t count)
{
    struct chart_line lines[CHART_LINES_MAX];
    struct date until;
    size_t points = 0;
    size_t shown = 0;
    if (!date_parse_iso(day, &until)) {
        return;
    }
    struct date from = figure_school_year(until);
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        const Preau__Statistics__Curve *curve = curve_of(curves, count, profile);
        if (curve) {
            lines[shown] = line_of(visit, curve, from, until);
            points += lines[shown++].count;
        }
    }
    if (points == 0) {
        return;
    }
    struct view *part = view_include(body, "CURVE", "chiffres-courbe.html");
    chart_curve_fill(view_include(part, "CHART", "graphique-courbe.html"),
        &(struct chart_curve){"courbe", "Part des comptes activés depuis le 1er septembre", from, until, lines, shown});
    curve_table(part, lines, shown);
}

const Preau__Statistics__Share *figures_share(
    Preau__Statistics__Share *const *shares, size_t count, enum account_profile profile)
{
    for (size_t i = 0; i < count; i++) {
        enum account_profile of;
        if (figures_profile(shares[i]->profile, &of) && of == profile) {
            return shares[i];
        }
    }
    return NULL;
}
