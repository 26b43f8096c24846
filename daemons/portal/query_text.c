#include "portal/query_text.h"

#include <string.h>

void query_add(struct text_builder *text, const char *value)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *value != '\0'; value++) {
        unsigned char one = (unsigned char)*value;
        if (text_is_ascii_letter(*value) || text_is_digit(*value) || strchr("-._~", *value)) {
            text_add_char(text, *value);
        } else {
            text_add_char(text, '%');
            text_add_char(text, digits[one >> 4]);
            text_add_char(text, digits[one & 15]);
        }
    }
}

const char *query_encoded(struct arena *arena, const char *value)
{
    size_t size = 3 * strlen(value) + 1;
    char *out = arena_alloc(arena, size, 1);
    if (!out) {
        return "";
    }
    struct text_builder text = text_begin(out, size);
    query_add(&text, value);
    return out;
}
