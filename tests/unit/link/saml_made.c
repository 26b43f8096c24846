#include "saml_made.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <libxml/parser.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xmlsec/crypto.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/xmltree.h>

/* --- keys --- */

static char *taken(BIO *bio)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);
    char *text = checked_strndup(bytes, (size_t)length);
    BIO_free(bio);
    return text;
}

/* Takes the pair. */
static struct made_keys keys_of(EVP_PKEY *pair)
{
    struct made_keys keys;
    X509 *certificate = X509_new();
    assert(pair && certificate);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, pair);
    X509_NAME_add_entry_by_txt(
        X509_get_subject_name(certificate), "CN", MBSTRING_ASC, (const unsigned char *)"ent.test", -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    assert(X509_sign(certificate, pair, EVP_sha256()) > 0);
    BIO *key_bio = BIO_new(BIO_s_mem()), *certificate_bio = BIO_new(BIO_s_mem());
    assert(PEM_write_bio_PrivateKey(key_bio, pair, NULL, NULL, 0, NULL, NULL) == 1);
    assert(PEM_write_bio_X509(certificate_bio, certificate) == 1);
    keys.key = taken(key_bio);
    keys.certificate = taken(certificate_bio);
    X509_free(certificate);
    EVP_PKEY_free(pair);
    return keys;
}

struct made_keys made_keys_new(unsigned bits)
{
    return keys_of(EVP_RSA_gen(bits));
}

struct made_keys made_keys_on_curve(const char *curve)
{
    return keys_of(EVP_EC_gen(curve));
}

void made_keys_free(struct made_keys *keys)
{
    memory_free(&keys->key);
    memory_free(&keys->certificate);
}

/* --- metadata --- */

static char *body_of(const char *pem)
{
    const char *from = strchr(pem, '\n') + 1;
    return checked_strndup(from, (size_t)(strstr(from, "-----") - from));
}

char *made_metadata(const char *const certificates[])
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out);
    (void)fprintf(out, "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"" MADE_ISSUER "\">"
                       "<IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">");
    for (; *certificates; certificates++) {
        _cleanup_(memory_free) char *body = body_of(*certificates);
        (void)fprintf(out,
            "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>"
            "<X509Certificate>%s</X509Certificate></X509Data></KeyInfo></KeyDescriptor>",
            body);
    }
    (void)fprintf(out, "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
                       "Location=\"https://ent.test/saml/singleSignOn\"/></IDPSSODescriptor></EntityDescriptor>");
    (void)fclose(out);
    return text;
}

/* --- responses --- */

struct made_words made_words(void)
{
    return (struct made_words){
        .destination = MADE_RECIPIENT,
        .in_response_to = MADE_REQUEST,
        .issuer = MADE_ISSUER,
        .status = "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/>",
        .assertion_issuer = MADE_ISSUER,
        .not_before = "2026-09-01T07:59:00Z",
        .not_on_or_after = "2026-09-01T08:05:00Z",
        .conditions =
            "<saml:AudienceRestriction><saml:Audience>" MADE_AUDIENCE "</saml:Audience></saml:AudienceRestriction>",
        .recipient = MADE_RECIPIENT,
        .confirmation_request = MADE_REQUEST,
        .confirmation_until = "2026-09-01T08:03:00Z",
        .confirmation_method = "urn:oasis:names:tc:SAML:2.0:cm:bearer",
        .name_id = "lea",
        .attributes =
            "<saml:Attribute Name=\"uid\"><saml:AttributeValue>lea</saml:AttributeValue></saml:Attribute>"
            "<saml:Attribute "
            "Name=\"ENTPersonJointure\"><saml:AttributeValue>AC-LYON$4711</saml:AttributeValue></saml:Attribute>",
        .authn =
            "<saml:AuthnStatement AuthnInstant=\"2026-09-01T07:00:00Z\"><saml:AuthnContext><saml:AuthnContextClassRef>"
            "urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></"
            "saml:AuthnStatement>",
        .method = MADE_RSA_SHA256,
        .digest = MADE_SHA256,
        .canonicalisation = "http://www.w3.org/2001/10/xml-exc-c14n#",
        .transforms = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>"
                      "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>",
        .key_info = "",
        .extensions = "",
        .signs_assertion = true,
    };
}

static void put_signature(FILE *out, const struct made_words *words, const char *id)
{
    (void)fprintf(out,
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo>"
        "<ds:CanonicalizationMethod Algorithm=\"%s\"/><ds:SignatureMethod Algorithm=\"%s\"/>"
        "<ds:Reference URI=\"#%s\"><ds:Transforms>%s</ds:Transforms><ds:DigestMethod "
        "Algorithm=\"%s\"/><ds:DigestValue/>"
        "</ds:Reference></ds:SignedInfo><ds:SignatureValue/>%s</ds:Signature>",
        words->canonicalisation, words->method, id, words->transforms, words->digest, words->key_info);
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
    if (value) {
        (void)fprintf(out, " %s=\"%s\"", name, value);
    }
}

