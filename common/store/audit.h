/* The audit trail: every action of an administrator or the operator, every display of a password.
 *
 * A deed's own statement writes its entry (preau.audit_write in its SQL), so that one is not without the other; audit_write
 * is for what has no statement. Entries are only ever added: nobody may change or remove one. */
#pragma once

#include "domain/audit.h"
#include "domain/audit_chain.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct store;

/* Whose deed, and which: what every statement that writes an entry is given. Texts are borrowed for the call. */
struct audit_author {
    administrator_id administrator; /* 0: the operator */
    const char *operator_name;      /* what the operator goes by; NULL or "" is nothing */
    const char *trace;              /* call_trace(); NULL or "" is none */
};

enum { AUDIT_DETAILS_MAX = 6 };

struct audit_deed {
    struct audit_author author;
    enum audit_action action;
    academy_code academy; /* whose chain; below 0: the administrator's own, else the nation's (0) */
    const char *uai;      /* NULL: none */
    academy_code account_academy;
    account_id account; /* 0: none */
    struct {
        const char *key, *value; /* of domain/audit_detail.def; nothing personal */
    } details[AUDIT_DETAILS_MAX];
    size_t detail_count;
};

typedef void audit_written(void *arg, const struct fault *fault);
/* written may be NULL: then a fault is logged. */
void audit_write(struct store *store, const struct audit_deed *deed, audit_written *written, void *arg);

/* --- reading --- */

struct audit_asked {
    administrator_id reader; /* whose entries: those that view preau.audit_reader gives; 0 the operator's: all */
    academy_code academy;    /* 0 does not narrow; nor does "" below, or never */
    const char *uai, *actor, *action, *login;
    academy_code account_academy; /* an account by its number, when login is "" */
    account_id account;           /* 0: any */
    struct instant since, until;  /* both included */
    struct instant before_at;     /* with chain and number: what follows this entry; never: from the newest */
    int before_chain;
    int64_t before_number;
    int64_t limit;
};

struct audit_listed {
    int chain;
    int64_t number;
    struct instant at;
    administrator_id administrator; /* 0: the operator */
    const char *actor, *name;       /* the login then; the name today, "" when there is none */
    const char *action;
    const char *uai, *school;
    academy_code account_academy;
    account_id account;
    const char *login;        /* of the account today; "" when it is erased */
    const char *detail;       /* JSON */
    const char *detail_lines; /* the same: key, tab, value, one a line */
    const char *trace;
};

/* entries: newest first, lent for the call; NULL with the fault. */
typedef void audit_loaded(void *arg, const struct audit_listed *entries, size_t count, const struct fault *fault);
void audit_load(struct store *store, const struct audit_asked *asked, audit_loaded *loaded, void *arg);

/* The last number and hash of each chain. */
typedef void audit_heads_loaded(void *arg, const struct audit_anchor *heads, size_t count, const struct fault *fault);
void audit_load_heads(struct store *store, audit_heads_loaded *loaded, void *arg);

/* --- reading in a straight line, for preauctl --- */

/* false ends the reading, without a fault. */
typedef bool audit_found(void *arg, const struct audit_listed *entry);
MUST_USE bool audit_session_load(struct session *session, const struct audit_asked *asked, size_t *out_count,
    audit_found *found, void *arg, struct fault *fault);

/* The chains that there are, at most `capacity`. */
MUST_USE bool audit_session_chains(
    struct session *session, int *out_chains, size_t capacity, size_t *out_count, struct fault *fault);

/* Checks a chain from its first entry to its last, some at a time: memory does not grow with it. chain: as begun. */
MUST_USE bool audit_session_check(struct session *session, struct audit_chain *chain, struct fault *fault);
