#include "import/aaf_grammar.h"

#include "import/aaf_letters.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <string.h>

enum { DEPTH_MAX = 12 /* AAF needs six */ };

/* To be raised when the same value comes to be read or checked otherwise; attributes tell themselves (aaf_names_rules). */
static const uint32_t reading_rules = 2;

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

/* libxml2 keeps each name once: where it is tells which it is. */
enum word {
    WORD_ROOT,
    WORD_ADD,
    WORD_MODIFY,
    WORD_DELETE,
    WORD_OPERATIONAL,
    WORD_IDENTIFIER,
    WORD_ID,
    WORD_ATTRIBUTES,
    WORD_MODIFICATIONS,
    WORD_ATTR,
    WORD_MODIFICATION,
    WORD_VALUE,
    WORD_NAME,
    WORD_OPERATION,
    WORD_COUNT
};

static const char *const word_texts[WORD_COUNT] = {"ficAlimMENESR", "addRequest", "modifyRequest", "deleteRequest",
    "operationalAttributes", "identifier", "id", "attributes", "modifications", "attr", "modification", "value", "name",
    "operation"};

enum { ID_SIZE = 39 /* far more than a number has digits: a longer one stays none when it is cut */ };

/* A record's bytes begin with this, then, for each value, the number of its attribute, its text and a NUL. */
struct record_start {
    uint32_t rules, category; /* of its code */
    uint32_t operation;       /* what a modification does not list stays: it never says what a whole record does */
    char id[ID_SIZE];         /* padded with NUL */
    bool has_too_many;
};
_Static_assert(
    sizeof(struct record_start) == 3 * sizeof(uint32_t) + ID_SIZE + 1, "no byte of a digest is left to chance");

enum { VALUE_BYTES_MAX = sizeof(uint32_t) + AAF_VALUE_MAX + 1 };

/* The text under way: of a value, an identifier, a category; `at` is NULL when it is of no use. */
struct text {
    char *at;
    size_t length, room;
    bool is_too_long, has_ampersand;
};

struct aaf_grammar {
    aaf_record_read *read;
    void *arg;
    struct aaf_names *names;
    const xmlChar *words[WORD_COUNT];
    uint32_t numbers[AAF_ATTRIBUTE_COUNT];
    int64_t html_line, html_count;
    uint8_t places[DEPTH_MAX + 1]; /* enum place, by depth */
    int depth;
    bool is_other;

    struct text text;
    char category[32];
    bool is_category;             /* the operational attribute at hand tells it */
    enum aaf_attribute attribute; /* AAF_ATTRIBUTE_COUNT: of no use */
    bool has_value;
    struct aaf_record record;
    struct aaf_value values[AAF_VALUES_MAX];
    struct record_start start;
    char bytes[sizeof(struct record_start) + (size_t)AAF_VALUES_MAX * VALUE_BYTES_MAX];
    size_t byte_count;
};

/* --- texts --- */

static void text_begin(struct aaf_grammar *grammar, char *at, size_t room)
{
    grammar->text = (struct text){.at = at, .room = room};
}

static void text_add(struct text *text, const xmlChar *bytes, size_t count)
{
    size_t room = text->room - text->length;
    if (count > room) {
        text->is_too_long = true;
        count = room;
    }
    memcpy(text->at + text->length, bytes, count);
    text->length += count;
}

/* A text that was cut ends with a whole letter. */
static void text_trim(struct text *text)
{
    while (text->length > 0 && ((unsigned char)text->at[text->length - 1] & 0xC0) == 0x80) {
        text->length--;
    }
    text->length -= text->length > 0 && (unsigned char)text->at[text->length - 1] >= 0x80;
}

static void text_end(struct aaf_grammar *grammar, int64_t line)
{
    struct text *text = &grammar->text;
    if (text->is_too_long) {
        text_trim(text);
    }
    if (text->has_ampersand) {
        size_t length = aaf_letters_read(text->at, text->length);
        if (length != text->length) {
            grammar->html_line = grammar->html_count++ == 0 ? line : grammar->html_line;
        }
        text->length = length;
    }
    text->at[text->length] = '\0';
}

