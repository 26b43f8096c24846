#include "bus/client.h"

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
#include <sys/random.h>

/* Sent again when no answer came; it doubles up to the second one. */
#define AGAIN_FIRST MILLISECONDS(500)
#define AGAIN_MAX SECONDS(5)
/* How often what is pending is looked at; also the pause when no instance is there. */
#define SWEEP MILLISECONDS(50)

/* How often the service is asked whether it is there, and how soon again while it is not: what is told of a peer is true
 * within twice the first, whether anybody needs it or not. */
#define PING_PERIOD SECONDS(3)
#define PING_AGAIN MILLISECONDS(500)
#define PING_FIRST MILLISECONDS(100)

enum { PENDING_BUCKETS = 256 };

struct pending {
    TAILQ_ENTRY(pending) next;
    LIST_ENTRY(pending) by_id;
    struct client *client;
    unsigned char id[REQUEST_ID_SIZE];
    const ProtobufCMethodDescriptor *rpc;
    unsigned char *bytes; /* the envelope, packed */
    size_t length;
    struct tick asked, sent;
    struct duration timeout, again;
    bool was_sent;
    enum fault_code refused_at_once; /* FAULT_NONE: it was sent, or will be */
    char request[LOG_REQUEST_SIZE];  /* whoever asked works for it, and goes on to */
    client_done *done;               /* NULL: cancelled, goes with the next sweep */
    void *arg;
};

TAILQ_HEAD(pending_list, pending);

struct client {
    struct bus_socket *socket;
    struct client_options options;
    struct pending_list pending; /* oldest first */
    struct pending_list taken;   /* out of `pending`, about to be told */
    LIST_HEAD(, pending) by_id[PENDING_BUCKETS];
    unsigned pending_count;
    unsigned telling; /* completions that are being called */
    struct timer *sweep;
    struct status_check *check;
    struct timer *ping; /* with a check only */
    bool is_silent;     /* it was asked whether it is there, and has not answered */
};

static void client_set_check(struct client *client, enum status_state state, const char *cause)
{
    if (client->check) {
        status_check_set(client->check, state, cause);
    }
}

static void pending_free(struct pending *pending)
{
    explicit_bzero(pending->bytes, pending->length);
    memory_free(&pending->bytes);
    memory_free(&pending);
}

static void pending_remove(struct pending *pending)
{
    TAILQ_REMOVE(&pending->client->pending, pending, next);
    LIST_REMOVE(pending, by_id);
    pending->client->pending_count--;
}

/* Tells and frees one that was taken out. */
static void pending_tell(struct pending *pending, const char *word, const struct client_outcome *outcome)
{
    struct client *client = pending->client;
    metric_count(METRIC_BUS_CALLS, word);
    client->telling++;
    if (pending->done) {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(pending->request);
        pending->done(pending->arg, outcome);
    }
    client->telling--;
    pending_free(pending);
}

static void pending_fail(struct pending *pending, enum fault_code code, const char *text)
{
    struct fault fault;
    fault_set(&fault, code, "%s: %s", pending->client->options.descriptor->name, text);
    fault.outcome_unknown = pending->was_sent;
    pending_tell(pending, fault_code_name(code), &(struct client_outcome){.fault = &fault, .incident = ""});
}

static void pending_send(struct pending *pending)
{
    const struct bus_frame frame = {pending->bytes, pending->length};
    if (bus_socket_send(pending->client->socket, &frame, 1)) {
        if (pending->was_sent) {
            metric_count(METRIC_BUS_CALLS, "again");
            pending->again.us *= 2;
            if (duration_longer(pending->again, AGAIN_MAX)) {
                pending->again = AGAIN_MAX;
            }
        }
        pending->was_sent = true;
        pending->sent = clock_tick();
    }
}

/* What has to be done about it now; it may be gone afterwards. */
static void pending_sweep(struct pending *pending)
{
    if (!pending->done) {
        pending_remove(pending);
        pending_free(pending);
    } else if (pending->refused_at_once) {
        pending_remove(pending);
        pending_fail(pending, pending->refused_at_once,
            pending->refused_at_once == FAULT_BUSY ? "too many requests wait for an answer"
                                                   : "a request larger than bus.max_message");
    } else if (duration_longer(clock_since(pending->asked), pending->timeout)) {
        client_set_check(pending->client, STATUS_DEGRADED, "no answer in time");
        pending_remove(pending);
        pending_fail(pending, FAULT_TIMEOUT, "no answer in time");
    } else if (!pending->was_sent || duration_longer(clock_since(pending->sent), pending->again)) {
        pending_send(pending);
    }
}

