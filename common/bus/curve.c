#include "bus/curve.h"

#include "bus/socket.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zmq.h>

enum {
    KEY_SIZE = 32,    /* bytes */
    Z85_SIZE = 41,    /* a key in Z85, and the end */
    CLIENTS_MAX = 256 /* public keys in the allow-list */
};

struct bus_curve {
    char secret[Z85_SIZE], public[Z85_SIZE], server[Z85_SIZE];
    unsigned char clients[CLIENTS_MAX][KEY_SIZE];
    size_t client_count;
    struct bus_socket *gate; /* asked by ZeroMQ for each client: RFC 27/ZAP */
};

/* The one line of the file; a stranger must not be able to read a secret, nor to put a key. */
static bool read_key(const char *path, char out_key[Z85_SIZE], struct fault *fault)
{
    struct stat status;
    FILE *file = fopen(path, "re");
    if (!file) {
        return fault_from_errno(fault, FAULT_CONFIG, "%s", path);
    }
    bool closed_to_others = fstat(fileno(file), &status) == 0 && (status.st_mode & (S_IWGRP | S_IRWXO)) == 0;
    char line[64] = "";
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    unsigned char bytes[KEY_SIZE];
    if (!closed_to_others) {
        return fault_set(fault, FAULT_CONFIG, "%s: others may read or write it", path) ||
               fault_hint(fault, "chmod 0600 %s", path);
    }
    if (!read || strlen(line) != Z85_SIZE - 1 || !zmq_z85_decode(bytes, line)) {
        return fault_set(fault, FAULT_CONFIG, "%s: not a key of 40 characters (Z85)", path);
    }
    memcpy(out_key, line, Z85_SIZE);
    explicit_bzero(line, sizeof line);
    explicit_bzero(bytes, sizeof bytes);
    return true;
}

static bool read_clients(struct bus_curve *curve, const char *directory, struct fault *fault)
{
    DIR *list = opendir(directory);
    if (!list) {
        return fault_from_errno(fault, FAULT_CONFIG, "%s", directory);
    }
    bool read = true;
    for (struct dirent *entry = readdir(list); entry && read; entry = readdir(list)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        char key[Z85_SIZE] = "";
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", directory, entry->d_name);
        read = curve->client_count < CLIENTS_MAX ? read_key(path, key, fault)
                                                 : fault_set(fault, FAULT_LIMIT, "%s: too many keys", directory);
        if (read) {
            zmq_z85_decode(curve->clients[curve->client_count++], key);
        }
    }
    closedir(list);
    return read;
}

static bool is_allowed(const struct bus_curve *curve, const struct bus_frame *key)
{
    bool allowed = false;
    for (size_t i = 0; i < curve->client_count; i++) {
        allowed = allowed || (key->length == KEY_SIZE && memcmp(curve->clients[i], key->bytes, KEY_SIZE) == 0);
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
    const struct bus_frame answer[] = {
        frames[0], {"",                      0},
         {"1.0",                   3},
         frames[3], {allowed ? "200" : "400", 3},
         {"",                      0},
         {"",                      0},
         {"",                      0}
    };
    (void)!bus_socket_send(curve->gate, answer, 8);
}

bool bus_curve_open(struct loop *loop, const char *secret_file, const char *server_key_file, const char *clients_dir,
    struct bus_curve **out_curve, struct fault *fault)
{
    struct bus_curve *curve = checked_calloc(1, sizeof *curve);
    const struct bus_socket_options options = {.kind = BUS_ROUTER, .message_max = 4096, .queue_max = 1000};
    bool opened = read_key(secret_file, curve->secret, fault) && read_key(server_key_file, curve->server, fault) &&
                  read_clients(curve, clients_dir, fault) &&
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
        explicit_bzero((*curve)->secret, Z85_SIZE);
        memory_free(curve);
    }
}

static bool set_text(void *zmq, int option, const char *text, struct fault *fault)
{
    return zmq_setsockopt(zmq, option, text, strlen(text) + (option == ZMQ_ZAP_DOMAIN ? 0 : 1)) == 0 ||
           fault_set(fault, FAULT_BUS, "CURVE: %s", zmq_strerror(zmq_errno()));
}

bool bus_curve_apply(void *zmq, const struct bus_curve *curve, bool server, struct fault *fault)
{
    if (server) {
        int yes = 1;
        return set_text(zmq, ZMQ_ZAP_DOMAIN, "preau", fault) &&
               zmq_setsockopt(zmq, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0 &&
               set_text(zmq, ZMQ_CURVE_SECRETKEY, curve->secret, fault);
    }
    return set_text(zmq, ZMQ_CURVE_SERVERKEY, curve->server, fault) &&
           set_text(zmq, ZMQ_CURVE_PUBLICKEY, curve->public, fault) &&
           set_text(zmq, ZMQ_CURVE_SECRETKEY, curve->secret, fault);
}
