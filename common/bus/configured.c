#include "bus/configured.h"

#include "bus/curve.h"

static bool open_with(struct loop *loop, const struct config *config, enum config_key secret,
    struct bus_curve **out_curve, struct fault *fault)
{
    const struct bus_curve_files files = {
        .secret = config_text(config, secret),
        .server = config_text(config, CONFIG_BUS_CURVE_SERVER_PUBLIC_FILE),
        .clients = config_text(config, CONFIG_BUS_CURVE_CLIENTS_DIRECTORY),
        .operators = config_text(config, CONFIG_BUS_CURVE_OPERATORS_DIRECTORY),
    };
    *out_curve = NULL;
    return !config_is_set(config, secret) || bus_curve_open(loop, &files, out_curve, fault);
}

bool bus_curve_open_configured(
    struct loop *loop, const struct config *config, struct bus_curve **out_curve, struct fault *fault)
{
    return open_with(loop, config, CONFIG_BUS_CURVE_SECRET_FILE, out_curve, fault);
}

bool bus_curve_open_operator(
    struct loop *loop, const struct config *config, struct bus_curve **out_curve, struct fault *fault)
{
    bool has_own = config_is_set(config, CONFIG_OPERATOR_CURVE_SECRET_FILE);
    return open_with(
        loop, config, has_own ? CONFIG_OPERATOR_CURVE_SECRET_FILE : CONFIG_BUS_CURVE_SECRET_FILE, out_curve, fault);
}

static const char *own_endpoint(const struct daemon_run *run, enum config_key listen, enum config_key endpoints)
{
    return config_is_set(run->config, listen) ? config_text(run->config, listen)
                                              : config_list(run->config, endpoints)[0];
}

bool service_open_configured(const struct daemon_run *run, enum config_key endpoints,
    const ProtobufCServiceDescriptor *descriptor, const struct service_method *methods, void *arg,
    const struct bus_curve *curve, struct service **out_service, struct fault *fault)
{
    const struct service_options options = {
        .endpoint = own_endpoint(run, CONFIG_BUS_LISTEN, endpoints),
        .descriptor = descriptor,
        .methods = methods,
        .arg = arg,
        .calls_max = (unsigned)config_count(run->config, CONFIG_BUS_QUEUE_LIMIT),
        .message_max = config_size(run->config, CONFIG_BUS_MAX_MESSAGE),
        .curve = curve,
        .status = run->status,
    };
    return service_open(run->loop, &options, out_service, fault);
}

bool client_open_configured(struct loop *loop, const struct config *config, struct status *status,
    enum config_key endpoints, const ProtobufCServiceDescriptor *descriptor, const char *check,
    const struct bus_curve *curve, struct client **out_client, struct fault *fault)
{
    const struct client_options options = {
        .endpoints = config_list(config, endpoints),
        .descriptor = descriptor,
        .pending_max = (unsigned)config_count(config, CONFIG_BUS_QUEUE_LIMIT),
        .message_max = config_size(config, CONFIG_BUS_MAX_MESSAGE),
        .curve = curve,
        .status = status,
        .check = check,
    };
    return client_open(loop, &options, out_client, fault);
}

bool publisher_open_configured(const struct daemon_run *run, enum config_key endpoints, const struct bus_curve *curve,
    struct publisher **out_publisher, struct fault *fault)
{
    return publisher_open(
        run->loop, own_endpoint(run, CONFIG_BUS_EVENTS_LISTEN, endpoints), curve, out_publisher, fault);
}
