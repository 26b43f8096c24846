#include "bus/curve.h"

#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

enum { KEY_BYTES = 32, CLIENTS_MAX = 256, SERVERS_MAX = 2 };

struct client_key {
    unsigned char bytes[KEY_BYTES];
    bool is_operator;
};

struct bus_curve {
    char secret[BUS_KEY_SIZE], public[BUS_KEY_SIZE];
    char servers[SERVERS_MAX][BUS_KEY_SIZE]; /* while the services change theirs, both */
    size_t server_count;
    struct client_key clients[CLIENTS_MAX];
    size_t client_count;
    struct bus_socket *gate; /* asked by ZeroMQ for each client: RFC 27/ZAP */
};

enum key_kind { KEY_SECRET, KEY_PUBLIC };

/* The beginning of the file, in a buffer that the caller wipes. */
static bool read_text(const char *path, enum key_kind kind, char *out_text, size_t size, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return fault_from_errno(fault, FAULT_CONFIG, "%s", path);
    }
    struct stat status;
    mode_t forbidden = kind == KEY_SECRET ? S_IWGRP | S_IRWXO : S_IWGRP | S_IWOTH;
    bool is_guarded = fstat(fd, &status) == 0 && (status.st_mode & forbidden) == 0;
    ssize_t length = read(fd, out_text, size - 1);
    close(fd);
    if (!is_guarded) {
        fault_set(fault, FAULT_CONFIG, "%s: others may %s it", path, kind == KEY_SECRET ? "read or write" : "write");
        return fault_hint(fault, "chmod %s %s", kind == KEY_SECRET ? "0600" : "0644", path);
    }
    out_text[length > 0 ? length : 0] = '\0';
    return true;
}

static bool is_key(const char *line)
{
    unsigned char bytes[KEY_BYTES];
    bool is_one = strlen(line) == BUS_KEY_SIZE - 1 && zmq_z85_decode(bytes, line);
    explicit_bzero(bytes, sizeof bytes);
    return is_one;
}

static bool no_key(const char *path, struct fault *fault)
{
    return fault_set(fault, FAULT_CONFIG, "%s: not a key of 40 characters (Z85)", path);
}

static bool read_key(const char *path, enum key_kind kind, char out_key[BUS_KEY_SIZE], struct fault *fault)
{
    char line[64] = "";
    bool done = read_text(path, kind, line, sizeof line, fault);
    line[strcspn(line, "\r\n")] = '\0';
    done = done && (is_key(line) || no_key(path, fault));
    if (done) {
        memcpy(out_key, line, BUS_KEY_SIZE);
    }
    explicit_bzero(line, sizeof line);
    return done;
}

/* One key a line, two at most, that differ: the same twice would be called twice. */
static bool read_servers(struct bus_curve *curve, const char *path, struct fault *fault)
{
    char text[SERVERS_MAX * (BUS_KEY_SIZE + 2) + 2] = "";
    char *rest = NULL;
    if (!read_text(path, KEY_PUBLIC, text, sizeof text, fault)) {
        return false;
    }
    for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
        if (!is_key(line)) {
            return no_key(path, fault);
        }
        if (curve->server_count == SERVERS_MAX || (curve->server_count > 0 && strcmp(curve->servers[0], line) == 0)) {
            return fault_set(fault, FAULT_CONFIG, "%s: more than %d keys, or the same one twice", path, SERVERS_MAX);
        }
        memcpy(curve->servers[curve->server_count++], line, BUS_KEY_SIZE);
    }
    return curve->server_count > 0 || no_key(path, fault);
}

static bool add_client(struct bus_curve *curve, const char *path, bool is_operator, struct fault *fault)
{
    char key[BUS_KEY_SIZE] = "";
    if (curve->client_count == CLIENTS_MAX) {
        return fault_set(fault, FAULT_LIMIT, "%s: more than %d keys", path, CLIENTS_MAX);
    }
    struct client_key *client = &curve->clients[curve->client_count++];
    client->is_operator = is_operator;
    return read_key(path, KEY_PUBLIC, key, fault) && zmq_z85_decode(client->bytes, key);
}

static bool read_clients(struct bus_curve *curve, const char *directory, bool is_operator, struct fault *fault)
{
    if (!directory[0]) {
        return true;
    }
    DIR *list = opendir(directory);
    if (!list) {
        return fault_from_errno(fault, FAULT_CONFIG, "%s", directory);
    }
    bool done = true;
    for (struct dirent *entry = readdir(list); entry && done; entry = readdir(list)) {
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", directory, entry->d_name);
        done = entry->d_name[0] == '.' || add_client(curve, path, is_operator, fault);
    }
    closedir(list);
    return done;
}

