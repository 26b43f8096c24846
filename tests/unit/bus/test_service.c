/* A service, asked by peers of every kind. */
#include "raw.h"

#include "bus/answers.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TWICE "preau.trial.Trial/Twice"

static struct raw raw_client(struct trial *trial)
{
    struct raw raw = raw_open(ZMQ_DEALER);
    raw_connect(&raw, trial->endpoint);
    return raw;
}

/* It still answers. */
static void expect_alive(struct trial *trial)
{
    struct raw raw = raw_client(trial);
    raw_ask_twice(&raw, 250, 21);
    assert_int_equal(raw_expect_value(&raw, trial), 42);
    raw_close(&raw);
}

static void unknown_methods_are_refused(void **state)
{
    struct trial *trial = *state;
    static const char *const methods[] = {
        "preau.trial.Trial/None", "preau.trial.Trial/", "preau.trial.Trial", "preau.trial.TrialX/Twice", "Twice", ""};
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    int before = trial_metric(METRIC_BUS_REQUESTS, "refused");
    for (unsigned i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        struct raw_request request;
        raw_request_fill(&request, (unsigned char)i, methods[i], NULL);
        raw_ask(&raw, &request);
        raw_expect_refusal(&raw, trial, "malformed");
    }
    assert_int_equal(trial->runs, 0);
    assert_int_equal(trial_metric(METRIC_BUS_REQUESTS, "refused") - before, sizeof methods / sizeof methods[0]);
    raw_close(&raw);
}

static void who_asks_whether_anybody_is_there_is_told_and_nothing_is_run(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    for (int turn = 0; turn < 2; turn++) {
        struct raw_request request;
        raw_request_fill(&request, 3, "preau.trial.Trial/.ping", NULL);
        raw_ask(&raw, &request);
        Preau__Bus__Reply *reply = raw_answer(&raw, trial);
        assert_int_equal(reply->outcome_case, PREAU__BUS__REPLY__OUTCOME_ANSWER);
        assert_int_equal(reply->answer.len, 0);
        preau__bus__reply__free_unpacked(reply, NULL);
    }
    assert_int_equal(trial->runs, 0);
    raw_close(&raw);
}

static void unknown_fields_are_passed_over(void **state)
{
    struct trial *trial = *state;
    /* value = 4, then field 200 as a number and field 201 as bytes */
    static const unsigned char body[] = {0x08, 4, 0xc0, 0x0c, 7, 0xca, 0x0c, 2, 0xff, 0x00};
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    struct raw_request request;
    raw_request_fill(&request, 1, TWICE, NULL);
    memcpy(request.body, body, sizeof body);
    request.envelope.body = (ProtobufCBinaryData){.data = request.body, .len = sizeof body};
    unsigned char bytes[512];
    size_t length = preau__bus__request__pack(&request.envelope, bytes);
    memcpy(bytes + length, body + 2, sizeof body - 2); /* and the same in the envelope */
    raw_send(&raw, bytes, length + sizeof body - 2, false);
    assert_int_equal(raw_expect_value(&raw, trial), 8);
    raw_close(&raw);
}

static void wrong_values_are_refused(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    struct raw_request request;
    Preau__Trial__TwiceRequest body = PREAU__TRIAL__TWICE_REQUEST__INIT;
    body.colour = 9;
    raw_request_fill(&request, 1, TWICE, &body.base);
    raw_ask(&raw, &request);
    raw_expect_refusal(&raw, trial, "malformed");
    body.colour = PREAU__TRIAL__COLOUR__COLOUR_RED;
    char text[] = "\xff";
    body.text = text;
    raw_request_fill(&request, 2, TWICE, &body.base);
    raw_ask(&raw, &request);
    raw_expect_refusal(&raw, trial, "malformed");
    assert_int_equal(trial->runs, 0);
    raw_close(&raw);
}

