#include "link/saml_metadata.h"

#include "link/saml_xml.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <string.h>

static void document_free(xmlDoc **document)
{
    if (*document) {
        xmlFreeDoc(*document);
    }
}

static const xmlChar *x(const char *text)
{
    return (const xmlChar *)text;
}

/* --- ours --- */

/* What stands between the first and the last line of the next PEM, without its line ends, and *pem after it. NULL: there is none. */
static char *body_of_pem(const char **pem)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----", end[] = "-----END CERTIFICATE-----";
    const char *from = strstr(*pem, begin);
    const char *to = from ? strstr(from, end) : NULL;
    if (!to) {
        return NULL;
    }
    *pem = to + sizeof end - 1;
    char *body = checked_calloc((size_t)(to - from) + 1, 1);
    size_t length = 0;
    for (const char *at = from + sizeof begin - 1; at < to; at++) {
        if (!isspace((unsigned char)*at)) {
            body[length++] = *at;
        }
    }
    return body;
}

static void add_key(xmlNode *role, const char *certificate)
{
    xmlNode *key = xmlNewChild(role, NULL, x("KeyDescriptor"), NULL);
    xmlSetProp(key, x("use"), x("signing"));
    xmlNode *info = xmlNewChild(key, NULL, x("KeyInfo"), NULL);
    xmlSetNs(info, xmlNewNs(info, x(SAML_SIGNATURE), x("ds")));
    xmlNewTextChild(xmlNewChild(info, NULL, x("X509Data"), NULL), NULL, x("X509Certificate"), x(certificate));
}

/* One a certificate: a peer that knows the next one beforehand sees no difference when we come to sign by its key. False: there is none. */
static bool add_keys(xmlNode *role, const char *certificates)
{
    bool has_some = false;
    for (char *body = body_of_pem(&certificates); body; body = body_of_pem(&certificates)) {
        add_key(role, body);
        memory_free(&body);
        has_some = true;
    }
    return has_some;
}

/* No key to encrypt with: what is encrypted is refused (saml_document.h). */
char *saml_metadata_write(
    const char *entity_id, const char *consumer_url, const char *certificates, struct fault *fault)
{
    _cleanup_(document_free) xmlDoc *document = xmlNewDoc(x("1.0"));
    xmlNode *root = xmlNewNode(NULL, x("EntityDescriptor"));
    xmlDocSetRootElement(document, root);
    xmlSetNs(root, xmlNewNs(root, x(SAML_METADATA), x("md")));
    xmlSetProp(root, x("entityID"), x(entity_id));
    xmlNode *role = xmlNewChild(root, NULL, x("SPSSODescriptor"), NULL);
    xmlSetProp(role, x("AuthnRequestsSigned"), x("true"));
    xmlSetProp(role, x("WantAssertionsSigned"), x("true"));
    xmlSetProp(role, x("protocolSupportEnumeration"), x(SAML_PROTOCOL));
    if (!add_keys(role, certificates)) {
        (void)fault_set(fault, FAULT_CONFIG, "no certificate in PEM");
        return NULL;
    }
    xmlNode *consumer = xmlNewChild(role, NULL, x("AssertionConsumerService"), NULL);
    xmlSetProp(consumer, x("Binding"), x("urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"));
    xmlSetProp(consumer, x("Location"), x(consumer_url));
    xmlSetProp(consumer, x("index"), x("0"));
    xmlSetProp(consumer, x("isDefault"), x("true"));
    xmlChar *bytes = NULL;
    int length = 0;
    xmlDocDumpMemoryEnc(document, &bytes, &length, "UTF-8");
    char *text = checked_strndup((const char *)bytes, (size_t)length);
    xmlFree(bytes);
    return text;
}

/* --- a peer's --- */

static bool wrong(struct fault *fault, enum fault_code code, const char *what)
{
    return fault_set(fault, code, "metadata: %s", what);
}

static xmlDoc *parse(const char *xml, size_t length)
{
    return xmlReadMemory(xml, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

static void take_certificates(const xmlNode *key, struct saml_metadata *metadata)
{
    const char *use = saml_attribute(key, "use");
    const xmlNode *info = saml_child(key, SAML_SIGNATURE, "KeyInfo");
    if (!info || (use && strcmp(use, "signing") != 0)) {
        return;
    }
    for (const xmlNode *data = saml_child(info, SAML_SIGNATURE, "X509Data"); data;
         data = saml_next(data, SAML_SIGNATURE, "X509Data")) {
        /* the first is the key's own; others are of who signed it */
        const xmlNode *certificate = saml_child(data, SAML_SIGNATURE, "X509Certificate");
        xmlChar *text = certificate ? xmlNodeGetContent(certificate) : NULL;
        if (text && metadata->certificate_count < SAML_KEYS_MAX) {
            metadata->certificates[metadata->certificate_count++] = checked_strdup((const char *)text);
        }
        xmlFree(text);
    }
}

bool saml_metadata_read(const char *xml, size_t length, struct saml_metadata *out_metadata, struct fault *fault)
{
    *out_metadata = (struct saml_metadata){0};
    if (length == 0 || length > SAML_METADATA_MAX) {
        return wrong(fault, FAULT_LIMIT, length == 0 ? "empty" : "too long");
    }
    _cleanup_(document_free) xmlDoc *document = parse(xml, length);
    const xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    if (!root || document->intSubset) {
        return wrong(fault, FAULT_FORMAT, "no well-formed XML, or one with a DTD");
    }
    const char *entity_id = saml_is(root, SAML_METADATA, "EntityDescriptor") ? saml_attribute(root, "entityID") : NULL;
    const xmlNode *role = entity_id ? saml_only_child(root, SAML_METADATA, "IDPSSODescriptor") : NULL;
    if (!role) {
        return wrong(fault, FAULT_FORMAT, "no EntityDescriptor of one identity provider (IDPSSODescriptor)");
    }
    out_metadata->entity_id = checked_strdup(entity_id);
    for (const xmlNode *key = saml_child(role, SAML_METADATA, "KeyDescriptor"); key;
         key = saml_next(key, SAML_METADATA, "KeyDescriptor")) {
        take_certificates(key, out_metadata);
    }
    return out_metadata->certificate_count > 0 ||
           wrong(fault, FAULT_MISSING, "no certificate (X509Certificate) to verify signatures with");
}

void saml_metadata_clear(struct saml_metadata *metadata)
{
    memory_free(&metadata->entity_id);
    for (size_t i = 0; i < metadata->certificate_count; i++) {
        memory_free(&metadata->certificates[i]);
    }
    *metadata = (struct saml_metadata){0};
}
