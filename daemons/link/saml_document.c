#include "link/saml_document.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <sodium.h>
#include <string.h>

#define C14N "http://www.w3.org/2001/10/xml-exc-c14n#"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define ENCRYPTION "http://www.w3.org/2001/04/xmlenc#"

/* What a signature may be made with, and nothing else. */
static const char *const canonicalisations[] = {C14N, C14N "WithComments", NULL};
static const char *const signature_methods[] = {MORE "rsa-sha256", MORE "rsa-sha384", MORE "rsa-sha512",
    MORE "ecdsa-sha256", MORE "ecdsa-sha384", MORE "ecdsa-sha512", NULL};
static const char *const digest_methods[] = {ENCRYPTION "sha256", MORE "sha384", ENCRYPTION "sha512", NULL};
static const char *const transforms[] = {SAML_SIGNATURE "enveloped-signature", C14N, C14N "WithComments", NULL};

static bool wrong(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_FORMAT, "response: %s", what);
}

static bool too_large(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_LIMIT, "response: %s", what);
}

/* --- bytes --- */

void saml_xml_begin(void)
{
    xmlInitParser();
}

static bool has_pair(const char *bytes, size_t length, const char *pair)
{
    return length > 0 && memmem(bytes, length, pair, strlen(pair)) != NULL;
}

/* Every attribute has its "=": the parser compares those of an element with one another, before they can be counted. */
static bool has_few_signs_of_equality(const char *bytes, size_t length)
{
    enum { EQUALITIES_MAX = 2000 };
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += bytes[i] == '=';
    }
    return count <= EQUALITIES_MAX;
}

/* In UTF-8, "<!" begins a comment, a CDATA section or a DTD and nothing else, and "<?" an instruction, or the declaration at the start.
 * Without them there are no entities either, but the five that XML itself has. */
static bool bytes_are_plain(const char *bytes, size_t length, struct fault *fault)
{
    static const char declaration[] = "<?xml";
    bool is_declared = length > sizeof declaration && memcmp(bytes, declaration, sizeof declaration - 1) == 0;
    if (memchr(bytes, '\0', length)) {
        return wrong(fault, "holds a NUL");
    }
    if (has_pair(bytes, length, "<!")) {
        return wrong(fault, "holds a comment, CDATA or a DTD");
    }
    if (is_declared ? has_pair(bytes + 2, length - 2, "<?") : has_pair(bytes, length, "<?")) {
        return wrong(fault, "holds a processing instruction");
    }
    return has_few_signs_of_equality(bytes, length) || too_large(fault, "too many attributes");
}

static void parser_free(xmlParserCtxt **parser)
{
    if (*parser) {
        xmlFreeParserCtxt(*parser);
    }
}

/* NULL with the fault. The encoding is UTF-8 whatever the declaration says: the bytes were looked at as such. */
static xmlDoc *parse(const char *bytes, size_t length, struct fault *fault)
{
    _cleanup_(parser_free) xmlParserCtxt *parser = xmlNewParserCtxt();
    xmlDoc *xml = parser ? xmlCtxtReadMemory(parser, bytes, (int)length, NULL, "UTF-8",
                               XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC)
                         : NULL;
    if (xml && (!parser->wellFormed || !parser->nsWellFormed || xml->intSubset || xml->extSubset)) {
        xmlFreeDoc(xml);
        xml = NULL;
    }
    if (!xml) {
        (void)wrong(fault, "no well-formed XML in UTF-8");
    }
    return xml;
}

/* --- the tree --- */

/* What the walk has met. */
struct walk {
    const xmlNode *nodes[SAML_DEPTH_MAX]; /* from the root down */
    size_t depth, elements, assertions, encrypted, signatures, identifiers;
    const char *identifier[SAML_ELEMENTS_MAX];
};

static bool is_name_of_identifier(const xmlAttr *attribute)
{
    return strcasecmp((const char *)attribute->name, "id") == 0;
}

/* Whatever some software may take for an identifier: ID, Id, id, xml:id. Many are many comparisons, so that they are bounded. */
static bool note_identifiers(struct walk *walk, const xmlNode *node, struct fault *fault)
{
    enum { IDENTIFIERS_MAX = 64 };
    for (const xmlAttr *attribute = node->properties; attribute; attribute = attribute->next) {
        if (!is_name_of_identifier(attribute)) {
            continue;
        }
        const char *value = attribute->ns ? NULL : saml_attribute(node, (const char *)attribute->name);
        if (!value || walk->identifiers == IDENTIFIERS_MAX) {
            return wrong(fault, value ? "too many identifiers" : "an identifier of another namespace");
        }
        for (size_t i = 0; i < walk->identifiers; i++) {
            if (strcmp(walk->identifier[i], value) == 0) {
                return wrong(fault, "an identifier stands there twice");
            }
        }
        walk->identifier[walk->identifiers++] = value;
    }
    return true;
}

