/* CURVE keys for tcp between hosts (zmq_curve(7)): who does not hold a key of the allow-list is not heard. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct loop;
struct bus_curve;

/* secret_file: this process's secret key, Z85, mode 0600. server_key_file: the public key of the services it calls, and on a
 * second line the one that they have next, or had before: whichever a service has, it is heard; "" when it calls none over tcp. clients_dir: one file per client that this process's own services accept, each a public
 * key in Z85; "" when they accept none over tcp. A secret that strangers may read, and any key that they may write, is
 * refused. Read once: a new client is let in after a restart. The caller owns it; it lives until after
 * its sockets: without it ZeroMQ would let every key in. One
 * a process at a time. Faults: CONFIG, LIMIT (more than 256 clients), BUS. */
MUST_USE bool bus_curve_open(struct loop *loop, const char *secret_file, const char *server_key_file,
    const char *clients_dir, struct bus_curve **out_curve, struct fault *fault);
void bus_curve_close(struct bus_curve **curve);

/* A new pair, in Z85. */
enum { BUS_KEY_SIZE = 41 };
void bus_curve_new_keys(char out_public[BUS_KEY_SIZE], char out_secret[BUS_KEY_SIZE]);

/* Inside this room: for the endpoints that follow. As a server, by the secret. As a client, for services with the `which`th public key. */
MUST_USE bool bus_curve_serve(void *zmq, const struct bus_curve *curve, struct fault *fault);
MUST_USE bool bus_curve_call(void *zmq, const struct bus_curve *curve, size_t which, struct fault *fault);
size_t bus_curve_server_count(const struct bus_curve *curve); /* 0, 1 or 2 */
