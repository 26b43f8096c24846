#include "portal/language.h"

#include "runtime/cleanup.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct {
    const char *code, *name, *direction;
} languages[LANGUAGE_COUNT] = {
    [LANGUAGE_FRENCH] = {"fr", "Français",      "ltr"},
    [LANGUAGE_ENGLISH] = {"en", "English",        "ltr"},
    [LANGUAGE_ARABIC] = {"ar", "العربية", "rtl"},
    [LANGUAGE_PORTUGUESE] = {"pt", "Português",     "ltr"},
    [LANGUAGE_TURKISH] = {"tr", "Türkçe",       "ltr"},
    [LANGUAGE_SPANISH] = {"es", "Español",       "ltr"},
};

const char *language_code(enum language language)
{
    return languages[language].code;
}

const char *language_name(enum language language)
{
    return languages[language].name;
}

const char *language_direction(enum language language)
{
    return languages[language].direction;
}

bool language_from_code(const char *code, enum language *out_language)
{
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (strcmp(languages[i].code, code) == 0) {
            *out_language = (enum language)i;
            return true;
        }
    }
    return false;
}

/* ---- what a browser asks for */

enum { WEIGHT_MAX = 1000, WEIGHT_WRONG = -1 };

/* "0.8" in thousandths; WEIGHT_WRONG when it is no weight. */
static int weight_read(const char *text, size_t length)
{
    int weight = 0;
    int unit = WEIGHT_MAX;
    if (length == 0 || length > sizeof "0.123" - 1) {
        return WEIGHT_WRONG;
    }
    for (size_t i = 0; i < length; i++) {
        if (i == 1) {
            if (text[i] != '.') {
                return WEIGHT_WRONG;
            }
            continue;
        }
        if (text[i] < '0' || text[i] > '9') {
            return WEIGHT_WRONG;
        }
        weight += (text[i] - '0') * unit;
        unit /= 10;
    }
    return weight <= WEIGHT_MAX ? weight : WEIGHT_WRONG;
}

/* Of one range with its parameters. */
static int weight_of(const char *range, size_t length)
{
    const char *semicolon = memchr(range, ';', length);
    if (!semicolon) {
        return WEIGHT_MAX;
    }
    const char *at = semicolon + 1;
    const char *end = range + length;
    while (at < end && *at == ' ') {
        at++;
    }
    if (end - at < 2 || strncasecmp(at, "q=", 2) != 0) {
        return WEIGHT_WRONG;
    }
    at += 2;
    while (end > at && end[-1] == ' ') {
        end--;
    }
    return weight_read(at, (size_t)(end - at));
}

/* "pt-BR;q=0.8" is Portuguese as well. */
static bool language_of_range(const char *range, size_t length, enum language *out_language)
{
    size_t primary = 0;
    while (primary < length && !strchr("-; ", range[primary])) {
        primary++;
    }
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (strlen(languages[i].code) == primary && strncasecmp(range, languages[i].code, primary) == 0) {
            *out_language = (enum language)i;
            return true;
        }
    }
    return false;
}

enum language language_accepted(const char *header, unsigned offered)
{
    enum language best = LANGUAGE_FRENCH;
    int best_weight = 0;
    const char *at = header ? header : "";
    while (*at != '\0') {
        at += strspn(at, " \t,");
        size_t length = strcspn(at, ",");
        enum language language;
        if (language_of_range(at, length, &language) && (offered & 1u << language) != 0) {
            int weight = weight_of(at, length);
            best = weight > best_weight ? language : best;
            best_weight = weight > best_weight ? weight : best_weight;
        }
        at += length;
    }
    return best;
}

/* ---- sentences */

struct sentence_row {
    const char *french;
    const char *said[LANGUAGE_COUNT];
};

/* Made from the catalogues, sorted by the French. */
// clang-format off
static const struct sentence_row sentences[] = {
#include "portal/sentences.inc"
};
// clang-format on

static int row_compare(const void *key, const void *row)
{
    return strcmp(key, ((const struct sentence_row *)row)->french);
}

const char *language_say(enum language language, const char *french)
{
    if (language == LANGUAGE_FRENCH) {
        return french;
    }
    const struct sentence_row *row =
        bsearch(french, sentences, ARRAY_LENGTH(sentences), sizeof sentences[0], row_compare);
    return row && row->said[language] ? row->said[language] : french;
}
