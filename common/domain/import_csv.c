#include "domain/import_csv.h"

#include "domain/csv.h"
#include "domain/text.h"

enum { COLUMNS = 9, NUMBER_SIZE = 24 };

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
