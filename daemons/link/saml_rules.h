/* What a SAML response must say to be taken (SAML 2.0 Profiles 4.1.4.2 and 4.1.4.3; Core 2.4, 2.5), and who it says the person is. Pure: the time
 * and what is expected are given; that the signature holds is asked elsewhere, before or after. */
#pragma once

#include "domain/types.h"
#include "link/saml_document.h"

enum { SAML_KEY_SIZE = 256, SAML_ID_SIZE = 256 };

struct saml_expected {
    const char *issuer;        /* the peer's entityID */
    const char *audience;      /* ours */
    const char *recipient;     /* our assertion consumer service */
    const char *request_id;    /* of the request that this answers: an answer to none is not taken */
    const char *key_attribute; /* Name or FriendlyName; "": the NameID is the key */
    struct instant now;
    struct duration skew;
};

struct saml_person {
    char key[SAML_KEY_SIZE];         /* the one value, never "" */
    char assertion_id[SAML_ID_SIZE]; /* to be known until … */
    struct instant until;            /* … for after it the assertion is over */
};

/* Faults: BUSY (the peer says that the person gave up or may not), PEER (it says that it failed), MISSING (no key, or several),
 * FORMAT and LIMIT for what is not as it should be. */
MUST_USE bool saml_rules_check(const struct saml_document *document, const struct saml_expected *expected,
    struct saml_person *out_person, struct fault *fault);
