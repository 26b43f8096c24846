/* The rows of config_keys.def, and one value against its row. For the config files of this folder only. */
#pragma once

#include "runtime/config.h"

enum config_type {
    CONFIG_TEXT,
    CONFIG_CHOICE,
    CONFIG_COUNT,
    CONFIG_FLAG,
    CONFIG_DURATION,
    CONFIG_SIZE,
    CONFIG_FILE,
    CONFIG_DIRECTORY,
    CONFIG_LIST,
    CONFIG_NETWORKS,
    CONFIG_ADDRESS,
    CONFIG_WEB_ADDRESS,
    CONFIG_TIME_OF_DAY,
    CONFIG_TIMES_OF_DAY,
};

struct config_row {
    const char *section;  /* lower case */
    const char *name;     /* lower case */
    const char *full;     /* "section.name" */
    const char *variable; /* "PREAU_SECTION_NAME" */
    enum config_type type;
    const char *standard; /* the default; NULL: must be given */
    const char *min;
    const char *max;
    const char *explanation;
};

const struct config_row *config_row(enum config_key key);
/* The section may stand several times, each under a title (config_titled.def). */
bool config_section_is_titled(const char *section);
/* Of such a section: a title as an example. */
const char *config_title_example(const char *section);
/* CONFIG_KEY_COUNT if there is none. */
enum config_key config_key_find(const char *section, const char *name);
bool config_section_exists(const char *section);
/* The known word nearest to a mistyped one: a key of `section`, or a section if that is NULL; NULL if none is near. */
const char *config_nearest(const char *section, const char *word);
bool config_type_is_list(enum config_type type);

struct config_value {
    char *text;     /* NULL for lists */
    char **list;    /* NULL-ended; NULL for texts */
    int64_t number; /* count, flag, microseconds, bytes */
    char *origin;
};
void config_value_free(struct config_value *value);

enum { CONFIG_PROBLEM_SIZE = 300 };
/* Checks texts (one, or a list's) against the row and fills *out_value but its origin. false: `problem` says what is
 * wrong and what to do, in French. */
MUST_USE bool config_value_read(const struct config_row *row, const char *const *texts, size_t count,
    struct config_value *out_value, char problem[static CONFIG_PROBLEM_SIZE]);
/* A file or directory that the value names is there. Another type: true. */
MUST_USE bool config_value_exists(
    const struct config_row *row, const struct config_value *value, char problem[static CONFIG_PROBLEM_SIZE]);
