/* The bus as the configuration says (section bus): what daemons open at their start. */
#pragma once

#include "bus/client.h"
#include "bus/event.h"
#include "bus/service.h"
#include "runtime/config.h"
#include "runtime/daemon.h"

/* Keys for tcp, when the configuration gives some; *out_curve is NULL when it gives none. Open it once, first. */
MUST_USE bool bus_curve_open_configured(
    struct loop *loop, const struct config *config, struct bus_curve **out_curve, struct fault *fault);
/* The same for who commands the daemons: with the operator's own secret, where the configuration has one. */
MUST_USE bool bus_curve_open_operator(
    struct loop *loop, const struct config *config, struct bus_curve **out_curve, struct fault *fault);

/* The daemon's own service, on the first endpoint of `endpoints` (CONFIG_BUS_NOTIFY …) unless bus.listen says another.
 */
MUST_USE bool service_open_configured(const struct daemon_run *run, enum config_key endpoints,
    const ProtobufCServiceDescriptor *descriptor, const struct service_method *methods, void *arg,
    const struct bus_curve *curve, struct service **out_service, struct fault *fault);

/* Another daemon's service. check: its name in /status; status may be NULL. */
MUST_USE bool client_open_configured(struct loop *loop, const struct config *config, struct status *status,
    enum config_key endpoints, const ProtobufCServiceDescriptor *descriptor, const char *check,
    const struct bus_curve *curve, struct client **out_client, struct fault *fault);

MUST_USE bool publisher_open_configured(const struct daemon_run *run, enum config_key endpoints,
    const struct bus_curve *curve, struct publisher **out_publisher, struct fault *fault);