/* Only here and in client_received are pending ones freed while the client is open, and these two never meet: the next
 * one stays, whatever a completion does. */
static void client_sweep(void *arg)
{
    struct client *client = arg;
    struct pending *pending = TAILQ_FIRST(&client->pending);
    while (pending) {
        struct pending *next = TAILQ_NEXT(pending, next);
        pending_sweep(pending);
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
    if (refusal_from_code(code, &refusal)) {
        pending_tell(pending, "refused", &(struct client_outcome){.refusal = refusal, .incident = ""});
    } else {
        pending_fail(pending, FAULT_PEER, "a refusal that this version does not know");
    }
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
    enum fault_code code = fault_code_of(told->code);
    fault_set(&fault, code, "%s failed (incident %s)", pending->client->options.descriptor->name, told->incident);
    fault.outcome_unknown = told->unknown;
    pending_tell(pending, fault_code_name(code), &(struct client_outcome){.fault = &fault, .incident = told->incident});
}

static void pending_answered(struct pending *pending, const ProtobufCBinaryData *bytes)
{
    ProtobufCMessage *answer = message_read(pending->rpc->output, bytes->data, bytes->len, NULL);
    if (answer) {
        pending_tell(pending, "ok", &(struct client_outcome){.answer = answer, .incident = ""});
        protobuf_c_message_free_unpacked(answer, NULL);
    } else {
        pending_fail(pending, FAULT_FORMAT, "an answer that cannot be read");
    }
}

static void pending_replied(struct pending *pending, const Preau__Bus__Reply *reply)
{
    if (reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_ANSWER) {
        pending_answered(pending, &reply->answer);
    } else if (reply->outcome_case == PREAU__BUS__REPLY__OUTCOME_REFUSAL) {
        pending_refused(pending, reply->refusal->code);
    } else {
        pending_failed(pending, reply->fault);
    }
}

/* full_name: "preau.notify.Notify/CreateBatch" */
static bool is_of_method(const struct pending *pending, const char *full_name)
{
    const char *service = pending->client->options.descriptor->name;
    size_t length = strlen(service);
    return strncmp(full_name, service, length) == 0 && full_name[length] == '/' &&
           strcmp(full_name + length + 1, pending->rpc->name) == 0;
}

/* All that wait for it, taken out before one is told: a completion may ask again with the same id. */
static void take_matching(struct client *client, const Preau__Bus__Reply *reply)
{
    const unsigned char *id = reply->id.data;
    struct pending *pending = LIST_FIRST(&client->by_id[id[0]]);
    while (pending) {
        struct pending *next = LIST_NEXT(pending, by_id);
        if (memcmp(pending->id, id, REQUEST_ID_SIZE) == 0 && is_of_method(pending, reply->method)) {
            pending_remove(pending);
            TAILQ_INSERT_TAIL(&client->taken, pending, next);
        }
        pending = next;
    }
}

static void client_received(void *arg, const struct bus_frame *frames, size_t count)
{
    struct client *client = arg;
    Preau__Bus__Reply *reply = count == 1 ? envelope_read_reply(frames[0].bytes, frames[0].length) : NULL;
    if (!reply) {
        metric_count(METRIC_BUS_CALLS, "malformed");
        return;
    }
    client->is_silent = false;
    client_set_check(client, STATUS_OK, "");
    /* an answer to a request that is over, or already answered, is for nobody */
    take_matching(client, reply);
    while (!TAILQ_EMPTY(&client->taken)) {
        struct pending *pending = TAILQ_FIRST(&client->taken);
        TAILQ_REMOVE(&client->taken, pending, next);
        pending_replied(pending, reply);
    }
    preau__bus__reply__free_unpacked(reply, NULL);
}

/* --- is it there? --- */

static bool ping_send(const struct client *client)
{
    char method[128];
    unsigned char id[REQUEST_ID_SIZE];
    ssize_t filled = getrandom(id, sizeof id, 0);
    assert(filled == sizeof id);
    snprintf(method, sizeof method, "%s/" ENVELOPE_PING, client->options.descriptor->name);
    Preau__Bus__Request envelope = PREAU__BUS__REQUEST__INIT;
    envelope.version = ENVELOPE_VERSION;
    envelope.id = (ProtobufCBinaryData){.data = id, .len = sizeof id};
    envelope.method = method;
    size_t length = preau__bus__request__get_packed_size(&envelope);
    _cleanup_(memory_free) unsigned char *bytes = checked_malloc(length);
    preau__bus__request__pack(&envelope, bytes);
    return bus_socket_send(client->socket, &(struct bus_frame){bytes, length}, 1);
}

static void client_ping(void *arg)
{
    struct client *client = arg;
    if (client->is_silent) {
        char cause[64];
        snprintf(cause, sizeof cause, "%s does not answer", client->options.check);
        client_set_check(client, STATUS_DEGRADED, cause);
    }
    if (!ping_send(client)) {
        char cause[64];
        snprintf(cause, sizeof cause, "no %s is there", client->options.check);
        client_set_check(client, STATUS_DEGRADED, cause);
    }
    timer_set(client->ping, client->is_silent ? PING_AGAIN : PING_PERIOD);
    client->is_silent = true;
}

bool client_open(
    struct loop *loop, const struct client_options *options, struct client **out_client, struct fault *fault)
{
    struct client *client = checked_calloc(1, sizeof *client);
    client->options = *options;
    TAILQ_INIT(&client->pending);
    TAILQ_INIT(&client->taken);
    const struct bus_socket_options socket_options = {
        .kind = BUS_DEALER, .message_max = options->message_max, .queue_max = BUS_QUEUE_MAX, .curve = options->curve};
    if (!bus_socket_open(loop, &socket_options, client_received, client, &client->socket, fault)) {
        memory_free(&client);
        return false;
    }
    client->sweep = loop_timer(loop, client_sweep, client);
    if (options->status) {
        client->check = status_check_add(options->status, options->check, false);
        client->ping = loop_timer(loop, client_ping, client);
        timer_set(client->ping, PING_FIRST);
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
        assert((*client)->telling == 0);
        while (!TAILQ_EMPTY(&(*client)->pending)) {
            struct pending *pending = TAILQ_FIRST(&(*client)->pending);
            pending_remove(pending);
            pending_fail(pending, FAULT_UNAVAILABLE, "the program stops");
        }
        timer_cancel(&(*client)->sweep);
        timer_cancel(&(*client)->ping);
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
    snprintf(trace, sizeof trace, "%s", request->trace ? request->trace : log_request());
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
        .rpc = rpc,
        .asked = clock_tick(),
        .timeout = request->timeout,
        .again = AGAIN_FIRST,
        .done = done,
        .arg = arg};
    (void)snprintf(pending->request, sizeof pending->request, "%s", log_request());
    if (request->id) {
        memcpy(pending->id, request->id, REQUEST_ID_SIZE);
    } else {
        ssize_t filled = getrandom(pending->id, REQUEST_ID_SIZE, 0);
        assert(filled == REQUEST_ID_SIZE);
    }
    pending_pack(pending, request);
    TAILQ_INSERT_TAIL(&client->pending, pending, next);
    LIST_INSERT_HEAD(&client->by_id[pending->id[0]], pending, by_id);
    client->pending_count++;
    if (client->pending_count > client->options.pending_max) {
        pending->refused_at_once = FAULT_BUSY;
    } else if (pending->length > client->options.message_max) {
        pending->refused_at_once = FAULT_LIMIT; /* the service would cut us off, with all that others wait for */
    } else {
        pending_send(pending);
    }
    if (!timer_is_set(client->sweep)) {
        timer_set(client->sweep, SWEEP);
    }
}

static void cancel_in(struct pending_list *list, const void *arg)
{
    struct pending *pending = NULL;
    TAILQ_FOREACH(pending, list, next)
    {
        if (pending->arg == arg) {
            pending->done = NULL;
        }
    }
}

void client_cancel(struct client *client, const void *arg)
{
    cancel_in(&client->pending, arg);
    cancel_in(&client->taken, arg);
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
