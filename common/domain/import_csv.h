/* What an import refused, as rows for a spreadsheet: the same from the command line and from the pages. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Texts that are not known are "". */
struct import_csv_record {
    const char *file;
    int64_t line; /* 0: not known */
    const char *category, *aaf_id, *attribute, *code, *value;
    const char *what, *todo; /* the code's sentences */
};

/* Both like csv_row_write. The heading begins the file. */
size_t import_csv_heading(char *out, size_t size);
size_t import_csv_row(const struct import_csv_record *record, char *out, size_t size);
