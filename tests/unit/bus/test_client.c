/* Asking: what ends a call, and that something does, once. */
#include "raw.h"

#include "runtime/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A_WHILE SECONDS(20)

static void ask_named(struct trial *trial, const char *method, struct duration timeout, const unsigned char *id)
{
    Preau__Trial__HoldRequest message = PREAU__TRIAL__HOLD_REQUEST__INIT; /* as bytes, empty: good for all methods */
    trial_ask(trial, method, &message.base, timeout, id);
}

static void an_answer_comes_back(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    char text[] = "Élève d’été";
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.value = -21;
    message.text = text;
    trial_ask(trial, "Twice", &message.base, A_WHILE, NULL);
    assert_int_equal(trial->told, 0); /* never inside the call */
    trial_run(trial, 1);
    assert_int_equal(trial->answers, 1);
    assert_int_equal(trial->value, -42);
    assert_string_equal(trial->text, text);
}

static void a_refusal_and_a_fault_come_back(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    char code[] = "not_found";
    Preau__Trial__RefuseRequest message = PREAU__TRIAL__REFUSE_REQUEST__INIT;
    message.code = code;
    trial_ask(trial, "Refuse", &message.base, A_WHILE, NULL);
    trial_run(trial, 1);
    assert_int_equal(trial->refusals, 1);
    assert_int_equal(trial->refusal, REFUSAL_NOT_FOUND);
    assert_int_equal(trial->fault, FAULT_NONE);
    ask_named(trial, "Fail", A_WHILE, NULL);
    trial_run(trial, 2);
    assert_int_equal(trial->faults, 1);
    assert_int_equal(trial->fault, FAULT_DATABASE);
    assert_int_equal(trial->refusal, REFUSAL_NONE);
    assert_true(trial->unknown);
    assert_int_equal(strlen(trial->incident), 16);
}

static void without_a_service_time_runs_out_and_nothing_was_done(void **state)
{
    struct trial *trial = *state;
    trial_connect(trial, NULL, 10);
    struct tick start = clock_tick();
    trial_ask_twice(trial, 1, MILLISECONDS(200));
    trial_run(trial, 1);
    assert_in_range(clock_since(start).us, 200000, 2000000);
    assert_int_equal(trial->fault, FAULT_TIMEOUT);
    assert_false(trial->unknown);
}

static void a_service_that_does_not_answer_leaves_the_outcome_unknown(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    ask_named(trial, "Hold", MILLISECONDS(800), NULL);
    trial_run(trial, 1);
    assert_int_equal(trial->fault, FAULT_TIMEOUT);
    assert_true(trial->unknown);
    assert_int_equal(trial->runs, 1); /* it was asked twice and ran once */
    trial_hold_answer(trial, 0, 1);   /* too late: for nobody */
    trial_ask_twice(trial, 4, A_WHILE);
    trial_run(trial, 2);
    assert_int_equal(trial->value, 8);
}

static void a_call_waits_for_a_service_that_comes_later(void **state)
{
    struct trial *trial = *state;
    trial_connect(trial, NULL, 10);
    trial_ask_twice(trial, 5, A_WHILE);
    trial_pass(trial, MILLISECONDS(200));
    trial_serve(trial, 10);
    trial_run(trial, 1);
    assert_int_equal(trial->value, 10);
}

static Preau__Bus__Reply reply_to(Preau__Bus__Request *request)
{
    Preau__Bus__Reply reply = PREAU__BUS__REPLY__INIT;
    reply.version = 1;
    reply.id = request->id;
    reply.method = request->method;
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_ANSWER;
    return reply;
}

static void a_lost_answer_is_asked_for_again_with_the_same_id(void **state)
{
    struct trial *trial = *state;
    struct raw service = raw_open(ZMQ_ROUTER);
    unsigned char route[16], body[] = {0x08, 9};
    size_t length = 0;
    raw_bind(&service, trial->endpoint);
    trial_connect(trial, NULL, 10);
    int before = trial_metric(METRIC_BUS_CALLS, "again");
    trial_ask_twice(trial, 1, A_WHILE);
    Preau__Bus__Request *first = raw_asked(&service, trial, route, &length);
    Preau__Bus__Request *second = raw_asked(&service, trial, route, &length);
    assert_memory_equal(first->id.data, second->id.data, 16);
    assert_string_equal(first->method, "preau.trial.Trial/Twice");
    assert_string_equal(second->method, first->method);
    assert_int_equal(second->deadline, first->deadline);
    assert_int_equal(trial_metric(METRIC_BUS_CALLS, "again") - before, 1);
    Preau__Bus__Reply reply = reply_to(second);
    reply.answer = (ProtobufCBinaryData){.data = body, .len = sizeof body};
    raw_reply(&service, route, length, &reply);
    raw_reply(&service, route, length, &reply); /* both were answered */
    trial_run(trial, 1);
    trial_pass(trial, MILLISECONDS(100));
    assert_int_equal(trial->told, 1);
    assert_int_equal(trial->value, 9);
    preau__bus__request__free_unpacked(first, NULL);
    preau__bus__request__free_unpacked(second, NULL);
    raw_close(&service);
}