static void what_is_no_request_is_counted_and_gets_no_answer(void **state)
{
    struct trial *trial = *state;
    static const unsigned char noise[] = {0x08, 0x01, 0xff, 0xff, 0xff};
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    int before = trial_metric(METRIC_BUS_REQUESTS, "malformed");
    raw_send(&raw, "", 0, false);
    raw_send(&raw, noise, sizeof noise, false);
    struct raw_request request;
    raw_request_fill(&request, 1, TWICE, NULL);
    request.envelope.version = 2;
    raw_ask(&raw, &request);
    raw_request_fill(&request, 1, TWICE, NULL);
    request.envelope.id.len = 15;
    raw_ask(&raw, &request);
    raw_request_fill(&request, 1, "\xff\xfe", NULL);
    raw_ask(&raw, &request);
    for (int frames = 2; frames <= 40; frames += 19) { /* 2, 21, 40 */
        for (int i = 1; i < frames; i++) {
            raw_send(&raw, noise, sizeof noise, true);
        }
        raw_send(&raw, noise, sizeof noise, false);
    }
    raw_expect_none(&raw, trial);
    assert_int_equal(trial->runs, 0);
    assert_int_equal(trial_metric(METRIC_BUS_REQUESTS, "malformed") - before, 8);
    expect_alive(trial);
    raw_close(&raw);
}

static void oversized_frames_are_counted_or_cut_off(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    int before = trial_metric(METRIC_BUS_REQUESTS, "malformed");
    struct raw_request request;
    raw_request_fill(&request, 1, TWICE, NULL);
    size_t length = (1 << 20) + 1; /* one more than message_max of the trial */
    unsigned char *large = calloc(1, 8 * length);
    assert_non_null(large);
    size_t head = preau__bus__request__pack(&request.envelope, large);
    /* field 200 fills it: what it says is right, only too long */
    size_t rest = length - head - 6;
    const unsigned char filler[] = {0xc2, 0x0c, (unsigned char)(0x80 | (rest & 0x7f)),
        (unsigned char)(0x80 | ((rest >> 7) & 0x7f)), (unsigned char)(0x80 | ((rest >> 14) & 0x7f)),
        (unsigned char)(rest >> 21)};
    memcpy(large + head, filler, sizeof filler);
    raw_send(&raw, large, length, false);
    raw_expect_none(&raw, trial);
    assert_int_equal(trial_metric(METRIC_BUS_REQUESTS, "malformed") - before, 1);
    raw_send(&raw, large, 8 * length, false);
    raw_expect_none(&raw, trial);
    assert_int_equal(trial->runs, 0);
    expect_alive(trial);
    free(large);
    raw_close(&raw);
}

static void a_repeat_gets_the_first_answer_again(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial), other = raw_client(trial);
    int before = trial_metric(METRIC_BUS_REQUESTS, "repeated");
    raw_ask_twice(&raw, 1, 4);
    assert_int_equal(raw_expect_value(&raw, trial), 8);
    raw_ask_twice(&raw, 1, 4);
    assert_int_equal(raw_expect_value(&raw, trial), 8);
    raw_ask_twice(&other, 1, 4); /* its asker was started again meanwhile */
    assert_int_equal(raw_expect_value(&other, trial), 8);
    assert_int_equal(trial->runs, 1);
    assert_int_equal(trial_metric(METRIC_BUS_REQUESTS, "repeated") - before, 2);
    raw_ask_hold(&raw, 1); /* the same id of another method is another request */
    trial_pass(trial, MILLISECONDS(50));
    assert_int_equal(trial->runs, 2);
    trial_hold_answer(trial, 0, 5);
    assert_int_equal(raw_expect_value(&raw, trial), 5);
    raw_close(&raw);
    raw_close(&other);
}

static void a_repeat_of_a_running_one_waits_for_its_answer(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 1);
    struct raw first = raw_client(trial), second = raw_client(trial);
    raw_ask_hold(&first, 1);
    raw_expect_none(&first, trial);
    raw_ask_hold(&second, 1);
    raw_expect_none(&second, trial);
    assert_int_equal(trial->runs, 1);
    assert_int_equal(service_running(trial->service), 1);
    trial_hold_answer(trial, 0, 77);
    assert_int_equal(raw_expect_value(&second, trial), 77);
    raw_expect_none(&first, trial);
    assert_int_equal(service_running(trial->service), 0);
    raw_close(&first);
    raw_close(&second);
}

