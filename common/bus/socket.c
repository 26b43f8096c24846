#include "bus/socket.h"

#include "bus/curve.h"
#include "bus/peer.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <zmq.h>

/* messages taken in one turn of the loop, so that one socket cannot starve the others */
enum { TAKEN_PER_TURN = 256 };

struct bus_socket {
    void *zmq;
    struct watch *watch;
    enum bus_socket_kind kind;
    size_t message_max;
    const struct bus_curve *curve;
    enum bus_transport bound; /* to one endpoint at most */
    bus_socket_received *received;
    void *arg;
    bool from_operator;      /* what is being received */
    bool receiving, closing; /* a close from within a callback waits until the callback is over */
};

/* One context a process, made when first needed (after any fork) and ended with its last socket. */
static void *context;
static unsigned context_users;

static void context_take(void)
{
    if (context_users++ == 0) {
        context = zmq_ctx_new();
        assert(context);
    }
}

static void context_give(void)
{
    if (--context_users == 0) {
        zmq_ctx_term(context);
        context = NULL;
    }
}

static bool zmq_fault(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_BUS, "%s: %s", what, zmq_strerror(zmq_errno()));
}

/* A signal may come between two frames; the rest of the message is there all the same. */
static bool receive_frame(void *zmq, zmq_msg_t *frame)
{
    int got = -1;
    zmq_msg_init(frame);
    do {
        got = zmq_msg_recv(frame, zmq, ZMQ_DONTWAIT);
    } while (got < 0 && zmq_errno() == EINTR);
    if (got < 0) {
        zmq_msg_close(frame);
    }
    return got >= 0;
}

/* One whole message; frames past BUS_FRAMES_MAX are counted and thrown away. Gives how many there were, 0: none is
 * ready. */
static size_t receive_message(void *zmq, zmq_msg_t frames[BUS_FRAMES_MAX])
{
    size_t count = 0;
    zmq_msg_t frame;
    bool more = true;
    while (more && receive_frame(zmq, &frame)) {
        more = zmq_msg_more(&frame);
        if (count < BUS_FRAMES_MAX) {
            zmq_msg_init(&frames[count]);
            zmq_msg_move(&frames[count], &frame);
        }
        zmq_msg_close(&frame);
        count++;
    }
    return count;
}

/* False when nothing is ready. The socket may be gone afterwards: see `closed`. */
static bool receive_one(struct bus_socket *socket)
{
    zmq_msg_t messages[BUS_FRAMES_MAX];
    struct bus_frame frames[BUS_FRAMES_MAX];
    size_t count = receive_message(socket->zmq, messages);
    size_t kept = count < BUS_FRAMES_MAX ? count : BUS_FRAMES_MAX;
    bool is_within = count <= BUS_FRAMES_MAX;
    for (size_t i = 0; i < kept; i++) {
        frames[i] = (struct bus_frame){zmq_msg_data(&messages[i]), zmq_msg_size(&messages[i])};
        is_within = is_within && frames[i].length <= socket->message_max;
    }
    if (count > 0) {
        socket->from_operator = bus_peer_is_operator(&messages[kept - 1], socket->bound);
        socket->received(socket->arg, frames, is_within ? count : 0);
    }
    for (size_t i = 0; i < kept; i++) {
        zmq_msg_close(&messages[i]);
    }
    return count > 0;
}

static bool is_readable(struct bus_socket *socket)
{
    int events = 0;
    size_t size = sizeof events;
    return zmq_getsockopt(socket->zmq, ZMQ_EVENTS, &events, &size) == 0 && (events & ZMQ_POLLIN);
}

static void socket_free(struct bus_socket *socket)
{
    watch_cancel(&socket->watch);
    zmq_close(socket->zmq);
    context_give();
    memory_free(&socket);
}

static void socket_ready(void *arg, unsigned ready)
{
    (void)ready;
    struct bus_socket *socket = arg;
    socket->receiving = true;
    for (int taken = 0; taken < TAKEN_PER_TURN && !socket->closing && is_readable(socket); taken++) {
        if (!receive_one(socket)) {
            break;
        }
    }
    socket->receiving = false;
    if (socket->closing) {
        socket_free(socket);
    } else if (is_readable(socket)) {
        watch_arm(socket->watch);
    }
}

