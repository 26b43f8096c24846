#include "portal/query_text.h"

#include "domain/text.h"

#include <string.h>

const char *query_encoded(struct arena *arena, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    char *out = arena_alloc(arena, 3 * strlen(text) + 1, 1);
    char *at = out;
    if (!out) {
        return "";
    }
    for (; *text != '\0'; text++) {
        unsigned char one = (unsigned char)*text;
        if (text_is_ascii_letter(*text) || text_is_digit(*text) || strchr("-._~", *text)) {
            *at++ = *text;
        } else {
            *at++ = '%';
            *at++ = digits[one >> 4];
            *at++ = digits[one & 15];
        }
    }
    *at = '\0';
    return out;
}
