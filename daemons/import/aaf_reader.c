#include "import/aaf_reader.h"

#include "runtime/arena.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>

enum {
    DEPTH_MAX = 12,             /* AAF needs six */
    RECORD_BYTES_MAX = 1 << 20, /* of the values that are kept */
    COMMENT_MAX = 200
};

/* Where in the grammar an element stands; anything else is passed over with all that is in it. */
enum place {
    PLACE_OUTSIDE,
    PLACE_ROOT,
    PLACE_REQUEST,
    PLACE_OPERATIONAL,
    PLACE_IDENTIFIER,
    PLACE_ATTRIBUTES,
    PLACE_ATTRIBUTE,
    PLACE_CATEGORY,
    PLACE_ID,
    PLACE_VALUE,
    PLACE_OTHER
};

struct aaf_reader {
    xmlParserCtxtPtr parser;
    aaf_record_read *read;
    void *arg;
    struct aaf_head head;
    enum place places[DEPTH_MAX + 1]; /* by depth */
    int depth;
    int64_t last_line;
    bool is_stopped; /* by the handler */
    bool is_unsound;

    struct arena *arena; /* of the record */
    struct aaf_record record;
    struct aaf_value values[AAF_VALUES_MAX];
    enum aaf_attribute attribute; /* AAF_ATTRIBUTE_COUNT: of no use */
    char text[AAF_VALUE_MAX + 1];
    size_t text_length;
    bool text_wanted, text_too_long;
};

/* --- names --- */

