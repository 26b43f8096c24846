/* The report of one import: figures beside those of the import before, schools, what to correct, records. */
#include "domain/import_csv.h"
#include "domain/import_figures.h"
#include "domain/refusal.h"
#include "portal/handlers.h"
#include "portal/import_view.h"
#include "portal/page.h"
#include "portal/paging.h"
#include "portal/sentence.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 50, PAGE_LAST = 100000, SCHOOLS_SHOWN = 50, REFRESH_SECONDS = 5 };

/* What the address asks of the records. */
static const char *code_asked(const struct visit *visit)
{
    const char *code = http_query(visit->request, "code");
    bool is_code = code && code[strspn(code, "abcdefghijklmnopqrstuvwxyz_0123456789")] == '\0';
    return is_code ? code : "";
}

/* A page that is none counts as the first. */
static uint32_t page_asked(const struct visit *visit)
{
    const char *text = http_query(visit->request, "page");
    long page = text ? strtol(text, NULL, 10) : 1;
    return page >= 1 && page <= PAGE_LAST ? (uint32_t)page : 1;
}

static void number_set(struct view *view, const char *name, uint64_t number)
{
    char text[WORDING_SIZE];
    wording_number((int64_t)number, text);
    view_set(view, name, text);
}

/* --- the run --- */

static void delivery_fill(struct view *body, const Preau__Import__Run *run)
{
    if (run->kind[0] != '\0') {
        view_set(view_add(body, "KIND"), "KIND_LABEL", import_kind_label(run->kind));
    }
    if (strlen(run->generated_on) == 10) { /* YYYY-MM-DD */
        view_print(view_add(body, "GENERATED"), "GENERATED_ON", "%.2s/%.2s/%.4s", run->generated_on + 8,
            run->generated_on + 5, run->generated_on);
    }
    if (run->finished_at != 0) {
        view_show(body, "FINISHED");
    }
}

/* One reason a line. */
static void explanation_fill(const struct visit *visit, struct view *body, const char *explanation)
{
    struct view *list = explanation[0] != '\0' ? view_add(body, "EXPLANATION") : NULL;
    while (*explanation != '\0') {
        size_t length = strcspn(explanation, "\n");
        sentence_set(
            view_add(list, "LINE"), "EXPLANATION_TEXT", arena_copy_bytes(visit_arena(visit), explanation, length));
        explanation += length + (explanation[length] == '\n');
    }
}

static void reasons_fill(const struct visit *visit, struct view *body, const Preau__Import__Run *run)
{
    enum refusal refusal = REFUSAL_NONE;
    if (run->refusal[0] != '\0') {
        (void)refusal_from_code(run->refusal, &refusal);
        struct view *reason = view_add(body, "REASON");
        view_set(reason, "REASON_CODE", run->refusal);
        sentence_set(reason, "REASON_TEXT", refusal_sentence(refusal));
        /* of a held one the page says what an integrator does: the decision is the operator's */
        bool is_held = run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_HELD;
        sentence_set(reason, "REASON_TODO", is_held ? "" : refusal_next(refusal));
    }
    explanation_fill(visit, body, run->explanation);
    if (run->decision[0] != '\0') {
        char decided[WORDING_SIZE];
        struct view *decision = view_add(body, "DECISION");
        wording_moment((struct instant){run->decided_at}, decided);
        view_set(decision, "DECISION_LABEL", strcmp(run->decision, "approved") == 0 ? "Approuvée" : "Rejetée");
        view_set(decision, "DECIDED_BY", run->decided_by);
        view_set(decision, "DECIDED_AT", decided);
    } else if (run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_HELD) {
        view_print(view_add(body, "UNDECIDED"), "UNDECIDED_RUN", "%" PRId64, run->id);
    }
}

/* --- figures --- */

static void difference_fill(struct view *row, const struct import_figure *figure)
{
    char text[WORDING_SIZE];
    bool is_less = figure->count < figure->previous;
    wording_number((int64_t)(is_less ? figure->previous - figure->count : figure->count - figure->previous), text);
    if (figure->count == figure->previous) {
        view_set(row, "DIFFERENCE", "=");
    } else {
        view_print(row, "DIFFERENCE", "%s%s", is_less ? "−" : "+", text);
    }
}

