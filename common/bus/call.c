#include "bus/call.h"

#include "bus/answers.h"
#include "bus/envelope.h"
#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static void tell_running(const struct service *service)
{
    metric_set(METRIC_BUS_RUNNING, (double)service->running_count);
    if (service->options.status) {
        status_number_set(service->options.status, "calls", (int64_t)service->running_count);
    }
}

struct call *call_begin(struct service *service, Preau__Bus__Request *envelope, const struct service_method *method)
{
    struct call *call = checked_calloc(1, sizeof *call);
    call->service = service;
    call->envelope = envelope;
    call->method = method;
    call->started = clock_tick();
    LIST_INSERT_HEAD(&service->running[envelope->id.data[0]], call, by_id);
    service->running_count++;
    tell_running(service);
    return call;
}

static void call_end(struct call *call, const char *outcome)
{
    metric_count(METRIC_BUS_REQUESTS, outcome);
    metric_observe(METRIC_BUS_SECONDS, clock_since(call->started));
    LIST_REMOVE(call, by_id);
    call->service->running_count--;
    tell_running(call->service);
    if (call->request) {
        protobuf_c_message_free_unpacked(call->request, NULL);
    }
    preau__bus__request__free_unpacked(call->envelope, NULL);
    memory_free(&call);
}

void call_drop(struct call *call)
{
    call_end(call, "dropped");
}

void call_set_route(struct call *call, const void *route, size_t length)
{
    assert(length <= ROUTE_MAX);
    memcpy(call->route, route, length);
    call->route_length = length;
}

struct call *call_find(struct service *service, const unsigned char *id, const struct service_method *method)
{
    struct call *call = NULL;
    LIST_FOREACH(call, &service->running[id[0]], by_id)
    {
        if (call->method == method && memcmp(call->envelope->id.data, id, REQUEST_ID_SIZE) == 0) {
            return call;
        }
    }
    return NULL;
}

void service_send(struct service *service, const void *route, size_t route_length, const void *bytes, size_t length)
{
    const struct bus_frame frames[] = {
        {route, route_length},
        {bytes, length      }
    };
    if (!bus_socket_send(service->socket, frames, 2)) {
        metric_count(METRIC_BUS_REPLIES_LOST);
    }
}

/* What a repeat of the request shall get too. */
enum keeping { KEEP, FORGET };

static Preau__Bus__Reply reply_begin(const struct call *call)
{
    Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
    reply.version = ENVELOPE_VERSION;
    reply.id = call->envelope->id;
    reply.method = call->envelope->method;
    return reply;
}

static void call_reply(struct call *call, const Preau__Bus__Reply *reply, const char *outcome, enum keeping keeping)
{
    size_t length = preau__bus__reply__get_packed_size(reply);
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(length + 1);
    preau__bus__reply__pack(reply, bytes);
    service_send(call->service, call->route, call->route_length, bytes, length);
    if (keeping == KEEP) {
        answers_keep(call->service->answers, call->envelope->id.data, call->method, bytes, length);
    }
    explicit_bzero(bytes, length);
    call_end(call, outcome);
}

/* Its asker would cut us off. */
static void call_fail_too_large(struct call *call)
{
    struct fault fault;
    fault_set(&fault, FAULT_LIMIT, "an answer larger than %zu bytes", call->service->options.message_max);
    fault_hint(&fault, "Set bus.max_message higher, on all hosts.");
    fault.outcome_unknown = true;
    call_fail(call, &fault);
}

/* Takes what it is given and wipes it. */
static void call_answer_taken(struct call *call, unsigned char *bytes, size_t length)
{
    Preau__Bus__Reply reply = reply_begin(call);
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_ANSWER;
    reply.answer = (ProtobufCBinaryData){.data = bytes, .len = length};
    if (preau__bus__reply__get_packed_size(&reply) <= call->service->options.message_max) {
        call_reply(call, &reply, "ok", KEEP);
    } else {
        call_fail_too_large(call);
    }
    explicit_bzero(bytes, length);
    memory_free(&bytes);
}

void call_answer_packed(struct call *call, const void *bytes, size_t length)
{
    unsigned char *copy = checked_malloc(length + 1);
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    call_answer_taken(call, copy, length);
}

void call_answer(struct call *call, const ProtobufCMessage *answer)
{
    size_t length = protobuf_c_message_get_packed_size(answer);
    unsigned char *bytes = checked_malloc(length + 1);
    protobuf_c_message_pack(answer, bytes);
    call_answer_taken(call, bytes, length);
}

void call_refuse(struct call *call, enum refusal refusal)
{
    char code[64];
    snprintf(code, sizeof code, "%s", refusal_code(refusal));
    Preau__Bus__Refusal told = PREAU__BUS__REFUSAL__INIT;
    told.code = code;
    Preau__Bus__Reply reply = reply_begin(call);
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_REFUSAL;
    reply.refusal = &told;
    /* busy is no answer: the next try may fare better */
    bool is_final = refusal != REFUSAL_BUSY && refusal != REFUSAL_TOO_LATE;
    call_reply(call, &reply, "refused", is_final && call->method ? KEEP : FORGET);
}

static void call_tell_fault(struct call *call, enum fault_code fault_code, bool unknown, const char *outcome)
{
    char incident[ENVELOPE_INCIDENT_SIZE], code[32];
    envelope_incident(call->envelope->id.data, incident);
    snprintf(code, sizeof code, "%s", fault_code_name(fault_code));
    Preau__Bus__Fault told = PREAU__BUS__FAULT__INIT;
    told.code = code;
    told.incident = incident;
    told.unknown = unknown;
    Preau__Bus__Reply reply = reply_begin(call);
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_FAULT;
    reply.fault = &told;
    call_reply(call, &reply, outcome, FORGET);
}

void call_fail(struct call *call, const struct fault *fault)
{
    char incident[ENVELOPE_INCIDENT_SIZE];
    envelope_incident(call->envelope->id.data, incident);
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(call->envelope->trace);
    log_event(LOG_ERR, "call_failed", F("method", call->method->name), F("incident", incident), F("fault", fault));
    call_tell_fault(call, fault->code, fault->outcome_unknown, "fault");
}

void call_tell_busy(struct call *call)
{
    call_tell_fault(call, FAULT_BUSY, false, "busy");
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

struct instant call_deadline(const struct call *call)
{
    return (struct instant){call->envelope->deadline};
}
