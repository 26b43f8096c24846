/* A SAMLResponse with its signatures, given any bytes of XML: whose word it is, and whether what is read is what was signed.
 *
 * The peer has two keys to sign with and one to be written to. The first and the last were made for this file and thrown away; the second is the
 * published one of RFC 7515 (A.3), so that everybody can sign an input. What is right in the corpus says RIGHT_KEY and RIGHT_NAME; what says something
 * else must be refused for what is signed itself, whatever becomes of the rest. */
#include "fuzz.h"

#include "link/saml.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "saml_made.h"

#include <string.h>

#define RIGHT_KEY "AC-LYON$4711"
#define RIGHT_NAME "lea"

static const char metadata[] =
    "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"" MADE_ISSUER "\">"
    "<IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">"
    "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certific"
    "ate>"
    "MIICozCCAYugAwIBAgIBATANBgkqhkiG9w0BAQsFADATMREwDwYDVQQDDAhlbnQudGVzdDAiGA8yMDI2MDEwMTAwMDAwMFoYDzIwMzYwMTAx"
    "MDAwMDAwWjATMREwDwYDVQQDDAhlbnQudGVzdDCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAL6kFYtKAak9IjbdfVryIykRU55g"
    "d2AteG43SRHjAYVmqgkR3ommn3YnRl1t1+xe5jaUzuY/q+VFpwHnuIqbUt1lAqhPaJoJHQy/a5bUACUwYLu3Y30+mgeJjHqpvaUrttyOLK4s"
    "/n5jhmZMFVMQvWFGSklb0cOl43n8tnH6QQm7S7r3aW7ap9j8y9kUY94M10WxPmpl2h0OdtpN046GSkUTswuY3jFPDr8vN/HRM71Q3PjK+jjp"
    "gCKdet9Ih+MM182CCQurEjEUAGBifIkywaB6B5SKyrnyBpHQTJWOeANnbNi9uyZppsGBpBpv1ded8nhW5mURNg4RJt/1KqMYBTECAwEAATAN"
    "BgkqhkiG9w0BAQsFAAOCAQEAkje0M/3YvfGIQ8eczi9saw4CRanh10Je1/AAQUxD0coYk5iWVLd0oUqus7PFYoAmfScOnOa4dHAm36fUzkPH"
    "cT3vwEMWT1yKinxy+wrkvQkRK3sJGb+x/RjCiznIIF56W0Zm66IXvRV2yqAYrXr9Bm/+xi0B4UZZp+CBTDM6w1GYQhrQSToLAUZG8gOcAp7k"
    "68klxlFNP+6I9uwoQusCjXgfpJF5G6a4n+lWTV7yUvJ7epPg+Jap6WsMZXrBxmOZ/NvHMYRXmO+ZqVd2LA2aBhABMcKB4f00MoIbr7RhE4Uu"
    "O44uQvKHujsz4btQdSLj0t6wH0Sxm1Ui7El1eSZKew=="
    "</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    "<KeyDescriptor><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certificate>"
    "MIIBFzCBvaADAgECAgEBMAoGCCqGSM49BAMCMBMxETAPBgNVBAMMCGVudC50ZXN0MCIYDzIwMjYwMTAxMDAwMDAwWhgPMjAzNjAxMDEwMDAw"
    "MDBaMBMxETAPBgNVBAMMCGVudC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvR"
    "VEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrTAKBggqhkjOPQQDAgNJADBGAiEAoUpoLcIO+teSEA2W+CT8mH7VSAoWoQjvR7Ht"
    "PxZcnmICIQC8S/71RYFW7xUlkKjmhiI3d66XcvL7eEkjEpCvCZz/8w=="
    "</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    "<KeyDescriptor use=\"encryption\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data><X509Certi"
    "ficate>"
    "MIIBFjCBvaADAgECAgEBMAoGCCqGSM49BAMCMBMxETAPBgNVBAMMCGVudC50ZXN0MCIYDzIwMjYwMTAxMDAwMDAwWhgPMjAzNjAxMDEwMDAw"
    "MDBaMBMxETAPBgNVBAMMCGVudC50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZyNyf2uzLsZXxH6Ly5ZnHy2nGjBiDaPgW82BeudI"
    "8sxFZkdeICYkZaK+Ss0uCUnOoFeSK7xDYxUV8hcKPyiENTAKBggqhkjOPQQDAgNIADBFAiEA2rrqC1ay+GZF/gKzxJ0sxDckiDjIE+7pjJ60"
    "RShyw58CIAd6gIsyAsAHLh0arnYtT3ubQ8jxARUZU5Q5kXEqsmU5"
    "</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    "<SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" "
    "Location=\"https://ent.test/saml/singleSignOn\"/></IDPSSODescriptor></EntityDescriptor>";

