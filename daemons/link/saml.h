/* A SAML 2.0 service provider (Web Browser SSO profile): requests by HTTP-Redirect, signed; responses by HTTP-POST.
 *
 * lasso makes and signs the requests and reads the peer's endpoints; xmlsec, which lasso stands on, verifies signatures in the very document that
 * is read, by the keys of the peer's metadata alone, whatever the response says of keys (docs/decisions/0025). No network is touched. What
 * is not known here: that an assertion is used once, and which browser asked; whoever asks keeps the request's ID for that browser, and the
 * assertion's until it is over. */
#pragma once

#include "link/saml_rules.h"

struct saml_peer;

/* Texts, not names of files; copied. */
struct saml_settings {
    const char *entity_id; /* ours */
    const char *back_url;  /* our assertion consumer service */
    const char *metadata;  /* the peer's, XML */
    const char *key;       /* ours, PEM: RSA, 2048 bits or more */
    const char *
        certificates; /* of that key, PEM, and before or after it others that our metadata tell: the next key's, the last one's */
};

/* Once, before threads start. */
void saml_begin(void);

/* NULL with the fault: CONFIG, with what is wrong in `key` of the configuration's words. A request is signed for trial. */
MUST_USE struct saml_peer *saml_peer_open(const struct saml_settings *settings, struct fault *fault);
void saml_peer_close(struct saml_peer **peer);

/* For the peer's operator: borrowed until the peer is closed. */
const char *saml_peer_metadata(const struct saml_peer *peer);
/* Until when the certificate of our key is good, which the peer may ask. */
struct instant saml_peer_certificate_end(const struct saml_peer *peer);

/* Where the browser goes, and the ID of the request: both the caller's. Thread-safe. Faults: LIBRARY. */
MUST_USE bool saml_request(
    struct saml_peer *peer, const char *state, char **out_url, char **out_request_id, struct fault *fault);

/* What came back with the browser. Thread-safe. Faults: those of saml_rules_check, and CRYPTO: nobody signed it, or not the peer. */
struct saml_answer {
    const char *response; /* SAMLResponse: base64 */
    const char *request_id;
    const char *key_attribute; /* as in struct saml_expected */
    struct instant now;
    struct duration skew;
};
MUST_USE bool saml_answer_read(const struct saml_peer *peer, const struct saml_answer *answer,
    struct saml_person *out_person, struct fault *fault);
