/* The AAF key in a value that an ENT or ATEN vouches for: key_pattern says what stands around it (docs/operators/ent.md). Pure. */
#pragma once

#include "runtime/attributes.h"

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

/* Zeroed: none yet. */
struct ent_key_pattern {
    regex_t whole; /* its group is the second */
    bool is_compiled;
};

/* text: an extended regular expression for the whole value, whose one group is the key; false: it is none, or has an alternative or repeats the group. *out_pattern is the caller's in
 * both cases, until it is cleared. */
MUST_USE bool ent_key_pattern_read(const char *text, struct ent_key_pattern *out_pattern);
void ent_key_pattern_clear(struct ent_key_pattern *pattern);
/* value: of any bytes; false: it is of another form, such as another academy's. Thread-safe. */
bool ent_key_read(const struct ent_key_pattern *pattern, const char *value, int64_t *out_aaf_id);
