/* The report of an import, for people. */
#include "ctl/import_print.h"
#include "ctl/import_report.h"
#include "ctl/progress.h"
#include "domain/import_figures.h"
#include "domain/refusal.h"
#include "domain/school.h"
#include "runtime/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_SIZE = 40, SCHOOLS_SHOWN = 20, LABEL_WIDTH = 28, NUMBER_WIDTH = 14 };

/* --- texts in columns: printf counts bytes --- */

static void print_padded(const char *text, unsigned width, bool is_right)
{
    unsigned columns = progress_columns(text);
    int blanks = columns < width ? (int)(width - columns) : 0;
    (void)printf("%*s%s%*s", is_right ? blanks : 0, "", text, is_right ? 0 : blanks, "");
}

/* "1 234 567", with the narrow space of French thousands. */
static void number_write(uint64_t number, char out_text[static NUMBER_SIZE])
{
    char digits[NUMBER_SIZE];
    int length = snprintf(digits, sizeof digits, "%" PRIu64, number);
    size_t used = 0;
    for (int i = 0; i < length; i++) {
        const char *space = i > 0 && (length - i) % 3 == 0 ? "\u202f" : "";
        used += (size_t)snprintf(out_text + used, NUMBER_SIZE - used, "%s%c", space, digits[i]);
    }
}

static void print_number(uint64_t number)
{
    char text[NUMBER_SIZE];
    number_write(number, text);
    print_padded(text, NUMBER_WIDTH, true);
}

static void print_difference(const struct import_figure *figure)
{
    char text[NUMBER_SIZE];
    char signed_text[NUMBER_SIZE + 4];
    bool is_less = figure->count < figure->previous;
    number_write(is_less ? figure->previous - figure->count : figure->count - figure->previous, text);
    const char *sign = is_less ? "−" : "+";
    (void)snprintf(signed_text, sizeof signed_text, "%s%s", figure->count == figure->previous ? "" : sign,
        figure->count == figure->previous ? "=" : text);
    print_padded(signed_text, NUMBER_WIDTH, true);
}

static void print_field(const char *label)
{
    (void)printf("  ");
    print_padded(label, 14, false);
}

/* --- the run --- */

static void print_delivery(const Preau__Import__Run *run)
{
    const char *academy = academy_label((academy_code){(int16_t)run->academy});
    print_field("Livraison");
    (void)printf("%s, académie %02" PRIu32 "%s%s%s", run->archive, run->academy, academy != NULL ? " (" : "",
        academy != NULL ? academy : "", academy != NULL ? ")" : "");
    if (run->degree != 0)
        (void)printf(", %s degré", run->degree == DEGREE_1 ? "premier" : "second");
    if (run->kind[0] != '\0')
        (void)printf(", %s", import_kind_label(run->kind));
    if (strlen(run->generated_on) == 10)
        (void)printf(" du %.2s/%.2s/%.4s", run->generated_on + 8, run->generated_on + 5, run->generated_on);
    (void)printf("\n");
}

static void print_times(const Preau__Import__Run *run)
{
    char started[CTL_INSTANT_SIZE];
    ctl_write_instant(run->started_at, started);
    print_field("Début");
    (void)printf("%s", started);
    if (run->finished_at != 0) {
        char duration[IMPORT_DURATION_SIZE];
        import_duration_write((struct duration){run->finished_at - run->started_at}, duration);
        (void)printf(", durée %s", duration);
    }
    (void)printf("\n");
}