static int zmq_kind(enum bus_socket_kind kind)
{
    static const int kinds[] = {
        [BUS_ROUTER] = ZMQ_ROUTER, [BUS_DEALER] = ZMQ_DEALER, [BUS_PUBLISHER] = ZMQ_PUB, [BUS_SUBSCRIBER] = ZMQ_SUB};
    return kinds[kind];
}

static void set_int(void *zmq, int option, int value)
{
    int done = zmq_setsockopt(zmq, option, &value, sizeof value);
    assert(done == 0);
}

static void set_options(void *zmq, const struct bus_socket_options *options)
{
    int64_t message_max = 2 * (int64_t)options->message_max; /* what is a little too long is heard, and counted */
    zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max);
    set_int(zmq, ZMQ_LINGER, 0);
    set_int(zmq, ZMQ_SNDHWM, options->queue_max);
    set_int(zmq, ZMQ_RCVHWM, options->queue_max);
    set_int(zmq, ZMQ_RECONNECT_IVL, 50);
    set_int(zmq, ZMQ_RECONNECT_IVL_MAX, 1000);
    /* a host that is gone says nothing: the kernel's two minutes would outlast the name's next address */
    set_int(zmq, ZMQ_CONNECT_TIMEOUT, 3000);
    set_int(zmq, ZMQ_HEARTBEAT_IVL, 2000);
    set_int(zmq, ZMQ_HEARTBEAT_TIMEOUT, 6000);
    if (options->kind == BUS_ROUTER) {
        set_int(zmq, ZMQ_ROUTER_MANDATORY, 1); /* an answer to nobody is an error, not a silence */
    }
    if (options->kind == BUS_DEALER) {
        set_int(zmq, ZMQ_IMMEDIATE, 1); /* no queue for a peer that is not there: another one may be */
    }
}

bool bus_socket_open(struct loop *loop, const struct bus_socket_options *options, bus_socket_received *received,
    void *arg, struct bus_socket **out_socket, struct fault *fault)
{
    context_take();
    void *zmq = zmq_socket(context, zmq_kind(options->kind));
    if (!zmq) {
        context_give();
        return zmq_fault(fault, "socket");
    }
    set_options(zmq, options);
    int fd = -1;
    size_t size = sizeof fd;
    zmq_getsockopt(zmq, ZMQ_FD, &fd, &size);
    struct bus_socket *socket = checked_calloc(1, sizeof *socket);
    *socket = (struct bus_socket){.zmq = zmq,
        .kind = options->kind,
        .message_max = options->message_max,
        .curve = options->curve,
        .received = received,
        .arg = arg};
    socket->watch = loop_watch(loop, fd, LOOP_READ, socket_ready, socket);
    watch_arm(socket->watch);
    *out_socket = socket;
    return true;
}

void bus_socket_close(struct bus_socket **socket)
{
    struct bus_socket *closed = *socket;
    *socket = NULL;
    if (closed && closed->receiving) {
        closed->closing = true;
    } else if (closed) {
        socket_free(closed);
    }
}

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* Without keys. */
static bool may_be_plain(const char *endpoint, struct fault *fault)
{
    if (begins_with(endpoint, "tcp://127.0.0.1:") || begins_with(endpoint, "tcp://[::1]:")) {
        return true;
    }
    fault_set(fault, FAULT_CONFIG, "%s: tcp without CURVE keys", endpoint);
    return fault_hint(fault, "Set bus.curve_secret_file, or use ipc:// on one host.");
}

/* Settings hold for the endpoints that follow. Plain tcp is for the loopback only: anything else would be open to
 * everyone on that network. What goes over ipc is guarded by its folder's mode and needs no keys. */
