/* A record of AAF as its file says it: an operation, a category, an identifier, and the values that the house reads. */
#pragma once

#include "crypto/digest.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum aaf_attribute {
#define ATTRIBUTE(id, name) AAF_##id,
#define KNOWN(name)
#include "import/attributes.def"
#undef ATTRIBUTE
#undef KNOWN
    AAF_ATTRIBUTE_COUNT
};

const char *aaf_attribute_name(enum aaf_attribute attribute);

enum aaf_category {
    AAF_SCHOOL,        /* EtabEducNat */
    AAF_PUPIL,         /* Eleve */
    AAF_GUARDIAN,      /* PersRelEleve */
    AAF_STAFF,         /* PersEducNat */
    AAF_COURSE,        /* MefEducNat */
    AAF_SUBJECT,       /* MatiereEducNat, MatEducNat */
    AAF_CATEGORY_COUNT /* unknown */
};

const char *aaf_category_code(enum aaf_category category); /* "EtabEducNat"; "?" for an unknown one */
/* By its name in files or records; AAF_CATEGORY_COUNT for another. */
enum aaf_category aaf_category_from_code(const char *code);

enum aaf_operation { AAF_ADD, AAF_MODIFY, AAF_DELETE, AAF_OPERATION_UNKNOWN /* nothing is to be done */ };

enum { AAF_VALUE_MAX = 2000 /* bytes; longer ones are set aside */, AAF_VALUES_MAX = 400 /* of a record */ };

struct aaf_value {
    enum aaf_attribute attribute;
    bool is_too_long; /* then `text` is its beginning */
    const char *text;
};

struct aaf_record {
    enum aaf_operation operation;
    enum aaf_category category;
    int64_t line;   /* of the request */
    const char *id; /* identifier/id; "" when it has none */
    const struct aaf_value *values;
    size_t count;
    bool has_too_many; /* values beyond AAF_VALUES_MAX were dropped */
    /* The reader's: all that the digest is over, in one piece; the identifier and the texts lie in it. */
    const char *bytes;
    size_t byte_count;
    bool has_request_digest; /* of the bytes of its request, which tell all that there is to tell */
    unsigned char request_digest[RECORD_DIGEST_SIZE];
};

/* The first value of an attribute; NULL when it is absent, "" when it is empty. */
const char *aaf_record_text(const struct aaf_record *record, enum aaf_attribute attribute);
/* The first value that is not empty of two attributes, one of each grammar; "" without any. *out_which may be NULL. */
const char *aaf_record_either(
    const struct aaf_record *record, enum aaf_attribute one, enum aaf_attribute other, enum aaf_attribute *out_which);
/* The record names the attribute, be it to say that it is empty: of a modification, that it is to be replaced. */
bool aaf_record_has(const struct aaf_record *record, enum aaf_attribute attribute);

/* Of a record that the reader gave. Two records with the same digest say the same. Of its request's bytes where it has
 * that one; else of what it says, in that order: operation, category, identifier and all the values that are read, as
 * written. */
void aaf_record_digest(const struct aaf_record *record, unsigned char out_digest[RECORD_DIGEST_SIZE]);

/* Of a record that the reader gave, with all that it points to, in one piece of the arena. When the arena overflows,
 * the copy has neither identifier nor values. */
void aaf_record_copy(const struct aaf_record *record, struct arena *arena, struct aaf_record *out_copy);
