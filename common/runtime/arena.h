/* Memory for one record, message, request or page: pieces are taken one by one and given back all at once.
 *
 * Over glibc's obstack. The arena has a limit in bytes: a piece beyond it is refused (NULL; texts: "") and sets a
 * sticky flag, tested once before the result is used (arena_is_overflowed). An arena belongs to
 * one thread at a time. */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* limit: bytes handed out at most. The caller owns it; arena_free takes it back with all its pieces. */
NEVER_NULL MUST_USE struct arena *arena_new(size_t limit);
/* The same, wiped with zeros before the memory is given back: for requests that carry passwords or codes. */
NEVER_NULL MUST_USE struct arena *arena_new_secret(size_t limit);
void arena_free(struct arena **arena);

/* Gives all pieces back and clears the overflow flag. */
void arena_reset(struct arena *arena);

/* Zeroed, aligned for any type; NULL only if the limit is passed. */
MUST_USE void *arena_alloc(struct arena *arena, size_t count, size_t bytes);
/* Text pieces: "" if the limit is passed, so that a text is always a text. */
NEVER_NULL char *arena_copy(struct arena *arena, const char *text);
NEVER_NULL char *arena_copy_bytes(struct arena *arena, const void *bytes, size_t length); /* adds a NUL */
NEVER_NULL PRINTF_LIKE(2, 3) char *arena_printf(struct arena *arena, const char *format, ...);

/* One piece was refused since the arena was made or reset: what was built in it must not be used. */
bool arena_is_overflowed(const struct arena *arena);
size_t arena_used(const struct arena *arena);