static bool may_use(struct bus_socket *socket, const char *endpoint, struct fault *fault)
{
    if (begins_with(endpoint, "tcp://")) {
        set_int(socket->zmq, ZMQ_IPV6, strchr(endpoint, '[') != NULL);
        return socket->curve || may_be_plain(endpoint, fault);
    }
    if (begins_with(endpoint, "ipc://") || begins_with(endpoint, "inproc://")) {
        set_int(socket->zmq, ZMQ_CURVE_SERVER, 0); /* back to no keys */
        return true;
    }
    return fault_set(fault, FAULT_CONFIG, "%s: neither ipc:// nor tcp://", endpoint);
}

static bool has_keys(const struct bus_socket *socket, const char *endpoint)
{
    return socket->curve && begins_with(endpoint, "tcp://");
}

static enum bus_transport transport_of(const struct bus_socket *socket, const char *endpoint)
{
    enum bus_transport open = begins_with(endpoint, "ipc://") ? BUS_TRANSPORT_IPC : BUS_TRANSPORT_OPEN;
    return has_keys(socket, endpoint) ? BUS_TRANSPORT_CURVE : open;
}

bool bus_socket_bind(struct bus_socket *socket, const char *endpoint, struct fault *fault)
{
    assert(socket->bound == BUS_TRANSPORT_NONE); /* what is told of a peer depends on where it came in */
    socket->bound = transport_of(socket, endpoint);
    return may_use(socket, endpoint, fault) &&
           (!has_keys(socket, endpoint) || bus_curve_serve(socket->zmq, socket->curve, fault)) &&
           (zmq_bind(socket->zmq, endpoint) == 0 || zmq_fault(fault, endpoint));
}

static bool connect_one(struct bus_socket *socket, const char *endpoint, struct fault *fault)
{
    return zmq_connect(socket->zmq, endpoint) == 0 || zmq_fault(fault, endpoint);
}

/* Once by each key that the service may have: the handshake ends well by one of them, and by that one alone is a peer there
 * (ZMQ_IMMEDIATE). ZeroMQ passes over a second connection to an endpoint of the same words, so the next ones name the address that they
 * leave from too, any (zmq_tcp(7)). */
static bool connect_by_keys(struct bus_socket *socket, const char *endpoint, struct fault *fault)
{
    size_t count = bus_curve_server_count(socket->curve);
    if (count == 0) {
        fault_set(fault, FAULT_CONFIG, "no public key of the services to call over tcp");
        return fault_hint(fault, "Set bus.curve_server_public_file.");
    }
    for (size_t i = 0; i < count; i++) {
        const char *from = strchr(endpoint, '[') ? "[::]:0;" : "0.0.0.0:0;";
        const char *address = endpoint + strlen("tcp://");
        _cleanup_(memory_free) char *one = checked_printf("tcp://%s%s", i == 0 ? "" : from, address);
        if (!bus_curve_call(socket->zmq, socket->curve, i, fault) || !connect_one(socket, one, fault)) {
            return false;
        }
    }
    return true;
}

bool bus_socket_connect(struct bus_socket *socket, const char *endpoint, struct fault *fault)
{
    return may_use(socket, endpoint, fault) && (has_keys(socket, endpoint) ? connect_by_keys(socket, endpoint, fault)
                                                                           : connect_one(socket, endpoint, fault));
}

bool bus_socket_from_operator(const struct bus_socket *socket)
{
    return socket->receiving && socket->from_operator;
}

bool bus_socket_subscribe(struct bus_socket *socket, const char *topic, struct fault *fault)
{
    return zmq_setsockopt(socket->zmq, ZMQ_SUBSCRIBE, topic, strlen(topic)) == 0 || zmq_fault(fault, "subscribe");
}

bool bus_socket_send(struct bus_socket *socket, const struct bus_frame *frames, size_t count)
{
    bool sent = true;
    for (size_t i = 0; i < count && sent; i++) {
        int flags = ZMQ_DONTWAIT | (i + 1 < count ? ZMQ_SNDMORE : 0);
        do {
            sent = zmq_send(socket->zmq, frames[i].bytes, frames[i].length, flags) >= 0;
        } while (!sent && zmq_errno() == EINTR);
    }
    /* the send may have swallowed the descriptor's signal for a message that came meanwhile */
    watch_arm(socket->watch);
    return sent;
}
