#include "store/import_apply.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"

#include <stdlib.h>

static bool run_all(struct session *session, const enum query *queries, size_t count, struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        if (!session_run_plain(session, queries[i], fault)) {
            return false;
        }
    }
    return true;
}

/* --- the accounts' provisional passwords --- */

struct numbers {
    int64_t *values;
    size_t count, size;
};

static bool number_copied(void *arg, int count, char *const *values, struct fault *fault)
{
    (void)count;
    (void)fault;
    struct numbers *numbers = arg;
    if (numbers->count == numbers->size) {
        numbers->size = numbers->size * 2 + 4096;
        numbers->values = checked_realloc(numbers->values, numbers->size, sizeof *numbers->values);
    }
    numbers->values[numbers->count++] = strtoll(values[0], NULL, 10);
    return true;
}

static bool credentials_copy(struct session *session, academy_code academy, const struct numbers *numbers,
    import_seal *seal, void *arg, struct fault *fault)
{
    if (!session_copy_begin(session, QUERY_IMPORT_COPY_CREDENTIALS, fault)) {
        return false;
    }
    for (size_t i = 0; i < numbers->count; i++) {
        unsigned char sealed[IMPORT_SEALED_MAX];
        size_t length = seal(arg, academy, (account_id){numbers->values[i]}, sealed);
        session_copy_int64(session, academy.v);
        session_copy_int64(session, numbers->values[i]);
        session_copy_bytes(session, sealed, length);
        if (!session_copy_row(session, fault)) {
            return false;
        }
    }
    return session_copy_end(session, NULL, fault);
}

static bool credentials_write(
    struct session *session, academy_code academy, import_seal *seal, void *arg, struct fault *fault)
{
    struct numbers numbers = {0};
    bool done = session_copy_read(session, QUERY_IMPORT_APPLY_ACCOUNT_NUMBERS, number_copied, &numbers, fault) &&
                credentials_copy(session, academy, &numbers, seal, arg, fault);
    memory_free(&numbers.values);
    return done;
}

bool import_apply(struct session *session, academy_code academy, import_seal *seal, void *arg, struct fault *fault)
{
    static const enum query before[] = {
        QUERY_IMPORT_APPLY_ANALYZE,
        QUERY_IMPORT_APPLY_ONCE,
        QUERY_IMPORT_APPLY_OTHER_PROFILE,
        QUERY_IMPORT_APPLY_PLACES,
        QUERY_IMPORT_APPLY_PUPILS_NOWHERE,
        QUERY_IMPORT_APPLY_LINKS,
        QUERY_IMPORT_APPLY_LINKS_TO_NOBODY,
        QUERY_IMPORT_APPLY_PUPILS_OF_NOBODY,
        QUERY_IMPORT_APPLY_LEGAL,
        QUERY_IMPORT_APPLY_ANALYZE_LINKS,
        QUERY_IMPORT_APPLY_CONTACTS,
        QUERY_IMPORT_APPLY_SERVICES,
        QUERY_IMPORT_APPLY_FREE_STRUCTURES,
        QUERY_IMPORT_APPLY_SCHOOLS,
        QUERY_IMPORT_APPLY_IDENTIFIERS_LOCK,
        QUERY_IMPORT_APPLY_ACCOUNTS_WANTED,
        QUERY_IMPORT_APPLY_ANALYZE_ACCOUNTS,
        QUERY_IMPORT_APPLY_ACCOUNTS,
    };
    static const enum query after[] = {
        QUERY_IMPORT_APPLY_PERSONS,
        QUERY_IMPORT_APPLY_ENROLMENTS,
        QUERY_IMPORT_APPLY_GUARDIANSHIPS,
        QUERY_IMPORT_APPLY_TELL_PLANNER,
        QUERY_IMPORT_APPLY_PROBLEMS,
        QUERY_IMPORT_APPLY_END,
    };
    return run_all(session, before, ARRAY_LENGTH(before), fault) &&
           credentials_write(session, academy, seal, arg, fault) && run_all(session, after, ARRAY_LENGTH(after), fault);
}
