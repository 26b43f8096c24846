/* What an import refused, and its figures, as rows for a spreadsheet: the same from the command line and from the pages. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records that a report lists at most, in the order of the files; all are counted. */
enum { IMPORT_LISTED_MAX = 100000 };

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

/* A counter of the whole import, or of one of its schools; each row says which import, so that several can be put together. */
struct import_csv_figure {
    int64_t run, previous_run; /* previous_run 0: none */
    const char *started;       /* "2026-09-17 08:20:01" */
    struct duration duration;  /* negative: not over */
    const char *uai, *school;  /* "": of the whole */
    const char *category, *what;
    uint64_t count, previous;
    bool is_compared; /* `previous` is known */
};

/* The same of figures. */
size_t import_csv_figures_heading(char *out, size_t size);
size_t import_csv_figure_row(const struct import_csv_figure *figure, char *out, size_t size);

struct import_count; /* domain/import_figures.h */

/* One row, lent for the call. */
typedef void import_csv_take(void *arg, const char *row, size_t length);

/* All figures of an import, row after row: those of the whole, under the heading, then those of its schools, one school after
 * the other. */
struct import_csv_sheet {
    struct import_csv_figure
        figure; /* run, previous_run, started, duration, is_compared are given; the rest is of a row */
    import_csv_take *take;
    void *arg;
};
void import_csv_sheet_begin(struct import_csv_sheet *sheet, const struct import_count *counts, size_t count,
    const struct import_count *previous, size_t previous_count);
/* name: said with the first figure of a school; kept until the next school. */
void import_csv_sheet_school(
    struct import_csv_sheet *sheet, const char *uai, const char *name, const struct import_count *counter);
