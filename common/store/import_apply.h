/* A staged delivery (import_stage.h) becomes the house's data, in steps that the caller's transactions hold:
 *
 *   import_prepare        what it comes to; the house is only read
 *   import_load_figures   what it would do, for whoever judges it (import_hold.h)
 *   import_give_accounts  identifiers for who needs an account: short, under a lock that all academies share
 *   import_apply          everything else
 *   import_report         the run's end, its figures and what was found wrong
 *
 * Each works in the session's open transaction. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import.h"
#include "store/import_stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

enum { IMPORT_SEALED_MAX = 256 };

/* Tells how far a step is, on the caller's thread; false ends it (fault UNAVAILABLE). */
typedef bool import_progress(void *arg, int done, int total);

struct import_steps {
    import_progress *progress;
    void *arg;
};

MUST_USE bool import_prepare(struct session *session, const struct import_steps *steps, struct fault *fault);

/* is_check: nothing is given, and nobody waits; the accounts are only good to be undone. */
MUST_USE bool import_give_accounts(
    struct session *session, bool is_check, const struct import_steps *steps, struct fault *fault);

/* Writes what the store keeps of a new account's provisional password, at most IMPORT_SEALED_MAX bytes; gives how many.
 */
typedef size_t import_seal(void *arg, academy_code academy, account_id account, unsigned char *out_sealed);

MUST_USE bool import_apply(struct session *session, academy_code academy, const struct import_steps *steps,
    import_seal *seal, void *arg, struct fault *fault);

/* The session's figures before a rollback, to be brought back after it: what a check found. */
struct import_kept;
MUST_USE bool import_figures_keep(struct session *session, struct import_kept **out_kept, struct fault *fault);
/* In a transaction; frees it. */
MUST_USE bool import_figures_bring_back(struct session *session, struct import_kept **kept, struct fault *fault);
void import_kept_free(struct import_kept **kept);

/* The run ends in this state: its figures, by school too, and what was found wrong. */
MUST_USE bool import_report(struct session *session, const struct import_now *now, enum import_state state,
    enum refusal refusal, const char *explanation, struct fault *fault);

/* Others plan their reads by what is there now: after a run that added much. Outside a transaction. */
MUST_USE bool import_tell_planner(struct session *session, struct fault *fault);
