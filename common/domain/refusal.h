/*
 * Refusals: a rule said no. Expected, part of the contract, shown to a person. One line each in refusal.def, from
 * which the enumeration, the HTTP status, the machine code and the French sentences follow.
 */
#pragma once

#include <stdbool.h>

enum refusal {
    REFUSAL_NONE, /* granted */
#define REFUSAL(name, code, status, sentence, next) REFUSAL_##name,
#include "domain/refusal.def"
#undef REFUSAL
    REFUSAL_COUNT
};

/* Stable machine code, "none" for REFUSAL_NONE. */
const char *refusal_code(enum refusal refusal);

/* False, and `out_refusal` untouched, when the code is unknown. */
bool refusal_from_code(const char *code, enum refusal *out_refusal);

/* HTTP status that carries it; 200 for REFUSAL_NONE. */
int refusal_status(enum refusal refusal);

/* What happened, and what the person can do now: French sentences; empty for REFUSAL_NONE. */
const char *refusal_sentence(enum refusal refusal);
const char *refusal_next(enum refusal refusal);
