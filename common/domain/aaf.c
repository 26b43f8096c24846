#include "domain/aaf.h"

#include "domain/text.h"

#include <assert.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------------ fields */

size_t aaf_split(const char *value, struct aaf_field *out_fields, size_t capacity)
{
    size_t count = 0;
    for (;;) {
        const char *end = strchr(value, '$');
        size_t length = end != NULL ? (size_t)(end - value) : strlen(value);
        if (count < capacity)
            out_fields[count] = (struct aaf_field){value, length};
        count++;
        if (end == NULL)
            return count;
        value = end + 1;
    }
}

static struct aaf_field trimmed(struct aaf_field field)
{
    while (field.length > 0 && text_is_blank(field.text[0])) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && text_is_blank(field.text[field.length - 1]))
        field.length--;
    return field;
}

/* A decimal number of at most `digits_max` digits and nothing else. */
static bool field_number(struct aaf_field field, size_t digits_max, int64_t *out_number)
{
    field = trimmed(field);
    if (field.length == 0 || field.length > digits_max)
        return false;
    int64_t number = 0;
    for (size_t i = 0; i < field.length; i++) {
        if (!text_is_digit(field.text[i]))
            return false;
        number = number * 10 + (field.text[i] - '0');
    }
    *out_number = number;
    return true;
}

static bool field_id(struct aaf_field field, int64_t *out_id)
{
    int64_t id;
    if (!field_number(field, 18, &id) || id == 0)
        return false;
    *out_id = id;
    return true;
}

/* Copies the field, or the rest of the value from it on; false when it does not fit. */
static bool field_copy(struct aaf_field field, char *out_text, size_t size)
{
    field = trimmed(field);
    struct text_builder text = text_begin(out_text, size);
    text_add_bytes(&text, field.text, field.length);
    return !text.overflowed;
}

static struct aaf_field rest_from(struct aaf_field field)
{
    return (struct aaf_field){field.text, strlen(field.text)};
}

bool aaf_id_parse(const char *text, int64_t *out_id)
{
    return field_id((struct aaf_field){text, strlen(text)}, out_id);
}

/* ---------------------------------------------------------------------------------------------------- kinship */

struct kinship_word {
    const char *code;
    const char *label;
};

static const struct kinship_word kinships[KINSHIP_COUNT] = {
    [KINSHIP_UNKNOWN] = {"unknown",          "Lien non précisé"         },
    [KINSHIP_FATHER] = {"father",           "Père"                      },
    [KINSHIP_MOTHER] = {"mother",           "Mère"                      },
    [KINSHIP_GUARDIAN] = {"guardian",         "Tuteur"                     },
    [KINSHIP_SIBLING] = {"sibling",          "Fratrie"                    },
    [KINSHIP_ASCENDANT] = {"ascendant",        "Ascendant"                  },
    [KINSHIP_FAMILY] = {"family",           "Autre membre de la famille" },
    [KINSHIP_EDUCATOR] = {"educator",         "Éducateur"                 },
    [KINSHIP_FAMILY_ASSISTANT] = {"family_assistant", "Assistant familial"         },
    [KINSHIP_CHILDMINDER] = {"childminder",      "Garde d’enfant"           },
    [KINSHIP_CHILD_WELFARE] = {"child_welfare",    "Aide sociale à l’enfance"},
    [KINSHIP_SELF] = {"self",             "Élève majeur"             },
    [KINSHIP_OTHER] = {"other",            "Autre lien"                 },
};

const char *kinship_code(enum kinship kinship)
{
    assert((unsigned)kinship < KINSHIP_COUNT);
    return kinships[kinship].code;
}

const char *kinship_label(enum kinship kinship)
{
    assert((unsigned)kinship < KINSHIP_COUNT);
    return kinships[kinship].label;
}

bool kinship_from_code(const char *code, enum kinship *out_kinship)
{
    for (unsigned i = 0; i < KINSHIP_COUNT; i++) {
        if (strcmp(kinships[i].code, code) == 0) {
            *out_kinship = (enum kinship)i;
            return true;
        }
    }
    return false;
}

struct lien {
    int16_t old_code; /* 0: the old table has none */
    int16_t new_code;
    enum kinship kinship;
};