static void answers_that_cannot_be_read_are_counted_or_faults(void **state)
{
    struct trial *trial = *state;
    struct raw service = raw_open(ZMQ_ROUTER);
    unsigned char route[16], noise[] = {0x08, 0x01, 0xff}, enum_unknown[] = {0x12, 1, 0xff};
    size_t length = 0;
    raw_bind(&service, trial->endpoint);
    trial_connect(trial, NULL, 10);
    int before = trial_metric(METRIC_BUS_CALLS, "malformed");
    trial_ask_twice(trial, 1, A_WHILE);
    Preau__Bus__Request *asked = raw_asked(&service, trial, route, &length);
    Preau__Bus__Reply reply = reply_to(asked);
    raw_send(&service, route, length, true);
    raw_send(&service, noise, sizeof noise, false);
    reply.version = 2;
    raw_reply(&service, route, length, &reply);
    reply.version = 1;
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME__NOT_SET;
    raw_reply(&service, route, length, &reply);
    trial_pass(trial, MILLISECONDS(100));
    assert_int_equal(trial_metric(METRIC_BUS_CALLS, "malformed") - before, 3);
    assert_int_equal(trial->told, 0);
    reply.outcome_case = PREAU__BUS__REPLY__OUTCOME_ANSWER;
    reply.answer = (ProtobufCBinaryData){.data = enum_unknown, .len = sizeof enum_unknown};
    raw_reply(&service, route, length, &reply);
    trial_run(trial, 1);
    assert_int_equal(trial->fault, FAULT_FORMAT);
    assert_true(trial->unknown);
    preau__bus__request__free_unpacked(asked, NULL);
    raw_close(&service);
}

static void words_of_a_later_version_are_faults_of_the_peer(void **state)
{
    struct trial *trial = *state;
    struct raw service = raw_open(ZMQ_ROUTER);
    unsigned char route[16];
    size_t length = 0;
    char word[] = "a_later_word";
    Preau__Bus__Refusal refusal = PREAU__BUS__REFUSAL__INIT;
    Preau__Bus__Fault fault = PREAU__BUS__FAULT__INIT;
    refusal.code = fault.code = word;
    raw_bind(&service, trial->endpoint);
    trial_connect(trial, NULL, 10);
    for (unsigned turn = 1; turn <= 2; turn++) {
        trial_ask_twice(trial, 1, A_WHILE);
        Preau__Bus__Request *asked = raw_asked(&service, trial, route, &length);
        Preau__Bus__Reply reply = reply_to(asked);
        reply.outcome_case = turn == 1 ? PREAU__BUS__REPLY__OUTCOME_REFUSAL : PREAU__BUS__REPLY__OUTCOME_FAULT;
        if (turn == 1) {
            reply.refusal = &refusal;
        } else {
            reply.fault = &fault;
        }
        raw_reply(&service, route, length, &reply);
        trial_run(trial, turn);
        assert_int_equal(trial->fault, FAULT_PEER);
        preau__bus__request__free_unpacked(asked, NULL);
    }
    raw_close(&service);
}

static void over_the_limit_a_call_ends_as_busy(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 2);
    ask_named(trial, "Hold", A_WHILE, NULL);
    ask_named(trial, "Hold", A_WHILE, NULL);
    ask_named(trial, "Hold", A_WHILE, NULL);
    assert_int_equal(trial->told, 0);
    trial_run(trial, 1);
    assert_int_equal(trial->fault, FAULT_BUSY);
    assert_false(trial->unknown);
    trial_pass(trial, MILLISECONDS(200));
    assert_int_equal(trial->runs, 2);
    trial_hold_answer(trial, 0, 1);
    trial_run(trial, 2);
    trial_ask_twice(trial, 3, A_WHILE); /* there is room again */
    trial_run(trial, 3);
    assert_int_equal(trial->value, 6);
    trial_hold_answer(trial, 1, 1);
    trial_run(trial, 4);
}

