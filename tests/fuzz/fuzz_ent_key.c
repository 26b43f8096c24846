/* The value that an ENT or ATEN vouches for, given any bytes: the AAF key in it, by a pattern of the configuration. The first byte says which of
 * those that docs/operators/ent.md shows, or of one like them; read here a second time, without a regular expression. */
#include "fuzz.h"

#include "domain/aaf.h"
#include "link/ent_key.h"
#include "link/ent_peer.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

/* before, after: # stands for a digit, ^ for a capital letter. */
static const struct form {
    const char *pattern, *before, *after;
} forms[] = {
    {"([0-9]+)",                                 "",                    ""           },
    {"AC-LYON[$]([0-9]+)",                       "AC-LYON$",            ""           },
    {"[{]AAF[}]lyon[|][0-9]{7}[A-Z][|]([0-9]+)", "{AAF}lyon|#######^|", ""           },
    {"urn:ent:lyon:([0-9]+)@ac-lyon[.]fr",       "urn:ent:lyon:",       "@ac-lyon.fr"},
};

static bool is_between(char letter, char first, char last)
{
    return letter >= first && letter <= last;
}

static bool begins_with(const char *value, const char *shape)
{
    for (; *shape != '\0'; shape++, value++) {
        bool is_right = *shape == '#'   ? is_between(*value, '0', '9')
                        : *shape == '^' ? is_between(*value, 'A', 'Z')
                                        : *value == *shape;
        if (!is_right) {
            return false;
        }
    }
    return true;
}

static bool is_of(const struct form *form, const char *value, int64_t *out_aaf_id)
{
    char key[ENT_KEY_SIZE];
    if (strlen(value) >= ENT_KEY_SIZE || !begins_with(value, form->before)) {
        return false;
    }
    value += strlen(form->before);
    size_t digits = strspn(value, "0123456789");
    memcpy(key, value, digits);
    key[digits] = '\0';
    return strcmp(value + digits, form->after) == 0 && aaf_id_parse(key, out_aaf_id);
}

/* Compiled once, as a daemon does; never cleared. */
static struct ent_key_pattern patterns[ARRAY_LENGTH(forms)];

static void begin(void)
{
    for (size_t i = 0; i < ARRAY_LENGTH(forms) && !patterns[i].is_compiled; i++) {
        FUZZ_CLAIM(ent_key_pattern_read(forms[i].pattern, &patterns[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    begin();
    if (length == 0) {
        return 0;
    }
    size_t number = bytes[0] % ARRAY_LENGTH(forms);
    int64_t read = 0, told = 0;
    _cleanup_(memory_free) char *value = checked_strndup((const char *)bytes + 1, length - 1);
    bool is_read = ent_key_read(&patterns[number], value, &read);
    FUZZ_CLAIM(is_read == is_of(&forms[number], value, &told) && read == told);
    return 0;
}
