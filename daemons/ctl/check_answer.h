/* What check_preau reads in the answer of /status, and what it says of it: one line by the rules of the Monitoring Plugins. Pure. */
#pragma once

#include "ctl/check_range.h"
#include "runtime/attributes.h"

#include <jansson.h>
#include <stdbool.h>

/* Also the exit codes. */
enum check_state { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN };
const char *check_state_name(enum check_state state); /* "WARNING" */
/* The graver one: CRITICAL before UNKNOWN before WARNING. */
enum check_state check_state_worse(enum check_state a, enum check_state b);

struct check_wish {
    const char *measure; /* a number of /status; NULL: is the daemon ready, are its checks well */
    int academy; /* the age of its last integration instead, or, without thresholds, whether that is late; 0: none */
    const char *warning, *critical;             /* as they were given; NULL: none */
    struct check_range if_warning, if_critical; /* the same, read */
    int verbosity;
};

struct check_verdict {
    enum check_state state;
    char *text; /* all that is printed, freed by the caller; never NULL */
};

/* body: of /status, whatever it is. seconds: that it took to come. */
struct check_verdict check_answer_judge(const struct check_wish *wish, const char *body, double seconds);
