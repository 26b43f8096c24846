#include "link/ent_key.h"

#include "domain/aaf.h"
#include "link/ent_peer.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

bool ent_key_pattern_read(const char *text, struct ent_key_pattern *out_pattern)
{
    _cleanup_(memory_free) char *whole = checked_printf("^(%s)$", text);
    *out_pattern = (struct ent_key_pattern){.is_compiled = false};
    out_pattern->is_compiled = regcomp(&out_pattern->whole, whole, REG_EXTENDED) == 0;
    return out_pattern->is_compiled && out_pattern->whole.re_nsub == 2;
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
