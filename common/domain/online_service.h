/*
 * The online services that accounts lead to: whom one of them is for. The operator says it; what is not said is everybody.
 */
#pragma once

#include "domain/account.h"
#include "domain/school.h"

#include <stdbool.h>
#include <stddef.h>

/* Where a pupil goes to school. */
struct schooling {
    academy_code academy;
    enum degree degree;
    struct uai uai;
};

struct service_audience {
    unsigned profiles;             /* bits 1 << profile; 0: all */
    unsigned degrees;              /* bits 1 << degree; 0: both */
    const academy_code *academies; /* none: all */
    size_t academy_count;
    const struct uai *schools; /* none: all */
    size_t school_count;
};

/* For a person of this profile, on account of a pupil who goes there: all that is said of the audience holds at once. */
bool service_fits(const struct service_audience *audience, enum account_profile profile, const struct schooling *where);

/* A file's name alone, of a kind of picture that pages show: svg, png, jpg, webp. */
bool service_picture_is_valid(const char *name);
