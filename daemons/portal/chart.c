#include "portal/chart.h"

#include "domain/figure.h"
#include "domain/text.h"
#include "runtime/memory.h"

#include <stdbool.h>
#include <stdio.h>

enum {
    WHOLE = 10000, /* of the chart's width, in hundredths of a percent */

    TEXT_HEIGHT = 20, /* of a line of text, its base 6 above its end */
    TEXT_BASE = 14,
    BAR_HEIGHT = 12,
    BAR_STEP = TEXT_HEIGHT + BAR_HEIGHT + 12,
    BAR_SEEN = 50, /* the least width of what is not nothing */

    LEGEND_STEP = 24,
    PLOT_GAP = 20, /* for the words of the uppermost level */
    PLOT_HEIGHT = 180,
    LEVELS = 4, /* parts of the whole */
    AXIS_HEIGHT = 26,
    TICK = 5,
    NEAR_END = WHOLE / 12,
    POINT_SIZE = 16, /* "10000,180 " */
    VALUE_SIZE = 2 * FIGURE_SIZE + 4,
    SUMMARY_SIZE = 1024
};

/* "42.50": a share of the width, from hundredths of a percent. */
static void set_share(struct view *view, const char *name, int hundredths)
{
    view_print(view, name, "%d.%02d", hundredths / 100, hundredths % 100);
}

/* --- bars --- */

static int64_t sum_of(const struct chart_bars *chart)
{
    int64_t sum = 0;
    for (size_t i = 0; i < chart->count; i++) {
        if (__builtin_add_overflow(sum, chart->bars[i].value, &sum)) {
            return INT64_MAX;
        }
    }
    return sum;
}

static void value_write(const struct chart_bar *bar, int64_t sum, char out_text[VALUE_SIZE])
{
    char count[FIGURE_SIZE];
    char share[FIGURE_SIZE];
    figure_write(bar->value, count);
    figure_share_write(bar->value, sum, share);
    snprintf(out_text, VALUE_SIZE, sum > 0 ? "%s (%s)" : "%s", count, share);
}

static void bar_fill(struct view *view, const struct chart_bar *bar, int64_t sum, int top)
{
    char value[VALUE_SIZE];
    value_write(bar, sum, value);
    view_set(view, "LABEL", bar->label);
    view_set(view, "VALUE", value);
    view_number(view, "TEXT_Y", top + TEXT_BASE);
    view_number(view, "BAR_Y", top + TEXT_HEIGHT);
    view_number(view, "THICKNESS", BAR_HEIGHT);
    if (bar->value > 0) {
        struct view *filled = view_add(view, "FILLED");
        int width = figure_share_of(bar->value, sum, WHOLE);
        view_set(filled, "CODE", bar->code);
        set_share(filled, "WIDTH", width < BAR_SEEN ? BAR_SEEN : width);
    }
}

static void bars_summary(const struct chart_bars *chart, int64_t sum, char out_text[SUMMARY_SIZE])
{
    struct text_builder text = text_begin(out_text, SUMMARY_SIZE);
    for (size_t i = 0; i < chart->count; i++) {
        char value[VALUE_SIZE];
        value_write(&chart->bars[i], sum, value);
        text_add(&text, i > 0 ? ", " : "");
        text_add(&text, chart->bars[i].label);
        text_add(&text, "\u00a0: ");
        text_add(&text, value);
    }
    text_add(&text, sum > 0 ? "." : ". Aucun compte.");
}

void chart_bars_fill(struct view *view, const struct chart_bars *chart)
{
    char summary[SUMMARY_SIZE];
    int64_t sum = sum_of(chart);
    bars_summary(chart, sum, summary);
    view_set(view, "ID", chart->id);
    view_set(view, "TITLE", chart->title);
    view_set(view, "SUMMARY", summary);
    view_number(view, "HEIGHT", (int64_t)chart->count * BAR_STEP);
    for (size_t i = 0; i < chart->count; i++) {
        bar_fill(view_add(view, "BAR"), &chart->bars[i], sum, (int)i * BAR_STEP);
    }
}

/* --- curve --- */

/* What is being drawn. */
struct plot {
    struct view *view;
    const struct chart_curve *chart;
    int days; /* of the axis, from end to end: at least one */
    int top;  /* of the plot */
};

static int plot_x(const struct plot *plot, struct date day)
{
    return figure_share_of(date_days_between(plot->chart->from, day), plot->days, WHOLE);
}

static int plot_y(const struct chart_point *point)
{
    return PLOT_HEIGHT - figure_share_of(point->part, point->whole, PLOT_HEIGHT);
}

static void levels_fill(const struct plot *plot)
{
    for (int i = LEVELS; i >= 0; i--) {
        struct view *level = view_add(plot->view, "LEVEL");
        int y = plot->top + PLOT_HEIGHT - i * PLOT_HEIGHT / LEVELS;
        view_number(level, "Y", y);
        view_number(level, "TEXT_Y", y - 4);
        view_print(level, "LABEL", "%d\u00a0%%", i * 100 / LEVELS);
    }
}

static void tick_add(const struct plot *plot, const struct figure_day *day)
{
    struct view *tick = view_add(plot->view, "TICK");
    int x = plot_x(plot, day->day);
    set_share(tick, "X", x);
    view_number(tick, "AXIS_Y", plot->top + PLOT_HEIGHT);
    view_number(tick, "TICK_Y", plot->top + PLOT_HEIGHT + TICK);
    view_number(tick, "TEXT_Y", plot->top + PLOT_HEIGHT + TICK + TEXT_BASE);
    view_set(tick, "LABEL", day->label);
    view_set(tick, "ANCHOR", x < NEAR_END ? "start" : x > WHOLE - NEAR_END ? "end" : "middle");
}

