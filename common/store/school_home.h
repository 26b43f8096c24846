/* What the home page of a school counts (guide 2.1). Read only. */
#pragma once

#include "domain/account.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/listing.h"

#include <stddef.h>
#include <stdint.h>

struct store;

/* Of the accounts of one profile. */
struct home_counts {
    int64_t by_state[STATE_COUNT];
    int64_t to_notify_by_mail, to_notify_by_sheet; /* not distributed, with and without an address */
    int64_t runs_out, has_run_out;                 /* provisional passwords: soon, already */
    int64_t came_back;                             /* the last mail to the address failed for good */
    int64_t without_contact;                       /* neither address nor mobile */
};

struct school_home {
    struct home_counts counts[PROFILE_COUNT];
    struct instant integrated_at; /* the academy's data of this degree, last; never: not yet */
};

/* An account whose person gave a birth date that is not AAF's. */
struct refused_date {
    academy_code academy;
    account_id id;
    const char *nom, *prenom;
    struct instant at;
    struct instant changed_at; /* AAF's record, since; never: it did not */
    bool is_over;              /* so many were refused that only another notification lets the person go on */
};

/* NULL comes with the fault; what is given lives for the call. */
typedef void school_home_loaded(void *arg, const struct school_home *home, const struct fault *fault);
/* total: how many there are, over those given. */
typedef void refused_dates_loaded(
    void *arg, const struct refused_date *dates, size_t count, int64_t total, const struct fault *fault);

/* soon: a provisional password runs out within this time. */
void school_home_load(struct store *store, const struct listed_school *school, struct duration soon,
    school_home_loaded *loaded, void *arg);
/* Refused since then, or so many that the account is to be notified anew: newest first, at most so many; of the profiles that may be seen. */
void school_home_load_dates(struct store *store, const struct listed_school *school, struct instant since,
    int64_t limit, int64_t refusals, refused_dates_loaded *loaded, void *arg);
