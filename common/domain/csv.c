#include "domain/csv.h"

#include <stdbool.h>
#include <string.h>

struct row {
    char *out;
    size_t size, used;
};

static void row_add(struct row *row, char one)
{
    if (row->used + 1 < row->size) {
        row->out[row->used] = one;
    }
    row->used++;
}

/* East Asian spreadsheets take the wide forms of the same signs for them. */
static bool is_formula(const char *cell)
{
    static const char *const wide[] = {"\uFF1D", "\uFF0B", "\uFF0D", "\uFF20"};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strncmp(cell, wide[i], strlen(wide[i])) == 0) {
            return true;
        }
    }
    return cell[0] != '\0' && strchr("=+-@\t\r\n", cell[0]);
}

/* Blanks at an end are kept by some spreadsheets only between quotes. */
static bool wants_quotes(const char *cell)
{
    size_t length = strlen(cell);
    return strpbrk(cell, ";\"\r\n") || (length > 0 && (strchr(" \t", cell[0]) || strchr(" \t", cell[length - 1])));
}

static void cell_add(struct row *row, const char *cell)
{
    bool is_quoted = wants_quotes(cell);
    if (is_quoted) {
        row_add(row, '"');
    }
    if (is_formula(cell)) {
        row_add(row, '\'');
    }
    for (const char *at = cell; *at != '\0'; at++) {
        if (*at == '"') {
            row_add(row, '"');
        }
        row_add(row, *at);
    }
    if (is_quoted) {
        row_add(row, '"');
    }
}

size_t csv_row_write(const char *const *cells, size_t count, char *out, size_t size)
{
    struct row row = {out, size, 0};
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            row_add(&row, ';');
        }
        cell_add(&row, cells[i] ? cells[i] : "");
    }
    row_add(&row, '\r');
    row_add(&row, '\n');
    if (size > 0) {
        out[row.used < size ? row.used : size - 1] = '\0';
    }
    return row.used;
}
