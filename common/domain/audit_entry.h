/*
 * An entry of the audit trail as its hash stands over it. PostgreSQL has its own writing of the same (preau.audit_hash), and
 * a test holds that both agree: an entry is checked by other code than the one that made it.
 */
#pragma once

#include <stddef.h>

enum audit_field {
    AUDIT_FIELD_CHAIN,  /* of the academy; 0 the nation's */
    AUDIT_FIELD_NUMBER, /* 1, 2, 3 … */
    AUDIT_FIELD_AT,     /* microseconds since 1970 */
    AUDIT_FIELD_ADMINISTRATOR,
    AUDIT_FIELD_ACTOR,
    AUDIT_FIELD_ACTION,
    AUDIT_FIELD_UAI,
    AUDIT_FIELD_ACCOUNT_ACADEMY,
    AUDIT_FIELD_ACCOUNT,
    AUDIT_FIELD_DETAIL,
    AUDIT_FIELD_TRACE,
    AUDIT_FIELD_PREVIOUS, /* hash of the entry before it, in small hexadecimal digits */
    AUDIT_FIELD_COUNT
};

enum { AUDIT_HASH_SIZE = 32, AUDIT_HASH_TEXT_SIZE = 2 * AUDIT_HASH_SIZE + 1, AUDIT_ENCODED_SIZE = 8192 };

/* What SHA-256 is taken of: no two different entries give the same bytes. Fields as PostgreSQL writes them, NULL for null.
 * Gives the length; 0 when it does not fit, which no entry that the database accepts does. */
size_t audit_entry_encode(const char *const fields[AUDIT_FIELD_COUNT], char out_bytes[AUDIT_ENCODED_SIZE]);
