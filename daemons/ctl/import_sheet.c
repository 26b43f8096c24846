/* The figures of an import, of the whole and by school, for a spreadsheet. */
#include "ctl/import_report.h"
#include "domain/import_csv.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <string.h>

enum { ROW_SIZE = 4096 };

static void row_print(const struct import_csv_figure *figure)
{
    char row[ROW_SIZE]; /* names of schools are bounded */
    (void)import_csv_figure_row(figure, row, sizeof row);
    (void)fputs(row, stdout);
}

static void whole_print(struct import_csv_figure figure, const Preau__Import__GetReportReply *report)
{
    struct import_count now[IMPORT_FIGURES_MAX];
    struct import_count before[IMPORT_FIGURES_MAX];
    struct import_figure figures[IMPORT_FIGURES_MAX];
    size_t count = import_figures_line_up(now, import_counts_of(report->run, now), before,
        import_counts_of(report->previous_run, before), figures, IMPORT_FIGURES_MAX);
    for (size_t i = 0; i < count; i++) {
        figure.category = figures[i].category;
        figure.what = figures[i].what;
        figure.count = figures[i].count;
        figure.previous = figures[i].previous;
        figure.is_compared = report->previous_run != NULL;
        row_print(&figure);
    }
}

static void schools_print(struct import_csv_figure figure, const Preau__Import__GetReportReply *report)
{
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        if (i == 0 || strcmp(counter->uai, report->schools[i - 1]->uai) != 0)
            figure.school = counter->name; /* said with the first */
        figure.uai = counter->uai;
        figure.category = counter->category;
        figure.what = counter->what;
        figure.count = counter->count;
        row_print(&figure);
    }
}

void import_report_figures_print(const Preau__Import__GetReportReply *report)
{
    char row[ROW_SIZE];
    char started[CLOCK_TEXT_SIZE];
    const Preau__Import__Run *run = report->run;
    clock_format_local((struct instant){run->started_at}, started);
    const struct import_csv_figure figure = {
        .run = run->id,
        .previous_run = run->previous,
        .started = started,
        .duration = {run->finished_at != 0 ? run->finished_at - run->started_at : -1},
        .uai = "",
        .school = "",
    };
    (void)import_csv_figures_heading(row, sizeof row);
    (void)fputs(row, stdout);
    whole_print(figure, report);
    schools_print(figure, report);
}
