/* Inside this room: what a query answered. The subject files turn rows into domain values.
 *
 * A column is named as in the SQL; a name that the answer does not have is a bug (assert), and so is a value that
 * cannot be read as the type asked for: both are caught by the test that runs every query. Texts and bytes live as
 * long as the rows. */
#pragma once

#include "domain/date.h"
#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rows;

int rows_count(const struct rows *rows);
size_t rows_length(const struct rows *rows); /* of NULL: 0 */
/* A list of as many, zeroed, and one more, so that an empty one is a list all the same; of NULL: NULL. */
void *rows_list(const struct rows *rows, size_t bytes);
int64_t rows_changed(const struct rows *rows); /* by insert, update or delete at the top of the statement */
void rows_free(struct rows **rows);

bool row_is_null(const struct rows *rows, int row, const char *column);
/* Of null: 0, false, "", never. */
int64_t row_int64(const struct rows *rows, int row, const char *column);
bool row_bool(const struct rows *rows, int row, const char *column);
const char *row_text(const struct rows *rows, int row, const char *column);
struct instant row_instant(const struct rows *rows, int row, const char *column);
struct date row_date(const struct rows *rows, int row, const char *column); /* null: a date that is not valid */
/* At most `size` bytes are written; gives how many there are. */
size_t row_bytes(const struct rows *rows, int row, const char *column, void *out_bytes, size_t size);

/* Of rows in binary, by place and not by name. Not null. */
const unsigned char *row_binary_bytes(const struct rows *rows, int row, int column, size_t *out_size);