/* --- records --- */

static enum place request_begin(struct aaf_grammar *grammar, enum aaf_operation operation, int64_t line)
{
    grammar->byte_count = sizeof(struct record_start);
    memset(&grammar->start, 0, sizeof grammar->start);
    grammar->record = (struct aaf_record){
        .operation = operation,
        .category = AAF_CATEGORY_COUNT,
        .line = line,
        .id = grammar->bytes + offsetof(struct record_start, id),
        .values = grammar->values,
        .bytes = grammar->bytes,
    };
    return PLACE_REQUEST;
}

/* false: the handler had enough. */
static bool request_end(struct aaf_grammar *grammar)
{
    struct aaf_record *record = &grammar->record;
    grammar->start.rules = reading_rules;
    grammar->start.category = aaf_name_number(aaf_category_code(record->category));
    grammar->start.operation = (uint32_t)record->operation;
    grammar->start.has_too_many = record->has_too_many;
    memcpy(grammar->bytes, &grammar->start, sizeof grammar->start);
    record->byte_count = grammar->byte_count;
    return grammar->read(grammar->arg, record);
}

static void value_begin(struct aaf_grammar *grammar)
{
    grammar->has_value = true;
    if (grammar->record.count == AAF_VALUES_MAX) {
        grammar->record.has_too_many = true;
        return;
    }
    text_begin(grammar, grammar->bytes + grammar->byte_count + sizeof(uint32_t), AAF_VALUE_MAX);
}

static void value_end(struct aaf_grammar *grammar)
{
    const struct text *text = &grammar->text;
    /* one bit of the number for "too long": what was cut is another text than the same letters whole */
    uint32_t number = (grammar->numbers[grammar->attribute] & ~1u) | text->is_too_long;
    memcpy(grammar->bytes + grammar->byte_count, &number, sizeof number);
    grammar->values[grammar->record.count++] = (struct aaf_value){grammar->attribute, text->is_too_long, text->at};
    grammar->byte_count += sizeof number + text->length + 1;
}

/* An attribute without any <value> says what one with an empty <value> says. */
static void attribute_end(struct aaf_grammar *grammar)
{
    if (!grammar->has_value && grammar->attribute != AAF_ATTRIBUTE_COUNT) {
        value_begin(grammar);
        if (grammar->text.at) {
            text_end(grammar, 0); /* nothing in it to be told */
            value_end(grammar);
            grammar->text.at = NULL;
        }
    }
}

/* --- elements --- */

struct element {
    const xmlChar *name;
    int count;
    const xmlChar **attributes;
    int64_t line;
};

struct span {
    const char *text;
    size_t length;
};

static bool span_is(struct span span, const char *text)
{
    return strlen(text) == span.length && memcmp(text, span.text, span.length) == 0;
}

/* The value of an XML attribute: SAX2 gives five pointers each (local name, prefix, URI, begin, end). */
static struct span xml_attribute(const struct element *element, const xmlChar *name)
{
    for (int i = 0; i < element->count; i++) {
        const xmlChar **one = element->attributes + (ptrdiff_t)i * 5;
        if (one[0] == name) {
            return (struct span){(const char *)one[3], (size_t)(one[4] - one[3])};
        }
    }
    return (struct span){"", 0};
}

static struct span name_attribute(const struct aaf_grammar *grammar, const struct element *element)
{
    return xml_attribute(element, grammar->words[WORD_NAME]);
}

static enum aaf_attribute attribute_find(struct aaf_grammar *grammar, struct span name, int64_t line)
{
    return aaf_names_find(grammar->names, grammar->record.category, name.text, name.length, line);
}

