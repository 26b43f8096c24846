/* The answer of a CAS server, given any bytes: an ENT is another's program. */
#include "fuzz.h"

#include "link/ent_cas_answer.h"

#include <string.h>

static void try_attribute(const uint8_t *bytes, size_t length, const char *attribute)
{
    char key[ENT_KEY_SIZE];
    struct fault fault = {0};
    bool is_read = ent_cas_answer_read((const char *)bytes, length, attribute, key, &fault);
    if (is_read) {
        FUZZ_CLAIM(key[0] != '\0' && strlen(key) < ENT_KEY_SIZE);
        FUZZ_CLAIM(!memmem(bytes, length, "<!DOCTYPE", 9));
        FUZZ_CLAIM(!ent_cas_answer_refuses((const char *)bytes, length));
    } else {
        FUZZ_CLAIM(fault.code == FAULT_FORMAT || fault.code == FAULT_MISSING || fault.code == FAULT_PEER);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool has_begun;
    if (!has_begun) {
        ent_cas_answer_begin();
        has_begun = true;
    }
    try_attribute(bytes, length, "");
    try_attribute(bytes, length, "ENTPersonJointure");
    try_attribute(bytes, length, "eleve/ENTPersonJointure");
    return 0;
}
