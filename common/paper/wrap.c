#include "paper/wrap.h"

#include "domain/latin.h"

#include <string.h>

/* Past the word that begins at `from`, its hyphen included. */
static size_t word_end(const char *text, size_t from)
{
    size_t end = from + strspn(text + from, " ");
    end += strcspn(text + end, " -");
    return end + (text[end] == '-');
}

/* The letters that fit, one at least. */
static size_t letters_length(const char *text, size_t length, float width, wrap_measure *measure, void *arg)
{
    const char *cursor = text;
    utf8_next(&cursor);
    size_t kept = (size_t)(cursor - text);
    while (kept < length) {
        utf8_next(&cursor);
        size_t more = (size_t)(cursor - text);
        if (measure(arg, text, more) > width) {
            return kept;
        }
        kept = more;
    }
    return kept;
}

size_t wrap_line(const char *text, float width, wrap_measure *measure, void *arg)
{
    size_t kept = 0;
    while (text[kept + strspn(text + kept, " ")] != '\0') {
        size_t end = word_end(text, kept);
        if (measure(arg, text, end) > width) {
            return kept > 0 ? kept : letters_length(text, end, width, measure, arg);
        }
        kept = end;
    }
    return kept > 0 ? kept : strlen(text);
}