static bool has_few_attributes(const xmlNode *node)
{
    size_t attributes = 0, namespaces = 0;
    for (const xmlAttr *one = node->properties; one && attributes <= SAML_ATTRIBUTES_MAX; one = one->next) {
        attributes++;
    }
    for (const xmlNs *one = node->nsDef; one && namespaces <= SAML_ATTRIBUTES_MAX; one = one->next) {
        namespaces++;
    }
    return attributes <= SAML_ATTRIBUTES_MAX && namespaces <= SAML_ATTRIBUTES_MAX;
}

static bool note(struct walk *walk, const xmlNode *node, struct fault *fault)
{
    if (node->type == XML_TEXT_NODE) {
        return true;
    }
    if (node->type != XML_ELEMENT_NODE) {
        return wrong(fault, "holds what is neither element nor text");
    }
    if (++walk->elements > SAML_ELEMENTS_MAX) {
        return too_large(fault, "too many elements");
    }
    if (!has_few_attributes(node)) {
        return too_large(fault, "too many attributes");
    }
    walk->assertions += saml_is(node, SAML_ASSERTION, "Assertion");
    walk->encrypted += saml_is(node, SAML_ASSERTION, "EncryptedAssertion") ||
                       saml_is(node, SAML_ASSERTION, "EncryptedID") ||
                       saml_is(node, SAML_ASSERTION, "EncryptedAttribute");
    walk->signatures += saml_is(node, SAML_SIGNATURE, "Signature");
    return note_identifiers(walk, node, fault);
}

/* Every node once, parents before their children. */
static bool walk_tree(struct walk *walk, const xmlNode *root, struct fault *fault)
{
    const xmlNode *node = root;
    size_t depth = 0;
    while (node) {
        if (!note(walk, node, fault)) {
            return false;
        }
        if (node->children) {
            node = node->children;
            if (++depth > SAML_DEPTH_MAX) {
                return too_large(fault, "too deep");
            }
            continue;
        }
        while (node != root && !node->next) {
            node = node->parent;
            depth--;
        }
        node = node == root ? NULL : node->next;
    }
    return true;
}

/* --- signatures --- */

static bool is_listed(const char *const list[], const char *text)
{
    while (*list && text && strcmp(*list, text) != 0) {
        list++;
    }
    return text && *list;
}

static bool algorithm_is_taken(const xmlNode *node, const char *const list[], const char *what, struct fault *fault)
{
    return (node && is_listed(list, saml_attribute(node, "Algorithm"))) ||
           fault_set(fault, FAULT_CRYPTO, "response: signed with a %s that is not taken", what);
}

/* Only these children, whatever else the parent holds in text. */
static bool has_only(const xmlNode *parent, const char *const names[])
{
    for (const xmlNode *child = parent->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && (!is_listed(names, (const char *)child->name) ||
                                                   !saml_is(child, SAML_SIGNATURE, (const char *)child->name))) {
            return false;
        }
    }
    return true;
}

static bool transforms_are_taken(const xmlNode *reference, struct fault *fault)
{
    static const char *const names[] = {"Transform", NULL};
    size_t count = 0;
    const xmlNode *list = saml_only_child(reference, SAML_SIGNATURE, "Transforms");
    if (!list || !has_only(list, names)) {
        return wrong(fault, "a signature without its transforms");
    }
    for (const xmlNode *one = saml_child(list, SAML_SIGNATURE, "Transform"); one;
         one = saml_next(one, SAML_SIGNATURE, "Transform")) {
        if (++count > 2 || !algorithm_is_taken(one, transforms, "transform", fault)) {
            return count > 2 ? wrong(fault, "a signature with many transforms") : false;
        }
    }
    return count > 0 || wrong(fault, "a signature without its transforms");
}

/* It is to the element that it stands in, by name: an empty one would be to the whole document. */
static bool reference_is_right(const xmlNode *reference, const xmlNode *signed_node, struct fault *fault)
{
    static const char *const names[] = {"Transforms", "DigestMethod", "DigestValue", NULL};
    const char *id = saml_attribute(signed_node, "ID");
    const char *uri = saml_attribute(reference, "URI");
    if (!id || !uri || uri[0] != '#' || strcmp(uri + 1, id) != 0) {
        return wrong(fault, "a signature of something else than where it stands");
    }
    return (has_only(reference, names) || wrong(fault, "a reference that is not understood")) &&
           transforms_are_taken(reference, fault) &&
           algorithm_is_taken(
               saml_only_child(reference, SAML_SIGNATURE, "DigestMethod"), digest_methods, "digest", fault);
}

