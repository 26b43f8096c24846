#include "ctl/call.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "ctl/output.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <stdlib.h>

struct ctl_service {
    const struct ctl *ctl;
    const char *name;
    struct loop *loop;
    struct bus_curve *curve;
    struct client *client;
};

struct ctl_service *ctl_service_open(
    const struct ctl *ctl, enum config_key endpoints, const ProtobufCServiceDescriptor *descriptor, const char *name)
{
    struct fault fault = {0};
    struct ctl_service *service = checked_calloc(1, sizeof *service);
    service->ctl = ctl;
    service->name = name;
    service->loop = loop_new();
    if (bus_curve_open_operator(service->loop, ctl->config, &service->curve, &fault) &&
        client_open_configured(
            service->loop, ctl->config, NULL, endpoints, descriptor, name, service->curve, &service->client, &fault))
        return service;
    (void)ctl_fail_fault(ctl, name, &fault);
    ctl_service_close(&service);
    return NULL;
}

void ctl_service_close(struct ctl_service **service)
{
    if (*service == NULL)
        return;
    if ((*service)->client != NULL)
        client_close(&(*service)->client);
    if ((*service)->curve != NULL)
        bus_curve_close(&(*service)->curve);
    loop_free(&(*service)->loop);
    memory_free(service);
}

struct waiting {
    const struct ctl_service *service;
    ProtobufCMessage *answer;
    enum ctl_exit exit;
};

/* The outcome lends its answer for the call only. */
static ProtobufCMessage *message_copy(const ProtobufCMessage *message)
{
    size_t length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = checked_malloc(length + 1);
    (void)protobuf_c_message_pack(message, bytes);
    ProtobufCMessage *copy = protobuf_c_message_unpack(message->descriptor, NULL, length, bytes);
    memory_free(&bytes);
    if (copy == NULL)
        abort(); /* no memory: it was packed just above */
    return copy;
}

static void outcome_comes(void *arg, const struct client_outcome *outcome)
{
    struct waiting *waiting = arg;
    const struct ctl *ctl = waiting->service->ctl;
    if (outcome->answer != NULL)
        waiting->answer = message_copy(outcome->answer);
    else if (outcome->fault == NULL && outcome->refusal == REFUSAL_NOT_ALLOWED)
        waiting->exit = ctl_fail(ctl, CTL_NO, refusal_code(outcome->refusal),
            "%s ne reconnaît pas qui l’exploite : en ipc://, lancez preauctl en root ; en tcp://, sa clef "
            "(operator.curve_secret_file) doit être admise (docs/operators/cles.md)",
            waiting->service->name);
    else if (outcome->fault == NULL)
        waiting->exit = ctl_fail_refusal(ctl, outcome->refusal);
    else if (outcome->fault->code == FAULT_TIMEOUT && outcome->incident[0] == '\0')
        waiting->exit = ctl_fail(ctl, CTL_UNREACHABLE, "timeout",
            "%s ne répond pas ; « preauctl status » dit l’état des démons", waiting->service->name);
    else
        waiting->exit = ctl_fail_fault(ctl, waiting->service->name, outcome->fault);
}

ProtobufCMessage *ctl_ask(struct ctl_service *service, const char *method, const ProtobufCMessage *message,
    unsigned seconds, enum ctl_exit *out_exit)
{
    const struct config *config = service->ctl->config;
    struct duration timeout = config_duration(config, CONFIG_BUS_TIMEOUT);
    timeout.us *= 1 + config_count(config, CONFIG_BUS_RETRIES);
    if (seconds != 0)
        timeout = SECONDS(seconds);
    const struct client_request request = {
        .method = method,
        .message = message,
        .timeout = timeout,
        .caller = {.is_operator = true},
    };
    struct waiting waiting = {.service = service, .exit = CTL_OK};
    client_call_blocking(service->loop, service->client, &request, outcome_comes, &waiting);
    *out_exit = waiting.exit;
    return waiting.answer;
}

char *ctl_lent(const char *text)
{
    return text != NULL ? (char *)(uintptr_t)text : (char *)(uintptr_t) "";
}
