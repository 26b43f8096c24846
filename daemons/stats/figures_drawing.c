#include "stats/figures_drawing.h"

#include "runtime/clock.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

enum {
    TOP = 104, /* below the head of the page */
    BOTTOM = 790,
    FOOT = 812,
    HEADING = 26,

    BAR_STEP = 27,
    BAR_HEIGHT = 8,
    BARS_WIDTH = 180,
    TABLE_X = DRAWING_MARGIN + BARS_WIDTH + 20,
    TABLE_LABEL = 76,
    TABLE_HEAD = 32,
    HEAD_LEADING = 8,

    PLOT_X = DRAWING_MARGIN + 30,
    PLOT_WIDTH = DRAWING_WIDTH - 30,
    PLOT_HEIGHT = 110,
    LEVELS = 4,
    DASH = 3,

    SHARE_WIDTH = 130
};
#define GREY_WORDS 0.35F
#define GREY_RULE 0.6F
#define GREY_SOFT 0.9F
static const float line_greys[PROFILE_COUNT] = {0.0F, 0.35F};

/* Of bars: told apart in black and white, and each has its words beside it. */
static float state_grey(enum account_state state)
{
    switch (state) { /* no table: a state that was forgotten would be black in silence */
    case STATE_NON_DISTRIBUE:
        return 0.72F;
    case STATE_DISTRIBUE:
        return 0.5F;
    case STATE_EN_COURS:
        return 0.35F;
    case STATE_ACTIVE:
    case STATE_COUNT:
        break;
    }
    return 0.1F;
}

static bool profile_of(Preau__Profile sent, enum account_profile *out_profile)
{
    int profile = (int)sent - 1;
    *out_profile = profile >= 0 && profile < PROFILE_COUNT ? (enum account_profile)profile : PROFILE_RESPONSABLE;
    return profile >= 0 && profile < PROFILE_COUNT;
}

static void figures_of(
    Preau__Statistics__Cell *const *cells, size_t count, enum account_profile profile, struct figures *out_figures)
{
    *out_figures = (struct figures){0};
    for (size_t i = 0; i < count; i++) {
        if ((int)cells[i]->profile - 1 == (int)profile) {
            figures_add(out_figures, (enum account_state)(cells[i]->state - 1),
                (enum account_origin)(cells[i]->origin - 1), cells[i]->accounts);
        }
    }
}

void drawing_write_share(int64_t active, int64_t accounts, char out_text[DRAWING_SHARE_SIZE])
{
    char share[FIGURE_SIZE], part[FIGURE_SIZE], whole[FIGURE_SIZE];
    figure_share_write(active, accounts, share);
    figure_write(active, part);
    figure_write(accounts, whole);
    snprintf(out_text, DRAWING_SHARE_SIZE, accounts > 0 ? "%s (%s sur %s)" : "%s", share, part, whole);
}
/* --- pages --- */

static void feet_draw(const struct drawing *drawing)
{
    for (unsigned page = 1; page <= drawing->pages; page++) {
        char text[64];
        paper_turn_to(drawing->paper, page);
        paper_grey(drawing->paper, GREY_WORDS);
        paper_text(drawing->paper, PAPER_REGULAR, DRAWING_SMALL, DRAWING_MARGIN, FOOT, DRAWING_WIDTH - 120,
            drawing->head.note);
        snprintf(text, sizeof text, "page %u/%u", page, drawing->pages);
        paper_text_right(
            drawing->paper, PAPER_REGULAR, DRAWING_SMALL, DRAWING_MARGIN + DRAWING_WIDTH - 100, FOOT, 100, text);
    }
}

static void moment_write(int64_t computed_at, char out_text[64])
{
    struct civil_time time = clock_local((struct instant){computed_at});
    snprintf(out_text, 64, "Relevé du %02d/%02d/%04d à %d\u00a0h\u00a0%02d", time.day, time.month, time.year, time.hour,
        time.minute);
}

