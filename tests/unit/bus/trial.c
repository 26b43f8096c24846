#include "trial.h"

#include "runtime/clock.h"
#include "runtime/memory.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void twice_run(void *arg, struct call *call, const ProtobufCMessage *message)
{
    struct trial *trial = arg;
    const Preau__Trial__TwiceRequest *request = (const Preau__Trial__TwiceRequest *)message;
    trial->runs++;
    Preau__Trial__TwiceReply reply = PREAU__TRIAL__TWICE_REPLY__INIT;
    reply.value = 2 * request->value;
    reply.text = request->text;
    call_answer(call, &reply.base);
}

static void hold_run(void *arg, struct call *call, const ProtobufCMessage *message)
{
    (void)message;
    struct trial *trial = arg;
    assert_true(trial->held_count < HELD_MAX);
    trial->runs++;
    trial->held[trial->held_count++] = call;
}

static void refuse_run(void *arg, struct call *call, const ProtobufCMessage *message)
{
    struct trial *trial = arg;
    enum refusal refusal = REFUSAL_NONE;
    trial->runs++;
    assert_true(refusal_from_code(((const Preau__Trial__RefuseRequest *)message)->code, &refusal));
    call_refuse(call, refusal);
}

static void fail_run(void *arg, struct call *call, const ProtobufCMessage *message)
{
    (void)message;
    struct trial *trial = arg;
    struct fault fault;
    trial->runs++;
    fault_set(&fault, FAULT_DATABASE, "connection lost in COMMIT");
    fault.outcome_unknown = true;
    call_fail(call, &fault);
}

static const struct service_method methods[] = {
    {"Fail",   fail_run  },
    {"Twice",  twice_run },
    {"Hold",   hold_run  },
    {"Refuse", refuse_run},
    {NULL,     NULL      },
};

void trial_hold_answer(struct trial *trial, unsigned held, int64_t value)
{
    Preau__Trial__HoldReply reply = PREAU__TRIAL__HOLD_REPLY__INIT;
    reply.value = value;
    call_answer(trial->held[held], &reply.base);
}

int trial_setup(void **state)
{
    struct trial *trial = checked_calloc(1, sizeof *trial);
    trial->loop = loop_new();
    snprintf(trial->directory, sizeof trial->directory, "/tmp/preau-bus-XXXXXX");
    if (!mkdtemp(trial->directory)) {
        return -1;
    }
    snprintf(trial->endpoint, sizeof trial->endpoint, "ipc://%s/trial", trial->directory);
    *state = trial;
    return 0;
}

int trial_teardown(void **state)
{
    struct trial *trial = *state;
    char command[96];
    client_close(&trial->client);
    service_close(&trial->service);
    loop_free(&trial->loop);
    snprintf(command, sizeof command, "rm -r '%s'", trial->directory);
    int removed = system(command); // NOLINT(cert-env33-c)
    memory_free(state);
    return removed;
}

struct service_options trial_service_options(struct trial *trial, const char *endpoint)
{
    return (struct service_options){
        .endpoint = endpoint ? endpoint : trial->endpoint,
        .descriptor = &preau__trial__trial__descriptor,
        .methods = methods,
        .arg = trial,
        .calls_max = 1000,
        .message_max = 1 << 20,
    };
}

void trial_serve(struct trial *trial, unsigned calls_max)
{
    struct fault fault = {0};
    struct service_options options = trial_service_options(trial, NULL);
    options.calls_max = calls_max;
    if (!service_open(trial->loop, &options, &trial->service, &fault)) {
        fail_msg("%s", fault.text);
    }
}

void trial_connect(struct trial *trial, const char *const *endpoints, unsigned pending_max)
{
    struct fault fault = {0};
    const char *const own[] = {trial->endpoint, NULL};
    const struct client_options options = {
        .endpoints = endpoints ? endpoints : own,
        .descriptor = &preau__trial__trial__descriptor,
        .pending_max = pending_max,
        .message_max = 1 << 20,
    };
    if (!client_open(trial->loop, &options, &trial->client, &fault)) {
        fail_msg("%s", fault.text);
    }
}

void trial_told(void *arg, const struct client_outcome *outcome)
{
    struct trial *trial = arg;
    trial->refusal = outcome->refusal;
    trial->fault = outcome->fault ? outcome->fault->code : FAULT_NONE;
    trial->unknown = outcome->fault && outcome->fault->outcome_unknown;
    snprintf(trial->incident, sizeof trial->incident, "%s", outcome->incident);
    trial->answers += outcome->answer != NULL;
    trial->refusals += outcome->refusal != REFUSAL_NONE;
    trial->faults += outcome->fault != NULL;
    if (outcome->answer && outcome->answer->descriptor == &preau__trial__twice_reply__descriptor) {
        const Preau__Trial__TwiceReply *reply = (const Preau__Trial__TwiceReply *)outcome->answer;
        trial->value = reply->value;
        snprintf(trial->text, sizeof trial->text, "%s", reply->text);
    } else if (outcome->answer && outcome->answer->descriptor == &preau__trial__hold_reply__descriptor) {
        trial->value = ((const Preau__Trial__HoldReply *)outcome->answer)->value;
    }
    if (++trial->told == trial->wanted) {
        loop_stop(trial->loop, 0);
    }
}

void trial_ask(struct trial *trial, const char *method, const ProtobufCMessage *message, struct duration timeout,
    const unsigned char *id)
{
    const struct client_request request = {.method = method, .message = message, .timeout = timeout, .id = id};
    client_call(trial->client, &request, trial_told, trial);
}

void trial_ask_twice(struct trial *trial, int64_t value, struct duration timeout)
{
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.value = value;
    trial_ask(trial, "Twice", &message.base, timeout, NULL);
}

static void stop_loop(void *arg)
{
    loop_stop(arg, 1);
}

void trial_run(struct trial *trial, unsigned wanted)
{
    if (trial->told < wanted) {
        trial->wanted = wanted;
        struct timer *guard = loop_after(trial->loop, SECONDS(30), stop_loop, trial->loop);
        (void)loop_run(trial->loop);
        timer_cancel(&guard);
    }
    assert_int_equal(trial->told, wanted);
}

void trial_pass(struct trial *trial, struct duration time)
{
    struct timer *end = loop_after(trial->loop, time, stop_loop, trial->loop);
    (void)loop_run(trial->loop);
    timer_cancel(&end);
}

int trial_metric(enum metric metric, const char *label)
{
    return (int)metric_value(metric, (const char *const[]){label, NULL});
}

bool trial_is_server(int argc, char **argv)
{
    if (argc != 3 || strcmp(argv[1], "serve") != 0) {
        return false;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nobody behind */
    struct fault fault;
    struct trial trial = {.loop = loop_new()};
    const struct service_options options = trial_service_options(&trial, argv[2]);
    if (service_open(trial.loop, &options, &trial.service, &fault)) {
        (void)loop_run(trial.loop);
    }
    return true;
}

int trial_spawn_server(const char *endpoint)
{
    char serve[] = "serve", path[128], name[] = "server";
    snprintf(path, sizeof path, "%s", endpoint);
    char *arguments[] = {name, serve, path, NULL};
    pid_t pid = 0;
    assert_int_equal(posix_spawn(&pid, "/proc/self/exe", NULL, NULL, arguments, environ), 0);
    return pid;
}
