/* What the http_* files share; nobody else includes it. */
#pragma once

#include "runtime/clock.h"
#include "runtime/http_server.h"

#include <sys/queue.h>

struct evhttp_request;
struct evbuffer;

struct http_pair {
    const char *name;
    const char *value;
};
/* Grows in the request's arena. */
struct http_pairs {
    struct http_pair *pairs;
    size_t count;
    size_t room;
};

struct http_request {
    struct http_server *server; /* NULL: it was closed, the answer goes nowhere */
    struct evhttp_request *event;
    struct arena *arena;
    enum http_method method;
    const char *path;
    const char *query_text;
    struct http_pairs query, form, headers, cookies;
    const char *client;
    const char *body;
    size_t body_length;
    char id[33];
    struct tick start;
    LIST_ENTRY(http_request) link;
};

/* Who connected. is_let_in: by a Unix socket, which its owner and mode let in: a proxy, whatever trusted_proxies says. */
struct http_peer {
    const char *address;
    bool is_let_in;
};

/* Copies and decodes all that a handler may ask for. false: the request is malformed (400). */
MUST_USE bool http_request_read(
    struct http_request *request, const struct http_peer *peer, const struct http_options *options);

bool http_server_is_https(const struct http_server *server);
bool http_is_trusted(const char *address, const char *const *trusted);

/* Forgets the request; the answer has been given to libevent or to nobody. status 0: nobody. */
void http_request_answered(struct http_request *request, int status);

/* The answer's body is taken from `body`, which stays the caller's. */
void http_send(struct http_request *request, int status, const char *content_type, struct evbuffer *body);
