/* Which academies were not integrated for too long. Pure. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>

enum { LATE_ACADEMIES_MAX = 100 };

struct late {
    struct late_academy {
        academy_code academy;
        struct instant success; /* the last one; never: none */
        struct instant known;   /* since when it is waited for */
    } list[LATE_ACADEMIES_MAX];
    size_t count;
};

/* It has a folder in the inbox: it is waited for, from now on if it was not before. */
void late_expect(struct late *late, academy_code academy, struct instant now);
/* It was integrated then; an earlier instant than the one known changes nothing. */
void late_succeed(struct late *late, academy_code academy, struct instant at);

/* The sentence for people, "" when none is late. How many are. */
enum { LATE_TEXT_SIZE = 240 };
size_t late_tell(const struct late *late, struct instant now, struct duration after, char out_text[LATE_TEXT_SIZE]);
