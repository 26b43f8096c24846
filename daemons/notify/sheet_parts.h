/* How the sheets of a batch are cut into documents. Pure. */
#pragma once

#include "store/document.h"

/* How many of the first sheets make the next document: at most pages_max (at least 1), without cutting a class that fits into
 * one. 0 only of none. */
size_t sheet_part_length(const struct sheet_due *sheets, size_t count, size_t pages_max);
