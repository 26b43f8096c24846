/* CURVE keys for tcp between hosts (zmq_curve(7)): who does not hold a key of the allow-list is not heard. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct bus_curve;

struct bus_curve_files {
    const char *secret; /* this process's secret key, Z85, mode 0600 */
    /* the public key of the services it calls, and on a second line the one that they have next, or had before: whichever
     * a service has, it is heard; "" when it calls none over tcp */
    const char *server;
    const char
        *clients; /* a folder: one public key in Z85 a file, of each client that its own services accept; "": of none */
    const char *operators; /* the same, of those that may speak as the operator; "": all of `clients` may */
};

/* A secret that strangers may read, and any key that they may write, is refused. Read once: a new client is let in after a
 * restart. The caller owns it; it lives until after its sockets: without it ZeroMQ would let every key in. One a process at a
 * time. Faults: CONFIG, LIMIT (more than 256 clients), BUS. */
MUST_USE bool bus_curve_open(
    struct loop *loop, const struct bus_curve_files *files, struct bus_curve **out_curve, struct fault *fault);
void bus_curve_close(struct bus_curve **curve);

/* A new pair, in Z85. */
enum { BUS_KEY_SIZE = 41 };
void bus_curve_new_keys(char out_public[BUS_KEY_SIZE], char out_secret[BUS_KEY_SIZE]);

/* Inside this room: for the endpoints that follow. As a server, by the secret. As a client, for services with the `which`th public key. */
MUST_USE bool bus_curve_serve(void *zmq, const struct bus_curve *curve, struct fault *fault);
MUST_USE bool bus_curve_call(void *zmq, const struct bus_curve *curve, size_t which, struct fault *fault);
size_t bus_curve_server_count(const struct bus_curve *curve); /* 0, 1 or 2 */

/* Inside this room: what ZeroMQ is told of a client whose key is an operator's (User-Id of RFC 27). */
#define BUS_CURVE_OPERATOR "operator"
