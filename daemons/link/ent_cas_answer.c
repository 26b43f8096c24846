#include "link/ent_cas_answer.h"

#include "runtime/cleanup.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <string.h>

static const char cas_namespace[] = "http://www.yale.edu/tp/cas";

void ent_cas_answer_begin(void)
{
    xmlInitParser();
}

/* --- the document --- */

static void document_free(xmlDocPtr *document)
{
    xmlFreeDoc(*document);
}

static void doctype_came(void *arg, const xmlChar *name, const xmlChar *public, const xmlChar *system)
{
    xmlParserCtxtPtr parser = arg;
    (void)name;
    (void)public;
    (void)system;
    xmlStopParser(parser);
}

/* NULL: not well-formed, or with a document type. */
static xmlDocPtr document_read(const char *bytes, size_t length)
{
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    xmlDocPtr document = NULL;
    if (parser) {
        parser->sax->internalSubset = doctype_came;
        parser->sax->externalSubset = doctype_came;
        document = xmlCtxtReadMemory(parser, bytes, (int)length, NULL, NULL,
            XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
        xmlFreeParserCtxt(parser);
    }
    return document;
}

/* --- its elements --- */

static bool is_named(const xmlNode *node, const char *name, size_t length)
{
    return node->type == XML_ELEMENT_NODE && strlen((const char *)node->name) == length &&
           memcmp(node->name, name, length) == 0;
}

static bool is_of_cas(const xmlNode *node, const char *name)
{
    return node && is_named(node, name, strlen(name)) && node->ns &&
           strcmp((const char *)node->ns->href, cas_namespace) == 0;
}

static const xmlNode *child_of(const xmlNode *parent, const char *name)
{
    const xmlNode *child = parent->children;
    while (child && !is_of_cas(child, name)) {
        child = child->next;
    }
    return child;
}

/* The text of an element that holds nothing but text, blanks around it dropped; "" else, and where it is too long. */
static void text_of(const xmlNode *node, char out_text[ENT_KEY_SIZE])
{
    static const char blanks[] = " \t\r\n";
    size_t length = 0;
    for (const xmlNode *piece = node->children; piece; piece = piece->next) {
        const char *text = piece->type == XML_TEXT_NODE ? (const char *)piece->content : NULL;
        if (!text || strlen(text) >= ENT_KEY_SIZE - length) {
            out_text[0] = '\0';
            return;
        }
        memcpy(out_text + length, text, strlen(text));
        length += strlen(text);
    }
    size_t first = 0;
    while (length > 0 && strchr(blanks, out_text[length - 1])) {
        length--;
    }
    out_text[length] = '\0';
    first = strspn(out_text, blanks);
    memmove(out_text, out_text + first, length - first + 1);
}

/* --- the value that is looked for --- */

struct search {
    char *key;
    bool has_several;
};

static void value_take(struct search *search, const xmlNode *node)
{
    char text[ENT_KEY_SIZE];
    text_of(node, text);
    if (text[0] == '\0' || strcmp(text, search->key) == 0) {
        return;
    }
    search->has_several = search->has_several || search->key[0] != '\0';
    memcpy(search->key, text, sizeof text);
}

enum { DEPTH_MAX = 16 /* names of a path */ };

/* All that the path leads to. */
static void values_take(struct search *search, const xmlNode *parent, const char *path, int depth)
{
    size_t length = strcspn(path, "/");
    for (const xmlNode *child = parent->children; child && depth < DEPTH_MAX; child = child->next) {
        if (!is_named(child, path, length)) {
            continue;
        }
        if (path[length] == '/') {
            values_take(search, child, path + length + 1, depth + 1);
        } else {
            value_take(search, child);
        }
    }
}

static bool success_read(const xmlNode *success, const char *attribute, char out_key[ENT_KEY_SIZE], struct fault *fault)
{
    struct search search = {.key = out_key};
    const xmlNode *user = child_of(success, "user");
    const xmlNode *attributes = child_of(success, "attributes");
    out_key[0] = '\0';
    if (!user) {
        return fault_set(fault, FAULT_FORMAT, "serviceValidate: a success of nobody");
    }
    if (attribute[0] == '\0') {
        value_take(&search, user);
    } else {
        values_take(&search, success, attribute, 0);
        if (attributes) {
            values_take(&search, attributes, attribute, 0);
        }
    }
    if (search.has_several) {
        return fault_set(fault, FAULT_MISSING, "several values of the attribute that holds the key");
    }
    return out_key[0] != '\0' || fault_set(fault, FAULT_MISSING, "no attribute that holds the key");
}

/* The codes of the protocol, 2.5.3; what else a server writes is not repeated. */
static bool failure_read(const xmlNode *failure, struct fault *fault)
{
    static const char *const known[] = {"INVALID_REQUEST", "INVALID_TICKET_SPEC", "UNAUTHORIZED_SERVICE_PROXY",
        "UNAUTHORIZED_SERVICE", "INVALID_PROXY_CALLBACK", "INVALID_TICKET", "INVALID_SERVICE"};
    xmlChar *code = xmlGetNoNsProp(failure, (const xmlChar *)"code");
    const char *word = "another code";
    bool is_broken = code && strcmp((const char *)code, "INTERNAL_ERROR") == 0;
    for (size_t i = 0; code && i < ARRAY_LENGTH(known); i++) {
        word = strcmp((const char *)code, known[i]) == 0 ? known[i] : word;
    }
    xmlFree(code);
    if (is_broken) {
        return fault_set(fault, FAULT_PEER, "serviceValidate: INTERNAL_ERROR");
    }
    return fault_set(fault, FAULT_FORMAT, "serviceValidate refuses: %s", word);
}

bool ent_cas_answer_read(
    const char *bytes, size_t length, const char *attribute, char out_key[ENT_KEY_SIZE], struct fault *fault)
{
    _cleanup_(document_free) xmlDocPtr document = document_read(bytes, length);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!is_of_cas(root, "serviceResponse")) {
        return fault_set(fault, FAULT_FORMAT, "serviceValidate: no answer of CAS");
    }
    const xmlNode *success = child_of(root, "authenticationSuccess");
    const xmlNode *failure = child_of(root, "authenticationFailure");
    if (success && !failure) {
        return success_read(success, attribute, out_key, fault);
    }
    if (failure && !success) {
        return failure_read(failure, fault);
    }
    return fault_set(fault, FAULT_FORMAT, "serviceValidate: neither a success nor a failure");
}

bool ent_cas_answer_refuses(const char *bytes, size_t length)
{
    _cleanup_(document_free) xmlDocPtr document = document_read(bytes, length);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    return is_of_cas(root, "serviceResponse") && child_of(root, "authenticationFailure");
}
