#include "bus/service.h"

#include "bus/answers.h"
#include "bus/envelope.h"
#include "bus/message.h"
#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>

enum { ROUTE_MAX = 255 /* bytes of a ZeroMQ routing id */ };

struct call {
    LIST_ENTRY(call) next;
    struct service *service;
    const struct service_method *method;
    Preau__Bus__Request *envelope;
    ProtobufCMessage *request;
    unsigned char route[ROUTE_MAX]; /* of the one who asked last */
    size_t route_length;
    struct tick started;
};

struct service {
    struct bus_socket *socket;
    struct service_options options;
    LIST_HEAD(, call) running;
    size_t running_count;
    struct answers *answers;
    bool refusing;
};

static void send_reply(
    struct service *service, const void *route, size_t route_length, const void *bytes, size_t length)
{
    const struct bus_frame frames[] = {
        {route, route_length},
        {bytes, length      }
    };
    if (!bus_socket_send(service->socket, frames, 2)) {
        metric_count(METRIC_BUS_REPLIES_LOST);
    }
}

static void call_end(struct call *call, const char *outcome)
{
    metric_count(METRIC_BUS_REQUESTS, outcome);
    metric_observe(METRIC_BUS_SECONDS, clock_since(call->started));
    LIST_REMOVE(call, next);
    call->service->running_count--;
    if (call->request) {
        protobuf_c_message_free_unpacked(call->request, NULL);
    }
    preau__bus__request__free_unpacked(call->envelope, NULL);
    memory_free(&call);
}

static void call_reply(struct call *call, Preau__Bus__Reply *reply, const char *outcome)
{
    reply->version = ENVELOPE_VERSION;
    reply->id = call->envelope->id;
    size_t length = preau__bus__reply__get_packed_size(reply);
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(length + 1);
    preau__bus__reply__pack(reply, bytes);
    send_reply(call->service, call->route, call->route_length, bytes, length);
    /* busy and faults are no answers: the next try may fare better */
    if (reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_ANSWER ||
        reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_REFUSAL) {
        answers_keep(call->service->answers, call->envelope->id.data, bytes, length);
    }
    explicit_bzero(bytes, length);
    call_end(call, outcome);
}

void call_answer_packed(struct call *call, const void *bytes, size_t length)
{
    Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
    _cleanup_(memory_free) unsigned char *copy = checked_malloc(length + 1);
    memcpy(copy, bytes, length);
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_ANSWER;
    reply.answer = (ProtobufCBinaryData){.data = copy, .len = length};
    call_reply(call, &reply, "ok");
}

void call_answer(struct call *call, const ProtobufCMessage *answer)
{
    size_t length = protobuf_c_message_get_packed_size(answer);
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(length + 1);
    protobuf_c_message_pack(answer, bytes);
    call_answer_packed(call, bytes, length);
    explicit_bzero(bytes, length);
}

static void call_refuse_by_code(struct call *call, const char *code)
{
    char text[64];
    snprintf(text, sizeof text, "%s", code);
    Preau__Bus__Refusal refusal = PREAU__BUS__REFUSAL__INIT;
    refusal.code = text;
    Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_REFUSAL;
    reply.refusal = &refusal;
    call_reply(call, &reply, "refused");
}

void call_refuse(struct call *call, enum refusal refusal)
{
    call_refuse_by_code(call, refusal_code(refusal));
}

void call_fail(struct call *call, const struct fault *fault)
{
    char incident[ENVELOPE_INCIDENT_SIZE], code[32];
    envelope_incident(call->envelope->id.data, incident);
    log_event(LOG_ERR, "call_failed", F("method", call->method ? call->method->name : ""), F("incident", incident),
        F("fault", fault));
    snprintf(code, sizeof code, "%s", fault_code_name(fault->code));
    Preau__Bus__Fault told = PREAU__BUS__FAULT__INIT;
    told.code = code;
    told.incident = incident;
    told.unknown = fault->outcome_unknown;
    Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_FAULT;
    reply.fault = &told;
    call_reply(call, &reply, "fault");
}

struct caller call_caller(const struct call *call)
{
    const Preau__Bus__Caller *given = call->envelope->caller;
    if (!given) {
        return (struct caller){0};
    }
    struct caller caller = {.administrator = {given->administrator}, .is_operator = given->operator_};
    if (given->account) {
        caller.academy = (int)given->account->academy;
        caller.account = (account_id){given->account->id};
    }
    return caller;
}

const unsigned char *call_request_id(const struct call *call)
{
    return call->envelope->id.data;
}

const char *call_trace(const struct call *call)
{
    return call->envelope->trace;
}

const char *call_method(const struct call *call)
{
    return call->method->name;
}

static struct call *find_running(struct service *service, const unsigned char *id)
{
    struct call *call = NULL;
    LIST_FOREACH(call, &service->running, next)
    {
        if (memcmp(call->envelope->id.data, id, REQUEST_ID_SIZE) == 0) {
            return call;
        }
    }
    return NULL;
}

static void call_set_route(struct call *call, const struct bus_frame *route)
{
    assert(route->length <= ROUTE_MAX);
    memcpy(call->route, route->bytes, route->length);
    call->route_length = route->length;
}

