/* Asks a status address by HTTP. Whoever answers may be another program, or a hostile one: what comes is bounded in time and
 * size, goes nowhere else, and is text without a promise. */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>

struct status_asker;

/* timeout_ms: of one question in all. NULL: libcurl does not work here. The caller closes it. */
MUST_USE struct status_asker *status_asker_new(long timeout_ms);
void status_asker_free(struct status_asker **asker);

struct status_answer {
    long code;    /* of HTTP; 0: nobody answered, and the body says why */
    bool is_late; /* because the time was over */
    char *body;   /* never NULL, freed by status_answer_clear */
};
/* address: "host:port", or with "http://" or "https://" before it; path: "/status". */
void status_ask(struct status_asker *asker, const char *address, const char *path, struct status_answer *out_answer);
void status_answer_clear(struct status_answer *answer);
