/* A SAMLResponse as it came with a browser: of any stranger's making until its signature holds. Read here, and let through
 * only in the one shape in which "what is signed" and "what is read" cannot be two things:
 *
 * - base64 of at most SAML_RESPONSE_MAX bytes, UTF-8; no comment, CDATA, processing instruction or DTD, and so no entity: they
 *   are refused in the bytes, before a parser sees them;
 * - one Response as the root, one Assertion, its child; no encrypted one (our metadata hold no key for that); no identifier twice;
 * - a signature is a child of the Response or of the Assertion, one each, and has one reference, to the element that it stands in;
 *   algorithms and transforms are of a short list: neither SHA-1 nor HMAC nor XPath nor XSLT.
 *
 * Pure: keys are asked elsewhere (saml.c), what the texts must say is judged elsewhere (saml_rules.c). */
#pragma once

#include "link/saml_xml.h"
#include "runtime/fault.h"

enum {
    SAML_RESPONSE_MAX = 100 * 1024, /* in base64; those of Shibboleth with fifty attributes are under 30 KiB */
    SAML_ELEMENTS_MAX = 2000,
    SAML_DEPTH_MAX = 32,
    SAML_ATTRIBUTES_MAX = 64, /* of one element, namespaces apart: canonicalisation compares each with each */
};

struct saml_document {
    xmlDoc *xml;
    xmlNode *response;
    xmlNode *assertion; /* NULL: none came, as with a status that is no success */
    bool is_response_signed,
        is_assertion_signed; /* a signature of the right shape stands there: nobody verified it yet */
};

/* Once, before threads start. */
void saml_xml_begin(void);

/* *out_document is the caller's, also after false, until saml_document_clear. Faults: FORMAT, LIMIT, CRYPTO (an algorithm that is
 * not taken). */
MUST_USE bool saml_document_read(const char *base64, struct saml_document *out_document, struct fault *fault);
/* The same of XML. */
MUST_USE bool saml_document_read_xml(
    const char *bytes, size_t length, struct saml_document *out_document, struct fault *fault);
void saml_document_clear(struct saml_document *document);
