/* An HTTP/1.1 server on the loop: used by the status endpoint and by the portal. GET, HEAD and POST only.
 *
 * A request is given to the one handler (which routes) when it has been read whole and found well-formed: path and
 * parameters decoded, UTF-8, without NUL; body within its limit. It lives until it is answered by one of the
 * http_reply functions, now or later; each must be answered exactly once. If the client has gone meanwhile, the answer
 * goes nowhere and the request is freed all the same. Texts borrowed from a request live as long as it does. */
#pragma once

#include "domain/types.h"
#include "runtime/arena.h"
#include "runtime/fault.h"
#include "runtime/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct http_server;
struct http_request;

typedef void http_handler(struct http_request *request, void *arg);

struct http_options {
    const char *address; /* "127.0.0.1:8080", "[::1]:8080", port 0 for any; or "systemd" (inherited, also a Unix one) */
    const char *const *trusted_proxies; /* addresses whose X-Forwarded-For is believed; NULL-ended, may be NULL */
    size_t body_max;                    /* bytes of a request body */
    size_t header_max;                  /* bytes of request line and headers */
    unsigned connections_max;           /* past it, the one that has waited longest is closed */
    unsigned address_connections_max;   /* from one address, trusted proxies aside; 0: no bound */
    bool is_https;                      /* reached through HTTPS alone: browsers are told to keep to it */
    struct duration timeout;            /* to read a request, to write an answer, and of an idle connection */
    unsigned parameters_max;            /* query and form parameters together */
};

/* The server is the caller's. Faults: IO (address in use …), CONFIG (address not understood). */
MUST_USE bool http_server_open(struct loop *loop, const struct http_options *options, http_handler *handler, void *arg,
    struct http_server **out_server, struct fault *fault);
/* Until http_server_let_in, whoever connects waits in the kernel's queue: what stands behind the handler is not there yet. */
void http_server_hold(struct http_server *server);
void http_server_let_in(struct http_server *server);
/* Takes no further connections; requests in hand may still be answered, and those that come by connections that are there. */
void http_server_refuse(struct http_server *server);
/* Refusing, nothing in hand, and for long enough that what a client had sent before it could know has been read. */
bool http_server_is_idle(const struct http_server *server);
/* Requests given to the handler and not answered yet. */
size_t http_server_pending(const struct http_server *server);
/* Also ends what is pending: those requests may still be answered once, into the void. */
void http_server_close(struct http_server **server);
int http_server_port(const struct http_server *server);

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST };
enum http_method http_method(const struct http_request *request);
const char *http_path(const struct http_request *request); /* decoded, begins with "/", no "." or ".." segment */
/* Decoded parameters; NULL if absent. Of repeated ones the first. */
const char *http_query(const struct http_request *request, const char *name);
const char *http_form(const struct http_request *request, const char *name);
/* All values of a repeated parameter (check boxes): start with index 0, NULL after the last. */
const char *http_query_at(const struct http_request *request, const char *name, size_t index);
const char *http_form_at(const struct http_request *request, const char *name, size_t index);
/* Parameters one by one in the order sent; false after the last. */
bool http_form_each(const struct http_request *request, size_t index, const char **out_name, const char **out_value);
bool http_query_each(const struct http_request *request, size_t index, const char **out_name, const char **out_value);
const char *http_query_text(const struct http_request *request);               /* undecoded, after "?"; "" when none */
const char *http_header(const struct http_request *request, const char *name); /* NULL if absent */
const char *http_cookie(const struct http_request *request, const char *name); /* NULL if absent */
/* The person's address: the peer's, or behind a trusted proxy the last untrusted one of X-Forwarded-For. By a Unix socket: whoever
 * may connect is a trusted proxy on this host. */
const char *http_client(const struct http_request *request);
const char *http_body(const struct http_request *request, size_t *out_length);
/* Made for the request, freed (and wiped) with it. 4 MiB. */
struct arena *http_arena(struct http_request *request);
/* 32 hexadecimal digits, new for each request; the trace that runs through bus, SQL and log. Answers tell it in the header
 * X-Request-Id. */
const char *http_request_id(const struct http_request *request);
/* The client closed the connection: the answer will be seen by nobody. */
bool http_is_gone(const struct http_request *request);

/* Headers of the answer, before it. Values with control characters are a bug (assert). */
void http_set_header(struct http_request *request, const char *name, const char *value); /* replaces */
void http_add_header(struct http_request *request, const char *name, const char *value); /* e.g. Set-Cookie */
/* Strict Content-Security-Policy without inline code, nosniff, frame denial, referrer, no-store; HTTPS for a year where
 * it is used. Files and the server's own refusals have them too. */
void http_set_security_headers(struct http_request *request);

/* Each answers and frees the request. HEAD is answered without its body. */
void http_reply(struct http_request *request, int status, const char *content_type, const void *body, size_t length);
void http_reply_text(struct http_request *request, int status, const char *text);
void http_reply_redirect(struct http_request *request, const char *location); /* 303 */
/* A regular file below `directory`, by relative name: content type by ending, ETag, 304, Cache-Control of `max_age`.
 * NAME.gz beside it is sent to who takes gzip. 404 for anything else: dot files, links that lead out, folders. */
void http_reply_file(struct http_request *request, const char *directory, const char *name, struct duration max_age);