static void figures_fill(struct view *body, const Preau__Import__GetReportReply *report)
{
    struct import_count now[IMPORT_FIGURES_MAX];
    struct import_count before[IMPORT_FIGURES_MAX];
    struct import_figure figures[IMPORT_FIGURES_MAX];
    size_t count = import_figures_line_up(now, import_counts_of(report->run, now), before,
        import_counts_of(report->previous_run, before), figures, IMPORT_FIGURES_MAX);
    if (count == 0) {
        return;
    }
    struct view *table = view_add(body, "FIGURES");
    view_print(table, "FIGURES_SHEET", "/imports/%" PRId64 ".csv?table=chiffres", report->run->id);
    struct view *group = NULL;
    view_number(table, "COLUMNS", report->previous_run ? 4 : 2);
    if (report->previous_run) {
        view_show(table, "COMPARED");
    }
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(figures[i].category, figures[i - 1].category) != 0) {
            group = view_add(table, "GROUP");
            view_set(group, "CATEGORY", import_category_label(figures[i].category));
        }
        struct view *row = view_add(group, "FIGURE");
        view_set(row, "LABEL", import_counter_label(figures[i].category, figures[i].what));
        number_set(row, "NOW", figures[i].count);
        if (report->previous_run) {
            struct view *compared = view_add(row, "COMPARED");
            number_set(compared, "BEFORE", figures[i].previous);
            difference_fill(compared, &figures[i]);
        }
    }
}

/* --- schools --- */

static struct import_school *schools_of(
    struct arena *arena, const Preau__Import__GetReportReply *report, size_t *out_count)
{
    struct import_school *schools = arena_alloc(arena, report->n_schools + 1, sizeof *schools);
    size_t count = 0;
    for (size_t i = 0; schools && i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        if (count == 0 || strcmp(schools[count - 1].uai, counter->uai) != 0) {
            schools[count++] = (struct import_school){.uai = counter->uai, .name = counter->name};
        }
        import_school_count(&schools[count - 1], counter->category, counter->what, counter->count);
    }
    *out_count = count;
    return schools;
}

static void schools_fill(const struct visit *visit, struct view *body, const Preau__Import__GetReportReply *report)
{
    size_t count = 0;
    struct import_school *schools = schools_of(visit_arena(visit), report, &count);
    if (count > 0) {
        qsort(schools, count, sizeof *schools, import_school_compare);
    }
    size_t told = 0;
    struct view *table = count > 0 && import_school_is_told(&schools[0]) ? view_add(body, "SCHOOLS") : NULL;
    for (; told < count && import_school_is_told(&schools[told]); told++) {
        if (told < SCHOOLS_SHOWN) {
            struct view *row = view_add(table, "SCHOOL_ROW");
            view_set(row, "UAI", schools[told].uai);
            view_set(row, "NAME", schools[told].name[0] != '\0' ? schools[told].name : schools[told].uai);
            number_set(row, "PUPILS", schools[told].departed_pupils);
            number_set(row, "GUARDIANS", schools[told].departed_guardians);
            number_set(row, "REFUSED", schools[told].refused);
        }
    }
    if (told > SCHOOLS_SHOWN) {
        char more[WORDING_SIZE];
        wording_count((int64_t)(told - SCHOOLS_SHOWN), "autre établissement", "autres établissements", more);
        view_set(view_add(table, "MORE"), "MORE_COUNT", more);
    }
}

/* --- codes and records --- */

static void codes_fill(const struct visit *visit, struct view *body, const Preau__Import__GetReportReply *report)
{
    struct view *codes = report->n_codes > 0 ? view_add(body, "CODES") : NULL;
    for (size_t i = 0; i < report->n_codes; i++) {
        const Preau__Import__CodeCount *code = report->codes[i];
        struct view *row = view_add(codes, "CODE_ROW");
        view_set(row, "CODE", code->code);
        number_set(row, "COUNT", code->count);
        sentence_set(row, "WHAT", code->what);
        sentence_set(row, "TODO", code->todo);
        view_print(row, "CODE_HREF", "/imports/%" PRId64 "?code=%s#fiches", report->run->id, code->code);
        if (strcmp(code->code, code_asked(visit)) == 0) {
            view_show(row, "CURRENT");
        }
    }
}

