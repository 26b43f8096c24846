/* The HTTP server over a real socket: what handlers see, what hostile clients get. */
#include "client.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct http_server *server;
static char assets[] = "/tmp/preau-assets-XXXXXX";
static struct http_request *kept, *held[8];
static int handled;

/* --- a handler that tells what it saw --- */

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static void echo(struct http_request *request)
{
    char *text = arena_printf(http_arena(request), "%d|%s|%s|%s|%s|%s|%s", (int)http_method(request),
        http_path(request), or_dash(http_query(request, "q")), or_dash(http_form(request, "f")),
        or_dash(http_form_at(request, "f", 1)), or_dash(http_cookie(request, "session")), http_client(request));
    http_reply_text(request, 200, text);
}

static void handle(struct http_request *request, void *arg)
{
    (void)arg;
    handled++;
    const char *path = http_path(request);
    assert_int_equal(strlen(http_request_id(request)), 32);
    assert_string_equal(log_request(), http_request_id(request));
    if (strcmp(path, "/keep") == 0)
        kept = request;
    else if (strncmp(path, "/assets/", 8) == 0)
        http_reply_file(request, assets, path + 8, HOURS(1));
    else if (strcmp(path, "/secure") == 0) {
        http_set_security_headers(request);
        http_add_header(request, "Set-Cookie", "a=1");
        http_add_header(request, "Set-Cookie", "b=2");
        http_reply_redirect(request, "/next");
    } else
        echo(request);
}

static int open_server(void **state)
{
    (void)state;
    static const char *const proxies[] = {"127.0.0.1", "10.0.0.1", "10.42.0.0/16", NULL};
    const struct http_options options = {.address = "127.0.0.1:0",
        .trusted_proxies = proxies,
        .body_max = 1000,
        .header_max = 2000,
        .connections_max = 8,
        .address_connections_max = 5,
        .timeout = MILLISECONDS(1500),
        .parameters_max = 10};
    struct fault fault;
    loop_begin();
    kept = NULL;
    handled = 0;
    if (!http_server_open(loop, &options, handle, NULL, &server, &fault))
        fail_msg("%s", fault.text);
    return 0;
}

static int close_server(void **state)
{
    (void)state;
    http_server_close(&server);
    loop_end();
    return 0;
}

static const char *ask_bytes(const char *bytes, size_t length)
{
    return ask_at(http_server_port(server), bytes, length);
}

static const char *ask(const char *text)
{
    return ask_bytes(text, strlen(text));
}

/* --- what handlers see --- */

static void a_request_is_decoded(void **state)
{
    (void)state;
    const char *got = ask("GET /%C3%A9l%C3%A8ves/a+b?q=d%27%C3%A9t%C3%A9+x&&y" CLOSE "Cookie: a=b; session=s3\r\n\r\n");
    assert_status(got, "200");
    assert_string_equal(body_of(got), "0|/élèves/a+b|d'été x|-|-|s3|127.0.0.1");
    got = ask("POST /f" CLOSE "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
              "Content-Length: 15\r\n\r\nf=1&f=%26+2&g=3");
    assert_string_equal(body_of(got), "2|/f|-|1|& 2|-|127.0.0.1");
}

static void a_head_is_answered_without_a_body(void **state)
{
    (void)state;
    const char *got = ask("HEAD /x" CLOSE "\r\n");
    assert_status(got, "200");
    assert_non_null(strstr(got, "Content-Length: 22\r\n"));
    assert_string_equal(body_of(got), "");
}

static void headers_are_set_added_and_safe(void **state)
{
    (void)state;
    const char *got = ask("GET /secure" CLOSE "\r\n");
    assert_status(got, "303");
    assert_non_null(strstr(got, "Location: /next\r\n"));
    assert_non_null(strstr(got, "Set-Cookie: a=1\r\n"));
    assert_non_null(strstr(got, "Set-Cookie: b=2\r\n"));
    assert_non_null(strstr(got, "Content-Security-Policy: default-src 'none'; "));
    assert_non_null(strstr(got, "frame-ancestors 'none'"));
    assert_null(strstr(got, "unsafe-inline"));
}

