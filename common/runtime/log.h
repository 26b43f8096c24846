/* The structured log: one event, one call, typed fields.
 *
 *   log_event(LOG_INFO, "batch_created", F("batch", id), F("accounts", count));
 *
 * Levels are syslog's (LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG). Event and field names are static,
 * lower case, [a-z0-9_]. Never a password, code, token, name, mail or phone number: a struct secret does not compile,
 * the rest is the caller's duty. Control characters in values are escaped. The request id in scope is added to each
 * line. The same event more than 20 times in 10 seconds (LOG_INFO and less urgent: 200) is counted and told once
 * ("log_suppressed"). Safe from any thread. */
#pragma once

#include "domain/types.h"
#include "runtime/cleanup.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

enum log_format {
    LOG_FORMAT_AUTO,    /* journal if stderr is journald's, text on a terminal, else logfmt */
    LOG_FORMAT_TEXT,    /* for people; colours on a terminal */
    LOG_FORMAT_LOGFMT,  /* key=value */
    LOG_FORMAT_JSON,    /* one object a line */
    LOG_FORMAT_JOURNAL, /* journald's own protocol, fields as PREAU_<NAME>= */
};

/* Before threads start. `program` is static. Without it: text on stderr at LOG_INFO. */
void log_open(const char *program, enum log_format format, int level);
void log_level_set(int level); /* at any time */
/* "error", "warning", "notice", "info", "debug"; false for another word. */
MUST_USE bool log_level_parse(const char *word, int *out_level);
MUST_USE bool log_format_parse(const char *word, enum log_format *out_format);

enum log_field_kind {
    LOG_FIELD_NONE,
    LOG_FIELD_INT,
    LOG_FIELD_UINT,
    LOG_FIELD_REAL,
    LOG_FIELD_BOOL,
    LOG_FIELD_TEXT,
    LOG_FIELD_INSTANT,
    LOG_FIELD_DURATION,
    LOG_FIELD_FAULT
};

struct log_field {
    const char *name;
    enum log_field_kind kind;
    union {
        int64_t integer;
        uint64_t natural;
        double real;
        bool flag;
        const char *text; /* borrowed for the call; NULL is written as null */
        const struct fault *fault;
    };
};

/* No `default:` on purpose: a type that is not listed (struct secret above all) must not compile. */
#define F(name, value)                                                                                                 \
    _Generic((value),                                                                                                  \
        bool: log_field_bool,                                                                                          \
        signed char: log_field_int,                                                                                    \
        short: log_field_int,                                                                                          \
        int: log_field_int,                                                                                            \
        long: log_field_int,                                                                                           \
        long long: log_field_int,                                                                                      \
        unsigned char: log_field_uint,                                                                                 \
        unsigned short: log_field_uint,                                                                                \
        unsigned: log_field_uint,                                                                                      \
        unsigned long: log_field_uint,                                                                                 \
        unsigned long long: log_field_uint,                                                                            \
        double: log_field_real,                                                                                        \
        char *: log_field_text,                                                                                        \
        const char *: log_field_text,                                                                                  \
        account_id: log_field_account_id,                                                                              \
        person_id: log_field_person_id,                                                                                \
        school_id: log_field_school_id,                                                                                \
        batch_id: log_field_batch_id,                                                                                  \
        delivery_id: log_field_delivery_id,                                                                            \
        administrator_id: log_field_administrator_id,                                                                  \
        import_id: log_field_import_id,                                                                                \
        struct instant: log_field_instant,                                                                             \
        struct duration: log_field_duration,                                                                           \
        struct fault *: log_field_fault,                                                                               \
        const struct fault *: log_field_fault)((name), (value))

struct log_field log_field_bool(const char *name, bool value);
struct log_field log_field_int(const char *name, int64_t value);
struct log_field log_field_uint(const char *name, uint64_t value);
struct log_field log_field_real(const char *name, double value);
struct log_field log_field_text(const char *name, const char *value);
struct log_field log_field_account_id(const char *name, account_id value);
struct log_field log_field_person_id(const char *name, person_id value);
struct log_field log_field_school_id(const char *name, school_id value);
struct log_field log_field_batch_id(const char *name, batch_id value);
struct log_field log_field_delivery_id(const char *name, delivery_id value);
struct log_field log_field_administrator_id(const char *name, administrator_id value);
struct log_field log_field_import_id(const char *name, import_id value);
struct log_field log_field_instant(const char *name, struct instant value);
struct log_field log_field_duration(const char *name, struct duration value); /* written in seconds */
struct log_field log_field_fault(const char *name, const struct fault *value);

#define LOG_END ((struct log_field){.kind = LOG_FIELD_NONE})
#define log_event(level, ...)                                                                                          \
    log_write((level), ARGUMENT_FIRST(__VA_ARGS__),                                                                    \
        (const struct log_field[]){ARGUMENT_REST(LOG_END, __VA_ARGS__), LOG_END})
void log_write(int level, const char *event, const struct log_field *fields);

/* LOG_ERR with everything a fault knows: code, text, hint, place, errno, sqlstate, outcome. */
#define log_fault(event, what) log_event(LOG_ERR, event, F("fault", (const struct fault *)(what)))

/* The request that this thread works for, until the block is left:
 *   _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(request_id_text); */
enum { LOG_REQUEST_SIZE = 40 };
struct log_scope {
    char outer[LOG_REQUEST_SIZE];
};
MUST_USE struct log_scope log_scope_enter(const char *request);
void log_scope_leave(struct log_scope *scope);
const char *log_request(void); /* "" when none is in scope */
