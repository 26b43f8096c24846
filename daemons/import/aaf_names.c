#include "import/aaf_names.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>

struct known {
    const char *name;
    size_t length;
    enum aaf_attribute attribute;
};

static const struct known known_names[] = {
#define ATTRIBUTE(id, name) {name, sizeof(name) - 1, AAF_##id},
#define KNOWN(name) {name, sizeof(name) - 1, AAF_ATTRIBUTE_COUNT},
#include "import/attributes.def"
#undef ATTRIBUTE
#undef KNOWN
};

enum { KNOWN_COUNT = ARRAY_LENGTH(known_names), PLACES = KNOWN_COUNT + AAF_UNKNOWN_MAX + 1 };

/* A name has a place: in known_names, then in `unknown`. Records of a file have their attributes in one order, so that
 * the name after a name is nearly always the one that came after it last time, and one comparison finds it. */
struct aaf_names {
    size_t last;
    uint16_t after[PLACES];
    struct aaf_unknown unknown[AAF_UNKNOWN_MAX + 1];
    size_t lengths[AAF_UNKNOWN_MAX]; /* of their names */
    size_t unknown_count;
    int64_t unknown_total;
    struct aaf_unknown others; /* at the last place */
};

/* FNV-1a */
uint32_t aaf_name_number(const char *name)
{
    uint32_t number = 2166136261u;
    for (; *name != '\0'; name++) {
        number = (number ^ (unsigned char)*name) * 16777619u;
    }
    return number;
}

uint32_t aaf_names_rules(void)
{
    uint32_t rules = 0;
    for (size_t i = 0; i < KNOWN_COUNT; i++) {
        bool is_read = known_names[i].attribute != AAF_ATTRIBUTE_COUNT;
        rules = rules * 16777619u + aaf_name_number(known_names[i].name) + is_read;
    }
    return rules;
}

struct aaf_names *aaf_names_new(void)
{
    struct aaf_names *names = checked_calloc(1, sizeof *names);
    names->others = (struct aaf_unknown){.category = AAF_CATEGORY_COUNT, .name = "…"};
    return names;
}

void aaf_names_free(struct aaf_names **names)
{
    memory_free(names);
}

struct wanted {
    const char *name;
    size_t length;
};

static int known_compare(const void *wanted_, const void *known_)
{
    const struct wanted *wanted = wanted_;
    const struct known *known = known_;
    size_t shared = wanted->length < known->length ? wanted->length : known->length;
    int order = memcmp(wanted->name, known->name, shared);
    return order != 0 ? order : (wanted->length > known->length) - (wanted->length < known->length);
}

/* --- unknown ones --- */

static bool is_unknown_at(
    const struct aaf_names *names, size_t at, enum aaf_category category, const char *name, size_t length)
{
    return at < names->unknown_count && names->lengths[at] == length && names->unknown[at].category == category &&
           memcmp(names->unknown[at].name, name, length) == 0;
}

/* What may be shown in a report. */
static bool is_name(const char *name, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
    for (size_t i = 0; i < length; i++) {
        if (name[i] == '\0' || !strchr(letters, name[i])) {
            return false;
        }
    }
    return length > 0 && length < sizeof((struct aaf_unknown){0}.name);
}

static size_t unknown_add(struct aaf_names *names, enum aaf_category category, const char *name, size_t length)
{
    size_t at = names->unknown_count++;
    names->unknown[at] = (struct aaf_unknown){.category = category};
    memcpy(names->unknown[at].name, name, length);
    names->lengths[at] = length;
    return at;
}

static size_t unknown_place(struct aaf_names *names, enum aaf_category category, const char *name, size_t length)
{
    for (size_t i = 0; i < names->unknown_count; i++) {
        if (is_unknown_at(names, i, category, name, length)) {
            return i;
        }
    }
    bool is_told = names->unknown_count < AAF_UNKNOWN_MAX && is_name(name, length);
    return is_told ? unknown_add(names, category, name, length) : AAF_UNKNOWN_MAX;
}

/* --- all --- */

static bool is_at(
    const struct aaf_names *names, size_t place, enum aaf_category category, const char *name, size_t length)
{
    if (place >= KNOWN_COUNT) {
        return is_unknown_at(names, place - KNOWN_COUNT, category, name, length);
    }
    return known_names[place].length == length && memcmp(known_names[place].name, name, length) == 0;
}

static size_t place_find(struct aaf_names *names, enum aaf_category category, const char *name, size_t length)
{
    const struct wanted wanted = {name, length};
    const struct known *known = bsearch(&wanted, known_names, KNOWN_COUNT, sizeof known_names[0], known_compare);
    return known ? (size_t)(known - known_names) : KNOWN_COUNT + unknown_place(names, category, name, length);
}

enum aaf_attribute aaf_names_find(
    struct aaf_names *names, enum aaf_category category, const char *name, size_t length, int64_t line)
{
    size_t place = names->after[names->last];
    if (!is_at(names, place, category, name, length)) {
        place = place_find(names, category, name, length);
        names->after[names->last] = (uint16_t)place;
    }
    names->last = place;
    if (place < KNOWN_COUNT) {
        return known_names[place].attribute;
    }
    size_t at = place - KNOWN_COUNT;
    struct aaf_unknown *unknown = at < AAF_UNKNOWN_MAX ? &names->unknown[at] : &names->others;
    unknown->line = unknown->count == 0 ? line : unknown->line;
    unknown->count++;
    names->unknown_total++;
    return AAF_ATTRIBUTE_COUNT;
}

const struct aaf_unknown *aaf_names_unknown(struct aaf_names *names, size_t *out_count)
{
    names->unknown[names->unknown_count] = names->others;
    *out_count = names->unknown_count + (names->others.count > 0);
    return names->unknown;
}

int64_t aaf_names_unknown_total(const struct aaf_names *names)
{
    return names->unknown_total;
}