static void the_client_is_the_last_one_no_trusted_proxy_vouches_for(void **state)
{
    (void)state;
    static const struct {
        const char *forwarded, *client;
    } cases[] = {
        {"1.2.3.4",                     "|1.2.3.4"    },
        {"6.6.6.6, 1.2.3.4",            "|1.2.3.4"    },
        {"6.6.6.6, 1.2.3.4, 10.0.0.1",  "|1.2.3.4"    },
        {"6.6.6.6, 1.2.3.4, 10.42.9.9", "|1.2.3.4"    },
        {"2001:db8::1",                 "|2001:db8::1"},
        {"1.2.3.4, junk",               "|127.0.0.1"  },
        {"",                            "|127.0.0.1"  },
        {"10.0.0.1",                    "|10.0.0.1"   },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char text[300];
        (void)snprintf(text, sizeof text, "GET /x" CLOSE "X-Forwarded-For: %s\r\n\r\n", cases[i].forwarded);
        const char *got = ask(text);
        assert_non_null(strstr(body_of(got), cases[i].client));
    }
}

/* --- hostile clients --- */

static void malformed_requests_never_reach_the_handler(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /a%00b" CLOSE "\r\n",
        "GET /%ff%fe" CLOSE "\r\n",
        "GET /a/../../etc/passwd" CLOSE "\r\n",
        "GET /a/%2e%2e/b" CLOSE "\r\n",
        "GET /." CLOSE "\r\n",
        "GET /a%5c..%5cb" CLOSE "\r\n",
        "GET /a%0d%0aSet-Cookie:x" CLOSE "\r\n",
        "GET /?q=%00" CLOSE "\r\n",
        "GET /?q=%ff" CLOSE "\r\n",
        "GET /?1&2&3&4&5&6&7&8&9&10&11" CLOSE "\r\n",
        "POST /" CLOSE "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
        "POST /" CLOSE "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /" CLOSE "Content-Length: -1\r\n\r\n",
        "POST /" CLOSE "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 5\r\n\r\nf=\xff\xfe+",
        "GARBAGE\r\n\r\n",
        "GET\r\n\r\n",
        "GET / HTTP/9\r\n\r\n",
        "GET / HTTP/1.1\r\n: no name\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nX : y\r\nConnection: close\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(requests); i++) {
        const char *got = ask(requests[i]);
        if (handled != 0)
            fail_msg("handled: %s", requests[i]);
        /* evhttp closes on some without a word; what it answers is 400 */
        if (got[0] != '\0')
            assert_status(got, "400");
    }
    const char raw_nul[] = "GET /a\0b HTTP/1.1\r\nConnection: close\r\n\r\n";
    (void)ask_bytes(raw_nul, sizeof raw_nul - 1);
    assert_int_equal(handled, 0);
    assert_status(ask("GET /still-alive" CLOSE "\r\n"), "200");
}

static void other_methods_are_refused(void **state)
{
    (void)state;
    static const char *const methods[] = {"PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH"};
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "%s /x" CLOSE "\r\n", methods[i]);
        (void)ask(text);
        assert_int_equal(handled, 0);
    }
}

static void sizes_are_bounded(void **state)
{
    (void)state;
    char text[4096];
    (void)snprintf(text, sizeof text, "GET /%02500d" CLOSE "\r\n", 1);
    (void)ask(text);
    (void)snprintf(text, sizeof text, "GET /" CLOSE "X: %02500d\r\n\r\n", 1);
    (void)ask(text);
    (void)snprintf(text, sizeof text, "POST /" CLOSE "Content-Length: 1001\r\n\r\n%01001d", 1);
    const char *got = ask(text);
    assert_int_equal(handled, 0);
    assert_status(got, "413");
    (void)snprintf(
        text, sizeof text, "POST /" CLOSE "Transfer-Encoding: chunked\r\n\r\n7d0\r\n%02000d\r\n0\r\n\r\n", 1);
    (void)ask(text);
    assert_int_equal(handled, 0);
    (void)snprintf(text, sizeof text, "POST /" CLOSE "Content-Length: 1000\r\n\r\n%01000d", 1);
    assert_status(ask(text), "200");
}

