#include "store/sealed_row.h"

#include "runtime/cleanup.h"
#include "store/blocking_query.h"
#include "store/parameters.h"
#include "store/rows.h"

#include <assert.h>
#include <string.h>

/* --- counting --- */

struct counting {
    struct sealed_count *counts;
    size_t capacity, count;
};

/* The row of a key, made in its place when it is the first of it. NULL: there is no room. */
static struct sealed_count *count_of(struct counting *counting, uint32_t key)
{
    size_t place = 0;
    while (place < counting->count && counting->counts[place].key < key) {
        place++;
    }
    if (place < counting->count && counting->counts[place].key == key) {
        return &counting->counts[place];
    }
    if (counting->count == counting->capacity) {
        return NULL;
    }
    struct sealed_count *one = &counting->counts[place];
    memmove(one + 1, one, (counting->count - place) * sizeof *one);
    counting->count++;
    *one = (struct sealed_count){.key = key};
    return one;
}

static void add(struct sealed_count *count, const char *kind, int64_t rows)
{
    if (strcmp(kind, "password") == 0) {
        count->lasting[SEALED_PASSWORD] += rows;
    } else if (strcmp(kind, "second_factor") == 0) {
        count->lasting[SEALED_SECOND_FACTOR] += rows;
    } else if (strcmp(kind, "document") == 0) {
        count->documents += rows;
    } else {
        count->passing += rows;
    }
}

static bool count_rows(
    struct session *session, enum query query, const char *kind, struct counting *counting, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!session_run(session, query, NULL, &rows, fault)) {
        return false;
    }
    for (int row = 0; row < rows_count(rows); row++) {
        struct sealed_count *count = count_of(counting, (uint32_t)row_int64(rows, row, "key"));
        if (count) {
            add(count, kind ? kind : row_text(rows, row, "kind"), row_int64(rows, row, "rows"));
        }
    }
    return true;
}

bool sealed_count_load(
    struct session *session, struct sealed_count *out_counts, size_t capacity, size_t *out_count, struct fault *fault)
{
    struct counting counting = {out_counts, capacity, 0};
    bool is_counted = count_rows(session, QUERY_SEALED_COUNT, NULL, &counting, fault) &&
                      count_rows(session, QUERY_SEALED_DOCUMENT_COUNT, "document", &counting, fault);
    *out_count = counting.count;
    return is_counted;
}

/* --- sealing anew --- */

bool sealed_rows_load(struct session *session, enum sealed_kind kind, const struct sealed_row *after, uint32_t key,
    struct sealed_row *out_rows, size_t *out_count, struct fault *fault)
{
    const unsigned char number[] = {
        (unsigned char)(key >> 24), (unsigned char)(key >> 16), (unsigned char)(key >> 8), (unsigned char)key};
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    if (kind == SEALED_PASSWORD) {
        parameters_int64(&parameters, after->academy);
    }
    parameters_int64(&parameters, after->id);
    parameters_bytes(&parameters, number, sizeof number);
    parameters_int64(&parameters, SEALED_ROWS_AT_ONCE);
    enum query query = kind == SEALED_PASSWORD ? QUERY_SEALED_PASSWORDS : QUERY_SEALED_SECOND_FACTORS;
    if (!session_ask(session, query, &parameters, &rows, fault)) {
        return false;
    }
    *out_count = (size_t)rows_count(rows);
    for (int row = 0; row < rows_count(rows); row++) {
        struct sealed_row *out = &out_rows[row];
        *out = (struct sealed_row){
            .academy = (int)row_int64(rows, row, "academy"),
            .id = row_int64(rows, row, "id"),
        };
        out->length = row_bytes(rows, row, "sealed", out->old, sizeof out->old);
    }
    return true;
}

bool sealed_rows_replace(struct session *session, enum sealed_kind kind, const struct sealed_row *rows, size_t count,
    int64_t *out_changed, struct fault *fault)
{
    int64_t academies[SEALED_ROWS_AT_ONCE], ids[SEALED_ROWS_AT_ONCE];
    const void *old[SEALED_ROWS_AT_ONCE], *new[SEALED_ROWS_AT_ONCE];
    size_t sizes[SEALED_ROWS_AT_ONCE], taken = 0;
    assert(count <= SEALED_ROWS_AT_ONCE);
    for (size_t i = 0; i < count; i++) {
        if (!rows[i].has_no_new_seal) {
            academies[taken] = rows[i].academy;
            ids[taken] = rows[i].id;
            old[taken] = rows[i].old;
            new[taken] = rows[i].new;
            sizes[taken++] = rows[i].length;
        }
    }
    struct parameters parameters;
    parameters_init(&parameters);
    if (kind == SEALED_PASSWORD) {
        parameters_int64_array(&parameters, academies, taken);
    }
    parameters_int64_array(&parameters, ids, taken);
    parameters_bytes_array(&parameters, old, sizes, taken);
    parameters_bytes_array(&parameters, new, sizes, taken);
    _cleanup_(rows_free) struct rows *changed = NULL;
    enum query query = kind == SEALED_PASSWORD ? QUERY_SEALED_PASSWORD_REPLACE : QUERY_SEALED_SECOND_FACTOR_REPLACE;
    if (!session_ask(session, query, &parameters, &changed, fault)) {
        return false;
    }
    *out_changed = rows_changed(changed);
    return true;
}
