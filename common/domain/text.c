#include "domain/text.h"

#include <assert.h>
#include <string.h>

struct text_builder text_begin(char *start, size_t size)
{
    assert(size > 0);
    start[0] = '\0';
    return (struct text_builder){.start = start, .size = size};
}

void text_add_bytes(struct text_builder *text, const char *more, size_t length)
{
    if (text->overflowed || length >= text->size - text->used) {
        text->overflowed = true;
        return;
    }
    memcpy(text->start + text->used, more, length);
    text->used += length;
    text->start[text->used] = '\0';
}

void text_add(struct text_builder *text, const char *more)
{
    text_add_bytes(text, more, strlen(more));
}

void text_add_char(struct text_builder *text, char one)
{
    text_add_bytes(text, &one, 1);
}

void text_add_number(struct text_builder *text, uint64_t number, int min_digits)
{
    char digits[20]; /* 2^64 has 20 */
    size_t start = sizeof digits;
    assert(min_digits <= (int)sizeof digits);
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
        min_digits--;
    } while (number > 0 || min_digits > 0);
    text_add_bytes(text, digits + start, sizeof digits - start);
}

bool text_is_blank(char one)
{
    return one == ' ' || (one >= '\t' && one <= '\r');
}

bool text_is_digit(char one)
{
    return one >= '0' && one <= '9';
}

bool text_is_ascii_letter(char one)
{
    return (one >= 'a' && one <= 'z') || (one >= 'A' && one <= 'Z');
}

char text_lower(char one)
{
    if (one >= 'A' && one <= 'Z')
        return (char)(one - 'A' + 'a');
    return one;
}

char text_upper(char one)
{
    if (one >= 'a' && one <= 'z')
        return (char)(one - 'a' + 'A');
    return one;
}