static void a_busy_service_is_told_as_busy(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 1);
    trial_connect(trial, NULL, 10);
    ask_named(trial, "Hold", A_WHILE, NULL);
    ask_named(trial, "Hold", A_WHILE, NULL);
    trial_run(trial, 1);
    assert_int_equal(trial->fault, FAULT_BUSY);
    assert_false(trial->unknown);
    assert_int_equal(trial->runs, 1);
    trial_hold_answer(trial, 0, 1);
    trial_run(trial, 2);
}

static void a_request_that_is_too_large_is_not_sent(void **state)
{
    struct trial *trial = *state;
    static int64_t numbers[40000];
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        numbers[i] = -1; /* ten bytes each */
    }
    char text[65536];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    char *texts[12];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        texts[i] = text;
    }
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.numbers = numbers;
    message.n_numbers = sizeof numbers / sizeof numbers[0];
    message.texts = texts;
    message.n_texts = sizeof texts / sizeof texts[0];
    ask_named(trial, "Hold", A_WHILE, NULL);
    trial_ask(trial, "Twice", &message.base, MILLISECONDS(700), NULL);
    trial_run(trial, 1);
    assert_int_equal(trial->fault, FAULT_LIMIT);
    assert_false(trial->unknown);
    trial_pass(trial, MILLISECONDS(200));
    trial_hold_answer(trial, 0, 2); /* and the connection that others share was not cut */
    trial_run(trial, 2);
    assert_int_equal(trial->value, 2);
}

static void one_id_of_two_methods_is_two_requests(void **state)
{
    struct trial *trial = *state;
    static const unsigned char id[REQUEST_ID_SIZE] = "the same for two";
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.value = 4;
    ask_named(trial, "Hold", A_WHILE, id);
    trial_ask(trial, "Twice", &message.base, A_WHILE, id);
    trial_run(trial, 1);
    assert_int_equal(trial->value, 8);
    trial_pass(trial, MILLISECONDS(50));
    assert_int_equal(trial->told, 1); /* Hold still waits */
    trial_hold_answer(trial, 0, 31);
    trial_run(trial, 2);
    assert_int_equal(trial->value, 31);
}

struct waiter {
    struct trial *trial;
    struct waiter *other;
    unsigned told;
};

static void waiter_told(void *arg, const struct client_outcome *outcome)
{
    struct waiter *waiter = arg;
    waiter->told++;
    if (waiter->other) {
        client_cancel(waiter->trial->client, waiter->other);
    }
    trial_told(waiter->trial, outcome);
}

static void waiter_ask(struct waiter *waiter, const unsigned char *id)
{
    Preau__Trial__HoldRequest message = PREAU__TRIAL__HOLD_REQUEST__INIT;
    const struct client_request request = {.method = "Hold", .message = &message.base, .timeout = A_WHILE, .id = id};
    client_call(waiter->trial->client, &request, waiter_told, waiter);
}

static void who_cancelled_is_not_told(void **state)
{
    struct trial *trial = *state;
    static const unsigned char id[REQUEST_ID_SIZE] = "asked twice at o";
    struct waiter first = {.trial = trial}, second = {.trial = trial, .other = &first};
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    waiter_ask(&first, NULL);
    trial_pass(trial, MILLISECONDS(200));
    client_cancel(trial->client, &first);
    trial_pass(trial, MILLISECONDS(150));
    trial_hold_answer(trial, 0, 1);
    trial_pass(trial, MILLISECONDS(100));
    assert_int_equal(first.told, 0);
    /* two wait for one answer, and each, when told, sends the other away */
    first.other = &second;
    waiter_ask(&first, id);
    waiter_ask(&second, id);
    trial_pass(trial, MILLISECONDS(100));
    assert_int_equal(trial->runs, 2);
    trial_hold_answer(trial, 1, 1);
    trial_run(trial, 1);
    trial_pass(trial, MILLISECONDS(100));
    assert_int_equal(first.told + second.told, 1);
}

