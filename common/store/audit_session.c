#include "crypto/sha256.h"
#include "domain/audit_entry.h"
#include "runtime/cleanup.h"
#include "store/audit_row.h"
#include "store/blocking_query.h"

#include <string.h>

enum { LINKS_AT_ONCE = 1000 };

bool audit_session_load(struct session *session, const struct audit_asked *asked, size_t *out_count, audit_found *found,
    void *arg, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    audit_asked_give(&parameters, asked);
    if (!session_ask(session, QUERY_AUDIT_PAGE, &parameters, &rows, fault)) {
        return false;
    }
    *out_count = (size_t)rows_count(rows);
    for (int row = 0; row < rows_count(rows); row++) {
        struct audit_listed entry = audit_listed_from_row(rows, row);
        if (!found(arg, &entry)) {
            break;
        }
    }
    return true;
}

bool audit_session_chains(
    struct session *session, int *out_chains, size_t capacity, size_t *out_count, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!session_run(session, QUERY_AUDIT_CHAINS, NULL, &rows, fault)) {
        return false;
    }
    size_t count = (size_t)rows_count(rows);
    *out_count = count < capacity ? count : capacity;
    for (size_t i = 0; i < *out_count; i++) {
        out_chains[i] = (int)row_int64(rows, (int)i, "chain");
    }
    return true;
}

/* --- checking --- */

static const char *const columns[AUDIT_FIELD_COUNT] = {
    [AUDIT_FIELD_CHAIN] = "chain",
    [AUDIT_FIELD_NUMBER] = "number",
    [AUDIT_FIELD_AT] = "microseconds",
    [AUDIT_FIELD_ADMINISTRATOR] = "administrator_id",
    [AUDIT_FIELD_ACTOR] = "actor",
    [AUDIT_FIELD_ACTION] = "action",
    [AUDIT_FIELD_UAI] = "uai",
    [AUDIT_FIELD_ACCOUNT_ACADEMY] = "account_academy",
    [AUDIT_FIELD_ACCOUNT] = "account_id",
    [AUDIT_FIELD_DETAIL] = "detail",
    [AUDIT_FIELD_TRACE] = "trace",
    [AUDIT_FIELD_PREVIOUS] = "previous",
};

/* A hash that is none, by whoever changed it, is no entry's. */
static struct audit_hash hash_of(const struct rows *rows, int row, const char *column)
{
    struct audit_hash hash;
    if (!audit_hash_parse(row_text(rows, row, column), &hash)) {
        memset(&hash, 0xff, sizeof hash);
    }
    return hash;
}

static bool entry_add(struct audit_chain *chain, const struct rows *rows, int row)
{
    char bytes[AUDIT_ENCODED_SIZE];
    const char *fields[AUDIT_FIELD_COUNT];
    for (size_t i = 0; i < AUDIT_FIELD_COUNT; i++) {
        fields[i] = row_is_null(rows, row, columns[i]) ? NULL : row_text(rows, row, columns[i]);
    }
    const struct audit_link entry = {
        .number = row_int64(rows, row, "number"),
        .at = {row_int64(rows, row, "microseconds")},
        .previous = hash_of(rows, row, "previous"),
        .hash = hash_of(rows, row, "hash"),
    };
    struct audit_hash computed = {{0}};
    size_t length = audit_entry_encode(fields, bytes);
    sha256_make(bytes, length, computed.bytes);
    return audit_chain_add(chain, &entry, &computed);
}

static struct audit_link head_of(const struct rows *rows)
{
    if (row_is_null(rows, 0, "head_number")) {
        return (struct audit_link){0};
    }
    return (struct audit_link){
        .number = row_int64(rows, 0, "head_number"),
        .at = {row_int64(rows, 0, "head_at")},
        .hash = hash_of(rows, 0, "head_hash"),
    };
}

/* The last rows come with the head of the same moment: the chain may grow meanwhile. */
static bool links_check(struct audit_chain *chain, const struct rows *rows, bool *out_more)
{
    int count = row_is_null(rows, 0, "number") ? 0 : rows_count(rows);
    for (int row = 0; row < count; row++) {
        if (!entry_add(chain, rows, row)) {
            return false;
        }
    }
    *out_more = count == LINKS_AT_ONCE;
    if (*out_more) {
        return true;
    }
    struct audit_link head = head_of(rows);
    return audit_chain_end(chain, &head);
}

bool audit_session_check(struct session *session, struct audit_chain *chain, struct fault *fault)
{
    bool more = true;
    while (more) {
        _cleanup_(rows_free) struct rows *rows = NULL;
        struct parameters parameters;
        parameters_init(&parameters);
        parameters_int64(&parameters, chain->chain);
        parameters_int64(&parameters, chain->last.number);
        parameters_int64(&parameters, LINKS_AT_ONCE);
        if (!session_ask(session, QUERY_AUDIT_LINKS, &parameters, &rows, fault)) {
            return false;
        }
        if (!links_check(chain, rows, &more)) {
            break;
        }
    }
    return true;
}
