/* A request to add, as the bytes of its file, before any parser: most nights most of them are those of the night before,
 * byte for byte, and need not be read again.
 *
 * Nothing here is believed. What a request tells is only where to look for a digest that was taken of the same bytes when
 * they were parsed, and told the same then (aaf_reader). */
#pragma once

#include "crypto/digest.h"
#include "import/aaf_record.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    AAF_REQUEST_MAX = 64 * 1024, /* bytes; a longer one is read as it comes */
    AAF_REQUEST_END = 13,        /* of its end tag */
    AAF_REQUEST_TEXT_SIZE = 24
};

struct aaf_request {
    enum aaf_category category;            /* AAF_PUPIL or AAF_GUARDIAN */
    char id[AAF_REQUEST_TEXT_SIZE];        /* identifier/id */
    char structure[AAF_REQUEST_TEXT_SIZE]; /* of a pupil; "" when it names none */
    unsigned char digest[RECORD_DIGEST_SIZE];
};

/* How many bytes of white space they begin with, as XML has it. */
size_t aaf_blank_length(const char *bytes, size_t length);

/* What these bytes begin with. AAF_BEGINS_SOON: perhaps a request, once more of them are there. */
enum aaf_begin { AAF_BEGINS_NOT, AAF_BEGINS_SOON, AAF_BEGINS };
enum aaf_begin aaf_request_begins(const char *bytes, size_t length);

/* Where it may be that a request begins, behind the first byte: `length` when nowhere. */
size_t aaf_request_next(const char *bytes, size_t length);

/* How long the request is that these bytes begin with, to its end tag; 0: that is not there. */
size_t aaf_request_length(const char *bytes, size_t length);

/* What a whole request tells. rules: of reading (aaf_grammar_rules), which go into the digest. false: nobody's whom the house keeps, or not as AAF writes it: to be read. */
MUST_USE bool aaf_request_tell(const char *bytes, size_t length, uint64_t rules, struct aaf_request *out_request);

/* Of one that was told and of the record that the parser made of it: whether they say the same. */
bool aaf_request_is_of(const struct aaf_request *request, const struct aaf_record *record);
