#include "import/aaf_record.h"

#include "runtime/arena.h"
#include "runtime/cleanup.h"

#include <assert.h>
#include <string.h>

static const char *const attribute_names[] = {
#define ATTRIBUTE(id, name) name,
#define KNOWN(name)
#include "import/attributes.def"
#undef ATTRIBUTE
#undef KNOWN
};

static const struct {
    const char *code;
    enum aaf_category category;
} categories[] = {
    {"EtabEducNat",    AAF_SCHOOL  },
    {"Eleve",          AAF_PUPIL   },
    {"PersRelEleve",   AAF_GUARDIAN},
    {"PersEducNat",    AAF_STAFF   },
    {"MefEducNat",     AAF_COURSE  },
    {"MatiereEducNat", AAF_SUBJECT },
    {"MatEducNat",     AAF_SUBJECT },
};

const char *aaf_attribute_name(enum aaf_attribute attribute)
{
    assert(attribute < AAF_ATTRIBUTE_COUNT);
    return attribute_names[attribute];
}

const char *aaf_category_code(enum aaf_category category)
{
    return category < AAF_CATEGORY_COUNT ? categories[category].code : "?";
}

enum aaf_category aaf_category_from_code(const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(categories); i++) {
        if (strcmp(code, categories[i].code) == 0) {
            return categories[i].category;
        }
    }
    return AAF_CATEGORY_COUNT;
}

const char *aaf_record_text(const struct aaf_record *record, enum aaf_attribute attribute)
{
    for (size_t i = 0; i < record->count; i++) {
        if (record->values[i].attribute == attribute) {
            return record->values[i].text;
        }
    }
    return NULL;
}

const char *aaf_record_either(
    const struct aaf_record *record, enum aaf_attribute one, enum aaf_attribute other, enum aaf_attribute *out_which)
{
    const char *text = aaf_record_text(record, one);
    bool is_one = text && text[0];
    if (!is_one) {
        text = aaf_record_text(record, other);
    }
    if (out_which) {
        *out_which = is_one || !text ? one : other;
    }
    return text ? text : "";
}

bool aaf_record_has(const struct aaf_record *record, enum aaf_attribute attribute)
{
    return aaf_record_text(record, attribute) != NULL;
}

void aaf_record_digest(const struct aaf_record *record, unsigned char out_digest[RECORD_DIGEST_SIZE])
{
    struct digest digest;
    if (record->has_request_digest) {
        memcpy(out_digest, record->request_digest, RECORD_DIGEST_SIZE);
        return;
    }
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add(&digest, record->bytes, record->byte_count);
    digest_end(&digest, out_digest);
}

void aaf_record_copy(const struct aaf_record *record, struct arena *arena, struct aaf_record *out_copy)
{
    *out_copy = *record;
    size_t size = record->count * sizeof *record->values;
    struct aaf_value *values = arena_alloc(arena, 1, size + record->byte_count);
    if (!values) {
        out_copy->id = "";
        out_copy->values = NULL;
        out_copy->bytes = NULL;
        out_copy->count = out_copy->byte_count = 0;
        return;
    }
    char *bytes = (char *)values + size;
    memcpy(bytes, record->bytes, record->byte_count);
    for (size_t i = 0; i < record->count; i++) {
        values[i] = record->values[i];
        values[i].text = bytes + (record->values[i].text - record->bytes);
    }
    out_copy->id = bytes + (record->id - record->bytes);
    out_copy->values = values;
    out_copy->bytes = bytes;
}
