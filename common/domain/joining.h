/*
 * A guardian's second account is joined to the one that the guardian is signed in with (docs/decisions/0027): what stands against
 * it, and against undoing it. That the identifier and the password of both were given is proved before.
 */
#pragma once

#include "domain/refusal.h"

#include <stdbool.h>
#include <stdint.h>

/* How two accounts stand to each other. */
struct joining {
    bool is_same;            /* they are one */
    bool are_guardians;      /* both */
    bool is_closed;          /* the other one */
    bool is_unfit;           /* the one that stays: closed, or not in use */
    bool names_agree;        /* name and first name, as records are matched */
    bool is_shared_child;    /* AAF names both guardians of one pupil: it knows them as two persons */
    bool was_parted;         /* by an operator */
    bool has_two_identities; /* of FranceConnect, which knows a person by one */
};

/* REFUSAL_NONE: they may become one. */
enum refusal joining_decide(const struct joining *joining);

/* What is left of two accounts that became one. */
struct parting {
    bool is_erased;    /* the account that was closed, or the one that stayed */
    int64_t records;   /* that came with it and are still the other's */
    int64_t elsewhere; /* that are by now a third account's, or nobody's */
};

/* REFUSAL_NONE: they may be two again. All or nothing: a half would be the account of nobody. */
enum refusal joining_undo_decide(const struct parting *parting);

/* Why an operator parted two accounts. */
enum parting_reason {
    PARTING_HOMONYM,  /* two persons of one name */
    PARTING_MISTAKE,  /* two of one family, or the wrong account */
    PARTING_STRANGER, /* somebody else did it */
    PARTING_ASKED,    /* the person wants two */
    PARTING_REASON_COUNT
};
const char *parting_reason_code(enum parting_reason reason);
