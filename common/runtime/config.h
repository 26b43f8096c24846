/* The configuration: every key of the house is one line of config_keys.def, from which come this enum, the parser, its
 * checks, config/preau.conf and docs/operators/configuration.md.
 *
 * Values come from, the later winning: the default, each file in the order given, the environment
 * (PREAU_<SECTION>_<NAME>; lists apart by commas). A section of config_titled.def may stand several times, each under a
 * title of its own; the environment does not reach those. Everything is read and checked whole before anything is used; a
 * struct config never changes. Secrets are names of files, never values. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What status.* says of a daemon that another host has. */
#define CONFIG_ELSEWHERE "ailleurs"

enum config_key {
#define KEY(section, name, type, default, min, max, explanation) CONFIG_##section##_##name,
#include "runtime/config_keys.def"
#undef KEY
    CONFIG_KEY_COUNT
};

struct config;

/* What is wrong, one text each: "file:line: section.key: what is wrong and what to do". */
struct config_problems {
    char **texts;
    size_t count;
};
void config_problems_clear(struct config_problems *problems);

/* Reads files and environment. sections (NULL-ended): whose keys this program needs; for them, required keys must be
 * given and files and directories must be there. NULL: only form is checked, of all. NULL on any problem.
 * The caller owns the result. Main thread only. */
MUST_USE struct config *config_load(
    const char *const *files, size_t file_count, const char *const *sections, struct config_problems *problems);
void config_free(struct config **config);

/* The value, of a key of that type (another type is a bug: assert). Texts live as long as the config. */
const char *config_text(
    const struct config *config, enum config_key key); /* TEXT, CHOICE, FILE, DIRECTORY, ADDRESS, WEB, TIME */
int64_t config_count(const struct config *config, enum config_key key);
bool config_flag(const struct config *config, enum config_key key);
struct duration config_duration(const struct config *config, enum config_key key);
size_t config_size(const struct config *config, enum config_key key); /* bytes */
const char *const *config_list(
    const struct config *config, enum config_key key); /* LIST, TIMES: NULL-ended, never NULL */
/* The text is not empty, the list has a member. */
bool config_is_set(const struct config *config, enum config_key key);

/* The sections `section "title" { … }` of that name, in order; their keys are asked of what config_titled gives. It
 * lives as long as the config. */
size_t config_titled_count(const struct config *config, const char *section);
const char *config_title(const struct config *config, const char *section, size_t index);
const struct config *config_titled(const struct config *config, const char *section, size_t index);

/* NULL when the key's section stands under no title. */
const char *config_titled_section(enum config_key key);
/* "notify.sender" */
const char *config_key_name(enum config_key key);
/* Where the value came from: "default", "file:line", "PREAU_…". */
const char *config_origin(const struct config *config, enum config_key key);

/* The documented default file, and the operators' page (Markdown), both in French. */
void config_print_reference(FILE *out);
void config_print_manual(FILE *out);
/* One value as it may be given in the environment: a list's members apart by commas. */
void config_print_value(const struct config *config, enum config_key key, FILE *out);
/* The values in force with their origin, for `preauctl config show`. */
void config_print_values(const struct config *config, FILE *out);
