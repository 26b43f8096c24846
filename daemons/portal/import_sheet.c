/* What an import refused, whole, for a spreadsheet: asked piece by piece, sent at once. Or its figures. */
#include "domain/import_csv.h"
#include "import.pb-c.h"
#include "portal/document.h"
#include "portal/handlers.h"
#include "portal/import_view.h"
#include "portal/page.h"
#include "runtime/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 1000, ROW_COMMON = 1024 };

static void sheet_ask(struct visit *visit);

/* Instead of the records. */
static bool wants_figures(const struct visit *visit)
{
    const char *table = http_query(visit->request, "table");
    return table && strcmp(table, "chiffres") == 0;
}

static void heading_add(struct visit_document *document)
{
    document_reserve(document, ROW_COMMON);
    document->length += import_csv_heading(document->bytes, document->size);
}

static void record_add(struct visit_document *document, const Preau__Import__RefusedRecord *record)
{
    const struct import_csv_record one = {record->file, record->line, record->category, record->aaf_id,
        record->attribute, record->code, record->value, record->what, record->todo};
    document_reserve(document, ROW_COMMON);
    size_t length = import_csv_row(&one, document->bytes + document->length, document->size - document->length);
    if (length >= document->size - document->length) {
        document_reserve(document, length);
        (void)import_csv_row(&one, document->bytes + document->length, document->size - document->length);
    }
    document->length += length;
}

static void sheet_send(struct visit *visit)
{
    char name[64];
    (void)snprintf(name, sizeof name, "integration-%" PRId64 "%s.csv", visit->path.import.v,
        wants_figures(visit) ? "-chiffres" : "");
    document_send(visit, "text/csv; charset=utf-8", name);
}

static void row_add(void *arg, const char *row, size_t length)
{
    document_add(arg, row, length);
}

static void figures_add(struct visit_document *document, const Preau__Import__GetReportReply *report)
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
        .take = row_add,
        .arg = document,
    };
    import_csv_sheet_begin(
        &sheet, now, import_counts_of(run, now), before, import_counts_of(report->previous_run, before));
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        import_csv_sheet_school(&sheet, counter->uai, counter->name,
            &(struct import_count){counter->category, counter->what, counter->count});
    }
}

static void piece_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Import__GetReportReply *report = (const void *)answer;
    if (!report) {
        page_refuse(visit, refusal);
        return;
    }
    if (wants_figures(visit)) {
        figures_add(&visit->document, report);
        sheet_send(visit);
        return;
    }
    for (size_t i = 0; i < report->n_refused; i++) {
        record_add(&visit->document, report->refused[i]);
    }
    visit->document.pieces += report->n_refused;
    bool is_whole = report->n_refused == 0 || visit->document.pieces >= report->refused_total;
    if (is_whole || http_is_gone(visit->request)) {
        sheet_send(visit);
    } else {
        sheet_ask(visit);
    }
}

static void sheet_ask(struct visit *visit)
{
    Preau__Import__GetReportRequest request = PREAU__IMPORT__GET_REPORT_REQUEST__INIT;
    const char *code = http_query(visit->request, "code");
    request.run = visit->path.import.v;
    request.code = arena_copy(visit_arena(visit), code ? code : "");
    request.offset = (uint32_t)visit->document.pieces;
    request.limit = PIECE;
    visit_call(
        visit, &(struct visit_call){visit->portal->import, "GetReport", &request.base, piece_loaded, NULL, false});
}

void import_sheet(struct visit *visit)
{
    if (!wants_figures(visit)) {
        heading_add(&visit->document);
    }
    sheet_ask(visit);
}
