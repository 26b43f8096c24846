/* The figures of an import, of the whole and by school, for a spreadsheet. */
#include "ctl/import_report.h"
#include "domain/import_csv.h"
#include "runtime/clock.h"

#include <stdio.h>

static void row_print(void *arg, const char *row, size_t length)
{
    (void)arg;
    (void)fwrite(row, 1, length, stdout);
}

void import_report_figures_print(const Preau__Import__GetReportReply *report)
{
    char started[CLOCK_TEXT_SIZE];
    struct import_count now[IMPORT_FIGURES_MAX];
    struct import_count before[IMPORT_FIGURES_MAX];
    const Preau__Import__Run *run = report->run;
    clock_format_local((struct instant){run->started_at}, started);
    struct import_csv_sheet sheet = {
        .figure = {.run = run->id,
                   .previous_run = run->previous,
                   .started = started,
                   .duration = {run->finished_at != 0 ? run->finished_at - run->started_at : -1},
                   .is_compared = report->previous_run != NULL},
        .take = row_print,
    };
    import_csv_sheet_begin(
        &sheet, now, import_counts_of(run, now), before, import_counts_of(report->previous_run, before));
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        import_csv_sheet_school(&sheet, counter->uai, counter->name,
            &(struct import_count){counter->category, counter->what, counter->count});
    }
}
