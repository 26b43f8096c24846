#include "bus/service.h"

#include "bus/answers.h"
#include "bus/call.h"
#include "bus/envelope.h"
#include "bus/message.h"
#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <string.h>

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

static void refuse_malformed(struct call *call, const char *field)
{
    log_event(LOG_WARNING, "request_malformed", F("method", call->method ? call->method->name : "unknown"),
        F("field", field));
    call_refuse(call, REFUSAL_MALFORMED);
}

static void call_run(struct call *call, const ProtobufCMessageDescriptor *input)
{
    const struct service_options *options = &call->service->options;
    const ProtobufCBinaryData *body = &call->envelope->body;
    const char *wrong = "method";
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(call->envelope->trace);
    if (call->method) {
        call->request = message_read(input, body->data, body->len, &wrong);
    }
    if (!call->request) {
        refuse_malformed(call, wrong);
    } else if (call->service->running_count > options->calls_max) {
        call_tell_busy(call);
    } else {
        assert(call->method); /* what was read is a method's request */
        call->method->handler(options->arg, call, call->request);
    }
}

/* True when the request needs no work: it is over, it runs already, or it was answered. */
static bool take_repeat(struct service *service, const struct bus_frame *route, const Preau__Bus__Request *envelope,
    const struct service_method *method)
{
    struct call *running = call_find(service, envelope->id.data, method);
    if (running) {
        call_set_route(running, route->bytes, route->length);
        metric_count(METRIC_BUS_REQUESTS, "repeated");
        return true;
    }
    size_t length = 0;
    const void *answer = answers_find(service->answers, envelope->id.data, method, &length);
    if (answer) {
        service_send(service, route->bytes, route->length, answer, length);
        metric_count(METRIC_BUS_REQUESTS, "repeated");
        return true;
    }
    bool is_late = envelope->deadline != 0 && envelope->deadline < clock_now().us;
    if (is_late) {
        metric_count(METRIC_BUS_REQUESTS, "late");
    }
    return is_late;
}

/* Is anybody there? Answered from the loop that answers everything else, so that it is true. */
static bool take_ping(struct service *service, const struct bus_frame *route, Preau__Bus__Request *envelope)
{
    if (!envelope_is_ping(envelope->method, service->options.descriptor->name)) {
        return false;
    }
    if (!service->is_refusing) {
        Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
        reply.version = ENVELOPE_VERSION;
        reply.id = envelope->id;
        reply.method = envelope->method;
        reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_ANSWER;
        size_t length = preau__bus__reply__get_packed_size(&reply);
        _cleanup_(memory_free) unsigned char *bytes = checked_malloc(length);
        preau__bus__reply__pack(&reply, bytes);
        service_send(service, route->bytes, route->length, bytes, length);
    }
    preau__bus__request__free_unpacked(envelope, NULL);
    return true;
}

/* Who says to be the operator and is not gets no answer of the operator's either, and nothing is kept of it. */
static bool take_pretender(struct service *service, const struct bus_frame *route, Preau__Bus__Request *envelope,
    const struct service_method *method)
{
    bool pretends = envelope->caller && envelope->caller->operator_ && !bus_socket_from_operator(service->socket);
    if (pretends) {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(envelope->trace);
        log_event(LOG_WARNING, "bus_operator_refused", F("method", method ? method->name : "unknown"));
        struct call *call = call_begin(service, envelope, NULL);
        call_set_route(call, route->bytes, route->length);
        call_refuse(call, REFUSAL_NOT_ALLOWED);
    }
    return pretends;
}

static void service_take(struct service *service, const struct bus_frame *route, Preau__Bus__Request *envelope)
{
    const ProtobufCMessageDescriptor *input = NULL;
    const struct service_method *method = find_method(service, envelope->method, &input);
    if (take_pretender(service, route, envelope, method)) {
        return;
    }
    if (take_repeat(service, route, envelope, method)) {
        preau__bus__request__free_unpacked(envelope, NULL);
        return;
    }
    struct call *call = call_begin(service, envelope, method);
    call_set_route(call, route->bytes, route->length);
    if (service->is_refusing) {
        call_drop(call); /* no answer: it is asked again, of another instance or of the next one here */
    } else {
        call_run(call, input);
    }
}

static void service_received(void *arg, const struct bus_frame *frames, size_t count)
{
    struct service *service = arg;
    Preau__Bus__Request *envelope = count == 2 ? envelope_read_request(frames[1].bytes, frames[1].length) : NULL;
    if (!envelope) {
        metric_count(METRIC_BUS_REQUESTS, "malformed");
        return; /* there is no id to answer to */
    }
    if (!take_ping(service, &frames[0], envelope)) {
        service_take(service, &frames[0], envelope);
    }
}

/* The table must be the .proto's rpcs, neither more nor less: found at start, not at the first request. */
static bool methods_cover(const struct service_options *options, struct fault *fault)
{
    const ProtobufCServiceDescriptor *descriptor = options->descriptor;
    for (unsigned i = 0; i < descriptor->n_methods; i++) {
        unsigned rows = 0;
        for (const struct service_method *method = options->methods; method->name; method++) {
            rows += strcmp(method->name, descriptor->methods[i].name) == 0;
        }
        if (rows != 1) {
            return fault_set(fault, FAULT_CONFIG, "%s/%s has %u rows in the table of methods", descriptor->name,
                descriptor->methods[i].name, rows);
        }
    }
    for (const struct service_method *method = options->methods; method->name; method++) {
        if (!protobuf_c_service_descriptor_get_method_by_name(descriptor, method->name)) {
            return fault_set(fault, FAULT_CONFIG, "%s has no method %s", descriptor->name, method->name);
        }
    }
    return true;
}

static void service_tell_status(struct service *service)
{
    if (service->options.status) {
        service->check = status_check_add(service->options.status, "bus", true);
        status_check_set(service->check, STATUS_OK, "");
    }
}

bool service_open(
    struct loop *loop, const struct service_options *options, struct service **out_service, struct fault *fault)
{
    if (!methods_cover(options, fault)) {
        return false;
    }
    struct service *service = checked_calloc(1, sizeof *service);
    service->options = *options;
    service->answers = answers_new();
    const struct bus_socket_options socket_options = {
        .kind = BUS_ROUTER, .message_max = options->message_max, .queue_max = BUS_QUEUE_MAX, .curve = options->curve};
    if (!bus_socket_open(loop, &socket_options, service_received, service, &service->socket, fault) ||
        !bus_socket_bind(service->socket, options->endpoint, fault)) {
        service_close(&service);
        return false;
    }
    service_tell_status(service);
    *out_service = service;
    return true;
}

void service_refuse(struct service *service)
{
    service->is_refusing = true;
    if (service->check) {
        status_check_set(service->check, STATUS_FAILED, "takes no further requests");
    }
}

size_t service_running(const struct service *service)
{
    return service->running_count;
}

void service_close(struct service **service)
{
    if (*service) {
        for (size_t i = 0; i < RUNNING_BUCKETS; i++) {
            while (!LIST_EMPTY(&(*service)->running[i])) {
                call_drop(LIST_FIRST(&(*service)->running[i]));
            }
        }
        bus_socket_close(&(*service)->socket);
        answers_free(&(*service)->answers);
        memory_free(service);
    }
}
