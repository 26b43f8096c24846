#include "domain/import_csv.h"

#include "domain/csv.h"
#include "domain/import_figures.h"
#include "domain/text.h"

#include <string.h>

enum {
    COLUMNS = 9,
    FIGURE_COLUMNS = 11,
    FIGURE_ROW_SIZE = 4096 /* names of schools are bounded */,
    NUMBER_SIZE = 24,
    LABEL_SIZE = 80
};

size_t import_csv_heading(char *out, size_t size)
{
    static const char first[] = CSV_BYTE_ORDER_MARK "fichier";
    static const char *const names[COLUMNS] = {
        first, "ligne", "catégorie", "identifiant", "attribut", "code", "valeur", "constat", "à faire"};
    return csv_row_write(names, COLUMNS, out, size);
}

size_t import_csv_row(const struct import_csv_record *record, char *out, size_t size)
{
    char line[NUMBER_SIZE];
    struct text_builder number = text_begin(line, sizeof line);
    if (record->line > 0) {
        text_add_number(&number, (uint64_t)record->line, 1);
    }
    const char *const cells[COLUMNS] = {record->file, line, record->category, record->aaf_id, record->attribute,
        record->code, record->value, record->what, record->todo};
    return csv_row_write(cells, COLUMNS, out, size);
}

size_t import_csv_figures_heading(char *out, size_t size)
{
    static const char first[] = CSV_BYTE_ORDER_MARK "intégration";
    static const char *const names[FIGURE_COLUMNS] = {first, "début", "durée en secondes", "intégration précédente",
        "UAI", "établissement", "catégorie", "compteur", "libellé", "nombre", "nombre précédent"};
    return csv_row_write(names, FIGURE_COLUMNS, out, size);
}

static void number_write(uint64_t number, char out_text[static NUMBER_SIZE])
{
    struct text_builder text = text_begin(out_text, NUMBER_SIZE);
    text_add_number(&text, number, 1);
}

/* "12,3": a number, to a French spreadsheet. */
static void seconds_write(struct duration duration, char out_text[static NUMBER_SIZE])
{
    struct text_builder text = text_begin(out_text, NUMBER_SIZE);
    if (duration.us >= 0) {
        uint64_t tenths = (uint64_t)duration.us / 100000;
        text_add_number(&text, tenths / 10, 1);
        text_add(&text, ",");
        text_add_number(&text, tenths % 10, 1);
    }
}

size_t import_csv_figure_row(const struct import_csv_figure *figure, char *out, size_t size)
{
    char run[NUMBER_SIZE];
    char seconds[NUMBER_SIZE];
    char previous_run[NUMBER_SIZE] = "";
    char count[NUMBER_SIZE];
    char previous[NUMBER_SIZE] = "";
    char label[LABEL_SIZE];
    struct text_builder text = text_begin(label, sizeof label);
    text_add(&text, import_category_label(figure->category));
    text_add(&text, ", ");
    text_add(&text, import_counter_label(figure->category, figure->what));
    number_write((uint64_t)figure->run, run);
    seconds_write(figure->duration, seconds);
    number_write(figure->count, count);
    if (figure->previous_run != 0) {
        number_write((uint64_t)figure->previous_run, previous_run);
    }
    if (figure->is_compared) {
        number_write(figure->previous, previous);
    }
    const char *const cells[FIGURE_COLUMNS] = {run, figure->started, seconds, previous_run, figure->uai, figure->school,
        figure->category, figure->what, label, count, previous};
    return csv_row_write(cells, FIGURE_COLUMNS, out, size);
}

static void figure_take(const struct import_csv_sheet *sheet)
{
    char row[FIGURE_ROW_SIZE];
    size_t length = import_csv_figure_row(&sheet->figure, row, sizeof row);
    sheet->take(sheet->arg, row, length);
}

void import_csv_sheet_begin(struct import_csv_sheet *sheet, const struct import_count *counts, size_t count,
    const struct import_count *previous, size_t previous_count)
{
    char heading[FIGURE_ROW_SIZE];
    struct import_figure figures[IMPORT_FIGURES_MAX];
    struct import_csv_figure *row = &sheet->figure;
    size_t length = import_csv_figures_heading(heading, sizeof heading);
    sheet->take(sheet->arg, heading, length);
    size_t lined_up = import_figures_line_up(counts, count, previous, previous_count, figures, IMPORT_FIGURES_MAX);
    row->uai = row->school = "";
    for (size_t i = 0; i < lined_up; i++) {
        row->category = figures[i].category;
        row->what = figures[i].what;
        row->count = figures[i].count;
        row->previous = figures[i].previous;
        figure_take(sheet);
    }
}

void import_csv_sheet_school(
    struct import_csv_sheet *sheet, const char *uai, const char *name, const struct import_count *counter)
{
    struct import_csv_figure *row = &sheet->figure;
    if (strcmp(row->uai, uai) != 0) {
        row->school = name;
    }
    row->uai = uai;
    row->category = counter->category;
    row->what = counter->what;
    row->count = counter->count;
    row->is_compared = false;
    figure_take(sheet);
}
