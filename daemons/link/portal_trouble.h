/* What goes wrong with a portal: told to the log with the reason, to the person as a refusal that says what to do. */
#pragma once

#include "domain/refusal.h"
#include "runtime/fault.h"

/* step: "discovery", "way back" … */
enum refusal portal_trouble(const char *portal, const char *step, const struct fault *fault);
/* An error code of the way back (RFC 6749 4.1.2.1). */
enum refusal portal_error(const char *portal, const char *error);
/* As the metrics count it. */
const char *portal_outcome(enum refusal refusal);

/* Where sealed bytes belong: to this random text of one browser. */
enum { PORTAL_PLACE_SIZE = 96 };
void portal_place(char out_place[PORTAL_PLACE_SIZE], const char *what, const char *random);