/* The row of our table and the input of the .proto; NULL when the method is not of this service. */
static const struct service_method *find_method(
    const struct service *service, const char *full_name, const ProtobufCMessageDescriptor **out_input)
{
    const ProtobufCServiceDescriptor *descriptor = service->options.descriptor;
    size_t length = strlen(descriptor->name);
    if (strncmp(full_name, descriptor->name, length) != 0 || full_name[length] != '/') {
        return NULL;
    }
    const ProtobufCMethodDescriptor *rpc =
        protobuf_c_service_descriptor_get_method_by_name(descriptor, full_name + length + 1);
    for (const struct service_method *method = service->options.methods; rpc && method->name; method++) {
        if (strcmp(method->name, rpc->name) == 0) {
            *out_input = rpc->input;
            return method;
        }
    }
    return NULL;
}

static void call_begin(struct call *call)
{
    struct service *service = call->service;
    const ProtobufCMessageDescriptor *input = NULL;
    call->method = find_method(service, call->envelope->method, &input);
    if (call->method) {
        call->request = protobuf_c_message_unpack(input, NULL, call->envelope->body.len, call->envelope->body.data);
    }
    const char *wrong = call->request ? message_find_fault(call->request) : "body";
    if (wrong) {
        log_event(LOG_WARNING, "request_malformed", F("method", call->method ? call->method->name : "unknown"),
            F("field", wrong));
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    if (service->refusing || service->running_count > service->options.calls_max) {
        struct fault fault;
        fault_set(&fault, FAULT_BUSY, "%zu calls run", service->running_count);
        call_fail(call, &fault);
        return;
    }
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(call->envelope->trace);
    call->method->handler(service->options.arg, call, call->request);
}

static void service_take(struct service *service, const struct bus_frame *route, Preau__Bus__Request *envelope)
{
    struct call *running = find_running(service, envelope->id.data);
    size_t length = 0;
    const void *answer = running ? NULL : answers_find(service->answers, envelope->id.data, &length);
    bool late = envelope->deadline != 0 && envelope->deadline < clock_now().us;
    if (running || answer || late) {
        if (running) {
            call_set_route(running, route);
        } else if (answer) {
            send_reply(service, route->bytes, route->length, answer, length);
        }
        metric_count(METRIC_BUS_REQUESTS, late ? "late" : "repeated");
        preau__bus__request__free_unpacked(envelope, NULL);
        return;
    }
    struct call *call = checked_calloc(1, sizeof *call);
    call->service = service;
    call->envelope = envelope;
    call->started = clock_tick();
    call_set_route(call, route);
    LIST_INSERT_HEAD(&service->running, call, next);
    service->running_count++;
    call_begin(call);
}

static void service_received(void *arg, const struct bus_frame *frames, size_t count)
{
    struct service *service = arg;
    Preau__Bus__Request *envelope = count == 2 ? envelope_read_request(frames[1].bytes, frames[1].length) : NULL;
    if (!envelope) {
        metric_count(METRIC_BUS_REQUESTS, "malformed");
        return; /* there is no id to answer to */
    }
    service_take(service, &frames[0], envelope);
}

/* The table must be the .proto's rpcs, neither more nor less: found at start, not at the first request. */
static bool methods_cover(const struct service_options *options, struct fault *fault)
{
    unsigned known = 0, given = 0;
    for (const struct service_method *method = options->methods; method->name; method++, given++) {
        known += protobuf_c_service_descriptor_get_method_by_name(options->descriptor, method->name) != NULL;
    }
    if (known != given || given != options->descriptor->n_methods) {
        return fault_set(fault, FAULT_CONFIG, "%s has %u methods, the table %u of them among %u",
            options->descriptor->name, options->descriptor->n_methods, known, given);
    }
    return true;
}

bool service_open(
    struct loop *loop, const struct service_options *options, struct service **out_service, struct fault *fault)
{
    if (!methods_cover(options, fault)) {
        return false;
    }
    struct service *service = checked_calloc(1, sizeof *service);
    service->options = *options;
    LIST_INIT(&service->running);
    const struct bus_socket_options socket_options = {
        .kind = BUS_ROUTER, .message_max = options->message_max, .queue_max = 10000, .curve = options->curve};
    if (!bus_socket_open(loop, &socket_options, service_received, service, &service->socket, fault)) {
        memory_free(&service);
        return false;
    }
    service->answers = answers_new();
    if (!bus_socket_bind(service->socket, options->endpoint, fault)) {
        service_close(&service);
        return false;
    }
    *out_service = service;
    return true;
}

void service_refuse(struct service *service)
{
    service->refusing = true;
}

size_t service_running(const struct service *service)
{
    return service->running_count;
}

void service_close(struct service **service)
{
    if (*service) {
        while (!LIST_EMPTY(&(*service)->running)) {
            call_end(LIST_FIRST(&(*service)->running), "dropped");
        }
        bus_socket_close(&(*service)->socket);
        answers_free(&(*service)->answers);
        memory_free(service);
    }
}
