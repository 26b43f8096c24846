#include "portal/import_figures_sheet.h"

#include "domain/import_csv.h"
#include "portal/import_view.h"
#include "portal/page.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ROW_SIZE = 4096 };

struct sheet {
    char *bytes;
    size_t used, size;
};

/* Names of schools are bounded: a row fits. */
static void row_add(struct sheet *sheet, const struct import_csv_figure *figure)
{
    if (sheet->size - sheet->used < ROW_SIZE) {
        sheet->size = sheet->size * 2 + ROW_SIZE;
        sheet->bytes = checked_realloc(sheet->bytes, sheet->size, 1);
    }
    sheet->used += figure ? import_csv_figure_row(figure, sheet->bytes + sheet->used, ROW_SIZE)
                          : import_csv_figures_heading(sheet->bytes, ROW_SIZE);
}

static void whole_add(struct sheet *sheet, struct import_csv_figure figure, const Preau__Import__GetReportReply *report)
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
        figure.is_compared = report->previous_run;
        row_add(sheet, &figure);
    }
}

static void schools_add(
    struct sheet *sheet, struct import_csv_figure figure, const Preau__Import__GetReportReply *report)
{
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        if (i == 0 || strcmp(counter->uai, report->schools[i - 1]->uai) != 0) {
            figure.school = counter->name; /* said with the first */
        }
        figure.uai = counter->uai;
        figure.category = counter->category;
        figure.what = counter->what;
        figure.count = counter->count;
        row_add(sheet, &figure);
    }
}

void import_figures_send(struct visit *visit, const Preau__Import__GetReportReply *report)
{
    char started[CLOCK_TEXT_SIZE];
    char name[64];
    struct sheet sheet = {0};
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
    row_add(&sheet, NULL);
    whole_add(&sheet, figure, report);
    schools_add(&sheet, figure, report);
    (void)snprintf(name, sizeof name, "integration-%" PRId64 "-chiffres.csv", run->id);
    page_send_file(visit, "text/csv; charset=utf-8", name, sheet.bytes, sheet.used);
    memory_free(&sheet.bytes);
}