static void an_answer_whose_asker_is_gone_is_kept(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 1);
    struct raw raw = raw_client(trial);
    raw_ask_hold(&raw, 1);
    raw_expect_none(&raw, trial);
    raw_close(&raw);
    trial_pass(trial, MILLISECONDS(50));
    int before = trial_metric(METRIC_BUS_REPLIES_LOST, NULL);
    trial_hold_answer(trial, 0, 6);
    assert_int_equal(trial_metric(METRIC_BUS_REPLIES_LOST, NULL) - before, 1);
    raw = raw_client(trial);
    raw_ask_hold(&raw, 1);
    assert_int_equal(raw_expect_value(&raw, trial), 6);
    assert_int_equal(trial->runs, 1);
    raw_close(&raw);
}

static void over_the_limit_it_is_busy(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 2);
    struct raw raw = raw_client(trial);
    raw_ask_hold(&raw, 1);
    raw_ask_hold(&raw, 2);
    raw_ask_hold(&raw, 3);
    raw_expect_fault(&raw, trial, "busy");
    assert_int_equal(trial->runs, 2);
    trial_hold_answer(trial, 0, 1);
    assert_int_equal(raw_expect_value(&raw, trial), 1);
    raw_ask_hold(&raw, 3); /* busy is no answer: now there is room */
    raw_expect_none(&raw, trial);
    assert_int_equal(trial->runs, 3);
    trial_hold_answer(trial, 1, 2);
    assert_int_equal(raw_expect_value(&raw, trial), 2);
    trial_hold_answer(trial, 2, 3);
    assert_int_equal(raw_expect_value(&raw, trial), 3);
    raw_close(&raw);
}

static void ask_refuse(struct raw *raw, unsigned char id, const char *code)
{
    struct raw_request request;
    char text[32];
    Preau__Trial__RefuseRequest body = PREAU__TRIAL__REFUSE_REQUEST__INIT;
    snprintf(text, sizeof text, "%s", code);
    body.code = text;
    raw_request_fill(&request, id, "preau.trial.Trial/Refuse", &body.base);
    raw_ask(raw, &request);
}

static void refusals_are_kept_but_not_those_that_time_mends(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *code;
        unsigned runs;
    } cases[] = {
        {"not_found", 1},
        {"busy",      2},
        {"too_late",  2},
    };
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    for (unsigned char i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        trial->runs = 0;
        for (int turn = 0; turn < 2; turn++) {
            ask_refuse(&raw, i, cases[i].code);
            raw_expect_refusal(&raw, trial, cases[i].code);
        }
        assert_int_equal(trial->runs, cases[i].runs);
    }
    raw_close(&raw);
}

static void a_fault_tells_its_code_and_incident_and_is_tried_anew(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    for (unsigned turn = 1; turn <= 2; turn++) {
        struct raw_request request;
        raw_request_fill(&request, 0xab, "preau.trial.Trial/Fail", NULL);
        raw_ask(&raw, &request);
        Preau__Bus__Reply *reply = raw_answer(&raw, trial);
        assert_int_equal(reply->outcome_case, PREAU__BUS__REPLY__OUTCOME_FAULT);
        assert_string_equal(reply->fault->code, "database");
        assert_string_equal(reply->fault->incident, "abababababababab");
        assert_true(reply->fault->unknown);
        preau__bus__reply__free_unpacked(reply, NULL);
        assert_int_equal(trial->runs, turn);
    }
    raw_close(&raw);
}

static void a_request_that_nobody_waits_for_is_not_run(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    struct raw_request request;
    int before = trial_metric(METRIC_BUS_REQUESTS, "late");
    raw_request_fill(&request, 1, TWICE, NULL);
    request.envelope.deadline = clock_now().us - 1;
    raw_ask(&raw, &request);
    raw_expect_none(&raw, trial);
    assert_int_equal(trial->runs, 0);
    assert_int_equal(trial_metric(METRIC_BUS_REQUESTS, "late") - before, 1);
    request.envelope.deadline = clock_now().us + 10000000;
    raw_ask(&raw, &request);
    assert_int_equal(raw_expect_value(&raw, trial), 0);
    raw_close(&raw);
}

