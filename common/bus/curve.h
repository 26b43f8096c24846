/* CURVE keys for tcp between hosts (zmq_curve(7)): who does not hold a key of the allow-list is not heard. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct loop;
struct bus_curve;

/* secret_file: this process's secret key, Z85, mode 0600. server_key_file: the public key of the services it calls.
 * clients_dir: one file per client that this process's own services accept, each a public key in Z85. Files that a
 * stranger may read or write are refused. The caller owns it; it lives until after its sockets. */
MUST_USE bool bus_curve_open(struct loop *loop, const char *secret_file, const char *server_key_file,
    const char *clients_dir, struct bus_curve **out_curve, struct fault *fault);
void bus_curve_close(struct bus_curve **curve);

/* Inside this room. */
MUST_USE bool bus_curve_apply(void *zmq, const struct bus_curve *curve, bool server, struct fault *fault);
