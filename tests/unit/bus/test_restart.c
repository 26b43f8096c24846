/* Services that are killed and started again while calls wait. */
#include "trial.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#define A_WHILE SECONDS(25)

static void end(int pid)
{
    int status = 0;
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status)); /* it had not ended by itself */
}

static void a_call_to_another_process_is_answered(void **state)
{
    struct trial *trial = *state;
    int server = trial_spawn_server(trial->endpoint);
    trial_connect(trial, NULL, 10);
    trial_ask_twice(trial, 21, A_WHILE);
    trial_run(trial, 1);
    assert_int_equal(trial->value, 42);
    end(server);
}

static void killed_with_a_call_in_hand_the_next_one_answers_it(void **state)
{
    struct trial *trial = *state;
    int server = trial_spawn_server(trial->endpoint);
    trial_connect(trial, NULL, 10);
    trial_ask_twice(trial, 1, A_WHILE); /* the connection stands */
    trial_run(trial, 1);
    assert_int_equal(kill(server, SIGSTOP), 0);
    trial_ask_twice(trial, 4, A_WHILE);
    trial_pass(trial, MILLISECONDS(300)); /* it has the request and does nothing */
    assert_int_equal(trial->told, 1);
    end(server);
    trial_pass(trial, MILLISECONDS(200));
    server = trial_spawn_server(trial->endpoint);
    trial_run(trial, 2);
    assert_int_equal(trial->answers, 2);
    assert_int_equal(trial->value, 8);
    end(server);
}

static void killed_again_and_again_each_call_ends_once(void **state)
{
    struct trial *trial = *state;
    enum { ROUNDS = 5, CALLS = 200 };
    trial_connect(trial, NULL, ROUNDS * CALLS);
    int server = trial_spawn_server(trial->endpoint);
    for (int64_t round = 0; round < ROUNDS; round++) {
        for (int64_t i = 0; i < CALLS; i++) {
            trial_ask_twice(trial, i, A_WHILE);
        }
        trial_pass(trial, MILLISECONDS(20 + 30 * round)); /* before it listens, while it works, when it is done */
        end(server);
        server = trial_spawn_server(trial->endpoint);
    }
    trial_run(trial, ROUNDS * CALLS);
    assert_int_equal(trial->answers, ROUNDS * CALLS);
    trial_pass(trial, MILLISECONDS(700));
    assert_int_equal(trial->told, ROUNDS * CALLS);
    end(server);
}

static void of_two_instances_one_may_be_killed(void **state)
{
    struct trial *trial = *state;
    enum { CALLS = 1000 };
    char second[112];
    snprintf(second, sizeof second, "%s-2", trial->endpoint);
    const char *const endpoints[] = {trial->endpoint, second, NULL};
    int servers[] = {trial_spawn_server(trial->endpoint), trial_spawn_server(second)};
    trial_connect(trial, endpoints, CALLS);
    for (int64_t i = 0; i < CALLS; i++) {
        trial_ask_twice(trial, i, A_WHILE);
        if (i == CALLS / 2) {
            trial_pass(trial, MILLISECONDS(200));
            end(servers[0]); /* never to come back */
        }
    }
    trial_run(trial, CALLS);
    assert_int_equal(trial->answers, CALLS);
    end(servers[1]);
}

static void a_burst_misses_nothing_between_processes(void **state)
{
    struct trial *trial = *state;
    enum { CALLS = 10000 };
    int server = trial_spawn_server(trial->endpoint);
    trial_connect(trial, NULL, CALLS);
    trial_ask_twice(trial, 0, A_WHILE);
    trial_run(trial, 1);
    int before = trial_metric(METRIC_BUS_CALLS, "ok");
    for (int64_t i = 1; i < CALLS; i++) {
        trial_ask_twice(trial, i, A_WHILE);
    }
    trial_run(trial, CALLS);
    assert_int_equal(trial->answers, CALLS);
    assert_int_equal(trial_metric(METRIC_BUS_CALLS, "ok") - before, CALLS - 1);
    end(server);
}

#define RESTART_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(int argc, char **argv)
{
    if (trial_is_server(argc, argv)) {
        return 0;
    }
    const struct CMUnitTest tests[] = {
        RESTART_TEST(a_call_to_another_process_is_answered),
        RESTART_TEST(killed_with_a_call_in_hand_the_next_one_answers_it),
        RESTART_TEST(killed_again_and_again_each_call_ends_once),
        RESTART_TEST(of_two_instances_one_may_be_killed),
        RESTART_TEST(a_burst_misses_nothing_between_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
