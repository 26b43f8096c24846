#include "link/ent_key.h"

#include "domain/aaf.h"
#include "link/ent_peer.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

/* Behind the letters in brackets that begin there: "[|]", "[^]x]". */
static const char *after_brackets(const char *at)
{
    at += at[1] == '^' ? 2 : 1;
    const char *end = *at == '\0' ? NULL : strchr(at + 1, ']');
    return end ? end + 1 : at + strlen(at);
}

/* Of a group that is repeated the last time alone would be the key; and beside an alternative the value would not be looked at whole. */
static bool group_is_the_key(const char *text)
{
    const char *at = text;
    while (*at != '\0') {
        if (*at == '[') {
            at = after_brackets(at);
        } else if (*at == '|' || (*at == ')' && at[1] != '\0' && strchr("*+?{", at[1]))) {
            return false;
        } else {
            at += *at == '\\' && at[1] != '\0' ? 2 : 1;
        }
    }
    return true;
}

bool ent_key_pattern_read(const char *text, struct ent_key_pattern *out_pattern)
{
    _cleanup_(memory_free) char *whole = checked_printf("^(%s)$", text);
    *out_pattern = (struct ent_key_pattern){.is_compiled = false};
    out_pattern->is_compiled = regcomp(&out_pattern->whole, whole, REG_EXTENDED) == 0;
    return out_pattern->is_compiled && out_pattern->whole.re_nsub == 2 && group_is_the_key(text);
}

void ent_key_pattern_clear(struct ent_key_pattern *pattern)
{
    if (pattern->is_compiled) {
        regfree(&pattern->whole);
    }
    *pattern = (struct ent_key_pattern){.is_compiled = false};
}

bool ent_key_read(const struct ent_key_pattern *pattern, const char *value, int64_t *out_aaf_id)
{
    regmatch_t found[3];
    char key[ENT_KEY_SIZE];
    if (strlen(value) >= sizeof key || regexec(&pattern->whole, value, 3, found, 0) != 0 || found[2].rm_so < 0) {
        return false;
    }
    size_t length = (size_t)(found[2].rm_eo - found[2].rm_so);
    memcpy(key, value + found[2].rm_so, length);
    key[length] = '\0';
    return aaf_id_parse(key, out_aaf_id);
}
