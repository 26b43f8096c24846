#include "import/aaf_reader.h"

#include "domain/latin.h"
#include "import/aaf_cut.h"
#include "import/aaf_decode.h"
#include "import/aaf_letters.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum {
    COMMENT_MAX = 200,
    PIECE_MAX = 32 * 1024, /* handed to libxml2 at once: it copies it, and that copy had better stay in the cache */
    MARKUP_MAX = 1 << 20, /* what libxml2 may hold back to see the end of a piece of markup; it allows ten times that */
};

struct aaf_reader {
    xmlParserCtxtPtr parser;
    struct aaf_decode *decode;
    struct aaf_cut *cut;
    struct aaf_grammar *grammar;
    aaf_record_read *read;
    aaf_request_seen *seen; /* NULL: nobody is asked */
    uint64_t rules;
    void *arg;
    struct aaf_head head;
    struct aaf_notes notes;
    xmlEntity letter; /* the last one that was asked for by its name in HTML */
    xmlChar letter_bytes[5];
    int64_t html_count;                /* of the letters that were asked for */
    const struct aaf_request *request; /* being read; NULL: none that was told */
    int request_records;
    int64_t request_told; /* when it began */
    int64_t lines_passed; /* of requests that were passed over */
    int64_t last_line;
    bool is_stopped; /* by the handler */
    bool is_unsound;
};

/* --- what libxml2 tells --- */

/* While it tells something: it is always somewhere then. */
static int64_t line_now(const struct aaf_reader *reader)
{
    return reader->lines_passed + reader->parser->input->line;
}

static void reading_end(struct aaf_reader *reader)
{
    reader->last_line = aaf_reader_line(reader);
    xmlStopParser(reader->parser);
}

/* Declarations, unknown entities, elements too deep: nobody's AAF. */
static void unsound(struct aaf_reader *reader)
{
    if (!reader->is_unsound) {
        reader->is_unsound = true;
        reading_end(reader);
    }
}

static void element_began(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
    int namespace_count, const xmlChar **namespaces, int attribute_count, int defaulted_count,
    const xmlChar **attributes)
{
    (void)prefix;
    (void)uri;
    (void)namespace_count;
    (void)namespaces;
    (void)defaulted_count;
    struct aaf_reader *reader = arg;
    if (!aaf_grammar_begin(reader->grammar, name, attribute_count, attributes, line_now(reader))) {
        unsound(reader);
    }
}

static void element_ended(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)name;
    (void)prefix;
    (void)uri;
    struct aaf_reader *reader = arg;
    if (!aaf_grammar_end(reader->grammar, line_now(reader))) {
        reader->is_stopped = true;
        reading_end(reader);
    }
}

static void characters_came(void *arg, const xmlChar *bytes, int length)
{
    const struct aaf_reader *reader = arg;
    /* `&amp;` and `&#38;` come alone: no other text holds one */
    aaf_grammar_text(reader->grammar, bytes, (size_t)length, length == 1 && bytes[0] == '&');
}

static void cdata_came(void *arg, const xmlChar *bytes, int length)
{
    const struct aaf_reader *reader = arg;
    aaf_grammar_text(reader->grammar, bytes, (size_t)length, true);
}

/* --- the head --- */

/* The value of `key="…"` in a comment. */
static void comment_value(const char *comment, const char *key, char *out_text, size_t size)
{
    const char *found = strstr(comment, key);
    if (!found || found[strlen(key)] != '=' || found[strlen(key) + 1] != '"') {
        return;
    }
    const char *begin = found + strlen(key) + 2;
    size_t length = strcspn(begin, "\"");
    if (length < size && begin[length] == '"') {
        memcpy(out_text, begin, length);
        out_text[length] = '\0';
    }
}