static void who_stops_takes_no_further_requests_but_ends_its_own(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    raw_ask_twice(&raw, 1, 4);
    assert_int_equal(raw_expect_value(&raw, trial), 8);
    raw_ask_hold(&raw, 2);
    raw_expect_none(&raw, trial);
    service_refuse(trial->service);
    raw_ask_twice(&raw, 3, 4); /* new: no answer, it is for the next instance */
    raw_ask_hold(&raw, 2);     /* a repeat of what runs */
    raw_expect_none(&raw, trial);
    raw_ask_twice(&raw, 1, 4); /* and of what was answered */
    assert_int_equal(raw_expect_value(&raw, trial), 8);
    assert_int_equal(trial->runs, 2);
    trial_hold_answer(trial, 0, 9);
    assert_int_equal(raw_expect_value(&raw, trial), 9);
    raw_close(&raw);
}

static void what_the_caller_said_reaches_the_method(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    struct raw_request request;
    raw_request_fill(&request, 7, "preau.trial.Trial/Hold", NULL);
    char trace[] = "click-1";
    Preau__AccountRef account = PREAU__ACCOUNT_REF__INIT;
    account.academy = 10;
    account.id = 1234;
    Preau__Bus__Caller caller = PREAU__BUS__CALLER__INIT;
    caller.administrator = 5;
    caller.account = &account;
    caller.operator_ = true;
    request.envelope.trace = trace;
    request.envelope.caller = &caller;
    request.envelope.deadline = clock_now().us + 5000000;
    raw_ask(&raw, &request);
    raw_expect_none(&raw, trial);
    assert_int_equal(trial->held_count, 1);
    const struct call *call = trial->held[0];
    struct caller heard = call_caller(call);
    assert_int_equal(heard.administrator.v, 5);
    assert_int_equal(heard.academy, 10);
    assert_int_equal(heard.account.v, 1234);
    assert_true(heard.is_operator);
    assert_string_equal(call_trace(call), "click-1");
    assert_string_equal(call_method(call), "Hold");
    assert_int_equal(call_deadline(call).us, request.envelope.deadline);
    assert_memory_equal(call_request_id(call), request.id, sizeof request.id);
    trial_hold_answer(trial, 0, 0);
    raw_ask_hold(&raw, 8);
    assert_int_equal(raw_expect_value(&raw, trial), 0);
    raw_expect_none(&raw, trial);
    heard = call_caller(trial->held[1]); /* nobody: the house itself */
    assert_int_equal(heard.administrator.v + heard.account.v + heard.academy + heard.is_operator, 0);
    assert_int_equal(call_deadline(trial->held[1]).us, INSTANT_NEVER.us);
    raw_close(&raw);
}

static void an_answer_that_is_too_large_is_a_fault(void **state)
{
    struct trial *trial = *state;
    trial_serve(trial, 10);
    struct raw raw = raw_client(trial);
    raw_ask_hold(&raw, 1);
    raw_expect_none(&raw, trial);
    unsigned char *large = calloc(1, 1 << 20);
    assert_non_null(large);
    call_answer_packed(trial->held[0], large, 1 << 20); /* with its envelope, more than message_max */
    raw_expect_fault(&raw, trial, "limit");
    free(large);
    raw_close(&raw);
}

static void expect_no_service(struct trial *trial, const struct service_options *options, enum fault_code code)
{
    struct fault fault = {0};
    struct service *service = NULL;
    assert_false(service_open(trial->loop, options, &service, &fault));
    assert_int_equal(fault.code, code);
    assert_null(service);
}

