#include "domain/identifier.h"

#include "domain/latin.h"
#include "domain/text.h"

#include <assert.h>
#include <string.h>

enum { PART_SIZE = 64 };

/* The ASCII letters of a name, as many as fit; "x" when it has none. */
static void letters_of(const char *name, char out_letters[PART_SIZE])
{
    struct text_builder text = text_begin(out_letters, PART_SIZE);
    const char *cursor = name;
    for (uint32_t letter = utf8_next(&cursor); letter != 0 && !text.overflowed; letter = utf8_next(&cursor)) {
        const char *fold = latin_fold(letter);
        if (fold != NULL)
            text_add(&text, fold);
    }
    if (text.used == 0)
        text_add(&text, "x");
}

struct identifier identifier_base(const char *first_name, const char *last_name)
{
    char first[PART_SIZE];
    char last[PART_SIZE];
    letters_of(first_name, first);
    letters_of(last_name, last);

    struct identifier base;
    struct text_builder text = text_begin(base.text, sizeof base.text);
    text_add_char(&text, first[0]);
    text_add_char(&text, '.');
    size_t length = strlen(last);
    size_t room = IDENTIFIER_BASE_MAX - text.used;
    text_add_bytes(&text, last, length < room ? length : room);
    return base;
}

struct identifier identifier_numbered(const struct identifier *base, uint32_t number)
{
    assert(number <= IDENTIFIER_NUMBER_MAX && strlen(base->text) <= IDENTIFIER_BASE_MAX);
    struct identifier numbered;
    struct text_builder text = text_begin(numbered.text, sizeof numbered.text);
    text_add(&text, base->text);
    if (number > 0)
        text_add_number(&text, number, 1);
    return numbered;
}

uint32_t identifier_first_free(const uint32_t *taken, size_t count)
{
    uint32_t free_number = 0;
    for (size_t i = 0; i < count && taken[i] <= free_number; i++) {
        if (taken[i] == free_number)
            free_number++;
    }
    return free_number;
}

static bool is_small_letter(char one)
{
    return one >= 'a' && one <= 'z';
}

/* The length of `j.dupont` at the start of `text`; 0 when it does not begin so. */
static size_t base_length(const char *text)
{
    if (!is_small_letter(text[0]) || text[1] != '.' || !is_small_letter(text[2]))
        return 0;
    size_t length = 3;
    while (is_small_letter(text[length]))
        length++;
    return length <= IDENTIFIER_BASE_MAX ? length : 0;
}

/* A number without leading zero, up to the end; 0 for none at all. */
static bool read_number(const char *text, uint32_t *out_number)
{
    uint32_t number = 0;
    if (*text == '0')
        return false;
    for (; text_is_digit(*text); text++) {
        if (number > IDENTIFIER_NUMBER_MAX / 10)
            return false;
        number = number * 10 + (uint32_t)(*text - '0');
    }
    *out_number = number;
    return *text == '\0';
}

bool identifier_split(const char *text, struct identifier *out_base, uint32_t *out_number)
{
    uint32_t number;
    size_t length = base_length(text);
    if (length == 0 || !read_number(text + length, &number))
        return false;
    struct text_builder base = text_begin(out_base->text, sizeof out_base->text);
    text_add_bytes(&base, text, length);
    *out_number = number;
    return true;
}

bool identifier_is_valid(const char *text)
{
    struct identifier base;
    uint32_t number;
    return identifier_split(text, &base, &number);
}

bool identifier_normalise(const char *typed, struct identifier *out_identifier)
{
    struct identifier candidate;
    struct text_builder text = text_begin(candidate.text, sizeof candidate.text);
    for (; *typed != '\0'; typed++) {
        if (!text_is_blank(*typed))
            text_add_char(&text, text_lower(*typed));
    }
    if (text.overflowed || !identifier_is_valid(candidate.text))
        return false;
    *out_identifier = candidate;
    return true;
}
