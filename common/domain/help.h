/*
 * What a person is mailed who asks for help from the sign-in page. Whoever asked proved nothing: a mail goes to an
 * address that is the account's already, and tells what to do next in the state that the account is in.
 */
#pragma once

#include "domain/account.h"

#include <stdbool.h>

enum help_wanted {
    HELP_IDENTIFIER, /* forgotten; asked for by the address */
    HELP_PASSWORD,   /* forgotten; asked for by the identifier, as is what follows */
    HELP_ACTIVATION, /* the link that activates the account was lost */
    HELP_COUNT
};

enum help_mail {
    HELP_MAIL_NONE,
    HELP_MAIL_IDENTIFIER, /* to the confirmed address: the identifier */
    HELP_MAIL_PASSWORD,   /* to the confirmed address: a link to another password */
    HELP_MAIL_ACTIVATION, /* to the address that waits for its confirmation: its link again */
    HELP_MAIL_NOT_OPENED, /* where the school would notify it: the provisional password still counts, or who renews it */
    HELP_MAIL_COUNT
};

/* Machine code; false, and `out` untouched, when it is unknown. */
const char *help_code(enum help_wanted wanted);
bool help_from_code(const char *code, enum help_wanted *out_wanted);

/* has_address: the person confirmed one. */
enum help_mail help_mail_for(const struct account *account, bool has_address, enum help_wanted wanted);