static enum place attribute_begin(struct aaf_grammar *grammar, const struct element *element)
{
    struct span operation = xml_attribute(element, grammar->words[WORD_OPERATION]);
    if (operation.length > 0 && !span_is(operation, "replace")) {
        grammar->record.operation = AAF_OPERATION_UNKNOWN; /* AAF has no other one */
    }
    grammar->attribute = attribute_find(grammar, name_attribute(grammar, element), element->line);
    grammar->has_value = false;
    return PLACE_ATTRIBUTE;
}

static enum place operational_begin(struct aaf_grammar *grammar, const struct element *element)
{
    static const char *const tells_category[] = {
        "categoriePersonne", "categorieStructure", "categorieMatiere", "categorieMef"};
    struct span name = name_attribute(grammar, element);
    grammar->is_category = false;
    for (size_t i = 0; i < ARRAY_LENGTH(tells_category); i++) {
        if (span_is(name, tells_category[i])) {
            grammar->is_category = true;
            return PLACE_CATEGORY;
        }
    }
    (void)attribute_find(grammar, name, element->line); /* counts it */
    return PLACE_CATEGORY;
}

static enum place request_place(struct aaf_grammar *grammar, const struct element *element)
{
    static const struct {
        enum word word;
        enum aaf_operation operation;
    } requests[] = {
        {WORD_ADD,    AAF_ADD   },
        {WORD_MODIFY, AAF_MODIFY},
        {WORD_DELETE, AAF_DELETE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
        if (element->name == grammar->words[requests[i].word]) {
            return request_begin(grammar, requests[i].operation, element->line);
        }
    }
    return request_begin(grammar, AAF_OPERATION_UNKNOWN, element->line);
}

static enum place part_place(const struct aaf_grammar *grammar, const xmlChar *name)
{
    if (name == grammar->words[WORD_OPERATIONAL]) {
        return PLACE_OPERATIONAL;
    }
    if (name == grammar->words[WORD_IDENTIFIER]) {
        return PLACE_IDENTIFIER;
    }
    bool is_attributes = name == grammar->words[WORD_ATTRIBUTES] || name == grammar->words[WORD_MODIFICATIONS];
    return is_attributes ? PLACE_ATTRIBUTES : PLACE_OTHER;
}

static enum place place_inside(struct aaf_grammar *grammar, enum place outer, const struct element *element)
{
    const xmlChar *const *words = grammar->words;
    const xmlChar *name = element->name;
    bool is_attribute = name == words[WORD_ATTR] || name == words[WORD_MODIFICATION];
    switch (outer) {
    case PLACE_OUTSIDE:
        return name == words[WORD_ROOT] ? PLACE_ROOT : PLACE_OTHER;
    case PLACE_ROOT:
        return request_place(grammar, element);
    case PLACE_REQUEST:
        return part_place(grammar, name);
    case PLACE_IDENTIFIER:
        return name == words[WORD_ID] ? PLACE_ID : PLACE_OTHER;
    case PLACE_OPERATIONAL:
        return is_attribute ? operational_begin(grammar, element) : PLACE_OTHER;
    case PLACE_ATTRIBUTES:
        return is_attribute ? attribute_begin(grammar, element) : PLACE_OTHER;
    case PLACE_CATEGORY:
    case PLACE_ATTRIBUTE:
        return name == words[WORD_VALUE] ? PLACE_VALUE : PLACE_OTHER;
    case PLACE_ID:
    case PLACE_VALUE:
    case PLACE_OTHER:
        return PLACE_OTHER;
    }
    return PLACE_OTHER;
}

static void place_text_begin(struct aaf_grammar *grammar, enum place place, enum place outer)
{
    grammar->text.at = NULL;
    if (place == PLACE_ID) {
        text_begin(grammar, grammar->start.id, sizeof grammar->start.id - 1);
    } else if (place == PLACE_VALUE && outer == PLACE_CATEGORY && grammar->is_category) {
        text_begin(grammar, grammar->category, sizeof grammar->category - 1);
    } else if (place == PLACE_VALUE && outer == PLACE_ATTRIBUTE && grammar->attribute != AAF_ATTRIBUTE_COUNT) {
        value_begin(grammar);
    }
}

static void place_text_end(struct aaf_grammar *grammar, enum place place, enum place outer, int64_t line)
{
    text_end(grammar, line);
    if (outer == PLACE_CATEGORY) {
        grammar->record.category = aaf_category_from_code(grammar->category);
    } else if (place == PLACE_ID) {
        memset(grammar->text.at + grammar->text.length, 0, ID_SIZE - grammar->text.length);
    } else {
        value_end(grammar);
    }
    grammar->text.at = NULL;
}

/* --- the grammar --- */

struct aaf_grammar *aaf_grammar_new(xmlDictPtr names_of, aaf_record_read *read, void *arg)
{
    struct aaf_grammar *grammar = checked_calloc(1, sizeof *grammar);
    grammar->read = read;
    grammar->arg = arg;
    grammar->names = aaf_names_new();
    for (size_t i = 0; i < WORD_COUNT; i++) {
        grammar->words[i] = xmlDictLookup(names_of, (const xmlChar *)word_texts[i], -1);
        assert(grammar->words[i]); /* out of memory otherwise */
    }
    for (size_t i = 0; i < AAF_ATTRIBUTE_COUNT; i++) {
        grammar->numbers[i] = aaf_name_number(aaf_attribute_name((enum aaf_attribute)i));
    }
    return grammar;
}

void aaf_grammar_free(struct aaf_grammar **grammar)
{
    if (*grammar) {
        aaf_names_free(&(*grammar)->names);
        memory_free(grammar);
    }
}

bool aaf_grammar_begin(
    struct aaf_grammar *grammar, const xmlChar *name, int count, const xmlChar **attributes, int64_t line)
{
    if (grammar->depth >= DEPTH_MAX) {
        return false;
    }
    const struct element element = {name, count, attributes, line};
    enum place outer = (enum place)grammar->places[grammar->depth];
    enum place place = place_inside(grammar, outer, &element);
    if (outer == PLACE_OUTSIDE && place != PLACE_ROOT) {
        grammar->is_other = true;
        return false;
    }
    grammar->places[++grammar->depth] = (uint8_t)place;
    place_text_begin(grammar, place, outer);
    return true;
}

bool aaf_grammar_end(struct aaf_grammar *grammar, int64_t line)
{
    enum place place = (enum place)grammar->places[grammar->depth--];
    if (grammar->text.at) {
        place_text_end(grammar, place, (enum place)grammar->places[grammar->depth], line);
    } else if (place == PLACE_ATTRIBUTE) {
        attribute_end(grammar);
    }
    return place != PLACE_REQUEST || request_end(grammar);
}

void aaf_grammar_text(struct aaf_grammar *grammar, const xmlChar *bytes, size_t length, bool has_ampersand)
{
    struct text *text = &grammar->text;
    if (text->at) {
        text->has_ampersand |= has_ampersand;
        text_add(text, bytes, length);
    }
}

uint64_t aaf_grammar_rules(void)
{
    return (uint64_t)reading_rules << 32 | aaf_names_rules();
}

bool aaf_grammar_is_other(const struct aaf_grammar *grammar)
{
    return grammar->is_other;
}

bool aaf_grammar_is_between(const struct aaf_grammar *grammar)
{
    return grammar->depth == 1 && grammar->places[1] == PLACE_ROOT;
}

int64_t aaf_grammar_told(const struct aaf_grammar *grammar)
{
    return grammar->html_count + aaf_names_unknown_total(grammar->names);
}

struct aaf_names *aaf_grammar_names(const struct aaf_grammar *grammar)
{
    return grammar->names;
}

int64_t aaf_grammar_html_line(const struct aaf_grammar *grammar)
{
    return grammar->html_line;
}
