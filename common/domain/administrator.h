/*
 * Those who use the heads' application: school heads and their delegates, integrators, assistance, operators, each with
 * a scope of schools. Codes are stable, labels are French.
 */
#pragma once

#include "domain/refusal.h"
#include "domain/school.h"
#include "domain/types.h"

enum administrator_role {
    ROLE_DIRECTEUR,   /* head of one or several schools */
    ROLE_DELEGUE,     /* a member of staff to whom a head delegates */
    ROLE_INTEGRATEUR, /* delivers one academy's AAF files */
    ROLE_ASSISTANCE,  /* helps the schools of one academy */
    ROLE_EXPLOITANT,  /* operates the whole */
    ROLE_COUNT
};

const char *role_code(enum administrator_role role);
const char *role_label(enum administrator_role role);
bool role_from_code(const char *code, enum administrator_role *out_role);

/* A school; or, without UAI, a whole academy; or, with academy 0, the nation. */
struct administrator_scope {
    academy_code academy;
    struct uai uai; /* "" is none */
};

/* True when a scope so wide suits the role: heads and delegates have schools, integrators and assistance an academy or
 * less, operators the nation or less. A school's academy must be said. */
bool role_may_have_scope(enum administrator_role role, const struct administrator_scope *scope);

/* True when the role follows what academies deliver, and how it was integrated: not heads and their delegates. */
bool role_follows_deliveries(enum administrator_role role);
/* True when, with this role, the scope shows the deliveries of its academy, or of all with academy 0: a delivery is a
 * whole academy's, so that a school shows none. */
bool scope_shows_deliveries(enum administrator_role role, const struct administrator_scope *scope);

enum { ADMINISTRATOR_LOGIN_SIZE = 65 };

struct administrator_login {
    char text[ADMINISTRATOR_LOGIN_SIZE];
};

/* What a person typed, blanks around dropped, in small letters: a to z, digits and . _ @ -, beginning with a letter or
 * a digit. False when it has another form. */
bool administrator_login_normalise(const char *typed, struct administrator_login *out_login);
