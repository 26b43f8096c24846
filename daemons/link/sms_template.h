/* Texts of the configuration that a message is put into, to be sent to a provider: the body, the address, a header. Pure.
 *
 *   %n the number (+33612345678)   %N the same without plus   %t the text   %i our number of the message   %s the sender
 *   %k the secret of the provider's key file   %r where it is to report what became of the message   %j the same message, by a text that
 *   nobody guesses, for who repeats it in a report   %% a percent sign
 *
 * What is put in is written by a library as the place has it: a JSON text by jansson, a form's or an address's by libcurl. So no letter of
 * it is taken for a sign of the template. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/memory.h"

#include <stdbool.h>

enum sms_encoding {
    SMS_JSON,  /* a JSON document; its texts are templates, the names of its members are not */
    SMS_FORM,  /* of application/x-www-form-urlencoded, and of an address */
    SMS_HEADER /* as it is: no %t, which is no ASCII */
};

struct sms_fields {
    const char *number, *text, *id, *sender, *secret, *report_url, *report_id;
};

/* Faults: CONFIG: no JSON, an escape that there is not. */
MUST_USE bool sms_template_check(const char *text, enum sms_encoding encoding, struct fault *fault);
/* Does one put this in, checked or not? letter: 'r' of %r. */
bool sms_template_has(const char *text, char letter);
/* Of one that was checked. To be wiped: it may hold a code and a secret. */
FRESH_MEMORY char *sms_template_fill(const char *text, enum sms_encoding encoding, const struct sms_fields *fields);
