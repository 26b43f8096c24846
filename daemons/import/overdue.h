/* Which academies were not integrated for too long. Pure. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>

enum { OVERDUE_ACADEMIES_MAX = 100 };

struct overdue {
    struct overdue_academy {
        academy_code academy;
        struct instant success; /* the last one; never: none */
        struct instant known;   /* since when it is waited for */
    } list[OVERDUE_ACADEMIES_MAX];
    size_t count;
};

/* It has a folder in the inbox: it is waited for, from now on if it was not before. */
void overdue_expect(struct overdue *overdue, academy_code academy, struct instant now);
/* It was integrated then; an earlier instant than the one known changes nothing. */
void overdue_succeed(struct overdue *overdue, academy_code academy, struct instant at);

/* Its last success, or if it had none, since when it is waited for, is longer ago than `after`. */
bool overdue_is_late(const struct overdue_academy *one, struct instant now, struct duration after);

/* The sentence for people, "" when none is overdue. How many are. */
enum { OVERDUE_TEXT_SIZE = 240 };
size_t overdue_tell(
    const struct overdue *overdue, struct instant now, struct duration after, char out_text[OVERDUE_TEXT_SIZE]);
