#include "store/rows.h"

#include "runtime/memory.h"
#include "store/rows_result.h"
#include "store/value_text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct rows *rows_take(PGresult *result)
{
    struct rows *rows = checked_calloc(1, sizeof *rows);
    rows->result = result;
    return rows;
}

void rows_free(struct rows **rows)
{
    if (*rows) {
        PQclear((*rows)->result);
        memory_free(rows);
    }
}

int rows_count(const struct rows *rows)
{
    return PQntuples(rows->result);
}

size_t rows_length(const struct rows *rows)
{
    return rows ? (size_t)rows_count(rows) : 0;
}

void *rows_list(const struct rows *rows, size_t bytes)
{
    return rows ? checked_calloc(rows_length(rows) + 1, bytes) : NULL;
}

int64_t rows_changed(const struct rows *rows)
{
    return strtoll(PQcmdTuples(rows->result), NULL, 10);
}

static int column_of(const struct rows *rows, int row, const char *column)
{
    int number = PQfnumber(rows->result, column);
    assert(number >= 0 && row >= 0 && row < PQntuples(rows->result));
    return number;
}

bool row_is_null(const struct rows *rows, int row, const char *column)
{
    return PQgetisnull(rows->result, row, column_of(rows, row, column));
}

const char *row_text(const struct rows *rows, int row, const char *column)
{
    return PQgetvalue(rows->result, row, column_of(rows, row, column));
}

int64_t row_int64(const struct rows *rows, int row, const char *column)
{
    const char *text = row_text(rows, row, column);
    char *end = NULL;
    int64_t value = strtoll(text, &end, 10);
    assert(*end == '\0' && (end > text || row_is_null(rows, row, column)));
    return value;
}

bool row_bool(const struct rows *rows, int row, const char *column)
{
    return row_text(rows, row, column)[0] == 't';
}

struct date row_date(const struct rows *rows, int row, const char *column)
{
    struct date date = {0};
    const char *text = row_text(rows, row, column);
    bool read = *text == '\0' || date_parse_iso(text, &date);
    assert(read);
    return date;
}

struct instant row_instant(const struct rows *rows, int row, const char *column)
{
    return instant_read(row_text(rows, row, column));
}

size_t row_bytes(const struct rows *rows, int row, const char *column, void *out_bytes, size_t size)
{
    return bytes_read(row_text(rows, row, column), out_bytes, size);
}

const unsigned char *row_binary_bytes(const struct rows *rows, int row, int column, size_t *out_size)
{
    assert(PQfformat(rows->result, column) == 1 && !PQgetisnull(rows->result, row, column));
    *out_size = (size_t)PQgetlength(rows->result, row, column);
    return (const unsigned char *)PQgetvalue(rows->result, row, column);
}
