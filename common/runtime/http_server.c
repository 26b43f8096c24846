/* Listening and connections, over libevent's evhttp.
 *
 * evhttp bounds bytes and the silence between two of them, but neither the number of connections nor the time of a
 * whole request: a client that sends one byte now and then would stay for ever. Both are counted here. evhttp shows a
 * connection to us only with its first whole request; before that, the callbacks of its bufferevent lead to it.
 *
 * When no further connection may be held, the one that has waited longest makes room: an honest request is read within
 * moments and is never the oldest, so that whoever holds many connections open displaces their own. */
#include "runtime/http_server.h"

#include "runtime/cleanup.h"
#include "runtime/http_internal.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/listener.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#define LOOK SECONDS(1)
/* A request that is on its way while we begin to stop is read within it, on the busiest host too. */
#define LINGER MILLISECONDS(300)
enum {
    ARENA_BYTES = 4 * 1024 * 1024,
    WRITE_PATIENCE = 4, /* times the timeout: an answer may be large and the line of a school slow */
    BACKLOG = 512,
};

struct connection {
    struct http_server *server;
    struct bufferevent *stream;
    bool is_attached;  /* evhttp tells us its end; until then a reference holds the stream */
    struct tick since; /* opened, or last answered */
    bool is_handled;   /* a request of it is with the handler */
    bool is_ending;    /* shown out; evhttp has not noticed yet */
    const char *peer;  /* address, once attached */
    TAILQ_ENTRY(connection) link;
};

struct http_server {
    struct http_options options;
    http_handler *handler;
    void *arg;
    struct evhttp *http;
    struct evhttp_bound_socket *bound;
    struct timer *look;
    struct timer *attach;
    int port;
    bool is_unix;
    unsigned connection_count;
    bool is_held;
    bool is_refusing;
    struct tick refused;                                    /* when that began */
    TAILQ_HEAD(server_connections, connection) connections; /* in the order in which they came */
    size_t pending_count;
    LIST_HEAD(, http_request) pending;
};

/* --- connections --- */

static void connection_forget(struct connection *connection)
{
    TAILQ_REMOVE(&connection->server->connections, connection, link);
    connection->server->connection_count--;
    metric_set(METRIC_HTTP_CONNECTIONS, connection->server->connection_count);
    if (!connection->is_attached)
        (void)bufferevent_decref(connection->stream);
    free(connection);
}

static bool connection_is_writing(const struct connection *connection)
{
    return evbuffer_get_length(bufferevent_get_output(connection->stream)) > 0;
}

static bool connection_is_too_slow(const struct http_server *server, const struct connection *connection)
{
    if (connection->is_handled)
        return false;
    struct duration bound = {server->options.timeout.us * (connection_is_writing(connection) ? WRITE_PATIENCE : 1)};
    return duration_longer(clock_since(connection->since), bound);
}

static void connection_show_out(struct connection *connection, const char *reason)
{
    metric_count(METRIC_HTTP_REFUSED, reason);
    connection->is_ending = true;
    /* evhttp reads the end of the stream and frees it */
    (void)shutdown(bufferevent_getfd(connection->stream), SHUT_RDWR);
}

/* Not while it is being served, nor while its answer is on its way in reasonable time. */
static bool connection_may_go(const struct http_server *server, const struct connection *connection)
{
    if (!connection->is_attached || connection->is_handled)
        return false;
    return !connection_is_writing(connection) ||
           duration_longer(clock_since(connection->since), server->options.timeout);
}

static bool is_full(const struct http_server *server)
{
    return server->connection_count >= server->options.connections_max;
}

/* One at a time. Where none may go, the kernel's backlog holds who comes next until one is answered. */
static void make_room(const struct http_server *server)
{
    struct connection *oldest = NULL;
    struct connection *connection;
    TAILQ_FOREACH(connection, &server->connections, link)
    {
        if (connection->is_ending)
            return;
        if (connection_may_go(server, connection) &&
            (oldest == NULL || duration_longer(clock_since(connection->since), clock_since(oldest->since))))
            oldest = connection;
    }
    if (oldest != NULL)
        connection_show_out(oldest, "connections");
}

