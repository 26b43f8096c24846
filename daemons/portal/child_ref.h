/* A child in addresses and in fields of forms: the identity that linkd knows it by, "10-1-123" (academy, degree, AAF's
 * number). Pure. */
#pragma once

#include "values.pb-c.h"

#include <stdbool.h>

enum { CHILD_REF_SIZE = 48 };

void child_ref_write(const Preau__Child *child, char out_text[CHILD_REF_SIZE]);
/* text: NULL is none. */
bool child_ref_read(const char *text, Preau__Child *out_child);
