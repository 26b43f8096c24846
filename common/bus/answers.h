/* Inside this room: the answers that were given lately, by request id, for those who ask again. Bounded in number,
 * bytes and age; wiped when they go, since some hold a provisional password. */
#pragma once

#include "runtime/attributes.h"

#include <stddef.h>

struct answers;

NEVER_NULL MUST_USE struct answers *answers_new(void);
void answers_free(struct answers **answers);
/* method: compared, never followed. Large ones (documents) are not kept: asking again makes them again. */
void answers_keep(
    struct answers *answers, const unsigned char *id, const void *method, const void *bytes, size_t length);
/* NULL if unknown; lent until the next call. */
const void *answers_find(struct answers *answers, const unsigned char *id, const void *method, size_t *out_length);
