#include "domain/audit_entry.h"

#include "domain/text.h"

#include <string.h>

/* The length comes first, so that no text can pass for the end of its field and the beginning of the next. */
static void field_add(struct text_builder *text, const char *field)
{
    if (field) {
        text_add_number(text, strlen(field), 1);
        text_add_char(text, ':');
        text_add(text, field);
    } else {
        text_add_char(text, '-');
    }
    text_add_char(text, ',');
}

size_t audit_entry_encode(const char *const fields[AUDIT_FIELD_COUNT], char out_bytes[AUDIT_ENCODED_SIZE])
{
    struct text_builder text = text_begin(out_bytes, AUDIT_ENCODED_SIZE);
    text_add(&text, "preau-audit-1,");
    for (size_t i = 0; i < AUDIT_FIELD_COUNT; i++) {
        field_add(&text, fields[i]);
    }
    return text.overflowed ? 0 : text.used;
}
