/*
 * Those who use the heads' application: school heads and their delegates, integrators, assistance, operators, each with
 * a scope of schools. Codes are stable, labels are French.
 */
#pragma once

#include "domain/account.h"
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
    bool is_of_aaf; /* AAF names the administrator head of it: gone when it no longer does */
    bool is_given;  /* delegated by another administrator; the rest then says what and how long */
    bool may[PROFILE_COUNT];
    struct instant from_at, until_at; /* from the first to before the second */
};

/* True when a scope so wide suits the role: heads and delegates have schools, integrators and assistance an academy or
 * less, operators the nation or less. A school's academy must be said. */
bool role_may_have_scope(enum administrator_role role, const struct administrator_scope *scope);

/* True when AAF can name such a person head of a school. */
bool role_may_follow_aaf(enum administrator_role role);

/* True when the role follows what academies deliver, and how it was integrated: not heads and their delegates. */
bool role_follows_deliveries(enum administrator_role role);
/* True when, with this role, the scope shows the deliveries of its academy, or of all with academy 0: a delivery is a
 * whole academy's, so that a school shows none. */
bool scope_shows_deliveries(enum administrator_role role, const struct administrator_scope *scope);

/* True when the scopes reach further than single schools, whatever their number. */
bool scopes_are_wider_than_schools(const struct administrator_scope *scopes, size_t count);
/* True when nothing may be done without the second factor: for what is wider than a school, and for the roles that look
 * into the schools of others even if they were given one school only. */
bool second_factor_is_required(enum administrator_role role, const struct administrator_scope *scopes, size_t count);

/* Where a sign-in stands, and what comes next. */
struct administrator_standing {
    bool has_second_factor, must_have_second_factor;
    bool password_is_provisional; /* made by another, to be replaced by the person */
};

enum administrator_step {
    ADMINISTRATOR_CODE,         /* of the second factor */
    ADMINISTRATOR_NEW_PASSWORD, /* in the place of a provisional one */
    ADMINISTRATOR_ENROLMENT,    /* of the second factor, which is required and missing */
    ADMINISTRATOR_OPEN          /* signed in */
};

/* proved: the second factor was given in this session. */
enum administrator_step administrator_next_step(const struct administrator_standing *standing, bool proved);

enum administrator_proof {
    PROOF_BY_PASSWORD,
    PROOF_BY_CODE,    /* of the second factor, or a recovery code */
    PROOF_BY_SESSION, /* nothing more than the sign-in: there is neither */
};

/* By what one who is signed in proves once more who it is, before the second factor changes. Who comes by the portal of an
 * academy has no password here. */
enum administrator_proof administrator_proof(bool has_password, bool has_second_factor);

/* True when the role may let a member of staff in on a school of its own. What was given is never given on. */
bool role_may_delegate(enum administrator_role role);
/* True when the role can be given a school by a delegation. */
bool role_may_receive(enum administrator_role role);

enum { DELEGATION_DAYS_MAX = 400 /* a school year, and the weeks before it */ };

/* REFUSAL_NONE; or PERIOD_INVALID for a period that is over, empty, or reaches too far. */
enum refusal delegation_check_period(struct instant from_at, struct instant until_at, struct instant now);

enum { ADMINISTRATOR_LOGIN_SIZE = 65 };

struct administrator_login {
    char text[ADMINISTRATOR_LOGIN_SIZE];
};

/* What a person typed, blanks around dropped, in small letters: a to z, digits and . _ @ -, beginning with a letter or
 * a digit. False when it has another form. */
bool administrator_login_normalise(const char *typed, struct administrator_login *out_login);