static void page_begin(struct drawing *drawing)
{
    char text[64];
    paper_page(drawing->paper);
    drawing->pages++;
    paper_text(drawing->paper, PAPER_BOLD, 12, DRAWING_MARGIN, 52, DRAWING_WIDTH, drawing->head.name);
    paper_grey(drawing->paper, GREY_WORDS);
    paper_text(
        drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN, 66, DRAWING_WIDTH - 210, drawing->head.place);
    moment_write(drawing->head.computed_at, text);
    paper_text_right(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN + DRAWING_WIDTH - 200, 66, 200, text);
    paper_grey(drawing->paper, 0);
    paper_rule(drawing->paper, 1, DRAWING_MARGIN, 74, DRAWING_WIDTH);
    drawing->y = TOP;
}

bool drawing_begin(
    struct drawing *drawing, const char *font_directory, const struct drawing_head *head, struct fault *fault)
{
    *drawing = (struct drawing){.head = *head};
    if (!paper_new(font_directory, &drawing->paper, fault)) {
        return false;
    }
    page_begin(drawing);
    paper_text(drawing->paper, PAPER_BOLD, 18, DRAWING_MARGIN, drawing->y, DRAWING_WIDTH, "Statistiques des comptes");
    drawing->y += 30;
    return true;
}

bool drawing_finish(struct drawing *drawing, unsigned char **out_pdf, size_t *out_length, struct fault *fault)
{
    feet_draw(drawing);
    bool is_made = paper_finish(drawing->paper, out_pdf, out_length, fault);
    paper_free(&drawing->paper);
    return is_made;
}

bool drawing_make_room(struct drawing *drawing, float height)
{
    if (drawing->y + height <= BOTTOM) {
        return false;
    }
    page_begin(drawing);
    return true;
}

void drawing_heading(struct drawing *drawing, const char *text)
{
    paper_text(drawing->paper, PAPER_BOLD, 13, DRAWING_MARGIN, drawing->y, DRAWING_WIDTH, text);
    drawing->y += HEADING - 8;
}

/* --- states by origin --- */

static void bars_draw(struct drawing *drawing, enum account_profile profile, const struct figures *figures, float y)
{
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        char number[FIGURE_SIZE], share[FIGURE_SIZE], text[DRAWING_SHARE_SIZE];
        if (!figures_state_is_shown(profile, state)) {
            continue;
        }
        figure_write(figures->of_state[state], number);
        figure_share_write(figures->of_state[state], figures->total, share);
        snprintf(text, sizeof text, "%s (%s)", number, share);
        paper_text(
            drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN, y + 9, BARS_WIDTH - 80, state_label(state));
        paper_text_right(
            drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN + BARS_WIDTH - 80, y + 9, 80, text);
        paper_grey(drawing->paper, GREY_SOFT);
        paper_fill(drawing->paper, DRAWING_MARGIN, y + 13, BARS_WIDTH, BAR_HEIGHT);
        paper_grey(drawing->paper, state_grey(state));
        if (figures->of_state[state] > 0) {
            float width = (float)figure_share_of(figures->of_state[state], figures->total, BARS_WIDTH * 10) / 10;
            paper_fill(drawing->paper, DRAWING_MARGIN, y + 13, width > 1 ? width : 1, BAR_HEIGHT);
        }
        paper_grey(drawing->paper, 0);
        y += BAR_STEP;
    }
}

static unsigned states_shown(enum account_profile profile)
{
    unsigned shown = 0;
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        shown += figures_state_is_shown(profile, state);
    }
    return shown;
}

/* One row of the table: a label, a figure a state, their sum. */
static void row_draw(struct drawing *drawing, enum account_profile profile, enum paper_font font, float y,
    const char *label, const int64_t *of_state, int64_t sum)
{
    char text[FIGURE_SIZE];
    float width = (float)(DRAWING_WIDTH + DRAWING_MARGIN - TABLE_X - TABLE_LABEL) / (float)(states_shown(profile) + 1);
    float x = TABLE_X + TABLE_LABEL;
    paper_text(drawing->paper, font, DRAWING_TEXT, TABLE_X, y, TABLE_LABEL, label);
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        if (figures_state_is_shown(profile, state)) {
            figure_write(of_state[state], text);
            paper_text_right(drawing->paper, font, DRAWING_TEXT, x + 4, y, width - 4, text);
            x += width;
        }
    }
    figure_write(sum, text);
    paper_text_right(drawing->paper, PAPER_BOLD, DRAWING_TEXT, x + 4, y, width - 4, text);
}

