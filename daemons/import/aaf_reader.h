/* Reads the XML of AAF (aaf.md, 1) piece by piece, record by record: memory does not grow with the file.
 *
 * Hostile input is expected: no DTD, entity or address is ever fetched or expanded, a declared entity ends the reading;
 * depth, lengths and counts are bounded. The declared encoding is obeyed. Attributes of no use pass unread. */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum aaf_attribute {
#define ATTRIBUTE(id, name) AAF_##id,
#include "import/attributes.def"
#undef ATTRIBUTE
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

enum aaf_operation { AAF_ADD, AAF_MODIFY, AAF_DELETE };

enum { AAF_VALUE_MAX = 2000 /* bytes; longer ones are set aside */, AAF_VALUES_MAX = 400 /* of a record */ };

struct aaf_value {
    enum aaf_attribute attribute;
    bool is_too_long; /* then `text` is its beginning */
    const char *text;
};

/* Lent for the call. */
struct aaf_record {
    enum aaf_operation operation;
    enum aaf_category category;
    int64_t line;   /* of the request */
    const char *id; /* identifier/id; "" when it has none */
    const struct aaf_value *values;
    size_t count;
    bool has_too_many; /* values beyond AAF_VALUES_MAX were dropped */
};

/* The first value of an attribute; NULL when it is absent, "" when it is empty. */
const char *aaf_record_text(const struct aaf_record *record, enum aaf_attribute attribute);
/* The first value that is not empty of two attributes, one of each grammar; "" without any. *out_which may be NULL. */
const char *aaf_record_either(
    const struct aaf_record *record, enum aaf_attribute one, enum aaf_attribute other, enum aaf_attribute *out_which);

/* What the comments of the head say; "" when they do not. */
struct aaf_head {
    char academy[8]; /* codeAcademieExport */
    char degree[4];  /* degre: "1D", "2D" */
    char date[12];   /* dateGenerationExport, DD/MM/YYYY */
    char annex[48];  /* versionSDET */
};

/* false ends the reading. */
typedef bool aaf_record_read(void *arg, const struct aaf_record *record);

struct aaf_reader;

NEVER_NULL MUST_USE struct aaf_reader *aaf_reader_new(aaf_record_read *read, void *arg);
void aaf_reader_free(struct aaf_reader **reader);

/* false: nothing more is to be read; the file is not sound, or the handler had enough. */
MUST_USE bool aaf_reader_feed(struct aaf_reader *reader, const char *bytes, size_t length);
/* false: not sound: not well-formed, cut off, or not AAF. */
MUST_USE bool aaf_reader_end(struct aaf_reader *reader);

const struct aaf_head *aaf_reader_head(const struct aaf_reader *reader);
/* Where the reading is, or was ended. */
int64_t aaf_reader_line(const struct aaf_reader *reader);
/* The handler said false, not the file. */
bool aaf_reader_is_stopped(const struct aaf_reader *reader);