/* NULL: it is in no folder. Operators come first, so that a key that is in both folders is one of theirs. */
static const struct client_key *find_client(const struct bus_curve *curve, const struct bus_frame *key)
{
    for (size_t i = 0; key->length == KEY_BYTES && i < curve->client_count; i++) {
        if (memcmp(curve->clients[i].bytes, key->bytes, KEY_BYTES) == 0) {
            return &curve->clients[i];
        }
    }
    return NULL;
}

/* Frames: route, empty, version, request id, domain, address, identity, mechanism, credentials. */
static void gate_asked(void *arg, const struct bus_frame *frames, size_t count)
{
    struct bus_curve *curve = arg;
    if (count < 8) {
        return;
    }
    bool is_curve = frames[7].length == 5 && memcmp(frames[7].bytes, "CURVE", 5) == 0;
    const struct client_key *client = is_curve && count == 9 ? find_client(curve, &frames[8]) : NULL;
    if (!client) {
        log_event(LOG_WARNING, "bus_client_refused");
    }
    const struct bus_frame none = {"", 0}, version = {"1.0", 3}, code = {client ? "200" : "400", 3};
    const char *user = client && client->is_operator ? BUS_CURVE_OPERATOR : "client";
    /* route, empty, version, request id, code, its text, user, metadata */
    const struct bus_frame answer[] = {
        frames[0], none, version, frames[3], code, none, {user, strlen(user)},
              none
    };
    (void)!bus_socket_send(curve->gate, answer, 8);
}

bool bus_curve_open(
    struct loop *loop, const struct bus_curve_files *files, struct bus_curve **out_curve, struct fault *fault)
{
    struct bus_curve *curve = checked_calloc(1, sizeof *curve);
    const struct bus_socket_options options = {.kind = BUS_ROUTER, .message_max = 4096, .queue_max = 1000};
    bool opened = read_key(files->secret, KEY_SECRET, curve->secret, fault) &&
                  (!files->server[0] || read_servers(curve, files->server, fault)) &&
                  read_clients(curve, files->operators, true, fault) &&
                  read_clients(curve, files->clients, !files->operators[0], fault) &&
                  (zmq_curve_public(curve->public, curve->secret) == 0 ||
                      fault_set(fault, FAULT_CONFIG, "%s: not a secret key", files->secret)) &&
                  bus_socket_open(loop, &options, gate_asked, curve, &curve->gate, fault) &&
                  bus_socket_bind(curve->gate, "inproc://zeromq.zap.01", fault);
    if (!opened) {
        bus_curve_close(&curve);
        return false;
    }
    *out_curve = curve;
    return true;
}

void bus_curve_close(struct bus_curve **curve)
{
    if (*curve) {
        bus_socket_close(&(*curve)->gate);
        explicit_bzero((*curve)->secret, BUS_KEY_SIZE);
        memory_free(curve);
    }
}

static bool set_text(void *zmq, int option, const char *text, struct fault *fault)
{
    return zmq_setsockopt(zmq, option, text, strlen(text) + (option == ZMQ_ZAP_DOMAIN ? 0 : 1)) == 0 ||
           fault_set(fault, FAULT_BUS, "CURVE: %s", zmq_strerror(zmq_errno()));
}

bool bus_curve_serve(void *zmq, const struct bus_curve *curve, struct fault *fault)
{
    const int yes = 1;
    return set_text(zmq, ZMQ_ZAP_DOMAIN, "preau", fault) &&
           zmq_setsockopt(zmq, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0 &&
           set_text(zmq, ZMQ_CURVE_SECRETKEY, curve->secret, fault);
}

size_t bus_curve_server_count(const struct bus_curve *curve)
{
    return curve->server_count;
}

bool bus_curve_call(void *zmq, const struct bus_curve *curve, size_t which, struct fault *fault)
{
    assert(which < curve->server_count);
    return set_text(zmq, ZMQ_CURVE_SERVERKEY, curve->servers[which], fault) &&
           set_text(zmq, ZMQ_CURVE_PUBLICKEY, curve->public, fault) &&
           set_text(zmq, ZMQ_CURVE_SECRETKEY, curve->secret, fault);
}

void bus_curve_new_keys(char out_public[BUS_KEY_SIZE], char out_secret[BUS_KEY_SIZE])
{
    int made = zmq_curve_keypair(out_public, out_secret);
    assert(made == 0);
}
