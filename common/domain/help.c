#include "domain/help.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const char *const codes[HELP_COUNT] = {
    [HELP_IDENTIFIER] = "identifier", [HELP_PASSWORD] = "password", [HELP_ACTIVATION] = "activation"};

/*
 * Product.md and guide 2.2. An address that nobody confirmed may be a stranger's: it is sent what makes it count and
 * nothing else. Who was handed a provisional password keeps it (guide 1.1): the school renews one that is over, or a guardian a pupil's.
 */
static_assert(STATE_COUNT == 4, "say what is mailed to an account of the new state, if anything");
/* clang-format off */
static const enum help_mail mails[HELP_COUNT][STATE_COUNT] = {
    [HELP_IDENTIFIER] = {[STATE_ACTIVE] = HELP_MAIL_IDENTIFIER},
    [HELP_PASSWORD] = {[STATE_DISTRIBUE] = HELP_MAIL_NOT_OPENED, [STATE_EN_COURS] = HELP_MAIL_ACTIVATION,
                       [STATE_ACTIVE] = HELP_MAIL_PASSWORD},
    /* Who waits for the link of an account that is active has forgotten that it was followed. */
    [HELP_ACTIVATION] = {[STATE_DISTRIBUE] = HELP_MAIL_NOT_OPENED, [STATE_EN_COURS] = HELP_MAIL_ACTIVATION,
                         [STATE_ACTIVE] = HELP_MAIL_IDENTIFIER},
};
/* clang-format on */

const char *help_code(enum help_wanted wanted)
{
    assert((unsigned)wanted < HELP_COUNT);
    return codes[wanted];
}

bool help_from_code(const char *code, enum help_wanted *out_wanted)
{
    for (unsigned i = 0; i < HELP_COUNT; i++) {
        if (strcmp(codes[i], code) == 0) {
            *out_wanted = (enum help_wanted)i;
            return true;
        }
    }
    return false;
}

enum help_mail help_mail_for(const struct account *account, bool has_address, enum help_wanted wanted)
{
    assert((unsigned)wanted < HELP_COUNT);
    if (account->closed) {
        return HELP_MAIL_NONE;
    }
    enum help_mail mail = mails[wanted][account->state];
    bool needs_address = mail == HELP_MAIL_IDENTIFIER || mail == HELP_MAIL_PASSWORD;
    bool has_no_password = mail == HELP_MAIL_PASSWORD && account->password == PASSWORD_NONE;
    return (needs_address && !has_address) || has_no_password ? HELP_MAIL_NONE : mail;
}
