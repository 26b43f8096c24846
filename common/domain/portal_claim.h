/*
 * What an academy's sign-in portal says of a person, read from its texts: schools, functions, login, name. A portal is
 * another's program: nothing here trusts a length, a case or a form.
 */
#pragma once

#include "domain/administrator.h"
#include "domain/school.h"

#include <stddef.h>

enum {
    PORTAL_NAME_SIZE = 33,
    PORTAL_FUNCTION_SIZE = 49,
    PORTAL_PERSON_SIZE = 129, /* bytes of a name */
    PORTAL_SCHOOLS_MAX = 256
};

/* A portal's name in the configuration, in addresses and in front of its persons' logins: a small letter, then small
 * letters, digits and hyphens. */
bool portal_name_is_valid(const char *name);

struct portal_schools {
    struct uai list[PORTAL_SCHOOLS_MAX]; /* each once, in the order they were told */
    size_t count;
    size_t refused; /* what is no UAI, and what came when the list was full */
};

/*
 * One value of a claim. Either a UAI number, or FrEduRneResp's "UAI$type$…" of the academies' directories (the first
 * field counts), or several of them apart by commas, semicolons or bars. "X", by which the directories say "none", and
 * empty ones add nothing.
 */
void portal_schools_add(struct portal_schools *schools, const char *text);

/* A function code of the academy's directory, and the role that it gives here. */
struct portal_function {
    char code[PORTAL_FUNCTION_SIZE];
    enum administrator_role role;
};

/* "DIR=directeur" */
bool portal_function_parse(const char *text, struct portal_function *out_function);
/* The role of the first function of the table that the person has: the table's order is the configuration's. A value
 * may be the code, or a directory's "code$…". */
bool portal_function_role(const struct portal_function *functions, size_t function_count, const char *const *values,
    size_t value_count, enum administrator_role *out_role);

/* True for a role that sees more than the schools that the portal tells. */
bool portal_role_is_wide(enum administrator_role role);

/* "lyon:jdupont": a local login holds no colon, so that it is never one of these. What the portal says that could not
 * stand in a login gives "lyon:compte". */
void portal_login_make(const char *portal, const char *told, char out_login[ADMINISTRATOR_LOGIN_SIZE]);

/* What an operator typed to name one of these; small letters, blanks around dropped. False when it has another form. */
bool portal_login_normalise(const char *typed, struct administrator_login *out_login);

/* A name to be shown, blanks and control characters made one space, cut at a whole letter. False when nothing is left. */
bool portal_person_name(const char *told, char out_name[PORTAL_PERSON_SIZE]);
