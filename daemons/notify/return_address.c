#include "notify/return_address.h"

#include <stdio.h>
#include <string.h>

bool return_address_read(const char *text, struct return_address *out_address, struct fault *fault)
{
    struct email email;
    *out_address = (struct return_address){0};
    if (text[0] == '\0') {
        return true;
    }
    const char *at = email_parse(text, &email) ? strchr(email.text, '@') : NULL;
    if (!at || strchr(email.text, '+')) {
        fault_set(fault, FAULT_CONFIG, "notify.return_address: not an address of mail without a +");
        return fault_hint(
            fault, "Write it like retours@exemple.fr: what tells one mail from another is put behind a +.");
    }
    if ((size_t)(at - email.text) >= sizeof out_address->local ||
        strlen(email.text) + TOKEN_RETURN_SIZE >= EMAIL_SIZE) {
        fault_set(fault, FAULT_CONFIG, "notify.return_address: too long");
        return fault_hint(fault, "At most %d letters before the @: RFC 5321 leaves 64, and a + and %d more are ours.",
            (int)sizeof out_address->local - 1, TOKEN_RETURN_SIZE - 1);
    }
    snprintf(out_address->local, sizeof out_address->local, "%.*s", (int)(at - email.text), email.text);
    snprintf(out_address->domain, sizeof out_address->domain, "%s", at + 1);
    return true;
}

void return_address_make(const struct return_address *address, const struct key_ring *keys, struct token_try of,
    char out_text[RETURN_ENVELOPE_SIZE])
{
    char token[TOKEN_RETURN_SIZE];
    token_return_make(keys, of, token);
    snprintf(out_text, RETURN_ENVELOPE_SIZE, "%s+%s@%s", address->local, token, address->domain);
}
