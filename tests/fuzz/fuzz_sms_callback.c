/* The report of an SMS provider, given any bytes: it comes from outside, to an address that a proxy leads to. */
#include "fuzz.h"

#include "link/oidc_json.h"
#include "link/sms_callback.h"
#include "runtime/cleanup.h"

#include <string.h>

static void ask(const json_t *report)
{
    static const char *const ways[] = {
        "status", "results.0.status", "results.0.status.name", "0", "", ".", "results.1", "a.b.c.d"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char value[SMS_CALLBACK_VALUE_SIZE];
        memset(value, 'x', sizeof value);
        if (sms_callback_member(report, ways[i], value)) {
            FUZZ_CLAIM(memchr(value, '\0', sizeof value));
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    _cleanup_(json_free) json_t *document = sms_callback_document((const char *)bytes, length);
    size_t count = sms_callback_count(document);
    FUZZ_CLAIM(count > 0 && (document || count == 1));
    for (size_t i = 0; i < count; i++) {
        FUZZ_CLAIM((sms_callback_at(document, i) == NULL) == (document == NULL));
        ask(sms_callback_at(document, i));
    }
    FUZZ_CLAIM(!json_is_array(document) || !sms_callback_at(document, count));
    return 0;
}
