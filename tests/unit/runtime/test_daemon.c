/* The skeleton, as a process of its own: options, readiness, orderly and immediate stop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static bool is_faulty, is_busy;

static bool start(struct daemon_run *run, struct fault *fault)
{
    if (is_faulty)
        return fault_set(fault, FAULT_PEER, "no luck");
    FAULT_POINT("test.started");
    run->own = run;
    assert_string_equal(daemon_database_user(run), "preau_test");
    return true;
}

static bool is_idle(struct daemon_run *run)
{
    (void)run;
    return !is_busy;
}

static void stop(struct daemon_run *run)
{
    run->own = NULL;
}

static void check(const struct config *config, daemon_hears *tell, void *arg)
{
    struct fault fault = {0};
    assert_non_null(config);
    if (is_faulty) {
        (void)fault_set(&fault, FAULT_FORMAT, "a.txt:3: fausse");
        tell(arg, &fault);
        (void)fault_set(&fault, FAULT_FORMAT, "b.txt:4: fausse");
        (void)fault_hint(&fault, "Écrire juste.");
        tell(arg, &fault);
    }
}

static const struct daemon tested = {
    .name = "preau-testd",
    .role = "preau_test",
    .summary = "démon d'essai",
    .sections = (const char *const[]){"database", "status", NULL},
    .status_address = CONFIG_STATUS_STATISTICS,
    .check = check,
    .start = start,
    .is_idle = is_idle,
    .stop = stop,
};

/* A child with its own stdout and stderr in `out_fd`, and systemd's notify socket in `notify_fd`. */
static char socket_path[] = "/tmp/preau-daemon-XXXXXX";
static int notify_fd;

static int open_notify(void **state)
{
    (void)state;
    if (mkdtemp(socket_path) == NULL)
        return -1;
    union {
        struct sockaddr_un un;
        struct sockaddr any;
    } to = {.un.sun_family = AF_UNIX};
    (void)snprintf(to.un.sun_path, sizeof to.un.sun_path, "%s/notify", socket_path);
    notify_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    const struct timeval patience = {.tv_sec = 10};
    (void)setsockopt(notify_fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setenv("NOTIFY_SOCKET", to.un.sun_path, 1);
    (void)setenv("PREAU_STATUS_STATISTICS", "127.0.0.1:0", 1);
    return bind(notify_fd, &to.any, sizeof to.un);
}

static int close_notify(void **state)
{
    (void)state;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/notify", socket_path);
    (void)unlink(path);
    (void)rmdir(socket_path);
    return close(notify_fd);
}

static pid_t child(const char *const *args, int *out_fd)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        char *argv[8] = {strdup("preau-testd")};
        int argc = 1;
        for (; *args != NULL; args++)
            argv[argc++] = strdup(*args);
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)dup2(ends[1], STDERR_FILENO);
        (void)close(ends[0]);
        (void)close(ends[1]);
        optind = 1;
        int code = daemon_main(&tested, argc, argv);
        (void)fflush(stdout);
        _exit(code);
    }
    (void)close(ends[1]);
    *out_fd = ends[0];
    return pid;
}

static char said[16384];

