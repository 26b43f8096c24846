/* A SAMLResponse as a browser brings it, given any bytes: what comes before a signature is verified. The first byte says whether the rest is base64
 * (odd) or XML; "m": the metadata of a peer. */
#include "fuzz.h"

#include "link/saml_metadata.h"
#include "link/saml_rules.h"

#include <string.h>

static void has_the_one_shape(const struct saml_document *document)
{
    FUZZ_CLAIM(document->response == xmlDocGetRootElement(document->xml));
    FUZZ_CLAIM(!document->assertion || document->assertion->parent == document->response);
    FUZZ_CLAIM(document->assertion || !document->is_assertion_signed);
    FUZZ_CLAIM(!document->xml->intSubset && !document->xml->extSubset);
}

static void who(const struct saml_document *document, const char *key_attribute)
{
    const struct saml_expected expected = {
        .issuer = "https://ent.test/saml/metadata",
        .audience = "https://preau.test/ent/lyon/metadata",
        .recipient = "https://preau.test/ent/lyon/retour",
        .request_id = "_0123456789abcdef",
        .key_attribute = key_attribute,
        .now = {INT64_C(1788249600000000)},
        .skew = SECONDS(60),
    };
    struct saml_person person;
    struct fault fault = {0};
    if (saml_rules_check(document, &expected, &person, &fault)) {
        FUZZ_CLAIM(document->assertion && person.key[0] != '\0' && person.assertion_id[0] != '\0');
        FUZZ_CLAIM(instant_before(expected.now, person.until));
    } else {
        FUZZ_CLAIM(fault.code != FAULT_NONE);
    }
}

static void metadata(const char *xml, size_t length)
{
    struct saml_metadata read;
    struct fault fault = {0};
    bool is_read = saml_metadata_read(xml, length, &read, &fault);
    FUZZ_CLAIM(is_read == (fault.code == FAULT_NONE) && read.certificate_count <= SAML_KEYS_MAX);
    FUZZ_CLAIM(!is_read || (read.entity_id && read.certificate_count > 0));
    saml_metadata_clear(&read);
}

static void response(const char *text, size_t length, bool is_base64)
{
    struct saml_document document;
    struct fault fault = {0};
    bool is_read = is_base64 ? saml_document_read(text, &document, &fault)
                             : saml_document_read_xml(text, length, &document, &fault);
    FUZZ_CLAIM(is_read == (fault.code == FAULT_NONE));
    if (is_read) {
        has_the_one_shape(&document);
        who(&document, "ENTPersonJointure");
        who(&document, "");
    }
    saml_document_clear(&document);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static bool has_begun;
    if (!has_begun) {
        saml_xml_begin();
        has_begun = true;
    }
    if (length == 0) {
        return 0;
    }
    char *text = malloc(length);
    FUZZ_CLAIM(text);
    memcpy(text, bytes + 1, length - 1);
    text[length - 1] = '\0';
    if (bytes[0] == 'm') {
        metadata(text, length - 1);
    } else {
        response(text, length - 1, bytes[0] % 2 == 1);
    }
    free(text);
    return 0;
}
