/*
 * What an account is, as far as the rules go: profile, state, origin, kind of password, dates.
 * Codes are stable: the database, the messages and the logs write them. Labels are the guide's words.
 */
#pragma once

#include "domain/types.h"

enum account_profile {
    PROFILE_RESPONSABLE, /* legal guardian, first and second degree */
    PROFILE_ELEVE,       /* pupil, second degree only */
    PROFILE_COUNT
};

enum account_state {
    STATE_NON_DISTRIBUE, /* pre-created by the import; the person has received nothing */
    STATE_DISTRIBUE,     /* notified by the school, not yet opened */
    STATE_EN_COURS,      /* guardian: password chosen, mail address given but not confirmed */
    STATE_ACTIVE,        /* usable */
    STATE_COUNT
};

/* The way by which the account came to be used (guide 1.1). */
enum account_origin {
    ORIGIN_NON_RENSEIGNE, /* neither distributed nor activated */
    ORIGIN_ETABLISSEMENT, /* distributed by the school */
    ORIGIN_FRANCECONNECT, /* first access by FranceConnect */
    ORIGIN_RESPONSABLE,   /* opened by the guardian by SMS */
    ORIGIN_ATEN,          /* transition, second degree */
    ORIGIN_ENT,           /* transition, second degree */
    ORIGIN_COUNT
};

enum password_kind {
    PASSWORD_NONE,        /* no password can open it (erased, or a survivor of a merge) */
    PASSWORD_PROVISIONAL, /* generated; the head may read it; must be replaced at the next sign-in */
    PASSWORD_CHOSEN,      /* by the person; nobody can read it */
    PASSWORD_COUNT
};

struct account {
    account_id id;
    academy_code academy; /* where it was first created: part of its key */
    int64_t version;      /* of the stored row; a write applies only if it is unchanged */
    enum account_profile profile;
    enum account_state state;
    enum account_origin origin;
    enum password_kind password;
    bool in_second_degree;      /* attached, or last attached, to a school of the second degree */
    bool closed;                /* left or merged: no action but reopening */
    struct instant notified_at; /* last notification by the school */
    struct instant
        notification_expires_at; /* set with it; a reset moves it on. Counts while the password is provisional */
    struct instant activated_at; /* set once, when the account first became STATE_ACTIVE */
};

/*
 * Machine code and French label. The value must be one of the enumeration's.
 * `..._from_code` is false, and leaves `out` untouched, when the code is unknown.
 */
const char *profile_code(enum account_profile profile);
const char *profile_label(enum account_profile profile);
bool profile_from_code(const char *code, enum account_profile *out_profile);

const char *state_code(enum account_state state);
const char *state_label(enum account_state state);
bool state_from_code(const char *code, enum account_state *out_state);

const char *origin_code(enum account_origin origin);
const char *origin_label(enum account_origin origin);
bool origin_from_code(const char *code, enum account_origin *out_origin);

const char *password_kind_code(enum password_kind kind);
const char *password_kind_label(enum password_kind kind);
bool password_kind_from_code(const char *code, enum password_kind *out_kind);

/* An account as the import pre-creates it: not distributed, with a provisional password. */
struct account account_precreated(
    account_id id, academy_code academy, enum account_profile profile, bool in_second_degree);

/* True once the account has been activated, by whatever way. */
bool account_has_been_activated(const struct account *account);

/*
 * True when profile, state and origin can stand together (guide 1.1): a pupil is never pending, the origin is
 * unset exactly while nothing was handed out, only the school's way passes by "distribué" and "en cours".
 */
bool account_standing_is_legal(enum account_profile profile, enum account_state state, enum account_origin origin);

/* True when the standing is legal and password and dates agree with it. Every account that the rules give does. */
bool account_is_consistent(const struct account *account);

/* True while the head may read the password (guide 1.1 step 2, 2.2): provisional, and of an account that was handed out;
 * before that it opens nothing. */
bool account_password_is_readable(const struct account *account);
