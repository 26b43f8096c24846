/* Records that were given the account of another record of the same person: their list. On the loop. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stddef.h>

struct store;

/* Texts are lent for the call. */
struct listed_merge {
    int64_t id;
    academy_code academy; /* of the record */
    int degree;
    int64_t aaf_id;
    const char *from_login; /* "" none had been made, or it is erased */
    const char *into_login;
    const char *evidence; /* same_contact, same_ine */
    struct instant merged_at;
    struct instant undone_at; /* never: it holds */
    const char *undone_by;    /* or "" */
};

/* merges: NULL with the fault. */
typedef void import_merges_loaded(
    void *arg, const struct listed_merge *merges, size_t count, const struct fault *fault);

/* Newest first; academy 0: of all. */
void import_list_merges(
    struct store *store, academy_code academy, int64_t limit, import_merges_loaded *loaded, void *arg);