/* A word a line, the last one at the foot of the head, each ended where the figures below end. */
static void heading_words_draw(struct drawing *drawing, float x, float y, float width, const char *label)
{
    unsigned blanks = 0;
    for (const char *at = label; *at != '\0'; at++) {
        blanks += *at == ' ' ? 1 : 0;
    }
    y += TABLE_HEAD - 8 - (float)blanks * HEAD_LEADING;
    for (size_t length; *label != '\0'; label += length + strspn(label + length, " ")) {
        char word[64];
        length = strcspn(label, " ");
        snprintf(word, sizeof word, "%.*s", (int)length, label);
        paper_text_right(drawing->paper, PAPER_BOLD, DRAWING_SMALL, x, y, width, word);
        y += HEAD_LEADING;
    }
}

static void table_head_draw(struct drawing *drawing, enum account_profile profile, float y)
{
    float width = (float)(DRAWING_WIDTH + DRAWING_MARGIN - TABLE_X - TABLE_LABEL) / (float)(states_shown(profile) + 1);
    float x = TABLE_X + TABLE_LABEL;
    paper_text(drawing->paper, PAPER_BOLD, DRAWING_SMALL, TABLE_X, y + TABLE_HEAD - 8, TABLE_LABEL, "Origine");
    for (enum account_state state = 0; state < STATE_COUNT; state++) {
        if (figures_state_is_shown(profile, state)) {
            heading_words_draw(drawing, x + 4, y, width - 4, state_label(state));
            x += width;
        }
    }
    paper_text_right(drawing->paper, PAPER_BOLD, DRAWING_SMALL, x + 4, y + TABLE_HEAD - 8, width - 4, "Total");
    paper_rule(drawing->paper, 0.8F, TABLE_X, y + TABLE_HEAD - 4, DRAWING_WIDTH + DRAWING_MARGIN - TABLE_X);
}

static void table_draw(struct drawing *drawing, enum account_profile profile, const struct figures *figures, float y)
{
    table_head_draw(drawing, profile, y);
    y += TABLE_HEAD + 8;
    for (enum account_origin origin = 0; origin < ORIGIN_COUNT; origin++) {
        row_draw(drawing, profile, PAPER_REGULAR, y, origin_label(origin), figures->cells[origin],
            figures->of_origin[origin]);
        y += DRAWING_ROW;
    }
    paper_rule(drawing->paper, 0.8F, TABLE_X, y - DRAWING_ROW + 4, DRAWING_WIDTH + DRAWING_MARGIN - TABLE_X);
    row_draw(drawing, profile, PAPER_BOLD, y + 2, "Total", figures->of_state, figures->total);
}

void drawing_states(
    struct drawing *drawing, enum account_profile profile, Preau__Statistics__Cell *const *cells, size_t count)
{
    enum { TABLE_HEIGHT = TABLE_HEAD + (ORIGIN_COUNT + 1) * DRAWING_ROW + 22 };
    char heading[DRAWING_SHARE_SIZE], total[FIGURE_SIZE];
    struct figures figures;
    figures_of(cells, count, profile, &figures);
    figure_write(figures.total, total);
    snprintf(heading, sizeof heading, "%s\u00a0: %s compte%s", figures_profile_label(profile), total,
        figures.total > 1 ? "s" : "");
    (void)drawing_make_room(drawing, HEADING + TABLE_HEIGHT);
    drawing_heading(drawing, heading);
    bars_draw(drawing, profile, &figures, drawing->y);
    table_draw(drawing, profile, &figures, drawing->y);
    drawing->y += TABLE_HEIGHT;
}

/* --- activation since September --- */

