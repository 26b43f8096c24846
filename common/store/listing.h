/* What the head's pages show of a school's accounts (guide 4 to 6). Read only.
 *
 * Texts in what is given to a completion live for the call. A NULL pointer comes with the fault. */
#pragma once

#include "domain/account.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rows;
struct store;

struct listed_school {
    academy_code academy;
    struct uai uai;
    char name[SCHOOL_NAME_SIZE];
    char city[SCHOOL_NAME_SIZE];
    enum degree degree;
    /* of listing_load_school: */
    bool has_others;         /* the administrator has more schools to choose from */
    bool may[PROFILE_COUNT]; /* whose accounts the administrator may see: one who was let in may see some only */
};

/* school: also NULL, without a fault, when there is none or it is not to be seen. */
typedef void listing_school_loaded(void *arg, const struct listed_school *school, const struct fault *fault);

/* Of the columns academy, uai, name, city and degree; what else is known of it is the caller's. */
void listed_school_from_row(const struct rows *rows, int row, struct listed_school *out_school);
/* A school in an administrator's scope. */
void listing_load_school(
    struct store *store, administrator_id administrator, const char *uai, listing_school_loaded *loaded, void *arg);