static void comment_came(void *arg, const xmlChar *value)
{
    struct aaf_reader *reader = arg;
    const char *comment = (const char *)value;
    if (strnlen(comment, COMMENT_MAX) == COMMENT_MAX) {
        return;
    }
    struct aaf_head *head = &reader->head;
    comment_value(comment, "codeAcademieExport", head->academy, sizeof head->academy);
    comment_value(comment, "degre", head->degree, sizeof head->degree);
    comment_value(comment, "dateGenerationExport", head->date, sizeof head->date);
    comment_value(comment, "versionSDET", head->annex, sizeof head->annex);
}

static void entity_declared(
    void *arg, const xmlChar *name, int type, const xmlChar *public, const xmlChar *system, xmlChar *content)
{
    (void)name;
    (void)type;
    (void)public;
    (void)system;
    (void)content;
    unsound(arg);
}

static void element_declared(void *arg, const xmlChar *name, int type, xmlElementContentPtr content)
{
    (void)name;
    (void)type;
    (void)content;
    unsound(arg);
}

static void attribute_declared(void *arg, const xmlChar *element, const xmlChar *name, int type, int def,
    const xmlChar *value, xmlEnumerationPtr tree)
{
    (void)element;
    (void)name;
    (void)type;
    (void)def;
    (void)value;
    xmlFreeEnumeration(tree); /* given away by libxml2 */
    unsound(arg);
}

static void notation_declared(void *arg, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
    (void)name;
    (void)public;
    (void)system;
    unsound(arg);
}

/* libxml2 asks for what is none of XML's five. A letter of HTML is answered as one of them would be: nothing is
 * declared, fetched or expanded. In an XML attribute libxml2 would take one byte of it: no name has such letters. */
static xmlEntityPtr entity_asked(void *arg, const xmlChar *name)
{
    struct aaf_reader *reader = arg;
    uint32_t letter = aaf_letter((const char *)name);
    if (letter == 0 || reader->parser->instate == XML_PARSER_ATTRIBUTE_VALUE) {
        unsound(reader);
        return NULL;
    }
    if (reader->html_count++ == 0) {
        reader->notes.html_entity_line = line_now(reader);
    }
    size_t length = utf8_write(letter, (char *)reader->letter_bytes);
    reader->letter_bytes[length] = '\0';
    reader->letter = (xmlEntity){
        .type = XML_ENTITY_DECL,
        .name = name,
        .content = reader->letter_bytes,
        .length = (int)length,
        .etype = XML_INTERNAL_PREDEFINED_ENTITY,
    };
    return &reader->letter;
}

/* Those of a DTD. */
static xmlEntityPtr parameter_asked(void *arg, const xmlChar *name)
{
    (void)name;
    unsound(arg);
    return NULL;
}

static xmlParserInputPtr input_asked(void *arg, const xmlChar *public, const xmlChar *system)
{
    (void)public;
    (void)system;
    unsound(arg);
    return NULL;
}

static void reference_came(void *arg, const xmlChar *name)
{
    (void)name;
    unsound(arg);
}

static void doctype_came(void *arg, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
    /* `<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">` heads every file: known, and never looked for */
    (void)arg;
    (void)name;
    (void)public;
    (void)system;
}

static void error_came(void *arg, xmlErrorPtr error)
{
    (void)arg;
    (void)error; /* what matters is that the document is not well-formed; the text may quote the file */
}

/* --- giving to libxml2 --- */

/* The line of what is decoded next: libxml2 may hold back some of what it was given. */
static int64_t line_next(const struct aaf_reader *reader)
{
    const struct _xmlParserInput *input = reader->parser->input;
    int64_t held = input && input->cur ? aaf_lines((const char *)input->cur, (size_t)(input->end - input->cur)) : 0;
    return aaf_reader_line(reader) + held + aaf_cut_lines(reader->cut);
}

static bool piece_parse(struct aaf_reader *reader, const char *bytes, size_t length, bool is_last)
{
    (void)xmlParseChunk(reader->parser, bytes, (int)length, is_last); /* its code tells of warnings too */
    const struct _xmlParserInput *input = reader->parser->input;
    if (input && input->end - input->cur > MARKUP_MAX) {
        unsound(reader);
    }
    /* out of memory, or past a limit of its own, libxml2 stops without calling the document ill-formed */
    if (!reader->parser->wellFormed || reader->parser->disableSAX) {
        reader->is_unsound = !reader->is_stopped;
    }
    return !reader->is_stopped && !reader->is_unsound;
}