static void record_fill(struct view *row, const Preau__Import__RefusedRecord *record)
{
    view_set(row, "FILE", record->file);
    if (record->line > 0) {
        view_number(view_add(row, "AT_LINE"), "LINE", record->line);
    }
    view_set(row, "CATEGORY", record->category[0] != '\0' ? record->category : "–");
    view_set(row, "AAF_ID", record->aaf_id[0] != '\0' ? record->aaf_id : "–");
    view_set(row, "ATTRIBUTE", record->attribute[0] != '\0' ? record->attribute : "–");
    view_set(row, "VALUE", record->value[0] != '\0' ? record->value : "–");
    view_set(row, "CODE", record->code);
}

static const char *page_href(const struct visit *visit, int64_t run, uint32_t page)
{
    const char *code = code_asked(visit);
    return arena_printf(visit_arena(visit), "/imports/%" PRId64 "?%s%s%spage=%u#fiches", run,
        code[0] != '\0' ? "code=" : "", code, code[0] != '\0' ? "&" : "", page);
}

static void paging_fill(const struct visit *visit, struct view *records, const Preau__Import__GetReportReply *report)
{
    uint64_t pages = (report->refused_total + PAGE_ROWS - 1) / PAGE_ROWS;
    uint32_t page = page_asked(visit);
    paging_show(records, "Pagination", page, (int64_t)pages, page_href(visit, report->run->id, page - 1),
        page_href(visit, report->run->id, page + 1));
}

static void records_fill(const struct visit *visit, struct view *body, const Preau__Import__GetReportReply *report)
{
    const char *code = code_asked(visit);
    char count[WORDING_SIZE];
    if (report->n_codes == 0) {
        view_show(body, "NOTHING_TOLD");
        return;
    }
    struct view *records = view_add(body, "RECORDS");
    wording_count((int64_t)report->refused_total, "fiche ou valeur", "fiches ou valeurs", count);
    view_set(records, "TOTAL", count);
    if (report->is_cut) {
        number_set(view_add(records, "CUT"), "LISTED_MAX", IMPORT_LISTED_MAX);
    }
    view_print(
        records, "SHEET", "/imports/%" PRId64 ".csv%s%s", report->run->id, code[0] != '\0' ? "?code=" : "", code);
    if (code[0] != '\0') {
        struct view *narrowed = view_add(records, "NARROWED");
        view_set(narrowed, "CODE", code);
        view_print(narrowed, "ALL_HREF", "/imports/%" PRId64 "#fiches", report->run->id);
    }
    struct view *table = report->n_refused > 0 ? view_add(records, "RECORD_TABLE") : NULL;
    for (size_t i = 0; i < report->n_refused; i++) {
        record_fill(view_add(table, "RECORD"), report->refused[i]);
    }
    paging_fill(visit, records, report);
}

static void report_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Import__GetReportReply *report = (const void *)answer;
    if (!report) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Compte rendu d’intégration", "import.html");
    import_view_run(body, report->run);
    delivery_fill(body, report->run);
    reasons_fill(visit, body, report->run);
    if (report->previous_run) {
        import_view_run(view_add(body, "BEFORE_IT"), report->previous_run);
    }
    if (report->run->check) {
        view_show(body, "CHECK");
    }
    if (import_goes_on(report->run)) {
        import_view_progress(view_add(body, "RUNNING"), report->run);
        page_refresh(visit, REFRESH_SECONDS);
    } else {
        records_fill(visit, body, report);
    }
    figures_fill(body, report);
    schools_fill(visit, body, report);
    codes_fill(visit, body, report);
    page_send(visit, 200);
}

void import_show(struct visit *visit)
{
    Preau__Import__GetReportRequest request = PREAU__IMPORT__GET_REPORT_REQUEST__INIT;
    request.run = visit->path.import.v;
    request.code = arena_copy(visit_arena(visit), code_asked(visit));
    request.offset = (page_asked(visit) - 1) * PAGE_ROWS;
    request.limit = PAGE_ROWS;
    visit_call(
        visit, &(struct visit_call){visit->portal->import, "GetReport", &request.base, report_loaded, NULL, false});
}
