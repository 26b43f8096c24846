/* A fault: the world failed (disk, peer, database, library). Not a refusal (a rule said no: a value of the domain), not
 * a bug (assert).
 *
 * A function that can fault takes `struct fault *fault` last and returns bool; false means that *fault is filled.
 * The caller owns the struct; nothing is allocated. A fault is passed upwards, with context added by fault_add(), and
 * logged once, where it is handled; never below daemons/. Text is short and factual, without personal data; the hint
 * is a whole sentence that says what to do. */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>

#define FAULT_CODES(X)                                                                                                 \
    X(NONE, "none")                                                                                                    \
    X(CONFIG, "config")           /* what the operator wrote is wrong */                                               \
    X(IO, "io")                   /* file, descriptor, disk */                                                         \
    X(DATABASE, "database")       /* PostgreSQL said no or went away; see sqlstate */                                  \
    X(BUS, "bus")                 /* ZeroMQ */                                                                         \
    X(PEER, "peer")               /* another server (SMTP, SMS, identity provider, a daemon) failed */                 \
    X(TIMEOUT, "timeout")         /* no answer within the bound */                                                     \
    X(BUSY, "busy")               /* a queue is full or the value changed meanwhile: try again later */                \
    X(UNAVAILABLE, "unavailable") /* not connected, stopping */                                                        \
    X(FORMAT, "format")           /* bytes that do not mean what they should */                                        \
    X(LIMIT, "limit")             /* larger or more than we accept */                                                  \
    X(MISSING, "missing")         /* what must be there is not */                                                      \
    X(CRYPTO, "crypto")           /* key, signature, encryption */                                                     \
    X(LIBRARY, "library")         /* a library refused for a reason of its own */

enum fault_code {
#define FAULT_ENUM(code, name) FAULT_##code,
    FAULT_CODES(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_CODE_COUNT
};

struct fault {
    enum fault_code code;
    bool outcome_unknown; /* the connection was lost where the work may have been done (COMMIT, SMTP after DATA) */
    const char *file;     /* where it arose; static text */
    int line;
    int os_error;     /* errno, or 0 */
    char sqlstate[6]; /* "" when PostgreSQL said nothing */
    char text[240];
    char hint[160]; /* "" when there is nothing to advise */
};

/* Fills *fault anew and gives false, so that `return fault_set(fault, FAULT_IO, "…");` reads well. NULL is accepted. */
#define fault_set(fault, code, ...) fault_set_at((fault), (code), __FILE__, __LINE__, __VA_ARGS__)
/* The same with errno's number, and its text after the message: "open /x: No such file or directory". */
#define fault_from_errno(fault, code, ...) fault_from_errno_at((fault), (code), __FILE__, __LINE__, __VA_ARGS__)

PRINTF_LIKE(5, 6)
bool fault_set_at(struct fault *fault, enum fault_code code, const char *file, int line, const char *format, ...);
PRINTF_LIKE(5, 6)
bool fault_from_errno_at(
    struct fault *fault, enum fault_code code, const char *file, int line, const char *format, ...);

/* Sets the sentence that says what to do; gives false. */
PRINTF_LIKE(2, 3) bool fault_hint(struct fault *fault, const char *format, ...);
/* Adds context in front on the way up: "batch 12: connection refused"; gives false. */
PRINTF_LIKE(2, 3) bool fault_add(struct fault *fault, const char *format, ...);

/* "database", "io" … for logs, metrics and /status. */
const char *fault_code_name(enum fault_code code);
