/* The grammar of the container of AAF (aaf.md, 1): elements and texts become records. Whose parser they come from is
 * the reader's matter; here nothing is fetched and nothing fails but by these rules. */
#pragma once

#include "import/aaf_names.h"
#include "import/aaf_record.h"
#include "runtime/attributes.h"

#include <libxml/tree.h> /* dict.h does not stand alone */

/* The record is lent for the call. false ends the reading. */
typedef bool aaf_record_read(void *arg, const struct aaf_record *record);

struct aaf_grammar;

/* `names_of`: the parser's, borrowed; it keeps each name once, and elements are told by where theirs is. */
NEVER_NULL MUST_USE struct aaf_grammar *aaf_grammar_new(xmlDictPtr names_of, aaf_record_read *read, void *arg);
void aaf_grammar_free(struct aaf_grammar **grammar);

/* `attributes`: as SAX2 gives them. false: too deep, or not AAF. */
MUST_USE bool aaf_grammar_begin(
    struct aaf_grammar *grammar, const xmlChar *name, int count, const xmlChar **attributes, int64_t line);
/* false: it ended a record, and the handler had enough. */
MUST_USE bool aaf_grammar_end(struct aaf_grammar *grammar, int64_t line);
/* Of the element at hand. `has_ampersand`: it may hold one. */
void aaf_grammar_text(struct aaf_grammar *grammar, const xmlChar *bytes, size_t length, bool has_ampersand);

/* By what rules it reads: another number when other attributes are read or known, or when the same bytes of a record have
 * come to mean something else. Goes into each digest, so that the next import takes all anew. */
uint64_t aaf_grammar_rules(void);
/* The root is another one than AAF's: nothing of the document was looked at. */
bool aaf_grammar_is_other(const struct aaf_grammar *grammar);
/* Straight in the root, between requests. */
bool aaf_grammar_is_between(const struct aaf_grammar *grammar);
/* How often something was met that is told of the file and not of the record. */
int64_t aaf_grammar_told(const struct aaf_grammar *grammar);

struct aaf_names *aaf_grammar_names(const struct aaf_grammar *grammar);
/* Where a value first held an escaped entity of HTML; 0: none did. */
int64_t aaf_grammar_html_line(const struct aaf_grammar *grammar);
