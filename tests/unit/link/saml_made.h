/* An identity provider of SAML for tests: its keys are made when the test begins and never written, its responses say what a test wants. */
#pragma once

#include "link/saml.h"

#include <stdbool.h>

#define MADE_RSA_SHA256 "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
#define MADE_ECDSA_SHA256 "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
#define MADE_SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define MADE_ISSUER "https://ent.test/saml/metadata"
#define MADE_AUDIENCE "https://preau.test/ent/lyon/metadata"
#define MADE_RECIPIENT "https://preau.test/ent/lyon/retour"
#define MADE_REQUEST "_0123456789abcdef"
#define MADE_NOW 1788249600 /* 2026-09-01T08:00:00Z, in seconds */

struct made_keys {
    char *key, *certificate; /* PEM */
};
/* RSA of so many bits and its own certificate. */
struct made_keys made_keys_new(unsigned bits);
/* Of ECDSA, on "P-256" or another curve of OpenSSL's; a response says MADE_ECDSA_SHA256 then. */
struct made_keys made_keys_on_curve(const char *curve);
void made_keys_free(struct made_keys *keys);

/* Metadata of an identity provider with these certificates; NULL ends them. The caller frees. */
char *made_metadata(const char *const certificates[]);

/* What a response says. made_words() has what is right: a test changes one thing. */
struct made_words {
    const char *destination, *in_response_to, *issuer; /* NULL: the attribute, the element is left out */
    const char *status;                                /* what is in Status */
    const char *assertion_issuer, *not_before, *not_on_or_after;
    const char *conditions; /* what is in Conditions */
    const char *recipient, *confirmation_request, *confirmation_until, *confirmation_method;
    const char *name_id, *attributes; /* what is in NameID, in AttributeStatement */
    const char *authn;                /* the AuthnStatement */
    const char *method, *digest, *canonicalisation, *transforms;
    const char *key_info;   /* what is in the signature's KeyInfo */
    const char *extensions; /* elements between the response's signature and its Status */
    bool signs_response, signs_assertion;
};
struct made_words made_words(void);

/* The XML, signed by the key. The caller frees. */
char *made_response(const struct made_words *words, const struct made_keys *keys);
/* In base64, as a form brings it. The caller frees. */
char *made_base64(const char *xml);
/* A copy with the first `from` replaced. The caller frees both. */
char *made_replaced(const char *text, const char *from, const char *to);
/* The first element of that tag, whole, such as "saml:Assertion"; none within itself. The caller frees. */
char *made_element(const char *xml, const char *tag);
/* That response, in base64, to MADE_REQUEST at MADE_NOW. Lends both. */
struct saml_answer made_answer(const char *response, const char *key_attribute);
