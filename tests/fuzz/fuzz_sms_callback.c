/* The report of an SMS provider, given any bytes: it comes from outside, to an address that a proxy leads to. */
#include "fuzz.h"

#include "link/oidc_json.h"
#include "link/sms_callback.h"
#include "runtime/cleanup.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const ways[] = {
        "status", "results.0.status", "results.0.status.name", "0", "", ".", "results.1", "a.b.c.d"};
    struct fault fault;
    _cleanup_(json_free) json_t *document = json_read_object((const char *)bytes, length, &fault);
    if (!document) {
        FUZZ_CLAIM(fault.code == FAULT_FORMAT);
        return 0;
    }
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        char value[SMS_CALLBACK_VALUE_SIZE];
        memset(value, 'x', sizeof value);
        if (sms_callback_member(document, ways[i], value)) {
            FUZZ_CLAIM(memchr(value, '\0', sizeof value));
        }
    }
    return 0;
}