static void wrong_tables_and_addresses_are_found_at_start(void **state)
{
    struct trial *trial = *state;
    struct service_options options = trial_service_options(trial, NULL);
    struct service_method methods[6] = {0};
    options.methods = methods;
    expect_no_service(trial, &options, FAULT_CONFIG); /* none */
    const struct service_options good = trial_service_options(trial, NULL);
    memcpy(methods, good.methods, 4 * sizeof methods[0]);
    methods[4] = (struct service_method){.name = "None", .handler = methods[0].handler};
    expect_no_service(trial, &options, FAULT_CONFIG); /* one too many */
    methods[4].name = "Twice";
    expect_no_service(trial, &options, FAULT_CONFIG); /* one twice */
    static const struct {
        const char *endpoint;
        enum fault_code code;
    } cases[] = {
        {"tcp://0.0.0.0:*",              FAULT_CONFIG},
        {"tcp://127.0.0.1.example.fr:1", FAULT_CONFIG},
        {"udp://127.0.0.1:1",            FAULT_CONFIG},
        {"",                             FAULT_CONFIG},
        {"ipc:///proc/none/sock",        FAULT_BUS   },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        options = trial_service_options(trial, cases[i].endpoint);
        expect_no_service(trial, &options, cases[i].code);
    }
}

static void the_memory_of_answers_is_bounded(void **state)
{
    (void)state;
    struct answers *answers = answers_new();
    static unsigned char bytes[65537];
    unsigned char id[REQUEST_ID_SIZE] = {0};
    size_t length = 0;
    answers_keep(answers, id, NULL, bytes, sizeof bytes);
    assert_null(answers_find(answers, id, NULL, &length)); /* a document: made again */
    answers_keep(answers, id, NULL, bytes, sizeof bytes - 1);
    assert_non_null(answers_find(answers, id, NULL, &length));
    assert_int_equal(length, sizeof bytes - 1);
    assert_null(answers_find(answers, id, "another method", &length));
    /* 512 of 64 KiB fill it: the oldest goes */
    for (unsigned i = 1; i <= 512; i++) {
        memcpy(id, &i, sizeof i);
        answers_keep(answers, id, NULL, bytes, sizeof bytes - 1);
    }
    assert_non_null(answers_find(answers, id, NULL, &length));
    memset(id, 0, sizeof id);
    assert_null(answers_find(answers, id, NULL, &length));
    /* 4096 of any size */
    for (unsigned i = 1000; i < 1000 + 4096; i++) {
        memcpy(id, &i, sizeof i);
        answers_keep(answers, id, NULL, "x", 1);
    }
    memcpy(id, &(unsigned){1000}, sizeof(unsigned));
    assert_non_null(answers_find(answers, id, NULL, &length));
    memcpy(id, &(unsigned){512}, sizeof(unsigned));
    assert_null(answers_find(answers, id, NULL, &length));
    answers_free(&answers);
    assert_null(answers);
}

#define SERVICE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SERVICE_TEST(unknown_methods_are_refused),
        SERVICE_TEST(who_asks_whether_anybody_is_there_is_told_and_nothing_is_run),
        SERVICE_TEST(unknown_fields_are_passed_over),
        SERVICE_TEST(wrong_values_are_refused),
        SERVICE_TEST(what_is_no_request_is_counted_and_gets_no_answer),
        SERVICE_TEST(oversized_frames_are_counted_or_cut_off),
        SERVICE_TEST(a_repeat_gets_the_first_answer_again),
        SERVICE_TEST(a_repeat_of_a_running_one_waits_for_its_answer),
        SERVICE_TEST(an_answer_whose_asker_is_gone_is_kept),
        SERVICE_TEST(over_the_limit_it_is_busy),
        SERVICE_TEST(refusals_are_kept_but_not_those_that_time_mends),
        SERVICE_TEST(a_fault_tells_its_code_and_incident_and_is_tried_anew),
        SERVICE_TEST(a_request_that_nobody_waits_for_is_not_run),
        SERVICE_TEST(who_stops_takes_no_further_requests_but_ends_its_own),
        SERVICE_TEST(what_the_caller_said_reaches_the_method),
        SERVICE_TEST(an_answer_that_is_too_large_is_a_fault),
        SERVICE_TEST(wrong_tables_and_addresses_are_found_at_start),
        cmocka_unit_test(the_memory_of_answers_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
