#include "bus/client.h"

#include "bus/envelope.h"
#include "bus/socket.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

/* Sent again when no answer came; it doubles up to the second one. */
#define AGAIN_FIRST MILLISECONDS(500)
#define AGAIN_MAX SECONDS(5)
/* How often what is pending is looked at; also the pause when no instance is there. */
#define SWEEP MILLISECONDS(50)

struct pending {
    TAILQ_ENTRY(pending) next;
    struct client *client;
    unsigned char id[REQUEST_ID_SIZE];
    const ProtobufCMessageDescriptor *output;
    unsigned char *bytes; /* the envelope, packed */
    size_t length;
    struct tick asked, sent;
    struct duration timeout, again;
    bool was_sent, is_refused_at_once;
    client_done *done;
    void *arg;
};

struct client {
    struct loop *loop;
    struct bus_socket *socket;
    struct client_options options;
    TAILQ_HEAD(, pending) pending;
    unsigned pending_count;
    struct timer *sweep;
    struct status_check *check;
};

static void client_set_check(struct client *client, enum status_state state, const char *cause)
{
    if (client->check) {
        status_check_set(client->check, state, cause);
    }
}

/* Takes it out and tells; the pending one is gone afterwards. */
static void pending_finish(struct pending *pending, const struct client_outcome *outcome)
{
    struct client *client = pending->client;
    TAILQ_REMOVE(&client->pending, pending, next);
    client->pending_count--;
    pending->done(pending->arg, outcome);
    explicit_bzero(pending->bytes, pending->length);
    memory_free(&pending->bytes);
    memory_free(&pending);
}

static void pending_fail(struct pending *pending, enum fault_code code, const char *text)
{
    struct fault fault;
    fault_set(&fault, code, "%s", text);
    fault.outcome_unknown = pending->was_sent;
    metric_count(METRIC_BUS_CALLS, fault_code_name(code));
    pending_finish(pending, &(struct client_outcome){.fault = &fault, .incident = ""});
}

static void pending_send(struct pending *pending)
{
    const struct bus_frame frame = {pending->bytes, pending->length};
    if (bus_socket_send(pending->client->socket, &frame, 1)) {
        if (pending->was_sent) {
            metric_count(METRIC_BUS_CALLS, "again");
            pending->again.us *= pending->again.us < AGAIN_MAX.us ? 2 : 1;
        }
        pending->was_sent = true;
        pending->sent = clock_tick();
    }
}

static void client_sweep(void *arg)
{
    struct client *client = arg;
    struct pending *pending = TAILQ_FIRST(&client->pending);
    while (pending) {
        struct pending *next = TAILQ_NEXT(pending, next);
        bool is_new_try = !pending->was_sent || duration_longer(clock_since(pending->sent), pending->again);
        if (pending->is_refused_at_once) {
            pending_fail(pending, FAULT_BUSY, "too many requests wait for an answer");
        } else if (duration_longer(clock_since(pending->asked), pending->timeout)) {
            client_set_check(client, STATUS_DEGRADED, "no answer in time");
            pending_fail(pending, FAULT_TIMEOUT, "no answer in time");
        } else if (is_new_try) {
            pending_send(pending);
        }
        pending = next;
    }
    if (TAILQ_EMPTY(&client->pending)) {
        timer_clear(client->sweep);
    } else {
        timer_set(client->sweep, SWEEP);
    }
}

static void pending_refused(struct pending *pending, const char *code)
{
    enum refusal refusal = REFUSAL_NONE;
    if (!refusal_from_code(code, &refusal)) {
        pending_fail(pending, FAULT_PEER, "a refusal that this version does not know");
        return;
    }
    metric_count(METRIC_BUS_CALLS, "refused");
    pending_finish(pending, &(struct client_outcome){.refusal = refusal, .incident = ""});
}

static enum fault_code fault_code_of(const char *name)
{
    for (int code = FAULT_NONE + 1; code < FAULT_CODE_COUNT; code++) {
        if (strcmp(fault_code_name((enum fault_code)code), name) == 0) {
            return (enum fault_code)code;
        }
    }
    return FAULT_PEER;
}

static void pending_failed(struct pending *pending, const Preau__Bus__Fault *told)
{
    struct fault fault;
    fault_set(&fault, fault_code_of(told->code), "the service failed (incident %s)", told->incident);
    fault.outcome_unknown = told->unknown;
    metric_count(METRIC_BUS_CALLS, told->code);
    pending_finish(pending, &(struct client_outcome){.fault = &fault, .incident = told->incident});
}

static void pending_answered(struct pending *pending, const ProtobufCBinaryData *bytes)
{
    ProtobufCMessage *answer = protobuf_c_message_unpack(pending->output, NULL, bytes->len, bytes->data);
    if (!answer) {
        pending_fail(pending, FAULT_FORMAT, "an answer that cannot be read");
        return;
    }
    metric_count(METRIC_BUS_CALLS, "ok");
    pending_finish(pending, &(struct client_outcome){.answer = answer, .incident = ""});
    protobuf_c_message_free_unpacked(answer, NULL);
}

static struct pending *find_pending(struct client *client, const unsigned char *id)
{
    struct pending *pending = NULL;
    TAILQ_FOREACH(pending, &client->pending, next)
    {
        if (memcmp(pending->id, id, REQUEST_ID_SIZE) == 0) {
            return pending;
        }
    }
    return NULL;
}