static void accept_if_room(struct http_server *server)
{
    if (server->is_refusing || server->is_held)
        return;
    struct evconnlistener *listener = evhttp_bound_socket_get_listener(server->bound);
    /* the kernel's backlog holds the others meanwhile */
    if (!is_full(server)) {
        (void)evconnlistener_enable(listener);
        return;
    }
    (void)evconnlistener_disable(listener);
    make_room(server);
}

static void connections_look(void *arg)
{
    struct http_server *server = arg;
    struct connection *connection;
    TAILQ_FOREACH(connection, &server->connections, link)
    {
        if (!connection->is_ending && connection_is_too_slow(server, connection))
            connection_show_out(connection, "timeout");
    }
    accept_if_room(server);
}

static void connection_ends(struct evhttp_connection *of, void *arg)
{
    (void)of;
    struct connection *connection = arg;
    struct http_server *server = connection->server;
    connection_forget(connection);
    accept_if_room(server);
}

/* A proxy's connections are those of everybody behind it. */
static bool address_has_too_many(const struct http_server *server, const char *peer)
{
    const struct connection *connection;
    unsigned count = 0;
    if (server->options.address_connections_max == 0 || server->is_unix ||
        http_is_trusted(peer, server->options.trusted_proxies))
        return false;
    TAILQ_FOREACH(connection, &server->connections, link)
    count += connection->peer != NULL && !connection->is_ending && strcmp(connection->peer, peer) == 0;
    return count > server->options.address_connections_max;
}

static void connection_know_peer(struct connection *connection, struct evhttp_connection *of)
{
    char *peer = NULL;
    ev_uint16_t port;
    evhttp_connection_get_peer(of, &peer, &port); /* lives as long as the connection */
    connection->peer = peer;
    if (peer != NULL && address_has_too_many(connection->server, peer))
        connection_show_out(connection, "address");
}

static void connection_attach(struct connection *connection)
{
    bufferevent_event_cb function = NULL;
    void *owner = NULL;
    bufferevent_getcb(connection->stream, NULL, NULL, &function, &owner);
    if (function == NULL) {
        /* over before we came to it */
        connection_forget(connection);
        return;
    }
    evhttp_connection_set_closecb(owner, connection_ends, connection);
    connection->is_attached = true;
    (void)bufferevent_decref(connection->stream);
    connection_know_peer(connection, owner);
}

/* The first of those that came since; NULL: none did. */
static struct connection *first_unattached(const struct server_connections *connections)
{
    struct connection *first = NULL;
    struct connection *connection = TAILQ_LAST(connections, server_connections);
    while (connection != NULL && !connection->is_attached) {
        first = connection;
        connection = TAILQ_PREV(connection, server_connections, link);
    }
    return first;
}

/* In the order in which they came: of an address that has too many, the first ones keep their places. */
static void connections_attach(void *arg)
{
    struct http_server *server = arg;
    struct connection *connection = first_unattached(&server->connections);
    while (connection != NULL) {
        struct connection *next = TAILQ_NEXT(connection, link);
        connection_attach(connection);
        connection = next;
    }
    accept_if_room(server);
}

static struct bufferevent *connection_comes(struct event_base *base, void *arg)
{
    struct http_server *server = arg;
    struct bufferevent *stream = bufferevent_socket_new(base, -1, BEV_OPT_CLOSE_ON_FREE);
    if (stream == NULL)
        return NULL;
    struct connection *connection = checked_malloc(sizeof *connection);
    *connection = (struct connection){.server = server, .stream = stream, .since = clock_tick()};
    bufferevent_incref(stream);
    TAILQ_INSERT_TAIL(&server->connections, connection, link);
    server->connection_count++;
    metric_set(METRIC_HTTP_CONNECTIONS, server->connection_count);
    /* its evhttp connection is made after this callback */
    timer_set(server->attach, (struct duration){0});
    if (is_full(server))
        accept_if_room(server);
    return stream;
}

