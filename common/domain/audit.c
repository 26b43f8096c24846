#include "domain/audit.h"

#include "domain/text.h"

#include <assert.h>
#include <string.h>

struct action_row {
    const char *code;
    const char *label;
};

/* clang-format off */ /* its version 14 crashes on a directive inside an aligned table */
static const struct action_row actions[AUDIT_ACTION_COUNT] = {
#define AUDIT_ACTION(name, code, label) [AUDIT_##name] = {code, label},
#include "domain/audit_action.def"
#undef AUDIT_ACTION
};

static const struct detail_row {
    const char *key;
    const char *value;
    const char *key_label;
    const char *value_label;
} details[] = {
#define AUDIT_DETAIL(key, value, key_label, value_label) {key, value, key_label, value_label},
#include "domain/audit_detail.def"
#undef AUDIT_DETAIL
};
/* clang-format on */

const char *audit_action_code(enum audit_action action)
{
    assert((unsigned)action < AUDIT_ACTION_COUNT);
    return actions[action].code;
}

const char *audit_action_label(enum audit_action action)
{
    assert((unsigned)action < AUDIT_ACTION_COUNT);
    return actions[action].label;
}

bool audit_action_from_code(const char *code, enum audit_action *out_action)
{
    for (unsigned i = 0; i < AUDIT_ACTION_COUNT; i++) {
        if (strcmp(actions[i].code, code) == 0) {
            *out_action = (enum audit_action)i;
            return true;
        }
    }
    return false;
}

const char *audit_action_words(const char *code)
{
    enum audit_action action;
    return audit_action_from_code(code, &action) ? audit_action_label(action) : code;
}

void audit_detail_write(const char *key, const char *value, char out_text[AUDIT_DETAIL_SIZE])
{
    const char *key_words = key;
    const char *value_words = value;
    for (size_t i = 0; i < sizeof details / sizeof details[0]; i++) {
        const struct detail_row *row = &details[i];
        if (strcmp(row->key, key) == 0 && (!row->value || strcmp(row->value, value) == 0)) {
            key_words = row->key_label;
            value_words = row->value_label ? row->value_label : value;
            break;
        }
    }
    struct text_builder text = text_begin(out_text, AUDIT_DETAIL_SIZE);
    text_add(&text, key_words);
    text_add(&text, " : ");
    text_add(&text, value_words);
}

bool audit_role_reads(enum administrator_role role)
{
    return role == ROLE_DIRECTEUR || role == ROLE_ASSISTANCE || role == ROLE_EXPLOITANT;
}
