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

struct bus_curve {
    char secret[BUS_KEY_SIZE], public[BUS_KEY_SIZE];
    char servers[SERVERS_MAX][BUS_KEY_SIZE]; /* while the services change theirs, both */
    size_t server_count;
    unsigned char clients[CLIENTS_MAX][KEY_BYTES];
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

static bool add_client(struct bus_curve *curve, const char *path, struct fault *fault)
{
    char key[BUS_KEY_SIZE] = "";
    if (curve->client_count == CLIENTS_MAX) {
        return fault_set(fault, FAULT_LIMIT, "%s: more than %d keys", path, CLIENTS_MAX);
    }
    return read_key(path, KEY_PUBLIC, key, fault) && zmq_z85_decode(curve->clients[curve->client_count++], key);
}

static bool read_clients(struct bus_curve *curve, const char *directory, struct fault *fault)
{
    DIR *list = opendir(directory);
    if (!list) {
        return fault_from_errno(fault, FAULT_CONFIG, "%s", directory);
    }
    bool done = true;
    for (struct dirent *entry = readdir(list); entry && done; entry = readdir(list)) {
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", directory, entry->d_name);
        done = entry->d_name[0] == '.' || add_client(curve, path, fault);
    }
    closedir(list);
    return done;
}

static bool is_allowed(const struct bus_curve *curve, const struct bus_frame *key)
{
    bool allowed = false;
    for (size_t i = 0; i < curve->client_count; i++) {
        allowed = allowed || (key->length == KEY_BYTES && memcmp(curve->clients[i], key->bytes, KEY_BYTES) == 0);
    }
    return allowed;
}

/* Frames: route, empty, version, request id, domain, address, identity, mechanism, credentials. */
static void gate_asked(void *arg, const struct bus_frame *frames, size_t count)
{
    struct bus_curve *curve = arg;
    if (count < 8) {
        return;
    }
    bool is_curve = frames[7].length == 5 && memcmp(frames[7].bytes, "CURVE", 5) == 0;
    bool allowed = is_curve && count == 9 && is_allowed(curve, &frames[8]);
    if (!allowed) {
        log_event(LOG_WARNING, "bus_client_refused");
    }
    const struct bus_frame none = {"", 0}, version = {"1.0", 3}, code = {allowed ? "200" : "400", 3};
    /* route, empty, version, request id, code, its text, user, metadata */
    const struct bus_frame answer[] = {frames[0], none, version, frames[3], code, none, none, none};
    (void)!bus_socket_send(curve->gate, answer, 8);
}

bool bus_curve_open(struct loop *loop, const char *secret_file, const char *server_key_file, const char *clients_dir,
    struct bus_curve **out_curve, struct fault *fault)
{
    struct bus_curve *curve = checked_calloc(1, sizeof *curve);
    const struct bus_socket_options options = {.kind = BUS_ROUTER, .message_max = 4096, .queue_max = 1000};
    bool opened = read_key(secret_file, KEY_SECRET, curve->secret, fault) &&
                  (!server_key_file[0] || read_servers(curve, server_key_file, fault)) &&
                  (!clients_dir[0] || read_clients(curve, clients_dir, fault)) &&
                  (zmq_curve_public(curve->public, curve->secret) == 0 ||
                      fault_set(fault, FAULT_CONFIG, "%s: not a secret key", secret_file)) &&
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
