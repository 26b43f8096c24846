/* The table of keys as rows, and the way to find one. */
#include "runtime/config_table.h"

#include "runtime/cleanup.h"

#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* the short words of the table are this file's own */
#define TYPE_TEXT CONFIG_TEXT
#define TYPE_CHOICE CONFIG_CHOICE
#define TYPE_COUNT CONFIG_COUNT
#define TYPE_FLAG CONFIG_FLAG
#define TYPE_DURATION CONFIG_DURATION
#define TYPE_SIZE CONFIG_SIZE
#define TYPE_FILE CONFIG_FILE
#define TYPE_DIRECTORY CONFIG_DIRECTORY
#define TYPE_LIST CONFIG_LIST
#define TYPE_NETWORKS CONFIG_NETWORKS
#define TYPE_ADDRESS CONFIG_ADDRESS
#define TYPE_WEB CONFIG_WEB_ADDRESS
#define TYPE_TIME CONFIG_TIME_OF_DAY
#define TYPE_TIMES CONFIG_TIMES_OF_DAY

/* In capitals as the table has them; made lower case once, in place. */
#define KEY(section, name, type, standard, min, max, explanation)                                                      \
    static char section##_##name##_texts[] = #section "\0" #name "\0" #section "." #name;
#include "runtime/config_keys.def"
#undef KEY

#define KEY(a_section, a_name, a_type, a_standard, a_min, a_max, a_text)                                               \
    [CONFIG_##a_section##_##a_name] = {                                                                                \
        .section = a_section##_##a_name##_texts,                                                                       \
        .name = a_section##_##a_name##_texts + sizeof #a_section,                                                      \
        .full = a_section##_##a_name##_texts + sizeof #a_section + sizeof #a_name,                                     \
        .variable = "PREAU_" #a_section "_" #a_name,                                                                   \
        .type = TYPE_##a_type,                                                                                         \
        .standard = (a_standard),                                                                                      \
        .min = (a_min),                                                                                                \
        .max = (a_max),                                                                                                \
        .explanation = (a_text),                                                                                       \
    },
static const struct config_row rows[CONFIG_KEY_COUNT] = {
#include "runtime/config_keys.def"
};
#undef KEY

static void lower(char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)tolower((unsigned char)bytes[i]);
}

static void lower_all(void)
{
#define KEY(section, name, type, standard, min, max, explanation)                                                      \
    lower(section##_##name##_texts, sizeof section##_##name##_texts);
#include "runtime/config_keys.def"
#undef KEY
}

const struct config_row *config_row(enum config_key key)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, lower_all);
    return &rows[key];
}

enum config_key config_key_find(const char *section, const char *name)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (strcmp(row->section, section) == 0 && strcmp(row->name, name) == 0)
            return (enum config_key)i;
    }
    return CONFIG_KEY_COUNT;
}

const char *config_title_example(const char *section)
{
    static const struct {
        const char *section, *example;
    } titled[] = {
#define TITLED(name, title) {name, title},
#include "runtime/config_titled.def"
#undef TITLED
    };
    for (size_t i = 0; i < ARRAY_LENGTH(titled); i++)
        if (strcmp(titled[i].section, section) == 0)
            return titled[i].example;
    return NULL;
}

bool config_section_is_titled(const char *section)
{
    return config_title_example(section) != NULL;
}

bool config_section_exists(const char *section)
{
    for (int i = 0; i < CONFIG_KEY_COUNT; i++)
        if (strcmp(config_row((enum config_key)i)->section, section) == 0)
            return true;
    return false;
}

bool config_type_is_list(enum config_type type)
{
    return type == CONFIG_LIST || type == CONFIG_NETWORKS || type == CONFIG_TIMES_OF_DAY;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, drop or replace between two words of at most 63 letters. */
static size_t distance(const char *a, const char *b)
{
    enum { WORD_MAX = 64 };
    size_t row[WORD_MAX];
    size_t length = strnlen(b, WORD_MAX - 1);
    for (size_t j = 0; j <= length; j++)
        row[j] = j;
    for (size_t i = 1; a[i - 1] != '\0' && i < WORD_MAX; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= length; j++) {
            size_t above = row[j];
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            row[j] = least(replaced, least(above, row[j - 1]) + 1);
            diagonal = above;
        }
    }
    return row[length];
}

const char *config_nearest(const char *section, const char *word)
{
    const char *nearest = NULL;
    /* a third of the letters wrong is another word, not a slip */
    size_t best = strlen(word) / 3 + 2;
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        const struct config_row *row = config_row((enum config_key)i);
        if (section != NULL && strcmp(row->section, section) != 0)
            continue;
        const char *known = section != NULL ? row->name : row->section;
        size_t far = distance(word, known);
        if (far < best) {
            best = far;
            nearest = known;
        }
    }
    return nearest;
}