/* --- requests --- */

/* What the notes tell of, up to now. */
static int64_t told(const struct aaf_reader *reader)
{
    return reader->html_count + aaf_grammar_told(reader->grammar);
}

/* The record that just ended is the whole of the request at hand, and nothing but what that tells. */
static bool is_of_request(const struct aaf_reader *reader, const struct aaf_record *record)
{
    const struct _xmlParserInput *input = reader->parser->input;
    return reader->request && reader->request_records == 1 && input->cur == input->end &&
           told(reader) == reader->request_told && aaf_request_is_of(reader->request, record);
}

static bool record_came(void *arg, const struct aaf_record *record)
{
    struct aaf_reader *reader = arg;
    reader->request_records++;
    if (!is_of_request(reader, record)) {
        return reader->read(reader->arg, record);
    }
    struct aaf_record of_request = *record;
    of_request.has_request_digest = true;
    memcpy(of_request.request_digest, reader->request->digest, sizeof of_request.request_digest);
    return reader->read(reader->arg, &of_request);
}

/* libxml2 is done with all but white space: what comes next is no part of a comment, a CDATA section or a tag. */
static bool is_between(void *arg)
{
    const struct aaf_reader *reader = arg;
    const struct _xmlParserInput *input = reader->parser->input;
    if (!reader->seen || !aaf_grammar_is_between(reader->grammar) || !input ||
        reader->parser->instate != XML_PARSER_CONTENT) {
        return false;
    }
    size_t held = (size_t)(input->end - input->cur);
    return aaf_blank_length((const char *)input->cur, held) == held;
}

static bool rest_came(void *arg, const char *bytes, size_t length)
{
    struct aaf_reader *reader = arg;
    bool goes_on = true;
    for (size_t at = 0; at < length && goes_on; at += PIECE_MAX) {
        goes_on = piece_parse(reader, bytes + at, length - at < PIECE_MAX ? length - at : PIECE_MAX, false);
    }
    return goes_on;
}

static bool request_read(struct aaf_reader *reader, const struct aaf_request *request, const char *bytes, size_t length)
{
    reader->request = request;
    reader->request_records = 0;
    reader->request_told = told(reader);
    bool goes_on = piece_parse(reader, bytes, length, false);
    reader->request = NULL;
    return goes_on;
}

static bool request_came(void *arg, const char *bytes, size_t blank, size_t length)
{
    struct aaf_reader *reader = arg;
    struct aaf_request request;
    if (!aaf_request_tell(bytes + blank, length - blank, reader->rules, &request)) {
        return rest_came(reader, bytes, length);
    }
    switch (reader->seen(reader->arg, &request)) {
    case AAF_SEEN_NOT:
        return request_read(reader, &request, bytes, length);
    case AAF_SEEN:
        /* to libxml2 it is not there: between requests, where the same bytes were one element the day they were read */
        reader->lines_passed += aaf_lines(bytes, length);
        return true;
    case AAF_SEEN_STOP:
        break;
    }
    reader->is_stopped = true;
    reading_end(reader);
    return false;
}

static bool decoded_came(void *arg, const char *bytes, size_t length)
{
    struct aaf_reader *reader = arg;
    if (reader->notes.encoding == REFUSAL_NONE && aaf_decode_note(reader->decode) != REFUSAL_NONE) {
        reader->notes.encoding = aaf_decode_note(reader->decode);
        reader->notes.encoding_line = line_next(reader);
    }
    return aaf_cut_feed(reader->cut, bytes, length);
}

/* --- the reader --- */

