/* Charts of figures as SVG: where each mark stands. The marks themselves are pages/graphique-etats.html and
 * graphique-courbe.html: no script, and no inline style, which the content security policy refuses. Widths are shares of the
 * chart's own, so that it is as wide as the page, on paper too, and its letters are as large as the page's. No colour tells
 * alone: each bar has its label, each curve its dashes and its mark. Pure. */
#pragma once

#include "domain/date.h"
#include "template/template.h"

#include <stddef.h>
#include <stdint.h>

struct chart_bar {
    const char *code; /* of its colour: a state's */
    const char *label;
    int64_t value; /* at least 0 */
};

struct chart_bars {
    const char *id; /* of the page's own: letters, digits, hyphens */
    const char *title;
    const struct chart_bar *bars;
    size_t count;
};

/* One bar a value, of the sum of all. view: of graphique-etats.html. */
void chart_bars_fill(struct view *view, const struct chart_bars *chart);

struct chart_point {
    struct date day;
    int64_t part, whole; /* whole 0: nothing is drawn, there is no share of nothing */
};

enum { CHART_LINES_MAX = 2 };

struct chart_line {
    const char *label;
    const struct chart_point *points; /* by day */
    size_t count;
};

struct chart_curve {
    const char *id;
    const char *title;
    struct date from, until; /* ends of the axis; no point is outside */
    const struct chart_line *lines;
    size_t count; /* at most CHART_LINES_MAX */
};

/* Shares from 0 to 100 % by day. Days that follow one another are joined; where days are missing the curve is interrupted.
 * view: of graphique-courbe.html. */
void chart_curve_fill(struct view *view, const struct chart_curve *chart);
