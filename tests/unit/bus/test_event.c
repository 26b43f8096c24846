/* Events: who listens hears those it asked for, in order; nobody waits for who does not. */
#include "raw.h"

#include "bus/event.h"

#include <stdio.h>
#include <string.h>

struct listener {
    struct trial *trial;
    struct subscriber *subscriber;
    unsigned heard;
    int64_t last, expected; /* values; expected: of the next one, when in order */
    unsigned out_of_order;
    bool closes;
    char topic[64];
};

static void listener_told(void *arg, const char *topic, const void *body, size_t length)
{
    struct listener *listener = arg;
    Preau__Trial__TwiceRequest *event = preau__trial__twice_request__unpack(NULL, length, body);
    assert_non_null(event);
    listener->heard++;
    listener->last = event->value;
    listener->out_of_order += event->value != listener->expected++;
    snprintf(listener->topic, sizeof listener->topic, "%s", topic);
    preau__trial__twice_request__free_unpacked(event, NULL);
    if (listener->closes) {
        subscriber_close(&listener->subscriber);
    }
}

static struct publisher *publish(struct trial *trial)
{
    struct publisher *publisher = NULL;
    struct fault fault = {0};
    if (!publisher_open(trial->loop, trial->endpoint, NULL, &publisher, &fault)) {
        fail_msg("%s", fault.text);
    }
    return publisher;
}

static void listen_to(struct listener *listener, const char *endpoint, const char *topic)
{
    struct fault fault = {0};
    const char *const endpoints[] = {endpoint, NULL}, *const topics[] = {topic, NULL};
    if (!subscriber_open(
            listener->trial->loop, endpoints, topics, NULL, listener_told, listener, &listener->subscriber, &fault)) {
        fail_msg("%s", fault.text);
    }
}

static void tell(struct publisher *publisher, const char *topic, int64_t value)
{
    Preau__Trial__TwiceRequest event = PREAU__TRIAL__TWICE_REQUEST__INIT;
    event.value = value;
    publisher_tell(publisher, topic, &event.base);
}

/* Until the subscription has arrived: what is told before is lost. */
static void tell_until_heard(struct publisher *publisher, struct listener *listener, const char *topic)
{
    unsigned before = listener->heard;
    for (int i = 0; i < 500 && listener->heard == before; i++) {
        tell(publisher, topic, -1);
        trial_pass(listener->trial, MILLISECONDS(10));
    }
    assert_true(listener->heard > before);
    trial_pass(listener->trial, MILLISECONDS(50));
}

static void told_to_nobody_they_are_lost(void **state)
{
    struct trial *trial = *state;
    struct publisher *publisher = publish(trial);
    for (int64_t i = 0; i < 5000; i++) {
        tell(publisher, "import.finished", i);
    }
    publisher_close(&publisher);
    assert_null(publisher);
}

static void only_what_was_asked_for_is_heard_and_in_order(void **state)
{
    struct trial *trial = *state;
    struct listener listener = {.trial = trial};
    struct publisher *publisher = publish(trial);
    listen_to(&listener, trial->endpoint, "import.");
    tell_until_heard(publisher, &listener, "import.finished");
    listener.heard = 0;
    listener.expected = 0;
    listener.out_of_order = 0;
    enum { EVENTS = 900 }; /* fewer than may wait for a listener that is behind */
    for (int64_t i = 0; i < EVENTS; i++) {
        tell(publisher, "import.finished", i);
        tell(publisher, "batch.progress", 1000000 + i);
    }
    trial_pass(trial, MILLISECONDS(500));
    assert_int_equal(listener.heard, EVENTS);
    assert_int_equal(listener.out_of_order, 0);
    assert_string_equal(listener.topic, "import.finished");
    subscriber_close(&listener.subscriber);
    publisher_close(&publisher);
}

static void a_publisher_that_comes_again_is_heard_again(void **state)
{
    struct trial *trial = *state;
    struct listener listener = {.trial = trial};
    listen_to(&listener, trial->endpoint, ""); /* before it is there */
    struct publisher *publisher = publish(trial);
    tell_until_heard(publisher, &listener, "import.finished");
    publisher_close(&publisher);
    trial_pass(trial, MILLISECONDS(100));
    publisher = publish(trial);
    tell_until_heard(publisher, &listener, "import.finished");
    subscriber_close(&listener.subscriber);
    publisher_close(&publisher);
}

static void a_listener_may_leave_when_told(void **state)
{
    struct trial *trial = *state;
    struct listener listener = {.trial = trial, .closes = true};
    struct publisher *publisher = publish(trial);
    listen_to(&listener, trial->endpoint, "");
    for (int i = 0; i < 500 && listener.subscriber; i++) {
        tell(publisher, "a", 1);
        tell(publisher, "a", 2);
        trial_pass(trial, MILLISECONDS(10));
    }
    assert_null(listener.subscriber);
    assert_int_equal(listener.heard, 1);
    publisher_close(&publisher);
}

static void what_is_no_event_is_counted_and_not_told(void **state)
{
    struct trial *trial = *state;
    struct listener listener = {.trial = trial};
    struct raw raw = raw_open(ZMQ_PUB);
    raw_bind(&raw, trial->endpoint);
    listen_to(&listener, trial->endpoint, "");
    int before = trial_metric(METRIC_BUS_EVENTS, "malformed");
    trial_pass(trial, MILLISECONDS(300)); /* the subscription arrives */
    Preau__Bus__Event event = PREAU__BUS__EVENT__INIT;
    unsigned char bytes[64];
    event.version = 2;
    size_t length = preau__bus__event__pack(&event, bytes);
    raw_send(&raw, "a", 1, true);
    raw_send(&raw, bytes, length, false);
    raw_send(&raw, "a", 1, true);
    raw_send(&raw, "\xff\xff", 2, false);
    raw_send(&raw, "a", 1, false);
    trial_pass(trial, MILLISECONDS(300));
    assert_int_equal(listener.heard, 0);
    assert_int_equal(trial_metric(METRIC_BUS_EVENTS, "malformed") - before, 3);
    event.version = 1;
    length = preau__bus__event__pack(&event, bytes);
    raw_send(&raw, "a", 1, true);
    raw_send(&raw, bytes, length, false);
    trial_pass(trial, MILLISECONDS(300));
    assert_int_equal(listener.heard, 1);
    subscriber_close(&listener.subscriber);
    raw_close(&raw);
}

#define EVENT_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EVENT_TEST(told_to_nobody_they_are_lost),
        EVENT_TEST(only_what_was_asked_for_is_heard_and_in_order),
        EVENT_TEST(a_publisher_that_comes_again_is_heard_again),
        EVENT_TEST(a_listener_may_leave_when_told),
        EVENT_TEST(what_is_no_event_is_counted_and_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
