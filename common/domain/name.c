#include "domain/name.h"

#include "domain/latin.h"
#include "domain/text.h"

#include <string.h>

/* Letters beyond the Latin alphabets begin with Greek; below are signs, and modifier letters used as apostrophes. */
static bool is_foreign_letter(uint32_t letter)
{
    bool punctuation = (letter >= 0x2000 && letter <= 0x206F) || (letter >= 0x3000 && letter <= 0x303F);
    return letter >= 0x370 && !punctuation && letter != 0xFFFD && letter != 0xFEFF;
}

/* What a letter contributes to a key: "" for nothing, NULL for a gap between words. `buffer` holds it if need be. */
static const char *key_part(uint32_t letter, char buffer[5])
{
    const char *fold = latin_fold(letter);
    if (fold != NULL)
        return fold;
    if ((letter >= '0' && letter <= '9') || is_foreign_letter(letter)) {
        buffer[utf8_write(letter, buffer)] = '\0';
        return buffer;
    }
    return NULL;
}

/* Words joined by `gap`, "" to run them together. */
static bool key_make(const char *name, const char *gap, struct name_key *out_key)
{
    struct name_key key;
    struct text_builder text = text_begin(key.text, sizeof key.text);
    const char *cursor = name;
    bool gap_due = false;
    for (uint32_t letter = utf8_next(&cursor); letter != 0; letter = utf8_next(&cursor)) {
        char buffer[5];
        const char *part = key_part(letter, buffer);
        if (part == NULL) {
            gap_due = text.used > 0;
        } else if (part[0] != '\0') {
            text_add(&text, gap_due ? gap : "");
            text_add(&text, part);
            gap_due = false;
        }
    }
    if (text.overflowed || text.used == 0)
        return false;
    *out_key = key;
    return true;
}

bool name_key_make(const char *name, struct name_key *out_key)
{
    return key_make(name, " ", out_key);
}

bool name_match_key_make(const char *name, struct name_key *out_key)
{
    return key_make(name, "", out_key);
}

bool name_key_is_same(const struct name_key *a, const struct name_key *b)
{
    return strcmp(a->text, b->text) == 0;
}

bool name_is_same(const char *a, const char *b)
{
    struct name_key key_a;
    struct name_key key_b;
    return name_match_key_make(a, &key_a) && name_match_key_make(b, &key_b) && name_key_is_same(&key_a, &key_b);
}

static size_t word_length(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0' && text[length] != ' ')
        length++;
    return length;
}

static bool some_word_begins_with(const char *text, const char *start, size_t length)
{
    while (*text != '\0') {
        if (strncmp(text, start, length) == 0)
            return true;
        text += word_length(text);
        text += *text == ' ' ? 1 : 0;
    }
    return false;
}

bool name_key_has_words(const struct name_key *key, const struct name_key *searched)
{
    const char *word = searched->text;
    while (*word != '\0') {
        size_t length = word_length(word);
        if (!some_word_begins_with(key->text, word, length))
            return false;
        word += length;
        word += *word == ' ' ? 1 : 0;
    }
    return true;
}

bool name_sort_key_make(const char *last_name, const char *first_name, struct name_sort_key *out_key)
{
    struct name_key last;
    struct name_key first;
    if (!name_key_make(last_name, &last) || !name_key_make(first_name, &first))
        return false;
    struct text_builder text = text_begin(out_key->text, sizeof out_key->text);
    text_add(&text, last.text);
    text_add(&text, "  "); /* sorts before the single space inside a longer last name */
    text_add(&text, first.text);
    return true;
}

/* True when the letters that have a case all are capitals, or all small ones. */
static bool has_one_case_only(const char *name)
{
    bool any_small = false;
    bool any_capital = false;
    const char *cursor = name;
    for (uint32_t letter = utf8_next(&cursor); letter != 0; letter = utf8_next(&cursor)) {
        any_capital = any_capital || latin_lower(letter) != letter;
        any_small = any_small || latin_upper(letter) != letter;
    }
    return any_small != any_capital;
}

static bool is_gap(uint32_t letter)
{
    return (letter < 0x80 && text_is_blank((char)letter)) || letter == 0xA0 || letter == 0x202F;
}

typedef uint32_t letter_case(uint32_t letter, bool starts_word);

static uint32_t case_as_written(uint32_t letter, bool starts_word)
{
    (void)starts_word;
    return letter;
}

static uint32_t case_of_title(uint32_t letter, bool starts_word)
{
    return starts_word ? latin_upper(letter) : latin_lower(letter);
}

static uint32_t case_upper(uint32_t letter, bool starts_word)
{
    (void)starts_word;
    return latin_upper(letter);
}

/* Copies with blanks tidied and each letter's case decided by `recase`. */
static bool display(const char *name, letter_case *recase, struct name_text *out_text)
{
    struct name_text shown;
    struct text_builder text = text_begin(shown.text, sizeof shown.text);
    const char *cursor = name;
    bool gap_due = false;
    bool starts_word = true;
    for (uint32_t letter = utf8_next(&cursor); letter != 0; letter = utf8_next(&cursor)) {
        if (is_gap(letter)) {
            gap_due = text.used > 0;
            starts_word = true;
            continue;
        }
        if (gap_due)
            text_add_char(&text, ' ');
        gap_due = false;
        char bytes[4];
        text_add_bytes(&text, bytes, utf8_write(recase(letter, starts_word), bytes));
        starts_word = latin_fold(letter) == NULL && !is_foreign_letter(letter);
    }
    if (text.overflowed || text.used == 0)
        return false;
    *out_text = shown;
    return true;
}

bool name_display(const char *name, struct name_text *out_text)
{
    return display(name, has_one_case_only(name) ? case_of_title : case_as_written, out_text);
}

bool name_display_upper(const char *name, struct name_text *out_text)
{
    return display(name, case_upper, out_text);
}