/* The exit code, or 256 + the signal; what it said is in `said`. */
static int end_of(pid_t pid, int fd)
{
    size_t length = 0;
    ssize_t bytes;
    while ((bytes = read(fd, said + length, sizeof said - 1 - length)) > 0)
        length += (size_t)bytes;
    said[length] = '\0';
    (void)close(fd);
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define ARGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static int outcome(const char *const *args)
{
    int fd;
    pid_t pid = child(args, &fd);
    return end_of(pid, fd);
}

static void wait_notified(const char *what)
{
    char text[256];
    ssize_t length = recv(notify_fd, text, sizeof text - 1, 0);
    assert_true(length > 0);
    text[length] = '\0';
    assert_non_null(strstr(text, what));
}

static void options_are_answered(void **state)
{
    (void)state;
    assert_int_equal(outcome(ARGS("--version")), 0);
    assert_string_equal(said, "preau-testd " PREAU_VERSION "\n");
    assert_int_equal(outcome(ARGS("--help")), 0);
    assert_non_null(strstr(said, "démon d'essai"));
    assert_int_equal(outcome(ARGS("--nonsense")), 2);
    assert_int_equal(outcome(ARGS("extra")), 2);
}

static void a_configuration_is_checked_without_starting(void **state)
{
    (void)state;
    assert_int_equal(outcome(ARGS("--check-config")), 0);
    assert_string_equal(said, "configuration correcte\n");
    assert_int_equal(outcome(ARGS("--check-config", "-c", "/nonexistent.conf")), 1);
    assert_non_null(strstr(said, "/nonexistent.conf: lecture impossible"));
    assert_int_equal(outcome(ARGS("-c", "/nonexistent.conf")), 78);
}

static void what_the_daemon_finds_wrong_beside_is_told(void **state)
{
    (void)state;
    is_faulty = true;
    assert_int_equal(outcome(ARGS("--check-config")), 1);
    is_faulty = false;
    assert_string_equal(said, "a.txt:3: fausse\nb.txt:4: fausse ; Écrire juste.\n");
}

static void it_says_ready_and_stops_in_order(void **state)
{
    (void)state;
    int fd;
    pid_t pid = child(ARGS("-c", "/dev/null"), &fd);
    wait_notified("READY=1");
    assert_int_equal(kill(pid, SIGHUP), 0);
    assert_int_equal(kill(pid, SIGTERM), 0);
    wait_notified("STOPPING=1");
    assert_int_equal(end_of(pid, fd), 0);
    assert_non_null(strstr(said, "event=started"));
    assert_non_null(strstr(said, "event=stopping"));
    assert_non_null(strstr(said, "event=stopped code=0"));
}

static void a_busy_daemon_is_stopped_by_its_bound(void **state)
{
    (void)state;
    int fd;
    is_busy = true;
    (void)setenv("PREAU_DAEMON_STOP_TIMEOUT", "1s", 1);
    struct tick begin = clock_tick();
    pid_t pid = child(ARGS("-c", "/dev/null"), &fd);
    wait_notified("READY=1");
    assert_int_equal(kill(pid, SIGINT), 0);
    wait_notified("STOPPING=1");
    assert_int_equal(end_of(pid, fd), 0);
    assert_true(duration_longer(clock_since(begin), MILLISECONDS(900)));
    assert_non_null(strstr(said, "event=stop_bound_over"));
    (void)unsetenv("PREAU_DAEMON_STOP_TIMEOUT");
    is_busy = false;
}

static void a_second_signal_leaves_at_once(void **state)
{
    (void)state;
    int fd;
    is_busy = true;
    pid_t pid = child(ARGS("-c", "/dev/null"), &fd);
    wait_notified("READY=1");
    assert_int_equal(kill(pid, SIGTERM), 0);
    wait_notified("STOPPING=1");
    assert_int_equal(kill(pid, SIGTERM), 0);
    assert_int_equal(end_of(pid, fd), 1);
    assert_non_null(strstr(said, "event=stop_at_once"));
    is_busy = false;
}

static void a_start_that_fails_is_told_and_ends(void **state)
{
    (void)state;
    is_faulty = true;
    assert_int_equal(outcome(ARGS("-c", "/dev/null")), 1);
    assert_non_null(strstr(said, "event=start_failed fault=peer text=\"no luck\""));
    is_faulty = false;
}

static void the_watchdog_is_fed(void **state)
{
    (void)state;
    int fd;
    (void)setenv("WATCHDOG_USEC", "200000", 1);
    pid_t pid = child(ARGS("-c", "/dev/null"), &fd);
    (void)unsetenv("WATCHDOG_USEC");
    wait_notified("READY=1");
    wait_notified("WATCHDOG=1");
    wait_notified("WATCHDOG=1");
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(end_of(pid, fd), 256 + SIGKILL);
}

static void a_fault_point_kills_where_it_is_asked_to(void **state)
{
    (void)state;
    static const char *const wishes[] = {"test.started", "test.started:1", "#1"};
    for (size_t i = 0; i < ARRAY_LENGTH(wishes); i++) {
        (void)setenv("PREAU_FAULT", wishes[i], 1);
        assert_int_equal(outcome(ARGS("-c", "/dev/null")), 256 + SIGKILL);
        assert_non_null(strstr(said, "fault point test.started: killed"));
    }
    (void)setenv("PREAU_FAULT", "test.started:2", 1);
    int fd;
    pid_t pid = child(ARGS("-c", "/dev/null"), &fd);
    wait_notified("READY=1");
    assert_int_equal(kill(pid, SIGTERM), 0);
    wait_notified("STOPPING=1");
    assert_int_equal(end_of(pid, fd), 0);
    (void)unsetenv("PREAU_FAULT");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_answered),
        cmocka_unit_test(a_configuration_is_checked_without_starting),
        cmocka_unit_test(what_the_daemon_finds_wrong_beside_is_told),
        cmocka_unit_test(it_says_ready_and_stops_in_order),
        cmocka_unit_test(a_busy_daemon_is_stopped_by_its_bound),
        cmocka_unit_test(a_second_signal_leaves_at_once),
        cmocka_unit_test(a_start_that_fails_is_told_and_ends),
        cmocka_unit_test(the_watchdog_is_fed),
        cmocka_unit_test(a_fault_point_kills_where_it_is_asked_to),
    };
    return cmocka_run_group_tests(tests, open_notify, close_notify);
}
