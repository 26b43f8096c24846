/* The schools that an administrator may choose from (guide 4.1), searched and by the page. Read only. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"
#include "store/listing.h"

#include <stddef.h>
#include <stdint.h>

struct store;

struct school_wanted {
    administrator_id administrator;
    const char *words; /* as typed; "" all of them */
    int64_t limit, offset;
};

/* schools: by city and name, lent for the call; NULL with the fault. total: how many there are over all pages; 0 on a page
 * past the last. */
typedef void school_choice_loaded(
    void *arg, const struct listed_school *schools, size_t count, int64_t total, const struct fault *fault);

void school_choice_load(
    struct store *store, const struct school_wanted *wanted, school_choice_loaded *loaded, void *arg);
