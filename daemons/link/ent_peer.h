/* A peer of the transition (guide 1.1, second degree): an ENT, or ATEN, where a person is signed in already and which vouches here for the
 * AAF key of that person. What a protocol does of it (CAS, SAML 2.0, OpenID Connect); everything else is ent.h's.
 *
 *   start → the browser goes to the peer → it comes back to ent_settings.back_url → end → ent_identity
 *
 * All of it runs on threads of the peer's own, two of them, and may block there, within `bound`. Nothing below touches the loop, the
 * store or another peer. A protocol keeps nothing of an attempt: what it must find again goes into `kept`, which is sealed and stored for the
 * browser that began, for a few minutes, and given back once. */
#pragma once

#include "crypto/token.h"
#include "domain/lifecycle.h"
#include "domain/types.h"
#include "link/oidc_http.h"
#include "runtime/config.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ENT_KEY_SIZE = 256,            /* of the value that holds the AAF key, as the peer writes it */
    ENT_ONCE_SIZE = 256,           /* of what names an answer */
    ENT_KEPT_MAX = 32 * 1024,      /* bytes of `kept` */
    ENT_RESPONSE_MAX = 100 * 1024, /* bytes of a SAMLResponse, in base64 as it came */
    ENT_TICKET_SIZE = 512,         /* of a CAS ticket */
    ENT_CODE_SIZE = 4096           /* of an authorization code: some providers write all that they know into it */
};

/* A section `ent "name"`, as every protocol needs it. All borrowed until the peer is closed. */
struct ent_settings {
    const char *name;           /* the section's title: a short word of small letters, digits and dashes */
    const char *label;          /* "ENT Ecollège", for people */
    academy_code academy;       /* whose keys it vouches for, and no other's */
    enum account_action action; /* ACTION_OPEN_ENT or ACTION_OPEN_ATEN */
    const char *address;        /* CAS: of the server, without a slash at the end; else not used ("") */
    const char *key_attribute;  /* that holds the AAF key; "": CAS's user, SAML's NameID, OpenID Connect's sub */
    const char *public_url;     /* portal.public_url */
    /* public_url/ent/NAME/retour: CAS's service (with ?etat=STATE), SAML's assertion consumer service, OpenID Connect's redirect_uri */
    const char *back_url;
    const char *ca_file, *proxy;   /* of http_client_new: "" for none */
    struct duration bound;         /* for one step, its wait for a thread and all its requests together */
    struct duration skew;          /* that clocks may differ */
    struct duration keys_interval; /* OpenID Connect: the shortest between two readings of the keys */
    const struct config
        *section; /* the keys that are the protocol's own: CONFIG_ENT_… (common/runtime/config_keys.def) */
};

/* One way of one browser. */
struct ent_attempt {
    /* random letters and digits; it comes back as RelayState (SAML), `etat` (CAS) or state, compared by ent.c before `end` */
    const char *state;
    struct tick begun; /* when it was asked for, and began to wait for a thread: `bound` counts from here */
};

/* Where the browser goes. Texts are from checked_malloc; the caller wipes and frees. */
struct ent_departure {
    char *url; /* whole, with all parameters: the browser is sent by 303 */
    /* at most ENT_KEPT_MAX bytes; NULL: nothing is to be kept. SAML: the request's ID; OpenID Connect: nonce and verifier */
    char *kept;
};

/* What came back with the browser: unchecked, of any stranger's making. NULL: did not come. */
struct ent_return {
    const char *ticket;                /* CAS: shorter than ENT_TICKET_SIZE */
    const char *saml_response;         /* SAML: form field SAMLResponse, in base64, at most ENT_RESPONSE_MAX bytes */
    const char *code, *issuer, *error; /* OpenID Connect: code shorter than ENT_CODE_SIZE; iss (RFC 9207) */
    const char *kept;                  /* what `start` left; NULL: nothing */
};

/* Who the peer vouches for. */
struct ent_identity {
    char key[ENT_KEY_SIZE]; /* the one value of key_attribute, with whatever stands around the AAF key; never "" */
    char once
        [ENT_ONCE_SIZE]; /* names this answer: it is refused when it comes a second time. SAML: the assertion's ID; "": the protocol
                                 * itself sees to it */
    struct instant once_until; /* how long it must be known: NotOnOrAfter and the skew */
};

/* Fault codes say what the person is told, and what the status says:
 *   PEER, TIMEOUT   the peer is not to be had (not reached, cut, slow, HTTP 5xx)         "does not answer"
 *   MISSING         the answer is right, but without the key, or with several of them     "did not say who you are in its files"
 *   BUSY            the peer says that the person gave up, or may not                     "you did not finish there"
 *   any other       what came is not what it should be (FORMAT, LIMIT, CRYPTO, LIBRARY)   "could not be verified"
 * The text is for the log: short, what and where, nothing of the person and nothing that a stranger wrote. */
struct ent_protocol {
    const char *word; /* of the key `protocol` */
    /* At the start of the daemon, on the loop, before threads: reads and checks its own keys and files. *out_own is handed to the
     * others, which may run side by side on several threads: it does not change. Faults: CONFIG, with the key and a hint. */
    bool (*open)(const struct ent_settings *settings, void **out_own, struct fault *fault);
    void (*close)(void *own);
    /* On a thread; `http` is that thread's own (oidc_http.h). */
    bool (*start)(const struct ent_settings *settings, void *own, struct http_client *http,
        const struct ent_attempt *attempt, struct ent_departure *out_departure, struct fault *fault);
    bool (*end)(const struct ent_settings *settings, void *own, struct http_client *http,
        const struct ent_attempt *attempt, const struct ent_return *back, struct ent_identity *out_identity,
        struct fault *fault);
    /* Is it to be had? For the status, every few minutes. NULL: it is never asked. */
    bool (*look)(const struct ent_settings *settings, void *own, struct http_client *http,
        const struct ent_attempt *attempt, struct fault *fault);
    /* What its operator must know of us, as XML; borrowed until `close`, the same for ever. NULL: it wants none (CAS). */
    const char *(*metadata)(void *own);
};

extern const struct ent_protocol ent_cas;
extern const struct ent_protocol ent_saml;
extern const struct ent_protocol ent_oidc;
