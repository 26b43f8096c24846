/* The numbered files of a delivery: of each series, which are the names that differ by the number alone, all from 0 to the
 * greatest must be there. Series of other schools or other days say nothing of one another. */
#pragma once

#include "runtime/attributes.h"

#include <stddef.h>

struct parts;

NEVER_NULL MUST_USE struct parts *parts_new(void);
void parts_free(struct parts **parts);

/* series: borrowed for the call. file: by which it is told again. */
void parts_add(struct parts *parts, const char *series, size_t length, int number, int file);

enum { PARTS_WHOLE = -1 };
/* The file that follows the first number that is missing, of the first series by name; PARTS_WHOLE: none is. */
int parts_after_gap(struct parts *parts);
