/* A mail that comes to the address of returns, given any bytes. */
#include "fuzz.h"

#include "notify/mail_message.h"
#include "notify/mail_return.h"

#include <string.h>

static void status_is_sound(const char *status)
{
    FUZZ_CLAIM(strlen(status) < MAIL_RETURN_STATUS_SIZE);
    FUZZ_CLAIM(status[0] == '\0' || status[0] == '4' || status[0] == '5');
    FUZZ_CLAIM(strspn(status, "0123456789.") == strlen(status));
}

static void is_a_return(enum delivery_reason reason)
{
    FUZZ_CLAIM(reason == DELIVERY_REASON_RETURNED_UNKNOWN || reason == DELIVERY_REASON_RETURNED_FULL ||
               reason == DELIVERY_REASON_RETURNED_UNREACHED || reason == DELIVERY_REASON_RETURNED_REFUSED);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool has_begun;
    struct mail_return said;
    char status[MAIL_RETURN_STATUS_SIZE];
    if (!has_begun) {
        mail_message_begin();
        has_begun = true;
    }
    mail_return_read((const char *)bytes, length, "retours", &said);
    FUZZ_CLAIM((unsigned)said.kind <= MAIL_RETURN_AUTOMATIC && said.token_count <= MAIL_RETURN_TOKENS_MAX);
    status_is_sound(said.status);
    if (said.kind == MAIL_RETURN_FAILED) {
        is_a_return(said.reason);
    }
    for (size_t i = 0; i < said.token_count; i++) {
        FUZZ_CLAIM(strlen(said.tokens[i]) == TOKEN_RETURN_SIZE - 1);
        FUZZ_CLAIM(strspn(said.tokens[i], "0123456789abcdefABCDEF") == TOKEN_RETURN_SIZE - 1);
    }
    char *text = malloc(length + 1);
    FUZZ_CLAIM(text);
    if (length > 0) {
        memcpy(text, bytes, length);
    }
    text[length] = '\0';
    is_a_return(mail_return_reason(text, text, status));
    status_is_sound(status);
    free(text);
    return 0;
}
