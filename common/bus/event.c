#include "bus/event.h"

#include "bus/envelope.h"
#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <stdio.h>
#include <string.h>

enum {
    EVENT_MAX = 64 * 1024, /* bytes */
    QUEUE_MAX = 1000       /* events that a slow listener may be behind; past it they are dropped */
};

struct publisher {
    struct bus_socket *socket;
};

struct subscriber {
    struct bus_socket *socket;
    subscriber_told *told;
    void *arg;
};

static void publisher_received(void *arg, const struct bus_frame *frames, size_t count)
{
    (void)arg;
    (void)frames;
    (void)count; /* a publisher hears nothing */
}

bool publisher_open(struct loop *loop, const char *endpoint, const struct bus_curve *curve,
    struct publisher **out_publisher, struct fault *fault)
{
    struct publisher *publisher = checked_calloc(1, sizeof *publisher);
    const struct bus_socket_options options = {
        .kind = BUS_PUBLISHER, .message_max = EVENT_MAX, .queue_max = QUEUE_MAX, .curve = curve};
    if (!bus_socket_open(loop, &options, publisher_received, NULL, &publisher->socket, fault)) {
        memory_free(&publisher);
        return false;
    }
    if (!bus_socket_bind(publisher->socket, endpoint, fault)) {
        publisher_close(&publisher);
        return false;
    }
    *out_publisher = publisher;
    return true;
}

void publisher_close(struct publisher **publisher)
{
    if (*publisher) {
        bus_socket_close(&(*publisher)->socket);
        memory_free(publisher);
    }
}

void publisher_tell(struct publisher *publisher, const char *topic, const ProtobufCMessage *event)
{
    char name[64];
    snprintf(name, sizeof name, "%s", topic);
    size_t length = protobuf_c_message_get_packed_size(event);
    _cleanup_(memory_free) unsigned char *body = checked_malloc(length + 1);
    protobuf_c_message_pack(event, body);
    Preau__Bus__Event envelope = PREAU__BUS__EVENT__INIT;
    envelope.version = ENVELOPE_VERSION;
    envelope.topic = name;
    envelope.body = (ProtobufCBinaryData){.data = body, .len = length};
    size_t size = preau__bus__event__get_packed_size(&envelope);
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(size + 1);
    preau__bus__event__pack(&envelope, bytes);
    /* the first frame is what subscriptions are compared with */
    const struct bus_frame frames[] = {
        {name,  strlen(name)},
        {bytes, size        }
    };
    (void)!bus_socket_send(publisher->socket, frames, 2);
    metric_count(METRIC_BUS_EVENTS, "told");
}

static void subscriber_received(void *arg, const struct bus_frame *frames, size_t count)
{
    struct subscriber *subscriber = arg;
    Preau__Bus__Event *event = count == 2 ? envelope_read_event(frames[1].bytes, frames[1].length) : NULL;
    metric_count(METRIC_BUS_EVENTS, event ? "heard" : "malformed");
    if (event) {
        subscriber->told(subscriber->arg, event->topic, event->body.data, event->body.len);
        preau__bus__event__free_unpacked(event, NULL);
    }
}

static bool subscriber_join(
    struct subscriber *subscriber, const char *const *endpoints, const char *const *topics, struct fault *fault)
{
    for (const char *const *topic = topics; *topic; topic++) {
        if (!bus_socket_subscribe(subscriber->socket, *topic, fault)) {
            return false;
        }
    }
    for (const char *const *endpoint = endpoints; *endpoint; endpoint++) {
        if (!bus_socket_connect(subscriber->socket, *endpoint, fault)) {
            return false;
        }
    }
    return true;
}

bool subscriber_open(struct loop *loop, const char *const *endpoints, const char *const *topics,
    const struct bus_curve *curve, subscriber_told *told, void *arg, struct subscriber **out_subscriber,
    struct fault *fault)
{
    struct subscriber *subscriber = checked_calloc(1, sizeof *subscriber);
    subscriber->told = told;
    subscriber->arg = arg;
    const struct bus_socket_options options = {
        .kind = BUS_SUBSCRIBER, .message_max = EVENT_MAX, .queue_max = QUEUE_MAX, .curve = curve};
    if (!bus_socket_open(loop, &options, subscriber_received, subscriber, &subscriber->socket, fault)) {
        memory_free(&subscriber);
        return false;
    }
    if (!subscriber_join(subscriber, endpoints, topics, fault)) {
        subscriber_close(&subscriber);
        return false;
    }
    *out_subscriber = subscriber;
    return true;
}

void subscriber_close(struct subscriber **subscriber)
{
    if (*subscriber) {
        bus_socket_close(&(*subscriber)->socket);
        memory_free(subscriber);
    }
}