/* Right in everything, signed by the second key: while it is taken, the corpus is not refused for a reason of its age. */
static const char right_answer[] =
    "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" xmlns:saml=\"urn:oasis:names:tc:SAML:2."
    "0:assertion\" ID=\"_response\" Version=\"2.0\" IssueInstant=\"2026-09-01T08:00:00Z\" Destination=\"https://p"
    "reau.test/ent/lyon/retour\" InResponseTo=\"_0123456789abcdef\"><saml:Issuer>https://ent.test/saml/metadata</"
    "saml:Issuer><samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:St"
    "atus><saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_assertion\" Version=\"2.0\" "
    "IssueInstant=\"2026-09-01T07:59:59Z\"><saml:Issuer>https://ent.test/saml/metadata</saml:Issuer><ds:Signature"
    " xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http:"
    "//www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more"
    "#ecdsa-sha256\"/><ds:Reference URI=\"#_assertion\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.or"
    "g/2000/09/xmldsig#enveloped-signature\"/><ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\""
    "/></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>L2"
    "SErXwptRtdVS+jCv0y1Oeu1gbyuBMZKwOW+sSx5g4=</ds:DigestValue></ds:Reference></ds:SignedInfo><ds:SignatureValue"
    ">/rvuu0LwiQPK86MgWHQ8a52az/TmXvNH7unc6AY4NQ2Vf6dXKeGEdNE6IGyuWdpK\nSdeF322z/oj15T0l1Mhwbg==</ds:SignatureVal"
    "ue></ds:Signature><saml:Subject><saml:NameID>lea</saml:NameID><saml:SubjectConfirmation Method=\"urn:oasis:n"
    "ames:tc:SAML:2.0:cm:bearer\"><saml:SubjectConfirmationData Recipient=\"https://preau.test/ent/lyon/retour\" "
    "InResponseTo=\"_0123456789abcdef\" NotOnOrAfter=\"2026-09-01T08:03:00Z\"/></saml:SubjectConfirmation></saml:"
    "Subject><saml:Conditions NotBefore=\"2026-09-01T07:59:00Z\" NotOnOrAfter=\"2026-09-01T08:05:00Z\"><saml:Audi"
    "enceRestriction><saml:Audience>https://preau.test/ent/lyon/metadata</saml:Audience></saml:AudienceRestrictio"
    "n></saml:Conditions><saml:AuthnStatement AuthnInstant=\"2026-09-01T07:00:00Z\"><saml:AuthnContext><saml:Auth"
    "nContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnCont"
    "ext></saml:AuthnStatement><saml:AttributeStatement><saml:Attribute Name=\"ENTPersonJointure\"><saml:Attribut"
    "eValue>AC-LYON$4711</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion></samlp"
    ":Response>";

/* Never closed: a fuzzer has no end of its own. */
static struct saml_peer *peer;

/* XML, as a form brings it. */
static bool is_taken(const char *xml, const char *key_attribute, struct saml_person *out_person)
{
    _cleanup_(memory_free) char *response = made_base64(xml);
    const struct saml_answer answer = made_answer(response, key_attribute);
    struct fault fault = {0};
    bool is_read = saml_answer_read(peer, &answer, out_person, &fault);
    FUZZ_CLAIM(is_read == (fault.code == FAULT_NONE));
    return is_read;
}

/* That a search makes a signature is out of this world; that it finds a way around one is what it looks for. */
static void says_only_what_was_signed(const char *xml, const char *key_attribute, const char *key)
{
    const struct instant now = {(int64_t)MADE_NOW * 1000000}, end = {(int64_t)(MADE_NOW + 180 + 60) * 1000000};
    struct saml_person person;
    if (is_taken(xml, key_attribute, &person)) {
        FUZZ_CLAIM(strcmp(person.key, key) == 0 && strcmp(person.assertion_id, "_assertion") == 0);
        FUZZ_CLAIM(instant_before(now, person.until) && !instant_before(end, person.until));
    }
}

static void begin(void)
{
    struct made_keys own = made_keys_new(2048);
    const struct saml_settings settings = {
        .entity_id = MADE_AUDIENCE,
        .back_url = MADE_RECIPIENT,
        .metadata = metadata,
        .key = own.key,
        .certificates = own.certificate,
    };
    struct fault fault = {0};
    struct saml_person person;
    saml_begin();
    peer = saml_peer_open(&settings, &fault);
    made_keys_free(&own);
    FUZZ_CLAIM(peer && is_taken(right_answer, "ENTPersonJointure", &person) && is_taken(right_answer, "", &person));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (!peer) {
        begin();
    }
    _cleanup_(memory_free) char *xml = checked_strndup((const char *)bytes, length);
    says_only_what_was_signed(xml, "ENTPersonJointure", RIGHT_KEY);
    says_only_what_was_signed(xml, "", RIGHT_NAME);
    return 0;
}