static void a_client_that_drips_bytes_is_shown_out(void **state)
{
    (void)state;
    int client = dial(http_server_port(server));
    struct tick start = clock_tick();
    char byte;
    bool is_closed = false;
    while (!is_closed && !duration_longer(clock_since(start), SECONDS(8))) {
        (void)send(client, "G", 1, MSG_NOSIGNAL);
        for (int i = 0; i < 50; i++)
            turn();
        ssize_t bytes = recv(client, &byte, 1, 0);
        is_closed = bytes == 0 || (bytes < 0 && errno != EAGAIN);
    }
    (void)close(client);
    assert_true(is_closed);
    assert_true(duration_longer(clock_since(start), MILLISECONDS(1400)));
    assert_int_equal(handled, 0);
}

/* Whoever holds all places by silence keeps nobody out. */
static void who_has_waited_longest_makes_room(void **state)
{
    (void)state;
    int clients[12];
    char text[4096];
    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++) {
        clients[i] = dial(http_server_port(server));
        turn();
    }
    for (int i = 0; i < 20; i++)
        turn();
    say(clients[11], "GET /x" CLOSE "\r\n", strlen("GET /x" CLOSE "\r\n"));
    (void)hear(clients[11], text, sizeof text, true);
    assert_status(text, "200");
    assert_int_equal(recv(clients[0], text, 1, 0), 0);
    assert_true(recv(clients[10], text, 1, 0) < 0 && errno == EAGAIN);
    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++)
        (void)close(clients[i]);
}

static void a_request_that_is_handled_is_never_shown_out(void **state)
{
    (void)state;
    int clients[9];
    char text[4096];
    for (size_t i = 0; i < 8; i++) {
        clients[i] = dial(http_server_port(server));
        say(clients[i], "GET /keep" CLOSE "\r\n", strlen("GET /keep" CLOSE "\r\n"));
        while (handled <= (int)i)
            turn();
        held[i] = kept;
    }
    clients[8] = dial(http_server_port(server));
    say(clients[8], "GET /x" CLOSE "\r\n", strlen("GET /x" CLOSE "\r\n"));
    for (int i = 0; i < 20; i++)
        turn();
    assert_int_equal(handled, 8);
    for (size_t i = 0; i < 8; i++)
        http_reply_text(held[i], 200, "later");
    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++) {
        (void)hear(clients[i], text, sizeof text, true);
        assert_status(text, "200");
        (void)close(clients[i]);
    }
}

static void one_address_has_its_share_of_connections(void **state)
{
    (void)state;
    int clients[6];
    char byte;
    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++) {
        clients[i] = dial_from("127.0.0.2", http_server_port(server));
        for (int turns = 0; turns < 10; turns++)
            turn();
    }
    for (size_t i = 0; i < 5; i++)
        assert_true(recv(clients[i], &byte, 1, 0) < 0 && errno == EAGAIN);
    assert_int_equal(recv(clients[5], &byte, 1, 0), 0);
    int other = dial_from("127.0.0.3", http_server_port(server));
    say(other, "GET /x" CLOSE "\r\n", strlen("GET /x" CLOSE "\r\n"));
    (void)hear(other, answer, sizeof answer, true);
    assert_status(answer, "200");
    (void)close(other);
    for (size_t i = 0; i < ARRAY_LENGTH(clients); i++)
        (void)close(clients[i]);
}

/* --- answers given later --- */

static int keep_one(void)
{
    int client = dial(http_server_port(server));
    say(client, "GET /keep" CLOSE "\r\n", strlen("GET /keep" CLOSE "\r\n"));
    while (kept == NULL)
        turn();
    return client;
}

static void an_answer_may_come_later(void **state)
{
    (void)state;
    int client = keep_one();
    assert_int_equal(http_server_pending(server), 1);
    assert_false(http_is_gone(kept));
    http_reply_text(kept, 200, "later");
    assert_int_equal(http_server_pending(server), 0);
    (void)hear(client, answer, sizeof answer, true);
    assert_string_equal(body_of(answer), "later");
    (void)close(client);
}

