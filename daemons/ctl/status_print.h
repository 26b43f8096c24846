/* What preauctl status says of one daemon to people, from its /status. */
#pragma once

#include <jansson.h>

/* "depuis 3 min": an age of a service's run, in full units. */
void status_print_age(const char *before, json_int_t seconds);

/* Indented lines below the daemon's own: checks that are not well though it is ready, queues with the age of their oldest, the
 * last import of each academy. status: what it answered, NULL: nothing. */
void status_print_details(json_t *status);
