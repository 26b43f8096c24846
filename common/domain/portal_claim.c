#include "domain/portal_claim.h"

#include "domain/latin.h"
#include "domain/text.h"

#include <stdint.h>
#include <string.h>

/* Between two values in one text; no UAI number and no directory's field holds one. */
#define SEPARATORS ",;|"

bool portal_name_is_valid(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");
    return length > 0 && length < PORTAL_NAME_SIZE && name[length] == '\0' && text_is_ascii_letter(name[0]);
}

/* ------------------------------------------------------------------------------------------------------ schools */

static bool holds(const struct portal_schools *schools, const struct uai *uai)
{
    for (size_t i = 0; i < schools->count; i++) {
        if (uai_is_same(&schools->list[i], uai)) {
            return true;
        }
    }
    return false;
}

static bool says_none(const char *field)
{
    while (text_is_blank(*field)) {
        field++;
    }
    size_t length = strlen(field);
    while (length > 0 && text_is_blank(field[length - 1])) {
        length--;
    }
    return length == 0 || (length == 1 && (field[0] == 'X' || field[0] == 'x'));
}

/* field: the first of one value. */
static void school_add(struct portal_schools *schools, const char *field)
{
    struct uai uai;
    if (says_none(field)) {
        return;
    }
    if (!uai_parse(field, &uai)) {
        schools->refused++;
    } else if (!holds(schools, &uai)) {
        if (schools->count == PORTAL_SCHOOLS_MAX) {
            schools->refused++;
        } else {
            schools->list[schools->count++] = uai;
        }
    }
}

void portal_schools_add(struct portal_schools *schools, const char *text)
{
    enum { FIELD_SIZE = 4 * UAI_SIZE }; /* a number and the blanks around it */
    for (const char *value = text;; value++) {
        char field[FIELD_SIZE];
        struct text_builder builder = text_begin(field, sizeof field);
        size_t length = strcspn(value, SEPARATORS);
        size_t first = strcspn(value, "$");
        text_add_bytes(&builder, value, first < length ? first : length);
        if (builder.overflowed) {
            schools->refused++;
        } else {
            school_add(schools, field);
        }
        value += length;
        if (*value == '\0') {
            return;
        }
    }
}

/* ---------------------------------------------------------------------------------------------------- functions */

bool portal_function_parse(const char *text, struct portal_function *out_function)
{
    const char *equals = strrchr(text, '=');
    struct portal_function function = {""};
    if (!equals) {
        return false;
    }
    struct text_builder code = text_begin(function.code, sizeof function.code);
    text_add_bytes(&code, text, (size_t)(equals - text));
    /* of a directory's value the first field is compared: a code with a "$" would never be found */
    if (code.overflowed || code.used == 0 || strchr(function.code, '$') ||
        !role_from_code(equals + 1, &function.role)) {
        return false;
    }
    *out_function = function;
    return true;
}

static bool value_is(const char *value, const char *code)
{
    size_t length = strcspn(value, "$");
    return length == strlen(code) && strncmp(value, code, length) == 0;
}

bool portal_function_role(const struct portal_function *functions, size_t function_count, const char *const *values,
    size_t value_count, enum administrator_role *out_role)
{
    for (size_t i = 0; i < function_count; i++) {
        for (size_t j = 0; j < value_count; j++) {
            if (value_is(values[j], functions[i].code)) {
                *out_role = functions[i].role;
                return true;
            }
        }
    }
    return false;
}

bool portal_role_is_wide(enum administrator_role role)
{
    return role != ROLE_DIRECTEUR && role != ROLE_DELEGUE;
}

/* ----------------------------------------------------------------------------------------------- login and name */

void portal_login_make(const char *portal, const char *told, char out_login[ADMINISTRATOR_LOGIN_SIZE])
{
    struct administrator_login login;
    struct text_builder text = text_begin(out_login, ADMINISTRATOR_LOGIN_SIZE);
    text_add(&text, portal);
    text_add_char(&text, ':');
    struct text_builder whole = text;
    if (administrator_login_normalise(told, &login)) {
        text_add(&text, login.text);
    }
    if (text.overflowed || text.used == whole.used) {
        text = whole;
        text_add(&text, "compte");
    }
}

bool portal_login_normalise(const char *typed, struct administrator_login *out_login)
{
    struct administrator_login login = {""};
    struct text_builder text = text_begin(login.text, sizeof login.text);
    size_t colons = 0;
    for (; *typed != '\0'; typed++) {
        bool may_stand = text_is_ascii_letter(*typed) || text_is_digit(*typed) || strchr("._@-#:", *typed);
        if (text_is_blank(*typed)) {
            continue;
        }
        if (!may_stand) {
            return false;
        }
        colons += *typed == ':';
        text_add_char(&text, text_lower(*typed));
    }
    if (colons != 1 || text.overflowed) {
        return false;
    }
    *out_login = login;
    return true;
}

/* Blanks, controls, and what turns the direction of the letters around it. */
static bool is_shown(uint32_t letter)
{
    bool is_control = letter <= 0x20 || (letter >= 0x7F && letter <= 0xA0);
    bool is_mark = (letter >= 0x2000 && letter <= 0x200F) || (letter >= 0x2028 && letter <= 0x202F) ||
                   (letter >= 0x2060 && letter <= 0x206F) || letter == 0xFEFF;
    return !is_control && !is_mark;
}

bool portal_person_name(const char *told, char out_name[PORTAL_PERSON_SIZE])
{
    struct text_builder name = text_begin(out_name, PORTAL_PERSON_SIZE);
    bool owes_space = false;
    if (!utf8_is_valid(told)) {
        return false;
    }
    for (const char *at = told; *told != '\0'; told = at) {
        bool shown = is_shown(utf8_next(&at));
        size_t length = (size_t)(at - told);
        if (!shown) {
            owes_space = name.used > 0;
        } else if (name.used + owes_space + length >= PORTAL_PERSON_SIZE) {
            break;
        } else {
            text_add_bytes(&name, " ", owes_space);
            text_add_bytes(&name, told, length);
            owes_space = false;
        }
    }
    return name.used > 0;
}