/* What is read is UTF-8 by then, whatever the document declares. */
static xmlParserCtxtPtr parser_new(struct aaf_reader *reader)
{
    xmlSAXHandler handler = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = doctype_came,
        .externalSubset = doctype_came,
        .entityDecl = entity_declared,
        .elementDecl = element_declared,
        .attributeDecl = attribute_declared,
        .notationDecl = notation_declared,
        .getEntity = entity_asked,
        .getParameterEntity = parameter_asked,
        .resolveEntity = input_asked,
        .reference = reference_came,
        .startElementNs = element_began,
        .endElementNs = element_ended,
        .characters = characters_came,
        .ignorableWhitespace = characters_came, /* the same, so that libxml2 does not look which it is */
        .cdataBlock = cdata_came,
        .comment = comment_came,
        .serror = error_came,
    };
    xmlParserCtxtPtr parser = xmlCreatePushParserCtxt(&handler, reader, NULL, 0, NULL);
    assert(parser); /* out of memory otherwise */
    (void)xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC);
    return parser;
}

struct aaf_reader *aaf_reader_new(aaf_record_read *read, void *arg)
{
    struct aaf_reader *reader = checked_calloc(1, sizeof *reader);
    reader->parser = parser_new(reader);
    reader->decode = aaf_decode_new(decoded_came, reader);
    reader->cut = aaf_cut_new(&(struct aaf_cut_handler){is_between, rest_came, request_came, reader});
    reader->grammar = aaf_grammar_new(reader->parser->dict, record_came, reader);
    reader->rules = aaf_grammar_rules();
    reader->read = read;
    reader->arg = arg;
    return reader;
}

void aaf_reader_ask(struct aaf_reader *reader, aaf_request_seen *seen)
{
    reader->seen = seen;
}

void aaf_reader_free(struct aaf_reader **reader)
{
    if (*reader) {
        aaf_grammar_free(&(*reader)->grammar); /* before the names that it borrows */
        aaf_decode_free(&(*reader)->decode);
        aaf_cut_free(&(*reader)->cut);
        xmlFreeDoc((*reader)->parser->myDoc); /* libxml2 makes one for declarations that it met */
        xmlFreeParserCtxt((*reader)->parser);
        memory_free(reader);
    }
}

/* Unless the handler had enough, the decoder failing is the file's fault. Gives false. */
static bool decoding_failed(struct aaf_reader *reader)
{
    if (!reader->is_stopped) {
        unsound(reader);
    }
    return false;
}

bool aaf_reader_feed(struct aaf_reader *reader, const char *bytes, size_t length)
{
    if (reader->is_stopped || reader->is_unsound) {
        return false;
    }
    return aaf_decode_feed(reader->decode, bytes, length) || decoding_failed(reader);
}

bool aaf_reader_end(struct aaf_reader *reader)
{
    if (reader->is_stopped || reader->is_unsound) {
        return false;
    }
    if (!aaf_decode_end(reader->decode)) {
        return decoding_failed(reader);
    }
    return aaf_cut_end(reader->cut) && piece_parse(reader, NULL, 0, true);
}

const struct aaf_head *aaf_reader_head(const struct aaf_reader *reader)
{
    return &reader->head;
}

const struct aaf_notes *aaf_reader_notes(struct aaf_reader *reader)
{
    struct aaf_notes *notes = &reader->notes;
    int64_t line = aaf_grammar_html_line(reader->grammar);
    if (line > 0 && (notes->html_entity_line == 0 || line < notes->html_entity_line)) {
        notes->html_entity_line = line;
    }
    notes->unknown = aaf_names_unknown(aaf_grammar_names(reader->grammar), &notes->unknown_count);
    return notes;
}

int64_t aaf_reader_line(const struct aaf_reader *reader)
{
    if (reader->last_line > 0) {
        return reader->last_line;
    }
    const struct _xmlParserInput *input = reader->parser->input;
    return reader->lines_passed + (input && input->line > 0 ? input->line : 1);
}

bool aaf_reader_is_stopped(const struct aaf_reader *reader)
{
    return reader->is_stopped;
}

bool aaf_reader_is_other(const struct aaf_reader *reader)
{
    return aaf_grammar_is_other(reader->grammar);
}
