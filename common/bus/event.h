/* Events: told to whoever listens, lost when nobody does. They wake and refresh; the truth is in the database. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/loop.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>

struct bus_curve;
struct publisher;
struct subscriber;

MUST_USE bool publisher_open(struct loop *loop, const char *endpoint, const struct bus_curve *curve,
    struct publisher **out_publisher, struct fault *fault);
void publisher_close(struct publisher **publisher);
/* topic: as in event.proto, "import.finished". */
void publisher_tell(struct publisher *publisher, const char *topic, const ProtobufCMessage *event);

/* body: of the event, to be unpacked by who knows the topic; lent for the call. */
typedef void subscriber_told(void *arg, const char *topic, const void *body, size_t length);

/* endpoints and topics: NULL-ended; a topic is a prefix. */
MUST_USE bool subscriber_open(struct loop *loop, const char *const *endpoints, const char *const *topics,
    const struct bus_curve *curve, subscriber_told *told, void *arg, struct subscriber **out_subscriber,
    struct fault *fault);
void subscriber_close(struct subscriber **subscriber);