static bool signature_is_right(const xmlNode *signature, const xmlNode *signed_node, struct fault *fault)
{
    static const char *const names[] = {"SignedInfo", "SignatureValue", "KeyInfo", NULL};
    static const char *const info_names[] = {"CanonicalizationMethod", "SignatureMethod", "Reference", NULL};
    const xmlNode *info = saml_only_child(signature, SAML_SIGNATURE, "SignedInfo");
    const xmlNode *reference = info ? saml_only_child(info, SAML_SIGNATURE, "Reference") : NULL;
    if (!reference || !has_only(signature, names) || !has_only(info, info_names) ||
        !saml_only_child(signature, SAML_SIGNATURE, "SignatureValue")) {
        return wrong(fault, "a signature that is not understood");
    }
    return algorithm_is_taken(saml_only_child(info, SAML_SIGNATURE, "CanonicalizationMethod"), canonicalisations,
               "canonicalisation", fault) &&
           algorithm_is_taken(
               saml_only_child(info, SAML_SIGNATURE, "SignatureMethod"), signature_methods, "method", fault) &&
           reference_is_right(reference, signed_node, fault);
}

/* True without one: *out_is_signed says. */
static bool read_signature(const xmlNode *node, bool *out_is_signed, struct fault *fault)
{
    const xmlNode *signature = saml_child(node, SAML_SIGNATURE, "Signature");
    *out_is_signed = signature != NULL;
    if (!signature) {
        return true;
    }
    return (saml_count(node, SAML_SIGNATURE, "Signature") == 1 || wrong(fault, "signed twice in one place")) &&
           signature_is_right(signature, node, fault);
}

/* --- all of it --- */

static bool id_is_right(const xmlNode *node)
{
    const char *id = saml_attribute(node, "ID");
    return id && xmlValidateNCName((const xmlChar *)id, 0) == 0;
}

static bool shape_is_right(struct saml_document *document, const struct walk *walk, struct fault *fault)
{
    if (!saml_is(document->response, SAML_PROTOCOL, "Response") || !id_is_right(document->response)) {
        return wrong(fault, "no Response with its ID");
    }
    if (walk->encrypted > 0) {
        return wrong(fault, "something in it is encrypted, which our metadata offer no key for");
    }
    document->assertion = saml_only_child(document->response, SAML_ASSERTION, "Assertion");
    if (walk->assertions > 1 || (walk->assertions == 1) != (document->assertion != NULL)) {
        return wrong(fault, "several assertions, or one that is hidden");
    }
    if (document->assertion && !id_is_right(document->assertion)) {
        return wrong(fault, "an assertion without its ID");
    }
    if (!read_signature(document->response, &document->is_response_signed, fault) ||
        (document->assertion && !read_signature(document->assertion, &document->is_assertion_signed, fault))) {
        return false;
    }
    return walk->signatures == (size_t)document->is_response_signed + (size_t)document->is_assertion_signed ||
           wrong(fault, "a signature where none belongs");
}

bool saml_document_read_xml(const char *bytes, size_t length, struct saml_document *out_document, struct fault *fault)
{
    *out_document = (struct saml_document){0};
    if (length == 0 || length > SAML_RESPONSE_MAX) {
        return too_large(fault, length == 0 ? "empty" : "too long");
    }
    if (!bytes_are_plain(bytes, length, fault)) {
        return false;
    }
    out_document->xml = parse(bytes, length, fault);
    if (!out_document->xml) {
        return false;
    }
    out_document->response = xmlDocGetRootElement(out_document->xml);
    _cleanup_(memory_free) struct walk *walk = checked_calloc(1, sizeof *walk);
    return walk_tree(walk, out_document->response, fault) && shape_is_right(out_document, walk, fault);
}

bool saml_document_read(const char *base64, struct saml_document *out_document, struct fault *fault)
{
    size_t length = strnlen(base64, SAML_RESPONSE_MAX + 1);
    size_t read = 0;
    *out_document = (struct saml_document){0};
    if (length > SAML_RESPONSE_MAX) {
        return too_large(fault, "too long");
    }
    _cleanup_(memory_free) char *bytes = checked_malloc(length + 1);
    if (sodium_base642bin((unsigned char *)bytes, length, base64, length, "\r\n \t", &read, NULL,
            sodium_base64_VARIANT_ORIGINAL) != 0) {
        return wrong(fault, "no base64");
    }
    return saml_document_read_xml(bytes, read, out_document, fault);
}

void saml_document_clear(struct saml_document *document)
{
    if (document->xml) {
        xmlFreeDoc(document->xml);
    }
    *document = (struct saml_document){0};
}
