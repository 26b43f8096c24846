#include "link/tries.h"

#include <stdio.h>

enum { ADDRESS_MAX = 45 /* characters of an IPv6 address */ };

void tries_of_sign_in(const struct link_bounds *bounds, const char *what, const char *login, const char *address,
    struct attempt *out_attempt)
{
    *out_attempt = (struct attempt){
        .allowed = {bounds->tries_account, bounds->tries_address},
          .count = 2
    };
    snprintf(out_attempt->subjects[0], ATTEMPT_SUBJECT_SIZE, "%s:%.64s:%.*s", what, login, ADDRESS_MAX, address);
    snprintf(out_attempt->subjects[1], ATTEMPT_SUBJECT_SIZE, "address:%.*s", ADDRESS_MAX, address);
}
