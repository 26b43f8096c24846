/* tcp with keys: the right one is heard, no other is. */
#include "raw.h"

#include "bus/curve.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct keys {
    char public[BUS_KEY_SIZE], secret[BUS_KEY_SIZE];
};

/* A port that nobody has just now. */
static void free_endpoint(char *out_endpoint, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in in;
    } address = {
        .in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}
    };
    socklen_t length = sizeof address.in;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0 && bind(fd, &address.any, length) == 0);
    assert_int_equal(getsockname(fd, &address.any, &length), 0);
    close(fd);
    snprintf(out_endpoint, size, "tcp://127.0.0.1:%d", ntohs(address.in.sin_port));
}

static void path_of(const struct trial *trial, const char *name, char out_path[128])
{
    snprintf(out_path, 128, "%s/%s", trial->directory, name);
}

static void write_file(const struct trial *trial, const char *name, const char *text, mode_t mode)
{
    char path[128];
    path_of(trial, name, path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void make_folder(const struct trial *trial, const char *name)
{
    char path[128];
    path_of(trial, name, path);
    assert_int_equal(mkdir(path, 0755), 0);
}

static bool open_keys(struct trial *trial, struct bus_curve **out_curve, struct fault *fault)
{
    char secret[128], server[128], clients[128], operators[128];
    path_of(trial, "secret", secret);
    path_of(trial, "server", server);
    path_of(trial, "clients", clients);
    path_of(trial, "operators", operators);
    const struct bus_curve_files files = {secret, server, clients, access(operators, F_OK) == 0 ? operators : ""};
    return bus_curve_open(trial->loop, &files, out_curve, fault);
}

/* This process holds `own`, calls services that hold `own`, and lets in `allowed`. */
static struct bus_curve *curve_of(struct trial *trial, const struct keys *own, const struct keys *allowed)
{
    struct bus_curve *curve = NULL;
    struct fault fault = {0};
    write_file(trial, "secret", own->secret, 0600);
    write_file(trial, "server", own->public, 0644);
    make_folder(trial, "clients");
    write_file(trial, "clients/portal", allowed->public, 0644);
    write_file(trial, "clients/.hidden", "an editor's file", 0666);
    if (!open_keys(trial, &curve, &fault)) {
        fail_msg("%s", fault.text);
    }
    return curve;
}

static void serve_tcp(struct trial *trial, const struct bus_curve *curve)
{
    struct fault fault = {0};
    free_endpoint(trial->endpoint, sizeof trial->endpoint);
    struct service_options options = trial_service_options(trial, NULL);
    options.curve = curve;
    if (!service_open(trial->loop, &options, &trial->service, &fault)) {
        fail_msg("%s", fault.text);
    }
}

static struct raw raw_with_keys(const struct trial *trial, const struct keys *own, const char *server)
{
    struct raw raw = raw_open(ZMQ_DEALER);
    if (own) {
        zmq_setsockopt(raw.socket, ZMQ_CURVE_PUBLICKEY, own->public, BUS_KEY_SIZE);
        zmq_setsockopt(raw.socket, ZMQ_CURVE_SECRETKEY, own->secret, BUS_KEY_SIZE);
        zmq_setsockopt(raw.socket, ZMQ_CURVE_SERVERKEY, server, BUS_KEY_SIZE);
    }
    raw_connect(&raw, trial->endpoint);
    return raw;
}

static void the_right_key_is_heard_and_no_other(void **state)
{
    struct trial *trial = *state;
    struct keys own, portal, stranger;
    bus_curve_new_keys(own.public, own.secret);
    bus_curve_new_keys(portal.public, portal.secret);
    bus_curve_new_keys(stranger.public, stranger.secret);
    struct bus_curve *curve = curve_of(trial, &own, &portal);
    serve_tcp(trial, curve);
    struct raw right = raw_with_keys(trial, &portal, own.public), wrong = raw_with_keys(trial, &stranger, own.public),
               none = raw_with_keys(trial, NULL, NULL), elsewhere = raw_with_keys(trial, &portal, stranger.public);
    raw_ask_twice(&wrong, 1, 1);
    raw_ask_twice(&none, 2, 1);
    raw_ask_twice(&elsewhere, 3, 1); /* it thinks that we are somebody else */
    for (int i = 0; i < 4; i++) {
        raw_expect_none(&wrong, trial);
        raw_expect_none(&none, trial);
        raw_expect_none(&elsewhere, trial);
    }
    assert_int_equal(trial->runs, 0);
    raw_ask_twice(&right, 4, 21);
    assert_int_equal(raw_expect_value(&right, trial), 42);
    assert_int_equal(trial->runs, 1);
    raw_close(&right);
    raw_close(&wrong);
    raw_close(&none);
    raw_close(&elsewhere);
    service_close(&trial->service);
    bus_curve_close(&curve);
    assert_null(curve);
}

static void ask_as_operator(struct raw *raw, unsigned char id, int64_t value)
{
    struct raw_request request;
    Preau__Trial__TwiceRequest body = PREAU__TRIAL__TWICE_REQUEST__INIT;
    Preau__Bus__Caller caller = PREAU__BUS__CALLER__INIT;
    body.value = value;
    caller.operator_ = true;
    raw_request_fill(&request, id, "preau.trial.Trial/Twice", &body.base);
    request.envelope.caller = &caller;
    raw_ask(raw, &request);
}

/* In the folder of operators, and in that of clients or not. */
static void only_the_key_of_an_operator_speaks_as_one(void **state)
{
    struct trial *trial = *state;
    struct keys own, portal, operator;
    struct fault fault = {0};
    bus_curve_new_keys(own.public, own.secret);
    bus_curve_new_keys(portal.public, portal.secret);
    bus_curve_new_keys(operator.public, operator.secret);
    struct bus_curve *curve = curve_of(trial, &own, &portal);
    make_folder(trial, "operators");
    write_file(trial, "operators/one", operator.public, 0644);
    for (int is_client_too = 0; is_client_too < 2; is_client_too++) {
        if (is_client_too) {
            write_file(trial, "clients/operator", operator.public, 0644);
        }
        bus_curve_close(&curve);
        assert_true(open_keys(trial, &curve, &fault));
        serve_tcp(trial, curve);
        struct raw ours = raw_with_keys(trial, &portal, own.public),
                   theirs = raw_with_keys(trial, &operator, own.public);
        ask_as_operator(&ours, 1, 21);
        raw_expect_refusal(&ours, trial, "not_allowed");
        assert_int_equal(trial->runs, 2 * is_client_too);
        ask_as_operator(&theirs, 1, 21); /* the same request: nothing was kept of the refusal */
        assert_int_equal(raw_expect_value(&theirs, trial), 42);
        ask_as_operator(&ours, 1, 21); /* nor is the kept answer given to who may not ask */
        raw_expect_refusal(&ours, trial, "not_allowed");
        raw_ask_twice(&ours, 2, 4);
        assert_int_equal(raw_expect_value(&ours, trial), 8);
        raw_close(&ours);
        raw_close(&theirs);
        service_close(&trial->service);
    }
    bus_curve_close(&curve);
}

/* As in the release before: until the folder is given, no upgrade stops preauctl. */
static void without_a_folder_of_operators_any_client_speaks_as_one(void **state)
{
    struct trial *trial = *state;
    struct keys own;
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    serve_tcp(trial, curve);
    struct raw raw = raw_with_keys(trial, &own, own.public);
    ask_as_operator(&raw, 1, 21);
    assert_int_equal(raw_expect_value(&raw, trial), 42);
    raw_close(&raw);
    service_close(&trial->service);
    bus_curve_close(&curve);
}

static void over_tcp_without_keys_nobody_is_the_operator(void **state)
{
    struct trial *trial = *state;
    serve_tcp(trial, NULL);
    struct raw raw = raw_with_keys(trial, NULL, NULL);
    ask_as_operator(&raw, 1, 21);
    raw_expect_refusal(&raw, trial, "not_allowed");
    raw_ask_twice(&raw, 2, 21);
    assert_int_equal(raw_expect_value(&raw, trial), 42);
    raw_close(&raw);
}

static void our_client_calls_our_service(void **state)
{
    struct trial *trial = *state;
    struct keys own;
    struct fault fault = {0};
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    serve_tcp(trial, curve);
    const char *const endpoints[] = {trial->endpoint, NULL};
    const struct client_options options = {.endpoints = endpoints,
        .descriptor = &preau__trial__trial__descriptor,
        .pending_max = 10,
        .message_max = 1 << 20,
        .curve = curve};
    assert_true(client_open(trial->loop, &options, &trial->client, &fault));
    trial_ask_twice(trial, 21, SECONDS(20));
    trial_run(trial, 1);
    assert_int_equal(trial->value, 42);
    client_close(&trial->client);
    service_close(&trial->service);
    bus_curve_close(&curve);
}

/* Services change their key: who calls them holds both, whichever is first, and is heard before and after. */
static void a_client_that_holds_both_keys_of_a_service_is_heard(void **state)
{
    struct trial *trial = *state;
    struct keys own, other;
    bus_curve_new_keys(own.public, own.secret);
    bus_curve_new_keys(other.public, other.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    for (int own_is_first = 0; own_is_first < 2; own_is_first++) {
        char both[2 * BUS_KEY_SIZE + 2];
        struct fault fault = {0};
        snprintf(both, sizeof both, "%s\n%s\n", own_is_first ? own.public : other.public,
            own_is_first ? other.public : own.public);
        write_file(trial, "server", both, 0644);
        bus_curve_close(&curve);
        assert_true(open_keys(trial, &curve, &fault));
        serve_tcp(trial, curve);
        const char *const endpoints[] = {trial->endpoint, NULL};
        const struct client_options options = {.endpoints = endpoints,
            .descriptor = &preau__trial__trial__descriptor,
            .pending_max = 100,
            .message_max = 1 << 20,
            .curve = curve};
        assert_true(client_open(trial->loop, &options, &trial->client, &fault));
        for (int i = 1; i <= 20; i++) {
            trial_ask_twice(trial, i, SECONDS(20));
            trial_run(trial, 20 * (unsigned)own_is_first + (unsigned)i);
            assert_int_equal(trial->value, 2 * i);
        }
        client_close(&trial->client);
        service_close(&trial->service);
    }
    assert_int_equal(trial->runs, 40);
    bus_curve_close(&curve);
}

static void expect_refused(struct trial *trial, enum fault_code code, const char *about)
{
    struct bus_curve *curve = NULL;
    struct fault fault = {0};
    assert_false(open_keys(trial, &curve, &fault));
    assert_null(curve);
    assert_int_equal(fault.code, code);
    if (!strstr(fault.text, about)) {
        fail_msg("\"%s\" does not name %s", fault.text, about);
    }
}

static void two_keys_of_services_are_the_most_and_differ(void **state)
{
    struct trial *trial = *state;
    struct keys own;
    char text[4 * BUS_KEY_SIZE];
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    bus_curve_close(&curve);
    snprintf(text, sizeof text, "%s\n%s\n", own.public, own.public);
    write_file(trial, "server", text, 0644);
    expect_refused(trial, FAULT_CONFIG, "the same one twice");
    snprintf(text, sizeof text, "%s\nno key\n", own.public);
    write_file(trial, "server", text, 0644);
    expect_refused(trial, FAULT_CONFIG, "not a key");
    write_file(trial, "server", "\n", 0644);
    expect_refused(trial, FAULT_CONFIG, "not a key");
}

static void files_that_strangers_may_read_or_write_are_refused(void **state)
{
    struct trial *trial = *state;
    static const struct {
        const char *name;
        mode_t mode, good;
    } cases[] = {
        {"secret",         0644, 0640},
        {"secret",         0660, 0600},
        {"secret",         0602, 0400},
        {"server",         0666, 0644},
        {"server",         0664, 0444},
        {"clients/portal", 0646, 0644},
        {"operators/one",  0664, 0644},
    };
    struct keys own;
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    bus_curve_close(&curve);
    make_folder(trial, "operators");
    write_file(trial, "operators/one", own.public, 0644);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[128];
        struct fault fault = {0};
        path_of(trial, cases[i].name, path);
        assert_int_equal(chmod(path, cases[i].mode), 0);
        expect_refused(trial, FAULT_CONFIG, path);
        assert_int_equal(chmod(path, cases[i].good), 0);
        assert_true(open_keys(trial, &curve, &fault));
        bus_curve_close(&curve);
    }
}

static void what_is_no_key_is_refused(void **state)
{
    struct trial *trial = *state;
    static const char *const texts[] = {"", "\n", "short", "0123456789012345678901234567890123456789x",
        "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\""};
    struct keys own;
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    bus_curve_close(&curve);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char path[128];
        path_of(trial, "secret", path);
        assert_int_equal(unlink(path), 0);
        write_file(trial, "secret", texts[i], 0600);
        expect_refused(trial, FAULT_CONFIG, path);
    }
    write_file(trial, "secret", own.secret, 0600);
    make_folder(trial, "clients/folder");
    expect_refused(trial, FAULT_CONFIG, "clients/folder");
}

static void a_missing_file_is_named(void **state)
{
    struct trial *trial = *state;
    expect_refused(trial, FAULT_CONFIG, "/secret: No such file");
    struct keys own;
    bus_curve_new_keys(own.public, own.secret);
    write_file(trial, "secret", own.secret, 0600);
    expect_refused(trial, FAULT_CONFIG, "/server: No such file");
    write_file(trial, "server", own.public, 0644);
    expect_refused(trial, FAULT_CONFIG, "/clients: No such file");
}

static void more_than_256_clients_are_refused(void **state)
{
    struct trial *trial = *state;
    struct keys own;
    struct fault fault = {0};
    bus_curve_new_keys(own.public, own.secret);
    struct bus_curve *curve = curve_of(trial, &own, &own);
    bus_curve_close(&curve);
    for (int i = 1; i < 256; i++) {
        char name[32];
        snprintf(name, sizeof name, "clients/%d", i);
        write_file(trial, name, own.public, 0644);
    }
    assert_true(open_keys(trial, &curve, &fault));
    bus_curve_close(&curve);
    write_file(trial, "clients/last", own.public, 0644);
    expect_refused(trial, FAULT_LIMIT, "256");
}

static void tcp_beyond_this_host_needs_keys(void **state)
{
    struct trial *trial = *state;
    struct fault fault = {0};
    static const char *const endpoints[] = {"tcp://192.0.2.1:5000", NULL};
    const struct client_options options = {
        .endpoints = endpoints, .descriptor = &preau__trial__trial__descriptor, .message_max = 1 << 20};
    struct client *client = NULL;
    assert_false(client_open(trial->loop, &options, &client, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_null(client);
}

#define CURVE_TEST(name) cmocka_unit_test_setup_teardown(name, trial_setup, trial_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CURVE_TEST(the_right_key_is_heard_and_no_other),
        CURVE_TEST(only_the_key_of_an_operator_speaks_as_one),
        CURVE_TEST(without_a_folder_of_operators_any_client_speaks_as_one),
        CURVE_TEST(over_tcp_without_keys_nobody_is_the_operator),
        CURVE_TEST(our_client_calls_our_service),
        CURVE_TEST(a_client_that_holds_both_keys_of_a_service_is_heard),
        CURVE_TEST(two_keys_of_services_are_the_most_and_differ),
        CURVE_TEST(files_that_strangers_may_read_or_write_are_refused),
        CURVE_TEST(what_is_no_key_is_refused),
        CURVE_TEST(a_missing_file_is_named),
        CURVE_TEST(more_than_256_clients_are_refused),
        CURVE_TEST(tcp_beyond_this_host_needs_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
