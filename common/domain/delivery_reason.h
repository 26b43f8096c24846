/*
 * Why a mail or a sheet did not leave, one line each in delivery_reason.def: a code for the store and the messages, a
 * French sentence for the head.
 */
#pragma once

#include <stdbool.h>

enum delivery_reason {
    DELIVERY_REASON_NONE, /* it left, or may still leave */
#define DELIVERY_REASON(name, code, sentence) DELIVERY_REASON_##name,
#include "domain/delivery_reason.def"
#undef DELIVERY_REASON
    DELIVERY_REASON_COUNT
};

/* Stable machine code, "none" for DELIVERY_REASON_NONE. */
const char *delivery_reason_code(enum delivery_reason reason);

/* False, and `out_reason` untouched, when the code is unknown. */
bool delivery_reason_from_code(const char *code, enum delivery_reason *out_reason);

/* What happened and what the head can do now, in French; empty for DELIVERY_REASON_NONE. */
const char *delivery_reason_sentence(enum delivery_reason reason);
