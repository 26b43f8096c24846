/* A password, code or token in memory: wiped when freed, and refused by the log at compile time (log.h's F() knows no
 * struct secret). Read it only where it is used up. */
#pragma once

#include "runtime/fault.h"

#include <stddef.h>

struct secret;

/* A copy of `length` bytes; wipe the original yourself. */
NEVER_NULL MUST_USE struct secret *secret_new(const char *bytes, size_t length);
void secret_free(struct secret **secret);

const char *secret_text(const struct secret *secret); /* ends with NUL; borrowed */
size_t secret_length(const struct secret *secret);

/* The content of a file without its last newline, at most 64 KiB. Faults: IO, LIMIT; also when others than owner and
 * group may read the file. */
MUST_USE bool secret_read_file(const char *path, struct secret **out_secret, struct fault *fault);

/* Zeros that the compiler may not drop. */
void secret_wipe(void *bytes, size_t length);
/* The same of a text on the heap, which is freed; NULL: nothing. */
void secret_text_free(char **text);