static void a_client_that_left_meanwhile_does_no_harm(void **state)
{
    (void)state;
    int client = keep_one();
    (void)close(client);
    struct tick start = clock_tick();
    while (!http_is_gone(kept) && !duration_longer(clock_since(start), SECONDS(5)))
        turn();
    assert_true(http_is_gone(kept));
    assert_string_equal(http_path(kept), "/keep");
    assert_string_equal(http_header(kept, "host"), "x");
    http_set_header(kept, "X-A", "b");
    http_reply_text(kept, 200, "nobody");
    assert_int_equal(http_server_pending(server), 0);
}

static void a_closed_server_leaves_its_requests_usable(void **state)
{
    (void)state;
    int client = keep_one();
    http_server_close(&server);
    assert_null(server);
    assert_true(http_is_gone(kept));
    assert_string_equal(http_path(kept), "/keep");
    http_set_header(kept, "X-A", "b");
    http_reply_text(kept, 200, "nobody");
    (void)close(client);
}

static void a_connection_is_kept_for_the_next_request(void **state)
{
    (void)state;
    int client = dial(http_server_port(server));
    static const char request[] = "GET /x HTTP/1.1\r\nHost: x\r\n\r\n";
    for (int i = 1; i <= 3; i++) {
        say(client, request, sizeof request - 1);
        (void)hear(client, answer, sizeof answer, false);
        assert_status(answer, "200");
        assert_int_equal(handled, i);
    }
    (void)close(client);
}

/* --- files --- */

static int make_assets(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(assets));
    char path[128];
    (void)snprintf(path, sizeof path, "%s/css", assets);
    assert_int_equal(mkdir(path, 0755), 0);
    (void)snprintf(path, sizeof path, "%s/css/a.css", assets);
    FILE *file = fopen(path, "we");
    assert_true(file != NULL && fputs("p {}", file) >= 0 && fclose(file) == 0);
    (void)snprintf(path, sizeof path, "%s/css/b.css", assets);
    file = fopen(path, "we");
    assert_true(file != NULL && fputs("b {}", file) >= 0 && fclose(file) == 0);
    (void)snprintf(path, sizeof path, "%s/css/b.css.gz", assets);
    file = fopen(path, "we");
    assert_true(file != NULL && fputs("packed", file) >= 0 && fclose(file) == 0);
    (void)snprintf(path, sizeof path, "%s/.hidden", assets);
    file = fopen(path, "we");
    assert_true(file != NULL && fputs("secret", file) >= 0 && fclose(file) == 0);
    (void)snprintf(path, sizeof path, "%s/out", assets);
    assert_int_equal(symlink("/etc", path), 0);
    (void)snprintf(path, sizeof path, "%s/link.txt", assets);
    assert_int_equal(symlink("/etc/passwd", path), 0);
    (void)snprintf(path, sizeof path, "%s/pipe", assets);
    assert_int_equal(mkfifo(path, 0644), 0);
    return 0;
}

static int drop_assets(void **state)
{
    (void)state;
    static const char *const names[] = {
        "css/a.css", "css/b.css", "css/b.css.gz", "css", ".hidden", "out", "link.txt", "pipe", ""};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%s", assets, names[i]);
        (void)remove(path);
    }
    return 0;
}

static void a_file_is_served_and_remembered(void **state)
{
    (void)state;
    const char *got = ask("GET /assets/css/a.css" CLOSE "\r\n");
    assert_status(got, "200");
    assert_string_equal(body_of(got), "p {}");
    assert_non_null(strstr(got, "Content-Type: text/css; charset=utf-8\r\n"));
    assert_non_null(strstr(got, "Cache-Control: public, max-age=3600\r\n"));
    const char *tag = strstr(got, "ETag: ");
    assert_non_null(tag);
    char text[300];
    (void)snprintf(text, sizeof text, "GET /assets/css/a.css" CLOSE "If-None-Match: %.*s\r\n\r\n",
        (int)strcspn(tag + 6, "\r"), tag + 6);
    got = ask(text);
    assert_status(got, "304");
    assert_string_equal(body_of(got), "");
}

