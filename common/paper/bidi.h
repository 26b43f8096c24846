/* Lines of Hebrew and Arabic among French: PDF is drawn from left to right and joins no letters. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Ends a name that is read from the right, so that a number or a bracket after it stays where French puts it. It is drawn only
 * in a line that has such letters, and there it is not. */
#define BIDI_END_OF_NAME "\u200E"

/* It has letters that are read from the right. */
bool bidi_has_right_letters(const char *text);

/* The line as it is drawn, by the algorithm of Unicode (UAX 9) for a line that is read from the left, Arabic letters in
 * the forms in which they join. False, and nothing written, when it is drawn as it stands: no such letter in it, or
 * longer than `size`. */
bool bidi_write_visual(const char *line, char *out_line, size_t size);