static void ticks_fill(const struct plot *plot)
{
    struct figure_day days[FIGURE_DAYS_MAX];
    size_t count = figure_days(plot->chart->from, plot->chart->until, days);
    for (size_t i = 0; i < count; i++) {
        tick_add(plot, &days[i]);
    }
}

/* Of points that have a share, those on days that follow one another. Gives the index after them. */
static size_t run_end(const struct chart_line *line, size_t from)
{
    size_t end = from;
    while (end < line->count && line->points[end].whole > 0 &&
           (end == from || date_days_between(line->points[end - 1].day, line->points[end].day) == 1)) {
        end++;
    }
    return end;
}

static void mark_add(const struct plot *plot, size_t line, const struct chart_point *point)
{
    struct view *mark = view_add(plot->view, "MARK");
    view_number(mark, "LINE", (int64_t)line + 1);
    set_share(mark, "X", plot_x(plot, point->day));
    view_number(mark, "Y", plot->top + plot_y(point));
}

static void run_add(const struct plot *plot, size_t line, size_t from, size_t end)
{
    const struct chart_point *points = plot->chart->lines[line].points;
    struct view *run = view_add(plot->view, "RUN");
    size_t size = (end - from) * POINT_SIZE + 1;
    char *text = checked_calloc(size, 1);
    size_t used = 0;
    for (size_t i = from; i < end; i++) {
        used += (size_t)snprintf(
            text + used, size - used, "%s%d,%d", i > from ? " " : "", plot_x(plot, points[i].day), plot_y(&points[i]));
    }
    view_number(run, "LINE", (int64_t)line + 1);
    view_set(run, "POINTS", text);
    memory_free(&text);
}

/* A day that stands alone has no line, and the last one ends it: both have a mark. */
static void line_fill(const struct plot *plot, size_t index)
{
    const struct chart_line *line = &plot->chart->lines[index];
    for (size_t from = 0, end; from<line->count; from = end> from ? end : from + 1) {
        end = run_end(line, from);
        if (end - from > 1) {
            run_add(plot, index, from, end);
        }
        if (end > from && (end - from == 1 || end == line->count)) {
            mark_add(plot, index, &line->points[end - 1]);
        }
    }
}

/* The last of the points that has a share, or NULL. */
static const struct chart_point *last_of(const struct chart_line *line)
{
    for (size_t i = line->count; i > 0; i--) {
        if (line->points[i - 1].whole > 0) {
            return &line->points[i - 1];
        }
    }
    return NULL;
}

static const struct chart_point *first_of(const struct chart_line *line)
{
    for (size_t i = 0; i < line->count; i++) {
        if (line->points[i].whole > 0) {
            return &line->points[i];
        }
    }
    return NULL;
}

static void legend_fill(const struct plot *plot, size_t index)
{
    struct view *legend = view_add(plot->view, "LEGEND");
    const struct chart_line *line = &plot->chart->lines[index];
    const struct chart_point *last = last_of(line);
    char share[FIGURE_SIZE] = "aucun compte";
    int top = (int)index * LEGEND_STEP;
    if (last) {
        figure_share_write(last->part, last->whole, share);
    }
    view_number(legend, "LINE", (int64_t)index + 1);
    view_number(legend, "LEGEND_Y", top + LEGEND_STEP / 2);
    view_number(legend, "TEXT_Y", top + LEGEND_STEP / 2 + 5);
    view_print(legend, "LABEL", "%s\u00a0: %s", line->label, share);
}

static void line_summary(struct text_builder *text, const struct chart_line *line)
{
    const struct chart_point *ends[] = {first_of(line), last_of(line)};
    text_add(text, line->label);
    if (!ends[0]) {
        text_add(text, "\u00a0: aucun compte. ");
        return;
    }
    for (int i = ends[0] == ends[1] ? 1 : 0; i < 2; i++) {
        char share[FIGURE_SIZE];
        char day[DATE_TEXT_SIZE];
        figure_share_write(ends[i]->part, ends[i]->whole, share);
        date_write_french(ends[i]->day, day);
        text_add(text, i == 0 || ends[0] == ends[1] ? "\u00a0: " : ", ");
        text_add(text, share);
        text_add(text, " le ");
        text_add(text, day);
    }
    text_add(text, ". ");
}

void chart_curve_fill(struct view *view, const struct chart_curve *chart)
{
    char summary[SUMMARY_SIZE];
    struct text_builder text = text_begin(summary, sizeof summary);
    int days = date_days_between(chart->from, chart->until);
    struct plot plot = {
        .view = view,
        .chart = chart,
        .days = days > 0 ? days : 1,
        .top = (int)chart->count * LEGEND_STEP + PLOT_GAP,
    };
    view_set(view, "ID", chart->id);
    view_set(view, "TITLE", chart->title);
    view_number(view, "HEIGHT", plot.top + PLOT_HEIGHT + AXIS_HEIGHT);
    view_number(view, "PLOT_Y", plot.top);
    view_number(view, "PLOT_HEIGHT", PLOT_HEIGHT);
    levels_fill(&plot);
    ticks_fill(&plot);
    for (size_t i = 0; i < chart->count; i++) {
        legend_fill(&plot, i);
        line_fill(&plot, i);
        line_summary(&text, &chart->lines[i]);
    }
    view_set(view, "SUMMARY", summary);
}
