#include "raw.h"

#include "runtime/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MAX = 1 << 20 };

struct raw raw_open(int type)
{
    struct raw raw = {.context = zmq_ctx_new()};
    raw.socket = zmq_socket(raw.context, type);
    assert_non_null(raw.socket);
    int none = 0;
    zmq_setsockopt(raw.socket, ZMQ_LINGER, &none, sizeof none);
    return raw;
}

void raw_connect(struct raw *raw, const char *endpoint)
{
    assert_int_equal(zmq_connect(raw->socket, endpoint), 0);
}

void raw_bind(struct raw *raw, const char *endpoint)
{
    assert_int_equal(zmq_bind(raw->socket, endpoint), 0);
}

void raw_close(struct raw *raw)
{
    zmq_close(raw->socket);
    zmq_ctx_term(raw->context);
}

void raw_send(struct raw *raw, const void *bytes, size_t length, bool more)
{
    int sent = zmq_send(raw->socket, bytes, length, more ? ZMQ_SNDMORE : 0);
    assert_int_equal(sent, length);
}

static bool has_more(struct raw *raw)
{
    int more = 0;
    size_t size = sizeof more;
    zmq_getsockopt(raw->socket, ZMQ_RCVMORE, &more, &size);
    return more;
}

size_t raw_receive(struct raw *raw, struct trial *trial, struct duration time, void *out_bytes, size_t size,
    unsigned char out_route[16], size_t *out_route_length)
{
    struct tick start = clock_tick();
    int got = -1;
    while (got < 0 && !duration_longer(clock_since(start), time)) {
        trial_pass(trial, MILLISECONDS(2));
        got = zmq_recv(raw->socket, out_bytes, size, ZMQ_DONTWAIT);
    }
    if (got >= 0 && out_route) {
        assert_in_range(got, 1, 16);
        memcpy(out_route, out_bytes, (size_t)got);
        *out_route_length = (size_t)got;
    }
    while (got >= 0 && has_more(raw)) {
        got = zmq_recv(raw->socket, out_bytes, size, 0);
    }
    assert_true(got <= (int)size);
    return got < 0 ? 0 : (size_t)got;
}

void raw_request_fill(struct raw_request *request, unsigned char id, const char *method, const ProtobufCMessage *body)
{
    *request = (struct raw_request){.envelope = PREAU__BUS__REQUEST__INIT};
    memset(request->id, id, sizeof request->id);
    snprintf(request->method, sizeof request->method, "%s", method);
    request->envelope.version = 1;
    request->envelope.method = request->method;
    request->envelope.id = (ProtobufCBinaryData){.data = request->id, .len = sizeof request->id};
    if (body) {
        size_t length = protobuf_c_message_get_packed_size(body);
        assert_true(length <= sizeof request->body);
        protobuf_c_message_pack(body, request->body);
        request->envelope.body = (ProtobufCBinaryData){.data = request->body, .len = length};
    }
}

void raw_ask(struct raw *raw, const struct raw_request *request)
{
    size_t length = preau__bus__request__get_packed_size(&request->envelope);
    unsigned char *bytes = malloc(length);
    assert_non_null(bytes);
    preau__bus__request__pack(&request->envelope, bytes);
    raw_send(raw, bytes, length, false);
    free(bytes);
}

void raw_ask_twice(struct raw *raw, unsigned char id, int64_t value)
{
    struct raw_request request;
    Preau__Trial__TwiceRequest body = PREAU__TRIAL__TWICE_REQUEST__INIT;
    body.value = value;
    raw_request_fill(&request, id, "preau.trial.Trial/Twice", &body.base);
    raw_ask(raw, &request);
}

void raw_ask_hold(struct raw *raw, unsigned char id)
{
    struct raw_request request;
    raw_request_fill(&request, id, "preau.trial.Trial/Hold", NULL);
    raw_ask(raw, &request);
}

Preau__Bus__Reply *raw_answer(struct raw *raw, struct trial *trial)
{
    unsigned char *bytes = malloc(MESSAGE_MAX);
    assert_non_null(bytes);
    size_t length = raw_receive(raw, trial, SECONDS(5), bytes, MESSAGE_MAX, NULL, NULL);
    Preau__Bus__Reply *reply = length ? preau__bus__reply__unpack(NULL, length, bytes) : NULL;
    free(bytes);
    assert_non_null(reply);
    return reply;
}

void raw_expect_none(struct raw *raw, struct trial *trial)
{
    unsigned char bytes[1024];
    assert_int_equal(raw_receive(raw, trial, MILLISECONDS(150), bytes, sizeof bytes, NULL, NULL), 0);
}

int64_t raw_expect_value(struct raw *raw, struct trial *trial)
{
    Preau__Bus__Reply *reply = raw_answer(raw, trial);
    assert_int_equal(reply->outcome_case, PREAU__BUS__REPLY__OUTCOME_ANSWER);
    /* both answers have their value in the same place */
    Preau__Trial__TwiceReply *answer = preau__trial__twice_reply__unpack(NULL, reply->answer.len, reply->answer.data);
    assert_non_null(answer);
    int64_t value = answer->value;
    preau__trial__twice_reply__free_unpacked(answer, NULL);
    preau__bus__reply__free_unpacked(reply, NULL);
    return value;
}

void raw_expect_refusal(struct raw *raw, struct trial *trial, const char *code)
{
    Preau__Bus__Reply *reply = raw_answer(raw, trial);
    assert_int_equal(reply->outcome_case, PREAU__BUS__REPLY__OUTCOME_REFUSAL);
    assert_string_equal(reply->refusal->code, code);
    preau__bus__reply__free_unpacked(reply, NULL);
}

void raw_expect_fault(struct raw *raw, struct trial *trial, const char *code)
{
    Preau__Bus__Reply *reply = raw_answer(raw, trial);
    assert_int_equal(reply->outcome_case, PREAU__BUS__REPLY__OUTCOME_FAULT);
    assert_string_equal(reply->fault->code, code);
    preau__bus__reply__free_unpacked(reply, NULL);
}

Preau__Bus__Request *raw_asked(struct raw *raw, struct trial *trial, unsigned char out_route[16], size_t *out_length)
{
    unsigned char bytes[4096];
    size_t length = raw_receive(raw, trial, SECONDS(5), bytes, sizeof bytes, out_route, out_length);
    Preau__Bus__Request *request = length ? preau__bus__request__unpack(NULL, length, bytes) : NULL;
    assert_non_null(request);
    return request;
}

void raw_reply(struct raw *raw, const unsigned char *route, size_t route_length, const Preau__Bus__Reply *reply)
{
    unsigned char bytes[4096];
    assert_true(preau__bus__reply__get_packed_size(reply) <= sizeof bytes);
    size_t length = preau__bus__reply__pack(reply, bytes);
    raw_send(raw, route, route_length, true);
    raw_send(raw, bytes, length, false);
}
