/* Reads the XML of AAF (aaf.md, 1) piece by piece, record by record: memory does not grow with the file.
 *
 * Hostile input is expected: no DTD, entity or address is ever fetched or expanded, a declared entity ends the reading;
 * depth, lengths and counts are bounded. What is only odd is read as what it can only be, and noted: see aaf_decode.h
 * for encodings, aaf_letters.h for entities of HTML, aaf_names.h for unknown attributes.
 *
 * A value of any length is only too long for its record; a tag, a comment or a CDATA section of more than a mebibyte,
 * which libxml2 would hold in memory, is not sound. */
#pragma once

#include "domain/refusal.h"
#include "import/aaf_grammar.h"
#include "import/aaf_names.h"
#include "import/aaf_record.h"
#include "import/aaf_request.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the comments of the head say; "" when they do not. */
struct aaf_head {
    char academy[8]; /* codeAcademieExport */
    char degree[4];  /* degre: "1D", "2D" */
    char date[12];   /* dateGenerationExport, DD/MM/YYYY */
    char annex[48];  /* versionSDET */
};

/* What was odd and was read all the same. Lines are those of the first time; 0: it was not. */
struct aaf_notes {
    enum refusal encoding; /* ENCODING_CONTRADICTED, ENCODING_UNDECLARED, or REFUSAL_NONE */
    int64_t encoding_line;
    int64_t html_entity_line;
    const struct aaf_unknown *unknown; /* attributes; the reader's */
    size_t unknown_count;
};

struct aaf_reader;

NEVER_NULL MUST_USE struct aaf_reader *aaf_reader_new(aaf_record_read *read, void *arg);
void aaf_reader_free(struct aaf_reader **reader);

/* What the handler knows of a request by its bytes. */
enum aaf_seen {
    AAF_SEEN_NOT,  /* it is to be read */
    AAF_SEEN,      /* the very same is known: it is passed over */
    AAF_SEEN_STOP, /* the handler had enough */
};
/* Asked before a request is read, in the order of the file. Lent for the call. */
typedef enum aaf_seen aaf_request_seen(void *arg, const struct aaf_request *request);

/* Before the first byte. From then on a record's digest is, where that can be, the one of its request: which then stands
 * for the same record, with nothing in it that the notes tell of, wherever the same bytes come again. */
void aaf_reader_ask(struct aaf_reader *reader, aaf_request_seen *seen);

/* false: nothing more is to be read; the file is not sound, or the handler had enough. */
MUST_USE bool aaf_reader_feed(struct aaf_reader *reader, const char *bytes, size_t length);
/* false: not sound: not well-formed, cut off, or not AAF. */
MUST_USE bool aaf_reader_end(struct aaf_reader *reader);

const struct aaf_head *aaf_reader_head(const struct aaf_reader *reader);
/* So far, or of the whole file once it ended. */
const struct aaf_notes *aaf_reader_notes(struct aaf_reader *reader);
/* Where the reading is, or was ended. */
int64_t aaf_reader_line(const struct aaf_reader *reader);
/* The handler said false, not the file. */
bool aaf_reader_is_stopped(const struct aaf_reader *reader);
/* The file is no document of AAF: its root is another one. The rest of it was not read, and may be anything. */
bool aaf_reader_is_other(const struct aaf_reader *reader);
