/*
 * Rows for spreadsheets (RFC 4180): cells between semicolons, as those of French spreadsheets, lines ended by CR LF. A cell
 * that a spreadsheet would take for a formula gets an apostrophe in front: what others wrote is never run.
 */
#pragma once

#include <stddef.h>

/* In front of a file, it tells a spreadsheet that UTF-8 follows. */
#define CSV_BYTE_ORDER_MARK "\xEF\xBB\xBF"

/* How many bytes the row takes, without the end; like snprintf, what is written, end included, is the whole row only
 * when that is less than `size`. A NULL cell is an empty one. */
size_t csv_row_write(const char *const *cells, size_t count, char *out, size_t size);
