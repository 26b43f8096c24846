/* What a head may do with accounts (guide 5.2 to 5.5, 6.2 to 6.4): the values of the forms, one table. Pure. */
#pragma once

#include "domain/lifecycle.h"
#include "notify.pb-c.h"

#include <stdbool.h>
#include <stddef.h>

struct head_action {
    const char *code;  /* in forms */
    const char *label; /* French, as in the list of choices */
    enum account_action action;
    Preau__Notify__Channel channel; /* unspecified: nothing is sent */
    bool reset;
    const char *one, *several; /* "compte sera notifié par courriel": what will be done to so many */
    const char *done_one, *done_several;
    bool forgets; /* the address and the mobile that were confirmed: of one account alone, that has some */
};

/* index from 0; NULL past the last. */
const struct head_action *head_action_at(size_t index);
/* NULL: no such action. code: may be NULL. */
const struct head_action *head_action_find(const char *code);
