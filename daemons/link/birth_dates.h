/* Do the birth dates typed at the first sign-in match those that the school knows (guide 1.1, step 4)? */
#pragma once

#include "domain/account.h"
#include "domain/refusal.h"
#include "link.pb-c.h"
#include "store/opening.h"

/* A pupil gives its own, a guardian that of every attached child. DATE_INVALID: one cannot be read. BIRTH_DATE_WRONG:
 * one is not what the school knows; it is not said which. STALE: the children are not those of the page.
 * ACCOUNT_CLOSED: a guardian without any child has nothing to be opened. */
enum refusal birth_dates_check(enum account_profile profile, const struct opening_person *people, size_t count,
    const Preau__Link__OpenAccountRequest *request);