static void put_assertion(FILE *out, const struct made_words *words)
{
    (void)fprintf(out,
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_assertion\" Version=\"2.0\" "
        "IssueInstant=\"2026-09-01T07:59:59Z\"><saml:Issuer>%s</saml:Issuer>",
        words->assertion_issuer);
    if (words->signs_assertion) {
        put_signature(out, words, "_assertion");
    }
    (void)fprintf(out,
        "<saml:Subject><saml:NameID>%s</saml:NameID><saml:SubjectConfirmation "
        "Method=\"%s\"><saml:SubjectConfirmationData",
        words->name_id, words->confirmation_method);
    put_attribute(out, "Recipient", words->recipient);
    put_attribute(out, "InResponseTo", words->confirmation_request);
    put_attribute(out, "NotOnOrAfter", words->confirmation_until);
    (void)fprintf(out, "/></saml:SubjectConfirmation></saml:Subject><saml:Conditions");
    put_attribute(out, "NotBefore", words->not_before);
    put_attribute(out, "NotOnOrAfter", words->not_on_or_after);
    (void)fprintf(out, ">%s</saml:Conditions>%s<saml:AttributeStatement>%s</saml:AttributeStatement></saml:Assertion>",
        words->conditions, words->authn, words->attributes);
}

static char *unsigned_response(const struct made_words *words)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out);
    (void)fprintf(out, "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" "
                       "xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_response\" Version=\"2.0\" "
                       "IssueInstant=\"2026-09-01T08:00:00Z\"");
    put_attribute(out, "Destination", words->destination);
    put_attribute(out, "InResponseTo", words->in_response_to);
    (void)fprintf(out, ">");
    if (words->issuer) {
        (void)fprintf(out, "<saml:Issuer>%s</saml:Issuer>", words->issuer);
    }
    if (words->signs_response) {
        put_signature(out, words, "_response");
    }
    (void)fprintf(out, "%s<samlp:Status>%s</samlp:Status>", words->extensions, words->status);
    put_assertion(out, words);
    (void)fprintf(out, "</samlp:Response>");
    (void)fclose(out);
    return text;
}

static void mark(xmlNode *node)
{
    xmlAttr *id = xmlHasProp(node, (const xmlChar *)"ID");
    assert(id && xmlAddID(NULL, node->doc, id->children->content, id));
}

static void sign(xmlNode *node, const struct made_keys *keys)
{
    xmlNode *signature = xmlSecFindChild(node, xmlSecNodeSignature, xmlSecDSigNs);
    if (!signature) {
        return;
    }
    xmlSecDSigCtx *context = xmlSecDSigCtxCreate(NULL);
    context->signKey = xmlSecCryptoAppKeyLoadMemory(
        (const xmlSecByte *)keys->key, (xmlSecSize)strlen(keys->key), xmlSecKeyDataFormatPem, NULL, NULL, NULL);
    assert(context->signKey && xmlSecDSigCtxSign(context, signature) == 0);
    xmlSecDSigCtxDestroy(context);
}

char *made_response(const struct made_words *words, const struct made_keys *keys)
{
    _cleanup_(memory_free) char *text = unsigned_response(words);
    xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, XML_PARSE_NONET);
    xmlChar *bytes = NULL;
    int length = 0;
    assert(document);
    xmlNode *response = xmlDocGetRootElement(document);
    xmlNode *assertion = xmlSecFindChild(
        response, (const xmlChar *)"Assertion", (const xmlChar *)"urn:oasis:names:tc:SAML:2.0:assertion");
    mark(response);
    mark(assertion);
    sign(assertion, keys); /* the response's is over this one too */
    sign(response, keys);
    xmlDocDumpMemoryEnc(document, &bytes, &length, "UTF-8");
    char *made = checked_strndup((const char *)bytes, (size_t)length);
    xmlFree(bytes);
    xmlFreeDoc(document);
    return made;
}

char *made_base64(const char *xml)
{
    size_t size = sodium_base64_ENCODED_LEN(strlen(xml), sodium_base64_VARIANT_ORIGINAL);
    char *text = checked_malloc(size);
    return sodium_bin2base64(text, size, (const unsigned char *)xml, strlen(xml), sodium_base64_VARIANT_ORIGINAL);
}

/* --- what a stranger does to them --- */

char *made_replaced(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert(at);
    return checked_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

char *made_element(const char *xml, const char *tag)
{
    _cleanup_(memory_free) char *begin = checked_printf("<%s", tag);
    _cleanup_(memory_free) char *end = checked_printf("</%s>", tag);
    const char *from = strstr(xml, begin);
    const char *to = from ? strstr(from, end) : NULL;
    assert(to);
    return checked_strndup(from, (size_t)(to - from) + strlen(end));
}

struct saml_answer made_answer(const char *response, const char *key_attribute)
{
    return (struct saml_answer){
        .response = response,
        .request_id = MADE_REQUEST,
        .key_attribute = key_attribute,
        .now = {(int64_t)MADE_NOW * 1000000},
        .skew = SECONDS(60),
    };
}