static void connection_mark(struct http_server *server, struct evhttp_connection *of, bool is_handled)
{
    if (of == NULL)
        return;
    const struct bufferevent *stream = evhttp_connection_get_bufferevent(of);
    struct connection *connection;
    TAILQ_FOREACH(connection, &server->connections, link)
    {
        if (connection->stream != stream)
            continue;
        connection->is_handled = is_handled;
        connection->since = clock_tick();
        return;
    }
}

/* No descriptor is left: without a pause accept would fail again at once, and again. */
static void accept_failed(struct evconnlistener *listener, void *arg)
{
    (void)arg;
    log_event(LOG_ERR, "http_accept_failed", F("errno", errno));
    (void)evconnlistener_disable(listener);
}

/* --- requests --- */

static void make_id(char out_id[static 33])
{
    unsigned char bytes[16];
    ssize_t length = getrandom(bytes, sizeof bytes, 0);
    assert(length == sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(out_id + 2 * i, 3, "%02x", bytes[i]);
}

static enum http_method method_of(const struct evhttp_request *event)
{
    enum evhttp_cmd_type command = evhttp_request_get_command(event);
    return command == EVHTTP_REQ_POST ? HTTP_POST : command == EVHTTP_REQ_HEAD ? HTTP_HEAD : HTTP_GET;
}

static void request_comes(struct evhttp_request *event, void *arg)
{
    struct http_server *server = arg;
    struct evhttp_connection *connection = evhttp_request_get_connection(event);
    struct http_request *request = checked_calloc(1, sizeof *request);
    request->server = server;
    request->event = event;
    request->arena = arena_new_secret(ARENA_BYTES);
    request->method = method_of(event);
    request->start = clock_tick();
    make_id(request->id);
    http_set_header(request, "X-Request-Id", request->id);
    LIST_INSERT_HEAD(&server->pending, request, link);
    server->pending_count++;
    connection_mark(server, connection, true);
    char *peer = NULL;
    ev_uint16_t port;
    evhttp_connection_get_peer(connection, &peer, &port);
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(request->id);
    const struct http_peer who = {
        .address = server->is_unix ? "127.0.0.1"
                   : peer != NULL  ? peer
                                   : "",
        .is_let_in = server->is_unix,
    };
    if (!http_request_read(request, &who, &server->options)) {
        metric_count(METRIC_HTTP_REFUSED, "malformed");
        http_set_security_headers(request);
        http_reply_text(request, 400, "Requête mal formée.\n");
        return;
    }
    struct tick start = clock_tick();
    server->handler(request, server->arg);
    loop_measure("http_handler", start);
}

static void count_answer(const struct http_request *request, int status)
{
    static const char *const classes[] = {"gone", "other", "2xx", "3xx", "4xx", "5xx"};
    size_t class = (size_t)status / 100;
    metric_count(METRIC_HTTP_REQUESTS, classes[class < ARRAY_LENGTH(classes) ? class : 1]);
    metric_observe(METRIC_HTTP_SECONDS, clock_since(request->start));
}

void http_request_answered(struct http_request *request, int status)
{
    struct http_server *server = request->server;
    count_answer(request, status);
    if (server != NULL) {
        LIST_REMOVE(request, link);
        server->pending_count--;
    }
    arena_free(&request->arena);
    free(request);
}

void http_send(struct http_request *request, int status, const char *content_type, struct evbuffer *body)
{
    if (request->server == NULL) {
        http_request_answered(request, 0);
        return;
    }
    bool is_gone = http_is_gone(request);
    if (content_type != NULL)
        http_set_header(request, "Content-Type", content_type);
    if (status != 304) {
        char length[24];
        (void)snprintf(length, sizeof length, "%zu", evbuffer_get_length(body));
        http_set_header(request, "Content-Length", length);
    }
    if (request->server->is_refusing || is_full(request->server))
        http_set_header(request, "Connection", "close");
    if (request->method == HTTP_HEAD)
        /* evhttp would send it */
        (void)evbuffer_drain(body, evbuffer_get_length(body));
    struct evhttp_request *event = request->event;
    connection_mark(request->server, evhttp_request_get_connection(event), false);
    http_request_answered(request, is_gone ? 0 : status);
    evhttp_send_reply(event, status, NULL, body);
}

bool http_is_gone(const struct http_request *request)
{
    struct evhttp_connection *connection =
        request->server != NULL ? evhttp_request_get_connection(request->event) : NULL;
    if (connection == NULL)
        return true;
    /* evhttp does not read while a request is handled, and so does not see the end of the stream */
    char byte;
    int fd = bufferevent_getfd(evhttp_connection_get_bufferevent(connection));
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* --- opening and closing --- */

static struct evconnlistener *listen_inherited(struct event_base *base, struct fault *fault)
{
    int count = sd_listen_fds(0);
    if (count > 1) { /* nobody would ever answer who comes by the others */
        (void)fault_set(fault, FAULT_CONFIG, "systemd passes %d sockets, and one is served", count);
        (void)fault_hint(fault, "Empty ListenStream= in the .socket unit's drop-in before the one that is meant.");
        return NULL;
    }
    if (count < 1 || sd_is_socket(SD_LISTEN_FDS_START, AF_UNSPEC, SOCK_STREAM, 1) <= 0) {
        (void)fault_set(fault, FAULT_CONFIG, "no socket that listens was inherited from systemd");
        (void)fault_hint(fault, "Start by the .socket unit, or write an address.");
        return NULL;
    }
    /* libevent takes connections until there is none more: on a socket that blocks it would wait for the next one for ever */
    (void)evutil_make_socket_nonblocking(SD_LISTEN_FDS_START);
    return evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, SD_LISTEN_FDS_START);
}

/* "host:port" or "[v6]:port" into its parts. */
static bool split_address(const char *address, char host[static NI_MAXHOST], const char **out_port)
{
    const char *colon = strrchr(address, ':');
    size_t length = colon != NULL ? (size_t)(colon - address) : 0;
    bool is_bracketed = length > 2 && address[0] == '[' && address[length - 1] == ']';
    if (is_bracketed) {
        address++;
        length -= 2;
    }
    if (length == 0 || length >= NI_MAXHOST)
        return false;
    memcpy(host, address, length);
    host[length] = '\0';
    *out_port = colon + 1;
    return true;
}

static struct evconnlistener *listen_on(struct event_base *base, const char *address, struct fault *fault)
{
    char host[NI_MAXHOST];
    const char *port;
    struct addrinfo *found = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (!split_address(address, host, &port) || getaddrinfo(host, port, &hints, &found) != 0) {
        (void)fault_set(fault, FAULT_CONFIG, "address %s is not understood", address);
        return NULL;
    }
    struct evconnlistener *listener =
        evconnlistener_new_bind(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE,
            BACKLOG, found->ai_addr, (int)found->ai_addrlen);
    if (listener == NULL)
        (void)fault_from_errno(fault, FAULT_IO, "listen on %s", address);
    freeaddrinfo(found);
    return listener;
}

static bool is_unix(struct evconnlistener *listener)
{
    struct sockaddr_storage own = {0};
    socklen_t length = sizeof own;
    return getsockname(evconnlistener_get_fd(listener), (struct sockaddr *)&own, &length) == 0 &&
           own.ss_family == AF_UNIX;
}

static int port_of(struct evconnlistener *listener)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } own = {0};
    socklen_t length = sizeof own;
    if (getsockname(evconnlistener_get_fd(listener), &own.any, &length) != 0)
        return 0;
    return own.any.sa_family == AF_INET6  ? ntohs(own.v6.sin6_port)
           : own.any.sa_family == AF_INET ? ntohs(own.v4.sin_port)
                                          : 0;
}

