/* Inside this room: one asynchronous connection.
 * States: down → connecting → checking (the schema) → idle ⇄ forgetting plans, preparing, running, checking again; from any of them back
 * to down, and by itself to connecting after a pause that grows. */
#pragma once

#include "store/query.h"

#include "runtime/loop.h"

#include <libpq-fe.h>

struct connection;

/* All are called from the loop. None may free the connection. */
struct connection_events {
    bool (*may_connect)(void *arg, struct connection *connection); /* false: asked again after the next pause */
    void (*idle)(void *arg, struct connection *connection);        /* may be given work */
    /* PostgreSQL's clock less this host's, each time that it was measured: new, and when probed; `idle` follows. */
    void (*clock)(void *arg, struct duration ahead);
    /* Lost, or a try to connect failed; `done` follows if a statement was running. */
    void (*down)(void *arg, struct connection *connection, const struct fault *fault);
    /* result: NULL when the connection was lost; else taken over by the callee. May be called inside connection_send.
     */
    void (*done)(void *arg, struct connection *connection, PGresult *result);
};

/* Texts are borrowed for the connection's life. */
struct connection_options {
    const char *conninfo, *user, *program;
    const char *passfiles; /* passfile.h */
    struct duration statement_timeout, connect_timeout, retry_max;
};

/* Starts to connect on the next turn of the loop. */
struct connection *connection_new(
    struct loop *loop, const struct connection_options *options, const struct connection_events *events, void *arg);
/* Asks the server to cancel what runs; no event is told. */
void connection_free(struct connection **connection);

/* Down, it tries to connect at once. */
void connection_hurry(struct connection *connection);
bool connection_is_idle(const struct connection *connection);
/* Only when idle. The parameters stay the caller's and must live until `done`. request: for whom it is asked
 * (log_request()), "" for nobody; it stands in application_name behind the program, and so in PostgreSQL's own log. */
void connection_send(
    struct connection *connection, enum query query, const struct parameters *parameters, const char *request);
/* Only when idle: asks whether anybody is there. Idle again when PostgreSQL answers, whatever schema it has by now (the next
 * version's daemons may be on their way); lost when it does not within `bound`. */
void connection_probe(struct connection *connection, struct duration bound);
/* Gives up what runs: asks the server to cancel it, drops the connection (`down`, `done`), connects again at once. */
void connection_abandon(struct connection *connection, const char *why);