static void axes_draw(struct drawing *drawing, struct date from, struct date until, float top)
{
    struct figure_day days[FIGURE_DAYS_MAX];
    size_t count = figure_days(from, until, days);
    int span = date_days_between(from, until);
    paper_grey(drawing->paper, GREY_RULE);
    for (int level = 0; level <= LEVELS; level++) {
        char text[FIGURE_SIZE];
        float y = top + PLOT_HEIGHT * (1 - (float)level / LEVELS);
        paper_rule(drawing->paper, 0.3F, PLOT_X, y, PLOT_WIDTH);
        snprintf(text, sizeof text, "%d\u00a0%%", level * 100 / LEVELS);
        paper_grey(drawing->paper, GREY_WORDS);
        paper_text_right(drawing->paper, PAPER_REGULAR, DRAWING_SMALL, DRAWING_MARGIN, y + 3, 26, text);
        paper_grey(drawing->paper, GREY_RULE);
    }
    paper_grey(drawing->paper, GREY_WORDS);
    for (size_t i = 0; i < count; i++) {
        float x = PLOT_X + (float)figure_share_of(date_days_between(from, days[i].day), span, PLOT_WIDTH);
        bool is_at_end = x > PLOT_X + PLOT_WIDTH - 30;
        if (is_at_end) {
            paper_text_right(
                drawing->paper, PAPER_REGULAR, DRAWING_SMALL, x - 40, top + PLOT_HEIGHT + 11, 40, days[i].label);
        } else {
            paper_text(drawing->paper, PAPER_REGULAR, DRAWING_SMALL, x, top + PLOT_HEIGHT + 11, 60, days[i].label);
        }
    }
    paper_grey(drawing->paper, 0);
}

/* A curve's points on the page; days that are missing end a line, and the next begins another. */
static void curve_draw(struct drawing *drawing, const Preau__Statistics__Curve *curve, enum account_profile profile,
    struct date from, int span, float top)
{
    struct paper_point *line = checked_calloc(curve->n_points + 1, sizeof *line);
    struct date before = {0};
    size_t count = 0;
    float dash = profile == PROFILE_ELEVE ? DASH : 0;
    paper_grey(drawing->paper, line_greys[profile]);
    for (size_t i = 0; i < curve->n_points; i++) {
        const Preau__Statistics__CurvePoint *point = curve->points[i];
        struct date day;
        if (!date_parse_iso(point->day, &day) || date_compare(day, from) < 0 || point->accounts == 0) {
            continue;
        }
        if (count > 0 && date_days_between(before, day) != 1) {
            paper_line(drawing->paper, 1.4F, dash, line, count);
            count = 0;
        }
        before = day;
        line[count++] = (struct paper_point){
            PLOT_X + (float)figure_share_of(date_days_between(from, day), span, PLOT_WIDTH * 10) / 10,
            top + PLOT_HEIGHT - (float)figure_share_of(point->active, point->accounts, PLOT_HEIGHT * 10) / 10};
        paper_disc(drawing->paper, line[count - 1].x, line[count - 1].y, 0.8F);
    }
    paper_line(drawing->paper, 1.4F, dash, line, count);
    if (count > 0) {
        paper_disc(drawing->paper, line[count - 1].x, line[count - 1].y, 2.2F);
    }
    memory_free(&line);
    paper_grey(drawing->paper, 0);
}

static void legend_draw(struct drawing *drawing, const Preau__Statistics__Curve *curve, enum account_profile profile)
{
    char share[DRAWING_SHARE_SIZE] = "–", text[2 * DRAWING_SHARE_SIZE];
    float x = profile == PROFILE_ELEVE ? DRAWING_MARGIN + (float)DRAWING_WIDTH / 2 : PLOT_X;
    const struct paper_point sample[] = {
        {x,      drawing->y - 3},
        {x + 24, drawing->y - 3}
    };
    if (curve->n_points > 0) {
        const Preau__Statistics__CurvePoint *last = curve->points[curve->n_points - 1];
        drawing_write_share(last->active, last->accounts, share);
    }
    snprintf(text, sizeof text, "%s\u00a0: %s", figures_profile_label(profile), share);
    paper_grey(drawing->paper, line_greys[profile]);
    paper_line(drawing->paper, 1.4F, profile == PROFILE_ELEVE ? DASH : 0, sample, 2);
    paper_grey(drawing->paper, 0);
    paper_text(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, x + 30, drawing->y, (float)DRAWING_WIDTH / 2 - 40, text);
}