static void set_limits(struct http_server *server)
{
    const struct http_options *options = &server->options;
    const struct timeval timeout = {.tv_sec = options->timeout.us / 1000000, .tv_usec = options->timeout.us % 1000000};
    evhttp_set_allowed_methods(server->http, EVHTTP_REQ_GET | EVHTTP_REQ_HEAD | EVHTTP_REQ_POST);
    evhttp_set_max_body_size(server->http, (ev_ssize_t)options->body_max);
    evhttp_set_max_headers_size(server->http, (ev_ssize_t)options->header_max);
    evhttp_set_timeout_tv(server->http, &timeout);
    evhttp_set_bevcb(server->http, connection_comes, server);
    evhttp_set_gencb(server->http, request_comes, server);
}

bool http_server_open(struct loop *loop, const struct http_options *options, http_handler *handler, void *arg,
    struct http_server **out_server, struct fault *fault)
{
    assert(options->connections_max >= 1 && options->timeout.us > 0);
    struct event_base *base = loop_event_base(loop);
    struct evconnlistener *listener = strcmp(options->address, "systemd") == 0
                                          ? listen_inherited(base, fault)
                                          : listen_on(base, options->address, fault);
    if (listener == NULL)
        return false;
    struct http_server *server = checked_calloc(1, sizeof *server);
    TAILQ_INIT(&server->connections);
    server->options = *options;
    server->handler = handler;
    server->arg = arg;
    server->port = port_of(listener);
    server->is_unix = is_unix(listener);
    server->http = evhttp_new(base);
    assert(server->http != NULL);
    set_limits(server);
    server->bound = evhttp_bind_listener(server->http, listener);
    assert(server->bound != NULL);
    evconnlistener_set_error_cb(listener, accept_failed);
    server->attach = loop_timer(loop, connections_attach, server);
    server->look = loop_every(loop, LOOK, connections_look, server);
    *out_server = server;
    return true;
}

