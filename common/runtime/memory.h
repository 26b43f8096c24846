/* Heap memory that is there or the process is not: out of memory aborts. Right for us because every daemon may die at
 * any instruction without loss, and because sizes are bounded before anything is allocated. */
#pragma once

#include "runtime/attributes.h"

#include <stddef.h>

FRESH_MEMORY void *checked_malloc(size_t bytes);
/* Zeroed; the product is checked. */
FRESH_MEMORY void *checked_calloc(size_t count, size_t bytes);
NEVER_NULL MUST_USE void *checked_realloc(void *old, size_t count, size_t bytes);
FRESH_MEMORY char *checked_strdup(const char *text);
/* At most `length` bytes of text, and a NUL. */
FRESH_MEMORY char *checked_strndup(const char *text, size_t length);
FRESH_MEMORY PRINTF_LIKE(1, 2) char *checked_printf(const char *format, ...);

/* For `_cleanup_(memory_free)` on any pointer: takes the address of the pointer. */
void memory_free(void *address_of_pointer);
