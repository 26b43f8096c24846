/* A service: the rpcs of one .proto service, answered on a ROUTER socket.
 *
 * A request comes with an id and a deadline. A repeat while the first runs waits for the same answer; a repeat
 * afterwards gets the first answer again (a bounded memory of answers; what must survive this process is in
 * preau.request_answer). Malformed or oversized frames, unknown methods, versions and field values are refused and
 * counted; over calls_max running calls the refusal is busy. */
#pragma once

#include "domain/refusal.h"
#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/loop.h"
#include "runtime/status.h"

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>

struct bus_curve;
struct service;
struct call;

/* request: lent until the call is answered. Answer exactly once, now or later, by one of the call_… below. */
typedef void service_handler(void *arg, struct call *call, const ProtobufCMessage *request);

struct service_method {
    const char *name; /* as in the .proto */
    service_handler *handler;
};

struct service_options {
    const char *endpoint; /* ipc:///run/preau/notify.sock, tcp://… */
    const ProtobufCServiceDescriptor *descriptor;
    const struct service_method *methods; /* ended by one without name; must be the .proto's rpcs, all of them */
    void *arg;
    unsigned calls_max;
    size_t message_max;            /* bytes */
    const struct bus_curve *curve; /* keys for tcp; NULL: ipc, or plain tcp on loopback */
    struct status *status;         /* gets the required check "bus" and the number "calls"; may be NULL */
};

/* `descriptor` and `methods` are borrowed until service_close. Faults: CONFIG (table of methods, tcp without keys),
 * BUS. */
MUST_USE bool service_open(
    struct loop *loop, const struct service_options *options, struct service **out_service, struct fault *fault);
/* Takes no further requests: they get no answer, so that they are asked again of another instance, or of the next one
 * here. Running calls may still be answered. */
void service_refuse(struct service *service);
size_t service_running(const struct service *service);
/* Calls still running must not be answered any more. */
void service_close(struct service **service);

/* On whose behalf, as the portal vouches: 0 where not set. That it is the operator, the transport shows: who says so without
 * is refused before a handler is asked (not_allowed). */
struct caller {
    administrator_id administrator;
    int academy; /* of account */
    account_id account;
    bool is_operator; /* the command line on the host */
};
struct caller call_caller(const struct call *call);
enum { REQUEST_ID_SIZE = 16 };
const unsigned char *call_request_id(const struct call *call); /* REQUEST_ID_SIZE bytes */
const char *call_trace(const struct call *call);
const char *call_method(const struct call *call); /* "CreateBatch" */
/* Past it nobody waits for the answer; INSTANT_NEVER when none was given. */
struct instant call_deadline(const struct call *call);

/* One that is larger than message_max becomes a LIMIT fault. */
void call_answer(struct call *call, const ProtobufCMessage *answer);
/* An answer that was packed before: a stored one. */
void call_answer_packed(struct call *call, const void *bytes, size_t length);
/* Kept for repeats like an answer, except REFUSAL_BUSY and REFUSAL_TOO_LATE: a repeat of those is tried anew. */
void call_refuse(struct call *call, enum refusal refusal);
/* Logs the fault with an incident number; the caller is told that, the code and whether the outcome is unknown. A
 * repeat is tried anew. */
void call_fail(struct call *call, const struct fault *fault);