static void a_packed_copy_is_sent_to_who_takes_it(void **state)
{
    (void)state;
    const char *got = ask("GET /assets/css/b.css" CLOSE "Accept-Encoding: br, gzip\r\n\r\n");
    assert_status(got, "200");
    assert_string_equal(body_of(got), "packed");
    assert_non_null(strstr(got, "Content-Encoding: gzip\r\n"));
    assert_non_null(strstr(got, "Vary: Accept-Encoding\r\n"));
    assert_non_null(strstr(got, "Content-Type: text/css; charset=utf-8\r\n"));
    got = ask("GET /assets/css/b.css" CLOSE "\r\n");
    assert_string_equal(body_of(got), "b {}");
    assert_null(strstr(got, "Content-Encoding"));
    assert_non_null(strstr(got, "Vary: Accept-Encoding\r\n"));
    got = ask("GET /assets/css/a.css" CLOSE "Accept-Encoding: gzip\r\n\r\n");
    assert_string_equal(body_of(got), "p {}");
    assert_null(strstr(got, "Vary"));
}

static void nothing_but_a_plain_file_below_is_served(void **state)
{
    (void)state;
    static const char *const names[] = {"", "css", "css/", "nothing", ".hidden", "out/passwd", "link.txt", "pipe",
        "/etc/passwd", "css//a.css", "css/a.css/x", "%2fetc/passwd"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char text[200];
        (void)snprintf(text, sizeof text, "GET /assets/%s" CLOSE "\r\n", names[i]);
        const char *got = ask(text);
        if (strncmp(got, "HTTP/1.1 404", 12) != 0)
            fail_msg("%s: %.100s", names[i], got);
    }
}

/* Whoever came by another would never be answered. */
static void of_several_sockets_of_systemd_none_is_served(void **state)
{
    (void)state;
    const struct http_options options = {.address = "systemd",
        .body_max = 1000,
        .header_max = 1000,
        .connections_max = 8,
        .address_connections_max = 5,
        .timeout = MILLISECONDS(1500),
        .parameters_max = 10};
    char own[32];
    struct fault fault;
    (void)snprintf(own, sizeof own, "%d", (int)getpid());
    loop_begin();
    assert_int_equal(setenv("LISTEN_PID", own, 1) + setenv("LISTEN_FDS", "2", 1), 0);
    assert_false(http_server_open(loop, &options, handle, NULL, &server, &fault));
    assert_int_equal(unsetenv("LISTEN_PID") + unsetenv("LISTEN_FDS"), 0);
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_non_null(strstr(fault.text, "2 sockets"));
    loop_end();
}

#define served(test) cmocka_unit_test_setup_teardown(test, open_server, close_server)

static int open_all(void **state)
{
    return make_assets(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_several_sockets_of_systemd_none_is_served),
        served(a_request_is_decoded),
        served(a_head_is_answered_without_a_body),
        served(headers_are_set_added_and_safe),
        served(the_client_is_the_last_one_no_trusted_proxy_vouches_for),
        served(malformed_requests_never_reach_the_handler),
        served(other_methods_are_refused),
        served(sizes_are_bounded),
        served(a_client_that_drips_bytes_is_shown_out),
        served(who_has_waited_longest_makes_room),
        served(a_request_that_is_handled_is_never_shown_out),
        served(one_address_has_its_share_of_connections),
        served(an_answer_may_come_later),
        served(a_client_that_left_meanwhile_does_no_harm),
        served(a_closed_server_leaves_its_requests_usable),
        served(a_connection_is_kept_for_the_next_request),
        served(a_file_is_served_and_remembered),
        served(a_packed_copy_is_sent_to_who_takes_it),
        served(nothing_but_a_plain_file_below_is_served),
    };
    return cmocka_run_group_tests(tests, open_all, drop_assets);
}