static void print_reasons(const Preau__Import__Run *run)
{
    enum refusal refusal = REFUSAL_NONE;
    if (run->refusal[0] != '\0') {
        (void)refusal_from_code(run->refusal, &refusal);
        print_field("Raison");
        (void)printf("%s : %s\n", run->refusal, refusal_sentence(refusal));
        print_field("À faire");
        (void)printf("%s\n", refusal_next(refusal));
    }
    const char *label = "Précisions";
    for (const char *line = run->explanation; *line != '\0'; label = "") {
        size_t length = strcspn(line, "\n"); /* a reason each */
        print_field(label);
        (void)printf("%.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void print_decision(const Preau__Import__Run *run)
{
    if (run->decision[0] != '\0') {
        char decided[CTL_INSTANT_SIZE];
        ctl_write_instant(run->decided_at, decided);
        print_field("Décision");
        (void)printf("%s par %s le %s\n", strcmp(run->decision, "approved") == 0 ? "approuvée" : "rejetée",
            run->decided_by, decided);
    }
}

/* --- figures --- */

size_t import_counts_of(const Preau__Import__Run *run, struct import_count counts[static IMPORT_FIGURES_MAX])
{
    size_t count = 0;
    for (; run != NULL && count < run->n_counters && count < IMPORT_FIGURES_MAX; count++)
        counts[count] = (struct import_count){
            run->counters[count]->category, run->counters[count]->what, run->counters[count]->count};
    return count;
}

static void print_headings(const Preau__Import__Run *previous)
{
    (void)printf("\n");
    print_padded("Chiffres", LABEL_WIDTH, false);
    print_padded("cette fois", NUMBER_WIDTH, true);
    if (previous != NULL) {
        char heading[NUMBER_SIZE];
        (void)snprintf(heading, sizeof heading, "n° %" PRId64, previous->id);
        print_padded(heading, NUMBER_WIDTH, true);
        print_padded("différence", NUMBER_WIDTH, true);
    }
    (void)printf("\n");
}

static void print_figures(const Preau__Import__Run *run, const Preau__Import__Run *previous)
{
    struct import_count now[IMPORT_FIGURES_MAX];
    struct import_count before[IMPORT_FIGURES_MAX];
    struct import_figure figures[IMPORT_FIGURES_MAX];
    size_t count = import_figures_line_up(
        now, import_counts_of(run, now), before, import_counts_of(previous, before), figures, IMPORT_FIGURES_MAX);
    const char *category = "";
    if (count > 0)
        print_headings(previous);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(category, figures[i].category) != 0)
            (void)printf("  %s\n", import_category_label(figures[i].category));
        category = figures[i].category;
        (void)printf("    ");
        print_padded(import_counter_label(category, figures[i].what), LABEL_WIDTH - 4, false);
        print_number(figures[i].count);
        if (previous != NULL) {
            print_number(figures[i].previous);
            print_difference(&figures[i]);
        }
        (void)printf("\n");
    }
}

void import_report_head_print(const Preau__Import__GetReportReply *report)
{
    const Preau__Import__Run *run = report->run;
    char state[IMPORT_STATE_SIZE];
    import_state_write(run, state);
    (void)printf("Intégration %" PRId64 " : %s\n", run->id, state);
    print_delivery(run);
    print_times(run);
    print_reasons(run);
    print_decision(run);
    if (report->previous_run != NULL) {
        char started[CTL_INSTANT_SIZE];
        ctl_write_instant(report->previous_run->started_at, started);
        print_field("Précédente");
        (void)printf("n° %" PRId64 ", %s\n", report->previous_run->id, started);
    }
    print_figures(run, report->previous_run);
}

/* --- schools and codes --- */

static size_t schools_of(const Preau__Import__GetReportReply *report, struct import_school *schools)
{
    size_t count = 0;
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        if (count == 0 || strcmp(schools[count - 1].uai, counter->uai) != 0)
            schools[count++] = (struct import_school){.uai = counter->uai, .name = counter->name};
        import_school_count(&schools[count - 1], counter->category, counter->what, counter->count);
    }
    return count;
}

void import_report_schools_print(const Preau__Import__GetReportReply *report)
{
    struct import_school *schools = checked_calloc(report->n_schools + 1, sizeof *schools);
    size_t told = 0;
    size_t count = schools_of(report, schools);
    qsort(schools, count, sizeof *schools, import_school_compare);
    while (told < count && import_school_is_told(&schools[told]))
        told++;
    if (told > 0)
        (void)printf("\nÉtablissements : départs et fiches refusées\n");
    for (size_t i = 0; i < told && i < SCHOOLS_SHOWN; i++)
        (void)printf("  %s  élèves partis %" PRIu64 ", responsables partis %" PRIu64 ", fiches refusées %" PRIu64
                     "  %s\n",
            schools[i].uai, schools[i].departed_pupils, schools[i].departed_guardians, schools[i].refused,
            schools[i].name);
    if (told > SCHOOLS_SHOWN)
        (void)printf("  … et %zu autres ; « --json » les dit tous\n", told - SCHOOLS_SHOWN);
    memory_free(&schools);
}

void import_report_codes_print(const Preau__Import__GetReportReply *report)
{
    if (report->n_codes > 0)
        (void)printf("\nÀ corriger\n");
    for (size_t i = 0; i < report->n_codes; i++) {
        const Preau__Import__CodeCount *code = report->codes[i];
        char count[NUMBER_SIZE];
        number_write(code->count, count);
        (void)printf("  %s × %s : %s\n", count, code->code, code->what);
        if (code->todo[0] != '\0')
            (void)printf("      %s\n", code->todo);
    }
}

/* --- records --- */

void import_report_record_print(const Preau__Import__RefusedRecord *record)
{
    (void)printf("  %s", record->file);
    if (record->line > 0)
        (void)printf(":%" PRId64, record->line);
    (void)printf(" : %s", record->code);
    if (record->category[0] != '\0')
        (void)printf("  %s", record->category);
    if (record->aaf_id[0] != '\0')
        (void)printf(" %s", record->aaf_id);
    if (record->attribute[0] != '\0')
        (void)printf("  %s", record->attribute);
    if (record->value[0] != '\0')
        (void)printf(" = « %s »", record->value);
    (void)printf("\n");
}
