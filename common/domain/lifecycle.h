/*
 * The life cycle of accounts (guide 1.1 and 3): one table of rules, one pure function that reads it.
 *
 * The table is total: each profile, state and action meets exactly one rule, which either moves the account or
 * refuses with a reason. The database's trigger, the documents and the tests are made from the same table.
 */
#pragma once

#include "domain/account.h"
#include "domain/refusal.h"

enum account_action {
    ACTION_NOTIFY,             /* (re-)notify, password kept */
    ACTION_NOTIFY_RESET,       /* (re-)notify with a new password */
    ACTION_RESET_PASSWORD,     /* new provisional password, nothing sent */
    ACTION_RESEND_ACTIVATION,  /* send the confirmation link again, to another address if given */
    ACTION_EXPORT,             /* be in a list, PDF or CSV */
    ACTION_OPEN,               /* first sign-in with the provisional password, all its steps done */
    ACTION_CHANGE_PASSWORD,    /* by the person: at the sign-in that follows a reset, or from the desk */
    ACTION_RECOVER_PASSWORD,   /* forgotten; the person proved themselves by mail or SMS and chose another */
    ACTION_CHANGE_EMAIL,       /* the person gives another address */
    ACTION_CONFIRM_EMAIL,      /* the link of the mail was followed */
    ACTION_OPEN_SMS,           /* the guardian's own way, by code */
    ACTION_OPEN_FRANCECONNECT, /* FranceConnect identity linked */
    ACTION_OPEN_ATEN,          /* transition, second degree */
    ACTION_OPEN_ENT,           /* transition, second degree */
    ACTION_CLOSE,              /* left beyond the grace period, or merged into another account */
    ACTION_REOPEN,             /* came back: finds the account as it was */
    ACTION_COUNT
};

/* What must be done, in the transaction that stores the outcome, besides storing it. A set of bits. */
enum lifecycle_effect {
    EFFECT_NEW_PROVISIONAL_PASSWORD = 1u << 0,  /* generate, store readable: it becomes provisional */
    EFFECT_STORE_CHOSEN_PASSWORD = 1u << 1,     /* store the hash, wipe the readable one: it becomes chosen */
    EFFECT_SEND_NOTIFICATION = 1u << 2,         /* mail or sheet */
    EFFECT_SEND_ACTIVATION_MAIL = 1u << 3,      /* the link that makes the account active */
    EFFECT_SEND_ADDRESS_CONFIRMATION = 1u << 4, /* the link that makes a new address count */
    EFFECT_ADOPT_ADDRESS = 1u << 5,             /* the pending address becomes the account's */
    EFFECT_END_SESSIONS = 1u << 6,              /* all but the one that asked */
    EFFECT_TELL_SECURITY_CHANGE = 1u << 7,      /* to the address before and after */
    EFFECT_TELL_OPENING = 1u << 8, /* the identifier, and that the account is open: to who may not have done it */
    EFFECT_COUNT = 9
};

enum {
    NOTIFICATION_MONTHS_DEFAULT = 3 /* guide 2.1 */
};

struct lifecycle_outcome {
    struct account account; /* as it must be stored; version is that of the account given */
    unsigned effects;       /* of enum lifecycle_effect */
};

/*
 * What becomes of `account` by `action` at `now`; a notification makes the provisional password valid for
 * `notification_months` civil months, and so does a reset of an account once notified (guide 2.1, 2.2). REFUSAL_NONE
 * fills `out_outcome`; any refusal leaves it untouched. The account must be consistent (account.h).
 */
enum refusal lifecycle_decide(const struct account *account, enum account_action action, struct instant now,
    int notification_months, struct lifecycle_outcome *out_outcome);

/* Where a person goes who gave the right identifier and password. */
enum sign_in_step {
    SIGN_IN_COMPLETE,        /* to the online services */
    SIGN_IN_OPENING,         /* first sign-in: birth dates, password, address; then ACTION_OPEN */
    SIGN_IN_CHOOSE_PASSWORD, /* after a reset; then ACTION_CHANGE_PASSWORD */
    SIGN_IN_CONFIRM_EMAIL    /* the account waits for the link of its mail */
};

/* A provisional password that was handed out opens nothing from this moment on (guide 5.2: three months). */
bool lifecycle_provisional_is_over(const struct account *account, struct instant now);

/* To be asked only after the password was found right: the refusals tell about the account. */
enum refusal lifecycle_sign_in(const struct account *account, struct instant now, enum sign_in_step *out_step);

/* May a person of this profile have an account, being in a school of the second degree or not? */
bool lifecycle_profile_has_account(enum account_profile profile, bool in_second_degree);

const char *action_code(enum account_action action);
const char *action_label(enum account_action action); /* French */
bool action_from_code(const char *code, enum account_action *out_action);

const char *effect_code(enum lifecycle_effect effect); /* of one effect */

/* ---- the table itself, for documents, for the database and for the tests ---- */

#define PROFILE_BIT(profile) (1u << (profile))
#define STATE_BIT(state) (1u << (state))

enum lifecycle_guard {
    GUARD_NONE,
    GUARD_SECOND_DEGREE,       /* only in the second degree */
    GUARD_PROVISIONAL_IN_TIME, /* refused when a provisional password is no longer, or not yet, valid */
};

struct lifecycle_rule {
    enum account_action action;
    unsigned profiles;          /* of PROFILE_BIT */
    unsigned states;            /* of STATE_BIT: from */
    enum refusal refusal;       /* REFUSAL_NONE: the account moves; else the columns below mean nothing */
    enum account_state to;      /* STATE_COUNT: unchanged */
    enum account_origin origin; /* ORIGIN_COUNT: unchanged */
    enum lifecycle_guard guard;
    unsigned effects;
};

const struct lifecycle_rule *lifecycle_rules(size_t *out_count);

/* A change of state or origin that some action makes; `second_degree_only` when no action makes it elsewhere. */
struct lifecycle_move {
    enum account_profile profile;
    enum account_state from_state;
    enum account_origin from_origin;
    enum account_state to_state;
    enum account_origin to_origin;
    bool second_degree_only;
};

enum { LIFECYCLE_MOVES_MAX = 64 };

/* All legal moves, each once, in a stable order; returns how many. */
size_t lifecycle_moves(struct lifecycle_move out_moves[LIFECYCLE_MOVES_MAX]);
