/* Runs of the import. What they tell besides: import_report.h; their data: import_stage.h, import_apply.h. */
#pragma once

#include "crypto/digest.h"
#include "domain/date.h"
#include "domain/refusal.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;
struct store;

enum import_state {
    IMPORT_RUNNING,
    IMPORT_APPLIED,
    IMPORT_REFUSED,
    IMPORT_FAILED,
    IMPORT_HELD,
    IMPORT_CHECKED,
    IMPORT_REPEATED
};

const char *import_state_code(enum import_state state); /* "running" */
enum import_state import_state_from_code(const char *code);

enum { IMPORT_COUNTERS_MAX = 64 };

struct import_counter {
    char category[24]; /* EtabEducNat, Eleve, PersRelEleve …, account */
    char what[16];     /* read, added, changed, unchanged, departed, refused, reported, ignored */
    int64_t count;
};

/* Texts are lent for the call that tells of the run. */
struct import_run {
    import_id id;
    academy_code academy;
    int degree;               /* 0: not known */
    const char *kind;         /* "complete", "delta", "" not known */
    const char *generated_on; /* YYYY-MM-DD, "" not known */
    bool checks;              /* nothing was to be changed */
    enum import_state state;
    struct instant started_at;
    struct instant finished_at; /* never: not yet */
    const char *archive;
    const char *refusal;     /* machine code, or "" */
    const char *explanation; /* or "" */
    int64_t records;         /* read, once it ended */
    import_id previous;      /* the run integrated before it, of its degree; 0: none */
    const char *decision;    /* "approved", "rejected", "" */
    const char *decided_by;
    struct instant decided_at;
    struct import_counter counters[IMPORT_COUNTERS_MAX];
    size_t counter_count;
};

/* A record that was refused, or a value that was set aside. NULL texts: not known, or personal. */
struct import_refused {
    const char *file;
    int64_t line;
    const char *category;
    const char *aaf_id;
    const char *attribute;
    const char *code;
    const char *value;
};

struct import_date {
    academy_code academy;
    struct instant at;
};

/* --- on the loop; what is given is lent for the call, NULL with the fault --- */

typedef void import_runs_loaded(void *arg, const struct import_run *runs, size_t count, const struct fault *fault);
typedef void import_dates_loaded(void *arg, const struct import_date *dates, size_t count, const struct fault *fault);

/* Which runs: of one academy, or of all (0); among `among`, NULL: every academy. */
struct import_choice {
    academy_code academy;
    const int64_t *among;
    size_t among_count;
    int64_t limit;
};
/* Newest first. */
void import_list_runs(struct store *store, const struct import_choice *choice, import_runs_loaded *loaded, void *arg);
/* One run, or none. */
void import_load_run(struct store *store, import_id run, import_runs_loaded *loaded, void *arg);
/* When each academy was last integrated. */
void import_load_latest(struct store *store, import_dates_loaded *loaded, void *arg);

/* --- on a thread --- */

/* For this session alone, until it closes; *out_taken false: another works on this academy. */
MUST_USE bool import_lock(struct session *session, academy_code academy, bool *out_taken, struct fault *fault);
/* From the choice of accounts for new records until these are written: meanwhile no account becomes another's, and none is parted. For this
 * session, until freed, outside of a transaction, or until it closes. */
MUST_USE bool import_records_hold(struct session *session, struct fault *fault);
void import_records_free(struct session *session);
/* Runs of an academy that this session holds and that say "running": their process is dead. */
MUST_USE bool import_abandon(
    struct session *session, academy_code academy, const char *explanation, struct fault *fault);
/* At most `capacity` academies of which a run says that it goes on. */
MUST_USE bool import_running_academies(
    struct session *session, academy_code *out_academies, size_t capacity, size_t *out_count, struct fault *fault);

/* What became of a claimed archive: its last run that did not fail. */
struct import_claim {
    import_id run; /* 0: none yet */
    enum import_state state;
    bool is_approved, is_decided;
    bool has_digest; /* it was a file */
    unsigned char digest[ARCHIVE_DIGEST_SIZE];
    int64_t interrupted; /* runs in a row whose process died */
};
MUST_USE bool import_load_claim(struct session *session, academy_code academy, const char *claim,
    const char *interrupted, struct import_claim *out_claim, struct fault *fault);

/* The run that integrated these bytes, nothing of its degree being integrated since. 0: none. */
MUST_USE bool import_find_applied(struct session *session, academy_code academy,
    const unsigned char digest[ARCHIVE_DIGEST_SIZE], import_id *out_run, struct fault *fault);

/* What stands before a delivery of an academy and degree that was made on a day. */
struct import_before {
    bool is_later; /* one that was made later is integrated */
    bool is_held;  /* one that was made earlier waits for a person's word */
    bool has_base; /* somebody is known */
};
/* held: the run that held it; 0: it was not. */
MUST_USE bool import_load_before(struct session *session, import_id run, enum degree degree, struct date generated_on,
    import_id held, struct import_before *out_before, struct fault *fault);

/* A run begins; the academy becomes known. claim NULL: a check. digest NULL: of a folder. */
MUST_USE bool import_begin(struct session *session, academy_code academy, const char *archive, const char *claim,
    const unsigned char *digest, import_id *out_run, struct fault *fault);

/* Archives by their claims; owned. */
struct import_claims {
    char **list;
    size_t count;
};
void import_claims_clear(struct import_claims *claims);
/* What waits for a person's word and is replaced by this run, which is integrated in the transaction that goes on: refused.
 * Their claims are added. */
MUST_USE bool import_supersede(
    struct session *session, import_id run, const char *explanation, struct import_claims *claims, struct fault *fault);

/* A held run ends refused: nobody gave a word for so long. *out_ended false: somebody did, or by PostgreSQL's clock it is not that old. */
MUST_USE bool import_expire(
    struct session *session, import_id run, struct duration patience, bool *out_ended, struct fault *fault);

/* A run that had nothing to do: its archive has the bytes that another one integrated. */
MUST_USE bool import_repeat(struct session *session, import_id integrated, const char *archive, const char *claim,
    const char *explanation, import_id *out_run, struct fault *fault);

struct import_end {
    import_id run;
    enum import_state state; /* refused or failed */
    enum refusal refusal;    /* of a refused one */
    const char *explanation; /* may be NULL */
    int degree;              /* 0: not known */
    const char *kind;        /* "complete", "delta", NULL: not known */
    struct date generated_on;
    const struct import_refused *refused; /* what is told, in order */
    size_t refused_count;
};
/* The run ends without any change of data: whole, in a transaction of its own. */
MUST_USE bool import_end_without(struct session *session, const struct import_end *end, struct fault *fault);
/* The figures of a run that was integrated. */
MUST_USE bool import_load_counters(struct session *session, import_id run, struct import_counter *out_counters,
    size_t *out_count, struct fault *fault);

/* Inside this room: lines "category what count", as the queries write them; at most IMPORT_COUNTERS_MAX. */
size_t import_counters_read(const char *text, struct import_counter *counters);