/* N_LIEN_ELEVE_RESPONSABLE. 1 was the father and 2 the mother; now 10 is the mother and 20 the father. */
static const struct lien liens[] = {
    {1, 20, KINSHIP_FATHER          },
    {2, 10, KINSHIP_MOTHER          },
    {3, 50, KINSHIP_GUARDIAN        },
    {4, 39, KINSHIP_FAMILY          },
    {5, 51, KINSHIP_CHILD_WELFARE   },
    {6, 90, KINSHIP_OTHER           },
    {7, 70, KINSHIP_SELF            },
    {0, 37, KINSHIP_SIBLING         },
    {0, 38, KINSHIP_ASCENDANT       },
    {0, 41, KINSHIP_EDUCATOR        },
    {0, 42, KINSHIP_FAMILY_ASSISTANT},
    {0, 43, KINSHIP_CHILDMINDER     },
};

static enum kinship kinship_of_lien(int64_t code)
{
    for (size_t i = 0; code != 0 && i < sizeof liens / sizeof liens[0]; i++) {
        if (liens[i].old_code == code || liens[i].new_code == code)
            return liens[i].kinship;
    }
    return KINSHIP_UNKNOWN;
}

/* --------------------------------------------------------------------------------------------- guardian links */

/* 0 or 1; an empty field counts as 0. */
static bool field_flag(struct aaf_field field, bool *out_flag)
{
    int64_t value = 0;
    if (trimmed(field).length > 0 && !field_number(field, 1, &value))
        return false;
    *out_flag = value == 1;
    return value <= 1;
}

/* The code of the link, of one digit or two; an empty one is 0. */
static bool field_lien(struct aaf_field field, struct guardian_link *link)
{
    int64_t code = 0;
    if (trimmed(field).length > 0 && !field_number(field, 2, &code))
        return false;
    link->lien = (int16_t)code;
    link->kinship = kinship_of_lien(code);
    return true;
}

/*
 * Responsabilité légale. Old sets number the legal guardians, 1 and 2; in new ones 1 is every legal guardian and 2 a
 * person who has the pupil in charge without being one. The code of the link tells the generation (aaf.md 2.2). An
 * empty code could be of either: then 2 gives no right, for a wrong right is worse than a call to the school.
 */
static bool field_responsibility(struct aaf_field field, struct guardian_link *link)
{
    int64_t value = 0;
    if (trimmed(field).length > 0 && !field_number(field, 1, &value))
        return false;
    if (value > 2)
        return false;
    bool is_old = link->lien >= 1 && link->lien <= 9;
    link->grammar = is_old ? LINK_2D_OLD : LINK_2D_NEW;
    link->legal_flag = (int8_t)value;
    link->legal = value == 1 || (is_old && value == 2);
    link->in_charge = !is_old && value == 2;
    return true;
}

bool aaf_guardian_link_2d(const char *value, struct guardian_link *out_link)
{
    struct aaf_field fields[6];
    struct guardian_link link = {0};
    if (aaf_split(value, fields, 6) != 6)
        return false;
    if (!field_id(fields[0], &link.guardian) || !field_lien(fields[1], &link) ||
        !field_flag(fields[2], &link.financial) || !field_responsibility(fields[3], &link) ||
        !field_flag(fields[4], &link.contact) || !field_flag(fields[5], &link.paid))
        return false;
    *out_link = link;
    return true;
}

bool aaf_guardian_link_1d(const char *value, struct guardian_link *out_link)
{
    struct aaf_field fields[2];
    struct guardian_link link = {.legal = true, .legal_flag = -1};
    size_t count = aaf_split(value, fields, 2);
    if (count > 2 || !field_id(fields[0], &link.guardian))
        return false;
    link.grammar = count == 2 ? LINK_1D : LINK_BARE;
    if (count == 2 && !field_lien(fields[1], &link))
        return false;
    *out_link = link;
    return true;
}

/* ------------------------------------------------------------------------------------------- classes and levels */

bool aaf_class_2d(const char *value, struct school_class *out_class)
{
    struct aaf_field fields[2];
    struct school_class class = {0};
    if (aaf_split(value, fields, 2) < 2 || !field_id(fields[0], &class.school))
        return false;
    if (!field_copy(rest_from(fields[1]), class.label, sizeof class.label) || class.label[0] == '\0')
        return false;
    *out_class = class;
    return true;
}

