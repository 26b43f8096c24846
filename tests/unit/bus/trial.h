/* What the tests of this room share: a loop, a folder for sockets, the service of trial.proto and a client of it. */
#pragma once

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "bus/client.h"
#include "bus/service.h"
#include "runtime/metric.h"
#include "trial.pb-c.h"

#include <stdbool.h>

enum { HELD_MAX = 16 };

struct trial {
    struct loop *loop;
    char directory[64];
    char endpoint[96];
    struct service *service;
    struct client *client;
    /* the service's side */
    unsigned runs;
    struct call *held[HELD_MAX];
    unsigned held_count;
    /* the client's side: completions, of which the last */
    unsigned told, wanted;
    unsigned answers, refusals, faults;
    int64_t value;
    char text[64];
    enum refusal refusal;
    enum fault_code fault;
    bool unknown;
    char incident[20];
};

int trial_setup(void **state);
int trial_teardown(void **state);

/* The service on `endpoint`, trial->endpoint when NULL. */
struct service_options trial_service_options(struct trial *trial, const char *endpoint);
void trial_serve(struct trial *trial, unsigned calls_max);
/* endpoints: NULL-ended; NULL: trial->endpoint. */
void trial_connect(struct trial *trial, const char *const *endpoints, unsigned pending_max);

void trial_ask_twice(struct trial *trial, int64_t value, struct duration timeout);
void trial_ask(struct trial *trial, const char *method, const ProtobufCMessage *message, struct duration timeout,
    const unsigned char *id);
/* A completion that only counts and keeps; stops the loop at the wanted number. */
void trial_told(void *arg, const struct client_outcome *outcome);
void trial_hold_answer(struct trial *trial, unsigned held, int64_t value);

/* Turns the loop until so many completions were told in all; the test fails after 30 s. */
void trial_run(struct trial *trial, unsigned wanted);
/* Turns the loop for a while. */
void trial_pass(struct trial *trial, struct duration time);
int trial_metric(enum metric metric, const char *label);

/* main of a process that serves on argv[2] until killed, when argv[1] is "serve"; else gives false. */
bool trial_is_server(int argc, char **argv);
/* Another process of this executable that serves; kill it. */
int trial_spawn_server(const char *endpoint);
