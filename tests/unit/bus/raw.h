/* A peer that speaks ZeroMQ itself, with a context of its own: what the bus would never send, and what it hears. */
#pragma once

#include "trial.h"

#include "envelope.pb-c.h"

#include <zmq.h>

struct raw {
    void *context, *socket;
};

/* type: ZMQ_DEALER … */
struct raw raw_open(int type);
void raw_connect(struct raw *raw, const char *endpoint);
void raw_bind(struct raw *raw, const char *endpoint);
void raw_close(struct raw *raw);

/* One frame; `more` as in ZMQ_SNDMORE. */
void raw_send(struct raw *raw, const void *bytes, size_t length, bool more);
/* The last frame of the next message, the first one in out_route (NULL: not wanted); the loop turns meanwhile. 0 when
 * none comes within the time. */
size_t raw_receive(struct raw *raw, struct trial *trial, struct duration time, void *out_bytes, size_t size,
    unsigned char out_route[16], size_t *out_route_length);

/* A request of this id (16 times this byte) to be changed by the test before raw_ask. */
struct raw_request {
    Preau__Bus__Request envelope;
    unsigned char id[16];
    char method[128];
    unsigned char body[256];
};
void raw_request_fill(struct raw_request *request, unsigned char id, const char *method, const ProtobufCMessage *body);
void raw_ask(struct raw *raw, const struct raw_request *request);
/* "preau.trial.Trial/Twice" of a value */
void raw_ask_twice(struct raw *raw, unsigned char id, int64_t value);
void raw_ask_hold(struct raw *raw, unsigned char id);

/* The next answer, which must come within five seconds; the caller frees it. */
Preau__Bus__Reply *raw_answer(struct raw *raw, struct trial *trial);
void raw_expect_none(struct raw *raw, struct trial *trial);
/* The answer of Twice or Hold. */
int64_t raw_expect_value(struct raw *raw, struct trial *trial);
void raw_expect_refusal(struct raw *raw, struct trial *trial, const char *code);
void raw_expect_fault(struct raw *raw, struct trial *trial, const char *code);

/* As a service of one's own (ZMQ_ROUTER, bound): the next request; the caller frees it. */
Preau__Bus__Request *raw_asked(struct raw *raw, struct trial *trial, unsigned char out_route[16], size_t *out_length);
void raw_reply(struct raw *raw, const unsigned char *route, size_t route_length, const Preau__Bus__Reply *reply);
