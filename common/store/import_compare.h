/* What the store knows of the persons of an academy and degree, asked for while a delivery is read: who is the same as
 * yesterday is not written again, who is passed over is absent. On the session that stages (import_stage.h), between two
 * COPYs. */
#pragma once

#include "crypto/digest.h"
#include "domain/account.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import_stage.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/* Whose records are compared. */
struct import_whom {
    academy_code academy;
    enum degree degree;
    enum account_profile profile;
};

struct import_known {
    int64_t aaf_id;
    unsigned char digest[RECORD_DIGEST_SIZE];
    bool told;      /* something was wrong with the record when it was last looked at */
    bool unsettled; /* or with what it names */
    bool departed;  /* known from before */
};

enum { IMPORT_KNOWN_AT_ONCE = 16384 };

/* Of any profile. */
MUST_USE bool import_known_any(
    struct session *session, academy_code academy, enum degree degree, bool *out_any, struct fault *fault);
/* Everybody, in order, as of now: opens a cursor, one of a profile in a transaction, and ended by it. */
MUST_USE bool import_known_open(struct session *session, const struct import_whom *whom, struct fault *fault);
/* The next IMPORT_KNOWN_AT_ONCE of them; fewer: there are no more, and the cursor is closed. */
MUST_USE bool import_known_next(struct session *session, enum account_profile profile, struct import_known *out_known,
    size_t *out_count, struct fault *fault);
/* Those of these numbers, in order; out_known has room for `count`. */
MUST_USE bool import_known_these(struct session *session, const struct import_whom *whom, const int64_t *numbers,
    size_t count, struct import_known *out_known, size_t *out_count, struct fault *fault);
/* The person as it stands, for a modification that does not list all; *out_found false: nobody, or departed. */
MUST_USE bool import_known_person(struct session *session, const struct import_whom *whom, int64_t aaf_id,
    struct import_person *out_person, bool *out_found, struct fault *fault);