static void closing_tells_all_that_wait(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    ask_named(trial, "Hold", A_WHILE, NULL);
    ask_named(trial, "Hold", A_WHILE, NULL);
    trial_pass(trial, MILLISECONDS(100));
    client_close(&trial->client);
    assert_null(trial->client);
    assert_int_equal(trial->told, 2);
    assert_int_equal(trial->fault, FAULT_UNAVAILABLE);
    assert_true(trial->unknown);
}

static unsigned chain_left;

static void chain_told(void *arg, const struct client_outcome *outcome)
{
    struct trial *trial = arg;
    static const unsigned char id[REQUEST_ID_SIZE] = "asked in a chain";
    assert_non_null(outcome->answer);
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    const struct client_request request = {.method = "Twice", .message = &message.base, .timeout = A_WHILE, .id = id};
    if (chain_left-- > 0) {
        client_call(trial->client, &request, chain_told, trial);
    } else {
        trial_told(trial, outcome);
    }
}

static void a_completion_may_ask_again_with_the_same_id(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    chain_left = 5;
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    const struct client_request request = {.method = "Twice", .message = &message.base, .timeout = A_WHILE};
    client_call(trial->client, &request, chain_told, trial);
    trial_run(trial, 1);
    assert_int_equal(trial->runs, 2); /* the first, and one for the id */
}

static void the_command_line_waits_for_its_answer(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    for (int64_t i = 1; i <= 3; i++) {
        Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
        message.value = i;
        const struct client_request request = {.method = "Twice", .message = &message.base, .timeout = A_WHILE};
        client_call_blocking(trial->loop, trial->client, &request, trial_told, trial);
        assert_int_equal(trial->value, 2 * i);
    }
    assert_int_equal(trial->told, 3);
}

static void ten_thousand_at_once(struct trial *trial)
{
    enum { CALLS = 10000 };
    trial_connect(trial, NULL, CALLS);
    int before = trial_metric(METRIC_BUS_CALLS, "again");
    for (int64_t i = 0; i < CALLS; i++) {
        trial_ask_twice(trial, i, SECONDS(28));
    }
    trial_run(trial, CALLS);
    assert_int_equal(trial->answers, CALLS);
    print_message("asked again: %d\n", trial_metric(METRIC_BUS_CALLS, "again") - before);
}

static void a_burst_misses_nothing_within_a_process(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    ten_thousand_at_once(trial);
}

/* One call after the other: a missed edge would cost each the half second after which it is asked again. */
static void one_by_one_none_waits_for_a_second_try(void **state)
{
    struct trial *trial = *state;
    enum { CALLS = 10000 };
    trial_serve(trial, 10);
    trial_connect(trial, NULL, 10);
    trial_ask_twice(trial, 0, A_WHILE); /* when the connection is there */
    trial_run(trial, 1);
    int before = trial_metric(METRIC_BUS_CALLS, "again");
    for (unsigned i = 1; i <= CALLS; i++) {
        trial_ask_twice(trial, i, A_WHILE);
        trial_run(trial, i + 1);
        assert_int_equal(trial->value, 2 * i);
    }
    assert_int_equal(trial_metric(METRIC_BUS_CALLS, "again") - before, 0);
}

#define CLIENT_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(an_answer_comes_back),
        CLIENT_TEST(a_refusal_and_a_fault_come_back),
        CLIENT_TEST(without_a_service_time_runs_out_and_nothing_was_done),
        CLIENT_TEST(a_service_that_does_not_answer_leaves_the_outcome_unknown),
        CLIENT_TEST(a_call_waits_for_a_service_that_comes_later),
        CLIENT_TEST(a_lost_answer_is_asked_for_again_with_the_same_id),
        CLIENT_TEST(answers_that_cannot_be_read_are_counted_or_faults),
        CLIENT_TEST(words_of_a_later_version_are_faults_of_the_peer),
        CLIENT_TEST(over_the_limit_a_call_ends_as_busy),
        CLIENT_TEST(a_busy_service_is_told_as_busy),
        CLIENT_TEST(a_request_that_is_too_large_is_not_sent),
        CLIENT_TEST(one_id_of_two_methods_is_two_requests),
        CLIENT_TEST(who_cancelled_is_not_told),
        CLIENT_TEST(closing_tells_all_that_wait),
        CLIENT_TEST(a_completion_may_ask_again_with_the_same_id),
        CLIENT_TEST(the_command_line_waits_for_its_answer),
        CLIENT_TEST(a_burst_misses_nothing_within_a_process),
        CLIENT_TEST(one_by_one_none_waits_for_a_second_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
