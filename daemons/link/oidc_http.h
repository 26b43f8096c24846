/* One HTTPS request after another to an identity provider, over libcurl. Blocking: for worker threads, one client each.
 *
 * Bounded in time and size; certificates are checked; no redirection is followed and no other protocol spoken, so that
 * a provider leads us nowhere. Nothing of the environment (proxies) is heeded. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/clock.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct http_client;

struct http_client_options {
    const char *name;    /* of the provider, in METRIC_CERTIFICATE_END */
    const char *ca_file; /* "": the system's authorities */
    const char *proxy;   /* "": none */
};

/* Once, before threads start. */
void http_client_begin(void);

/* The options' texts are copied. */
NEVER_NULL MUST_USE struct http_client *http_client_new(const struct http_client_options *options);
void http_client_free(struct http_client **client);

struct http_question {
    const char *url;
    const char *form;            /* application/x-www-form-urlencoded, sent by POST; NULL: GET */
    const char *user, *password; /* of HTTP Basic; NULL: none */
    const char *bearer;          /* access token; NULL: none */
    const char *accept;          /* types; NULL: those of OpenID Connect */
    struct tick begun;           /* of the work that this is a part of … */
    struct duration bound;       /* … and how long it may take in all */
};

enum { HTTP_TYPE_SIZE = 64 };

struct http_answer {
    long status;
    char type[HTTP_TYPE_SIZE]; /* "application/json", small letters, without parameters */
    char *body;                /* ends with NUL, which is not counted */
    size_t length;
};
void http_answer_clear(struct http_answer *answer); /* wiped: it holds tokens */

/* True for any answer within the bounds, whatever its status. Faults: TIMEOUT, PEER (not reached, certificate, cut),
 * LIMIT (too large). */
MUST_USE bool http_ask(struct http_client *client, const struct http_question *question, struct http_answer *out_answer,
    struct fault *fault);
