/* Inside this room: a request that is being worked on, and the service that holds it. */
#pragma once

#include "bus/service.h"
#include "envelope.pb-c.h"
#include "runtime/clock.h"

#include <sys/queue.h>

enum {
    ROUTE_MAX = 255, /* bytes of a ZeroMQ routing id */
    RUNNING_BUCKETS = 256
};

struct call {
    LIST_ENTRY(call) by_id;
    struct service *service;
    const struct service_method *method; /* NULL: of no rpc that we have */
    Preau__Bus__Request *envelope;
    ProtobufCMessage *request;
    unsigned char route[ROUTE_MAX]; /* of the one who asked last */
    size_t route_length;
    struct tick started;
};

struct service {
    struct bus_socket *socket;
    struct service_options options;
    LIST_HEAD(, call) running[RUNNING_BUCKETS];
    size_t running_count;
    struct answers *answers;
    struct status_check *check;
    bool is_refusing;
};

/* Takes the envelope. */
struct call *call_begin(struct service *service, Preau__Bus__Request *envelope, const struct service_method *method);
/* Where the answer goes from now on. */
void call_set_route(struct call *call, const void *route, size_t length);
/* The same id for the same method; NULL when none runs. */
struct call *call_find(struct service *service, const unsigned char *id, const struct service_method *method);
/* Too many run: told to the asker, not kept, not logged one by one. */
void call_tell_busy(struct call *call);
/* Ends it without an answer. */
void call_drop(struct call *call);
void service_send(struct service *service, const void *route, size_t route_length, const void *bytes, size_t length);