bool aaf_class_1d(const char *value, struct school_class *out_class)
{
    struct aaf_field fields[5];
    struct school_class class = {0};
    if (aaf_split(value, fields, 5) < 5 || !field_id(fields[0], &class.school) || !field_id(fields[3], &class.class_id))
        return false;
    if (!field_copy(rest_from(fields[4]), class.label, sizeof class.label) || class.label[0] == '\0')
        return false;
    *out_class = class;
    return true;
}

bool aaf_level_1d(const char *value, struct school_level *out_level)
{
    struct aaf_field fields[2];
    struct school_level level = {0};
    if (aaf_split(value, fields, 2) != 2)
        return false;
    if (!field_copy(fields[0], level.code, sizeof level.code) ||
        !field_copy(fields[1], level.label, sizeof level.label))
        return false;
    if (level.code[0] == '\0' && level.label[0] == '\0')
        return false;
    *out_level = level;
    return true;
}

bool aaf_level_2d(const char *value, struct school_level *out_level)
{
    struct school_level level = {0};
    struct aaf_field whole = {value, strlen(value)};
    if (!field_copy(whole, level.label, sizeof level.label) || level.label[0] == '\0')
        return false;
    *out_level = level;
    return true;
}

/* ------------------------------------------------------------------------------------------------------- heads */

static bool field_is(struct aaf_field field, const char *text)
{
    field = trimmed(field);
    return field.length == strlen(text) && memcmp(field.text, text, field.length) == 0;
}

enum aaf_headship aaf_headship_of_function(const char *value, int64_t *out_structure)
{
    struct aaf_field fields[2];
    if (aaf_split(value, fields, 2) < 2 || !field_is(fields[1], "DIR"))
        return HEADSHIP_NONE;
    return field_id(fields[0], out_structure) ? HEADSHIP_OF : HEADSHIP_UNREADABLE;
}

enum aaf_headship aaf_headship_directed(const char *value, int64_t *out_structure)
{
    struct aaf_field whole = {value, strlen(value)};
    if (trimmed(whole).length == 0)
        return HEADSHIP_NONE;
    return field_id(whole, out_structure) ? HEADSHIP_OF : HEADSHIP_UNREADABLE;
}

/* ------------------------------------------------------------------------------------------------ school names */

/* `CLG-VAL D'ARGENT-ac-LYON`: the academy at the end is no part of the name, nor is the type at its start. */
static struct aaf_field without_type_and_academy(struct aaf_field whole)
{
    const char *academy = strstr(whole.text, "-ac-");
    size_t length = academy != NULL ? (size_t)(academy - whole.text) : whole.length;
    const char *hyphen = academy != NULL ? memchr(whole.text, '-', length) : NULL;
    size_t skipped = hyphen != NULL ? (size_t)(hyphen - whole.text) + 1 : 0;
    return (struct aaf_field){whole.text + skipped, length - skipped};
}

bool aaf_school_name(const char *value, char out_name[SCHOOL_NAME_SIZE], char out_city[SCHOOL_NAME_SIZE])
{
    struct aaf_field fields[3];
    char name[SCHOOL_NAME_SIZE];
    char city[SCHOOL_NAME_SIZE] = "";
    size_t count = aaf_split(value, fields, 3);
    struct aaf_field named = count >= 2 ? fields[1] : without_type_and_academy(fields[0]);
    if (trimmed(named).length == 0)
        named = fields[0];
    if (!field_copy(named, name, sizeof name) || name[0] == '\0')
        return false;
    if (count >= 3 && !field_copy(fields[2], city, sizeof city))
        return false;
    memcpy(out_name, name, sizeof name);
    memcpy(out_city, city, sizeof city);
    return true;
}

/* --------------------------------------------------------------------------------------------------------- INE */

bool ine_parse(const char *text, struct ine *out_ine)
{
    struct ine ine;
    struct aaf_field field = trimmed((struct aaf_field){text, strlen(text)});
    bool any_digit = false;
    if (field.length != 10 && field.length != 11)
        return false;
    struct text_builder builder = text_begin(ine.text, sizeof ine.text);
    for (size_t i = 0; i < field.length; i++) {
        if (!text_is_digit(field.text[i]) && !text_is_ascii_letter(field.text[i]))
            return false;
        any_digit = any_digit || text_is_digit(field.text[i]);
        text_add_char(&builder, text_upper(field.text[i]));
    }
    if (!any_digit)
        return false;
    *out_ine = ine;
    return true;
}

bool ine_is_same(const struct ine *a, const struct ine *b)
{
    return strcmp(a->text, b->text) == 0;
}
