/* Where lines of text end: at blanks and after hyphens, and within a word only when it is wider than a line. Pure. */
#pragma once

#include <stddef.h>

/* The width of the first `length` bytes of the text. */
typedef float wrap_measure(void *arg, const char *text, size_t length);

/* How many bytes of a text that is not empty make its first line: one letter at least. Blanks after it are the caller's
 * to skip. */
size_t wrap_line(const char *text, float width, wrap_measure *measure, void *arg);
