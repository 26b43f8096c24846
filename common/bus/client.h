/* Asking a service. A request is sent again with the same id when no answer comes, to whichever instance of the service
 * is there, until its time is over; its completion is called exactly once and never inside the call that asked, within the
 * log's scope of who asked. */
#pragma once

#include "bus/service.h"
#include "domain/refusal.h"
#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/loop.h"
#include "runtime/status.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct client;

struct client_options {
    const char *const *endpoints; /* NULL-ended: instances of one service */
    const ProtobufCServiceDescriptor *descriptor;
    unsigned pending_max;
    size_t message_max;
    const struct bus_curve *curve;
    struct status
        *status;       /* gets the check `check`, not required: others' pages go on. The service is then asked all the
                            * time whether it is there. May be NULL */
    const char *check; /* "notifyd" */
};

MUST_USE bool client_open(
    struct loop *loop, const struct client_options *options, struct client **out_client, struct fault *fault);
/* What is pending is completed with a fault before this returns. Not from within a completion. */
void client_close(struct client **client);

struct client_request {
    const char *method; /* "CreateBatch" */
    const ProtobufCMessage *message;
    struct duration timeout;
    struct caller caller;
    const char *trace; /* may be NULL: the request in scope, log_request() */
    const unsigned char
        *id; /* REQUEST_ID_SIZE bytes that make it the same request as an earlier one; NULL: a new one */
};

struct client_outcome {
    const ProtobufCMessage *answer; /* lent for the call; NULL: refused or failed */
    enum refusal refusal;           /* REFUSAL_NONE when answered or failed */
    const struct fault *fault;      /* NULL when answered or refused: TIMEOUT, BUSY, FORMAT, or what the service said */
    const char *incident;           /* of a fault of the service: what to search its log for; else "" */
};

typedef void client_done(void *arg, const struct client_outcome *outcome);

/* The message is packed at once and may be freed. Over pending_max it ends with a BUSY fault, over
 * message_max with LIMIT. A fault whose outcome is
 * unknown may have been done: asking again with the same id tells. */
void client_call(struct client *client, const struct client_request *request, client_done *done, void *arg);

/* The calls that were made with this arg and have not ended will not be told: the one who waited is gone. The service
 * may do them nevertheless. */
void client_cancel(struct client *client, const void *arg);

/* For the command line: turns the loop until `done` was called. The loop must not run otherwise. */
void client_call_blocking(
    struct loop *loop, struct client *client, const struct client_request *request, client_done *done, void *arg);