void drawing_curves(struct drawing *drawing, const char *day, Preau__Statistics__Curve *const *curves, size_t count)
{
    enum { CURVE_HEIGHT = HEADING + 24 + PLOT_HEIGHT + 34 };
    struct date until;
    if (count == 0 || !date_parse_iso(day, &until)) {
        return;
    }
    struct date from = figure_school_year(until);
    int span = date_days_between(from, until);
    (void)drawing_make_room(drawing, CURVE_HEIGHT);
    drawing_heading(drawing, "Comptes activés depuis la rentrée");
    float top = drawing->y + 12;
    axes_draw(drawing, from, until, top);
    for (size_t i = 0; i < count; i++) {
        enum account_profile profile;
        if (profile_of(curves[i]->profile, &profile)) {
            legend_draw(drawing, curves[i], profile);
            curve_draw(drawing, curves[i], profile, from, span, top);
        }
    }
    drawing->y = top + PLOT_HEIGHT + 36;
}

/* --- tables of shares: beside others, part by part --- */

static float share_x(const struct drawing *drawing, enum account_profile profile)
{
    float x = DRAWING_MARGIN + 190;
    for (enum account_profile before = 0; before < profile; before++) {
        x += drawing->head.profiles[before] ? SHARE_WIDTH + 20 : 0;
    }
    return x;
}

static void shares_head_draw(struct drawing *drawing)
{
    paper_text(drawing->paper, PAPER_BOLD, DRAWING_SMALL, DRAWING_MARGIN, drawing->y, 180, "Part des comptes activés");
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (drawing->head.profiles[profile]) {
            paper_text_right(drawing->paper, PAPER_BOLD, DRAWING_SMALL, share_x(drawing, profile), drawing->y,
                SHARE_WIDTH, figures_profile_label(profile));
        }
    }
    drawing_end_head(drawing);
}

static void share_draw(
    struct drawing *drawing, enum account_profile profile, enum paper_font font, int64_t active, int64_t accounts)
{
    char text[DRAWING_SHARE_SIZE];
    drawing_write_share(active, accounts, text);
    paper_text_right(drawing->paper, font, DRAWING_TEXT, share_x(drawing, profile), drawing->y, SHARE_WIDTH, text);
}

void drawing_end_head(struct drawing *drawing)
{
    paper_rule(drawing->paper, 0.8F, DRAWING_MARGIN, drawing->y + 4, DRAWING_WIDTH);
    drawing->y += DRAWING_ROW + 2;
}

void drawing_end_row(struct drawing *drawing)
{
    paper_grey(drawing->paper, GREY_RULE);
    paper_rule(drawing->paper, 0.3F, DRAWING_MARGIN, drawing->y + 4, DRAWING_WIDTH);
    paper_grey(drawing->paper, 0);
    drawing->y += DRAWING_ROW;
}

void drawing_shares(struct drawing *drawing, const char *heading, unsigned rows)
{
    (void)drawing_make_room(drawing, HEADING + (float)(rows + 1) * DRAWING_ROW);
    drawing_heading(drawing, heading);
    shares_head_draw(drawing);
}

void drawing_shares_room(struct drawing *drawing, unsigned rows)
{
    if (drawing_make_room(drawing, (float)rows * DRAWING_ROW)) {
        shares_head_draw(drawing);
    }
}

void drawing_shares_of_cells(
    struct drawing *drawing, const struct drawing_label *label, Preau__Statistics__Cell *const *cells, size_t count)
{
    paper_text(drawing->paper, label->font, DRAWING_TEXT, DRAWING_MARGIN + label->indent, drawing->y,
        180 - label->indent, label->text);
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (drawing->head.profiles[profile]) {
            struct figures figures;
            figures_of(cells, count, profile, &figures);
            share_draw(drawing, profile, label->font, figures.of_state[STATE_ACTIVE], figures.total);
        }
    }
    drawing_end_row(drawing);
}

void drawing_shares_of(
    struct drawing *drawing, const char *label, Preau__Statistics__Share *const *shares, size_t count)
{
    paper_text(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN, drawing->y, 180, label);
    for (size_t i = 0; i < count; i++) {
        enum account_profile profile;
        if (profile_of(shares[i]->profile, &profile) && drawing->head.profiles[profile]) {
            share_draw(drawing, profile, PAPER_REGULAR, shares[i]->active, shares[i]->accounts);
        }
    }
    drawing_end_row(drawing);
}