static const char *const attribute_names[] = {
#define ATTRIBUTE(id, name) name,
#include "import/attributes.def"
#undef ATTRIBUTE
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

static int name_compare(const void *wanted, const void *name)
{
    return strcmp(wanted, *(const char *const *)name);
}

static enum aaf_attribute attribute_from_name(const char *name)
{
    const char *const *found =
        bsearch(name, attribute_names, AAF_ATTRIBUTE_COUNT, sizeof attribute_names[0], name_compare);
    return found ? (enum aaf_attribute)(found - attribute_names) : AAF_ATTRIBUTE_COUNT;
}

/* --- records --- */

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

/* --- what libxml2 tells --- */

static void reading_end(struct aaf_reader *reader)
{
    reader->last_line = aaf_reader_line(reader);
    xmlStopParser(reader->parser);
}

/* Declarations, entities, elements too deep: nobody's AAF. */
static void unsound(struct aaf_reader *reader)
{
    if (!reader->is_unsound) {
        reader->is_unsound = true;
        reading_end(reader);
    }
}

static void request_begin(struct aaf_reader *reader, enum aaf_operation operation)
{
    arena_reset(reader->arena);
    reader->record = (struct aaf_record){
        .operation = operation,
        .category = AAF_CATEGORY_COUNT,
        .line = aaf_reader_line(reader),
        .id = "",
        .values = reader->values,
    };
}

static void text_begin_wanted(struct aaf_reader *reader)
{
    reader->text_wanted = true;
    reader->text_too_long = false;
    reader->text_length = 0;
}

static enum place request_place(struct aaf_reader *reader, const char *name)
{
    static const struct {
        const char *name;
        enum aaf_operation operation;
    } requests[] = {
        {"addRequest",    AAF_ADD   },
        {"modifyRequest", AAF_MODIFY},
        {"deleteRequest", AAF_DELETE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
        if (strcmp(name, requests[i].name) == 0) {
            request_begin(reader, requests[i].operation);
            return PLACE_REQUEST;
        }
    }
    return PLACE_OTHER;
}

/* The value of the XML attribute `name`: SAX2 gives five pointers each (local name, prefix, URI, begin, end). */
static enum aaf_attribute attribute_named(int count, const xmlChar **attributes)
{
    for (int i = 0; i < count; i++) {
        const xmlChar **one = attributes + (ptrdiff_t)i * 5;
        size_t length = (size_t)(one[4] - one[3]);
        char name[64];
        if (strcmp((const char *)one[0], "name") == 0 && length < sizeof name) {
            memcpy(name, one[3], length);
            name[length] = '\0';
            return attribute_from_name(name);
        }
    }
    return AAF_ATTRIBUTE_COUNT;
}

static enum place place_inside(
    struct aaf_reader *reader, enum place outer, const char *name, int attribute_count, const xmlChar **attributes)
{
    switch (outer) {
    case PLACE_OUTSIDE:
        return strcmp(name, "ficAlimMENESR") == 0 ? PLACE_ROOT : PLACE_OTHER;
    case PLACE_ROOT:
        return request_place(reader, name);
    case PLACE_REQUEST:
        if (strcmp(name, "operationalAttributes") == 0) {
            return PLACE_OPERATIONAL;
        }
        if (strcmp(name, "identifier") == 0) {
            return PLACE_IDENTIFIER;
        }
        return strcmp(name, "attributes") == 0 || strcmp(name, "modifications") == 0 ? PLACE_ATTRIBUTES : PLACE_OTHER;
    case PLACE_IDENTIFIER:
        return strcmp(name, "id") == 0 ? PLACE_ID : PLACE_OTHER;
    case PLACE_OPERATIONAL:
    case PLACE_ATTRIBUTES:
        if (strcmp(name, "attr") != 0 && strcmp(name, "modification") != 0) {
            return PLACE_OTHER;
        }
        reader->attribute = attribute_named(attribute_count, attributes);
        return outer == PLACE_OPERATIONAL ? PLACE_CATEGORY : PLACE_ATTRIBUTE;
    case PLACE_CATEGORY:
    case PLACE_ATTRIBUTE:
        return strcmp(name, "value") == 0 ? PLACE_VALUE : PLACE_OTHER;
    case PLACE_ID:
    case PLACE_VALUE:
    case PLACE_OTHER:
        return PLACE_OTHER;
    }
    return PLACE_OTHER;
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
    if (reader->depth >= DEPTH_MAX) {
        unsound(reader);
        return;
    }
    enum place outer = reader->places[reader->depth];
    enum place place = place_inside(reader, outer, (const char *)name, attribute_count, attributes);
    if (outer == PLACE_OUTSIDE && place != PLACE_ROOT) {
        unsound(reader); /* XML, but not AAF's */
        return;
    }
    reader->places[++reader->depth] = place;
    bool is_kept = place == PLACE_ID ||
                   (place == PLACE_VALUE && (outer == PLACE_CATEGORY || reader->attribute != AAF_ATTRIBUTE_COUNT));
    if (is_kept) {
        text_begin_wanted(reader);
    } else {
        reader->text_wanted = false;
    }
}

static void value_keep(struct aaf_reader *reader)
{
    struct aaf_record *record = &reader->record;
    if (record->count == AAF_VALUES_MAX || arena_is_overflowed(reader->arena)) {
        record->has_too_many = true;
        return;
    }
    const char *text = arena_copy_bytes(reader->arena, reader->text, reader->text_length);
    reader->values[record->count++] = (struct aaf_value){reader->attribute, reader->text_too_long, text};
}

static void text_keep(struct aaf_reader *reader, enum place place, enum place outer)
{
    reader->text_wanted = false;
    reader->text[reader->text_length] = '\0';
    if (place == PLACE_ID) {
        reader->record.id = arena_copy_bytes(reader->arena, reader->text, reader->text_length);
    } else if (outer == PLACE_CATEGORY) {
        reader->record.category = aaf_category_from_code(reader->text);
    } else {
        value_keep(reader);
    }
}

static void element_ended(void *arg, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    (void)name;
    (void)prefix;
    (void)uri;
    struct aaf_reader *reader = arg;
    enum place place = reader->places[reader->depth--];
    if (reader->text_wanted && (place == PLACE_ID || place == PLACE_VALUE)) {
        text_keep(reader, place, reader->places[reader->depth]);
    } else if (place == PLACE_REQUEST && !reader->read(reader->arg, &reader->record)) {
        reader->is_stopped = true;
        reading_end(reader);
    }
}

static void characters_came(void *arg, const xmlChar *bytes, int length)
{
    struct aaf_reader *reader = arg;
    if (!reader->text_wanted) {
        return;
    }
    size_t room = AAF_VALUE_MAX - reader->text_length;
    size_t count = (size_t)length;
    if (count > room) {
        reader->text_too_long = true;
        count = room;
    }
    memcpy(reader->text + reader->text_length, bytes, count);
    reader->text_length += count;
}

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

static xmlEntityPtr entity_asked(void *arg, const xmlChar *name)
{
    (void)name;
    unsound(arg); /* the five that XML knows are never asked for */
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

/* --- the reader --- */

struct aaf_reader *aaf_reader_new(aaf_record_read *read, void *arg)
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
        .getParameterEntity = entity_asked,
        .resolveEntity = input_asked,
        .reference = reference_came,
        .startElementNs = element_began,
        .endElementNs = element_ended,
        .characters = characters_came,
        .cdataBlock = characters_came,
        .comment = comment_came,
        .serror = error_came,
    };
    struct aaf_reader *reader = checked_calloc(1, sizeof *reader);
    reader->read = read;
    reader->arg = arg;
    reader->arena = arena_new(RECORD_BYTES_MAX);
    reader->attribute = AAF_ATTRIBUTE_COUNT;
    reader->parser = xmlCreatePushParserCtxt(&handler, reader, NULL, 0, NULL);
    assert(reader->parser); /* out of memory otherwise */
    (void)xmlCtxtUseOptions(reader->parser, XML_PARSE_NONET);
    return reader;
}

void aaf_reader_free(struct aaf_reader **reader)
{
    if (*reader) {
        xmlFreeDoc((*reader)->parser->myDoc); /* libxml2 makes one for declarations that it met */
        xmlFreeParserCtxt((*reader)->parser);
        arena_free(&(*reader)->arena);
        memory_free(reader);
    }
}

bool aaf_reader_feed(struct aaf_reader *reader, const char *bytes, size_t length)
{
    if (reader->is_stopped || reader->is_unsound) {
        return false;
    }
    (void)xmlParseChunk(reader->parser, bytes, (int)length, 0); /* its code tells of warnings too */
    if (!reader->parser->wellFormed) {
        reader->is_unsound = !reader->is_stopped;
    }
    return !reader->is_stopped && !reader->is_unsound;
}

bool aaf_reader_end(struct aaf_reader *reader)
{
    if (reader->is_stopped || reader->is_unsound) {
        return false;
    }
    (void)xmlParseChunk(reader->parser, NULL, 0, 1);
    if (!reader->parser->wellFormed) {
        reader->is_unsound = !reader->is_stopped;
    }
    return !reader->is_stopped && !reader->is_unsound;
}

const struct aaf_head *aaf_reader_head(const struct aaf_reader *reader)
{
    return &reader->head;
}

int64_t aaf_reader_line(const struct aaf_reader *reader)
{
    if (reader->last_line > 0) {
        return reader->last_line;
    }
    const struct _xmlParserInput *input = reader->parser->input;
    return input && input->line > 0 ? input->line : 1;
}

bool aaf_reader_is_stopped(const struct aaf_reader *reader)
{
    return reader->is_stopped;
}