static void client_received(void *arg, const struct bus_frame *frames, size_t count)
{
    struct client *client = arg;
    Preau__Bus__Reply *reply = envelope_read_reply(frames[count - 1].bytes, frames[count - 1].length);
    /* an answer to a request that is over, or already answered, is for nobody */
    struct pending *pending = reply ? find_pending(client, reply->id.data) : NULL;
    if (pending) {
        client_set_check(client, STATUS_OK, "");
        if (reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_ANSWER) {
            pending_answered(pending, &reply->answer);
        } else if (reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_REFUSAL) {
            pending_refused(pending, reply->refusal->code);
        } else {
            pending_failed(pending, reply->fault);
        }
    }
    if (reply) {
        preau__bus__reply__free_unpacked(reply, NULL);
    }
}

bool client_open(
    struct loop *loop, const struct client_options *options, struct client **out_client, struct fault *fault)
{
    struct client *client = checked_calloc(1, sizeof *client);
    client->loop = loop;
    client->options = *options;
    TAILQ_INIT(&client->pending);
    const struct bus_socket_options socket_options = {
        .kind = BUS_DEALER, .message_max = options->message_max, .queue_max = 10000, .curve = options->curve};
    if (!bus_socket_open(loop, &socket_options, client_received, client, &client->socket, fault)) {
        memory_free(&client);
        return false;
    }
    client->sweep = loop_timer(loop, client_sweep, client);
    if (options->status) {
        client->check = status_check_add(options->status, options->check, false);
        status_check_set(client->check, STATUS_OK, ""); /* nothing was asked yet */
    }
    for (const char *const *endpoint = options->endpoints; *endpoint; endpoint++) {
        if (!bus_socket_connect(client->socket, *endpoint, fault)) {
            client_close(&client);
            return false;
        }
    }
    *out_client = client;
    return true;
}

void client_close(struct client **client)
{
    if (*client) {
        while (!TAILQ_EMPTY(&(*client)->pending)) {
            pending_fail(TAILQ_FIRST(&(*client)->pending), FAULT_UNAVAILABLE, "the program stops");
        }
        timer_cancel(&(*client)->sweep);
        bus_socket_close(&(*client)->socket);
        memory_free(client);
    }
}

static void caller_pack(const struct caller *caller, Preau__Bus__Caller *out_caller, Preau__AccountRef *out_account)
{
    out_caller->administrator = caller->administrator.v;
    out_caller->operator_ = caller->is_operator;
    if (caller->account.v) {
        out_account->academy = (uint32_t)caller->academy;
        out_account->id = caller->account.v;
        out_caller->account = out_account;
    }
}

static void pending_pack(struct pending *pending, const struct client_request *request)
{
    char method[128], trace[64];
    snprintf(method, sizeof method, "%s/%s", pending->client->options.descriptor->name, request->method);
    snprintf(trace, sizeof trace, "%s", request->trace ? request->trace : "");
    size_t length = protobuf_c_message_get_packed_size(request->message);
    unsigned char *body = checked_malloc(length + 1);
    protobuf_c_message_pack(request->message, body);
    Preau__AccountRef account = PREAU__ACCOUNT_REF__INIT;
    Preau__Bus__Caller caller = PREAU__BUS__CALLER__INIT;
    caller_pack(&request->caller, &caller, &account);
    Preau__Bus__Request envelope = PREAU__BUS__REQUEST__INIT;
    envelope.version = ENVELOPE_VERSION;
    envelope.id = (ProtobufCBinaryData){.data = pending->id, .len = REQUEST_ID_SIZE};
    envelope.method = method;
    envelope.deadline = instant_add(clock_now(), request->timeout).us;
    envelope.trace = trace;
    envelope.caller = &caller;
    envelope.body = (ProtobufCBinaryData){.data = body, .len = length};
    pending->length = preau__bus__request__get_packed_size(&envelope);
    pending->bytes = checked_malloc(pending->length + 1);
    preau__bus__request__pack(&envelope, pending->bytes);
    explicit_bzero(body, length);
    memory_free(&body);
}

void client_call(struct client *client, const struct client_request *request, client_done *done, void *arg)
{
    const ProtobufCMethodDescriptor *rpc =
        protobuf_c_service_descriptor_get_method_by_name(client->options.descriptor, request->method);
    assert(rpc);
    struct pending *pending = checked_calloc(1, sizeof *pending);
    *pending = (struct pending){.client = client,
        .output = rpc->output,
        .asked = clock_tick(),
        .timeout = request->timeout,
        .again = AGAIN_FIRST,
        .is_refused_at_once = client->pending_count >= client->options.pending_max,
        .done = done,
        .arg = arg};
    if (request->id) {
        memcpy(pending->id, request->id, REQUEST_ID_SIZE);
    } else {
        ssize_t filled = getrandom(pending->id, REQUEST_ID_SIZE, 0);
        assert(filled == REQUEST_ID_SIZE);
    }
    pending_pack(pending, request);
    TAILQ_INSERT_TAIL(&client->pending, pending, next);
    client->pending_count++;
    if (!pending->is_refused_at_once) {
        pending_send(pending);
    }
    if (!timer_is_set(client->sweep)) {
        timer_set(client->sweep, SWEEP);
    }
}

struct blocking {
    struct loop *loop;
    client_done *done;
    void *arg;
};

static void blocking_done(void *arg, const struct client_outcome *outcome)
{
    struct blocking *blocking = arg;
    blocking->done(blocking->arg, outcome);
    loop_stop(blocking->loop, 0);
}

void client_call_blocking(
    struct loop *loop, struct client *client, const struct client_request *request, client_done *done, void *arg)
{
    struct blocking blocking = {loop, done, arg};
    client_call(client, request, blocking_done, &blocking);
    loop_run(loop);
}