void http_server_hold(struct http_server *server)
{
    server->is_held = true;
    (void)evconnlistener_disable(evhttp_bound_socket_get_listener(server->bound));
}

void http_server_let_in(struct http_server *server)
{
    server->is_held = false;
    accept_if_room(server);
}

void http_server_refuse(struct http_server *server)
{
    server->is_refusing = true;
    server->refused = clock_tick();
    (void)evconnlistener_disable(evhttp_bound_socket_get_listener(server->bound));
}

bool http_server_is_idle(const struct http_server *server)
{
    return server->is_refusing && server->pending_count == 0 && duration_longer(clock_since(server->refused), LINGER);
}

size_t http_server_pending(const struct http_server *server)
{
    return server->pending_count;
}

void http_server_close(struct http_server **address)
{
    struct http_server *server = *address;
    if (server == NULL)
        return;
    struct http_request *request;
    while ((request = LIST_FIRST(&server->pending)) != NULL) {
        LIST_REMOVE(request, link);
        request->server = NULL;
        request->event = NULL; /* evhttp_free frees it */
    }
    server->is_refusing = true;
    timer_cancel(&server->look);
    timer_cancel(&server->attach);
    evhttp_free(server->http);
    struct connection *connection = TAILQ_FIRST(&server->connections);
    while (connection != NULL) {
        struct connection *next = TAILQ_NEXT(connection, link);
        connection_forget(connection);
        connection = next;
    }
    memory_free(address);
}

bool http_server_is_https(const struct http_server *server)
{
    return server->options.is_https;
}

int http_server_port(const struct http_server *server)
{
    return server->port;
}
