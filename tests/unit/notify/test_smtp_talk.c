/* A mail over a connection, with servers that say what is written here. */
#include "unit.h"

#include "notify/smtp.h"
#include "runtime/memory.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TURNS_MAX = 16, HEARD_SIZE = 4096 };

/* One thing that the server hears, by how it ends, and what it answers; hears NULL: it waits for the next connection. */
struct turn {
    const char *hears, *says;
};

struct server {
    const struct turn *turns;
    int listening;
    char url[64];
    pthread_t thread;
    char heard[HEARD_SIZE];
    bool is_as_written;
};

#define GROUPS "250-server\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n"
#define CONTENT "Subject: essai\r\n\r\nTexte\r\n.\r\n"

static bool hear(struct server *server, int client, const char *end)
{
    size_t length = 0;
    while (length < HEARD_SIZE - 1) {
        ssize_t one = read(client, server->heard + length, 1);
        if (one <= 0) {
            return false;
        }
        server->heard[++length] = '\0';
        size_t size = strlen(end);
        if (length >= size && strcmp(server->heard + length - size, end) == 0) {
            return true;
        }
    }
    return false;
}

static int meet(struct server *server)
{
    static const char greeting[] = "220 server\r\n";
    int client = accept(server->listening, NULL, NULL);
    (void)!write(client, greeting, sizeof greeting - 1);
    return client;
}

static void *serve(void *arg)
{
    struct server *server = arg;
    int client = meet(server);
    server->is_as_written = true;
    for (const struct turn *turn = server->turns; turn->hears || turn->says; turn++) {
        if (!turn->hears) {
            close(client);
            client = meet(server);
        } else if (!hear(server, client, turn->hears)) {
            server->is_as_written = false;
            break;
        }
        (void)!write(client, turn->says, strlen(turn->says));
    }
    close(client);
    return NULL;
}

static void server_begin(struct server *server, const struct turn *turns)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    *server = (struct server){.turns = turns, .listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    assert_int_equal(bind(server->listening, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(server->listening, 4), 0);
    assert_int_equal(getsockname(server->listening, (struct sockaddr *)&address, &length), 0);
    snprintf(server->url, sizeof server->url, "smtp://127.0.0.1:%d", ntohs(address.sin_port));
    assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void server_end(struct server *server)
{
    pthread_join(server->thread, NULL);
    close(server->listening);
    assert_true(server->is_as_written);
}

static struct smtp *client_new(const struct server *server, struct smtp_options *options)
{
    *options = (struct smtp_options){
        .url = server->url, .starttls = "never", .ca_file = "", .user = "", .timeout = SECONDS(20)};
    return smtp_new(options);
}

static const struct smtp_mail mail = {"nous@preau.example", "anne@example.org", CONTENT, sizeof CONTENT - 1};

static void the_commands_of_a_mail_go_together(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {"\r\n",      GROUPS                                           },
        {"DATA\r\n",  "250 ok\r\n250 ok\r\n354 go on\r\n"              },
        {"\r\n.\r\n", "250 kept\r\n"                                   },
        {"DATA\r\n",  "250 ok\r\n250-two\r\n250 lines\r\n354 go on\r\n"},
        {"\r\n.\r\n", "451 4.3.0 not now\r\n"                          },
        {"RSET\r\n",  "250 ok\r\n"                                     },
        {"QUIT\r\n",  ""                                               },
        {NULL,        NULL                                             },
    };
    struct server server;
    struct smtp_options options;
    server_begin(&server, turns);
    struct smtp *smtp = client_new(&server, &options);
    struct smtp_outcome outcome = smtp_send(smtp, &mail);
    assert_int_equal(outcome.end, SMTP_SENT);
    outcome = smtp_send(smtp, &mail);
    assert_int_equal(outcome.reason, DELIVERY_REASON_REFUSED_FOR_NOW);
    assert_false(outcome.may_have_left);
    smtp_free(&smtp);
    server_end(&server);
}

static void a_server_that_takes_no_groups_hears_one_command_at_a_time(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {"\r\n",                           "250 server\r\n"      },
        {"<nous@preau.example>\r\n",       "250 ok\r\n"          },
        {"RCPT TO:<anne@example.org>\r\n", "550 5.1.1 nobody\r\n"},
        {"RSET\r\n",                       "250 ok\r\n"          },
        {"QUIT\r\n",                       ""                    },
        {NULL,                             NULL                  },
    };
    struct server server;
    struct smtp_options options;
    server_begin(&server, turns);
    struct smtp *smtp = client_new(&server, &options);
    struct smtp_outcome outcome = smtp_send(smtp, &mail);
    assert_int_equal(outcome.end, SMTP_NEVER);
    assert_int_equal(outcome.reason, DELIVERY_REASON_ADDRESS_REFUSED);
    smtp_free(&smtp);
    server_end(&server);
}

static void the_first_refusal_of_a_group_counts(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {"\r\n",     GROUPS                                                  },
        {"DATA\r\n", "250 ok\r\n550 5.1.1 nobody\r\n503 5.5.1 RCPT first\r\n"},
        {"RSET\r\n", "250 ok\r\n"                                            },
        {"DATA\r\n", "553 5.7.1 not you\r\n503 no\r\n503 no\r\n"             },
        {"RSET\r\n", "250 ok\r\n"                                            },
        {"QUIT\r\n", ""                                                      },
        {NULL,       NULL                                                    },
    };
    struct server server;
    struct smtp_options options;
    server_begin(&server, turns);
    struct smtp *smtp = client_new(&server, &options);
    assert_int_equal(smtp_send(smtp, &mail).reason, DELIVERY_REASON_ADDRESS_REFUSED);
    assert_int_equal(smtp_send(smtp, &mail).reason, DELIVERY_REASON_SERVER_REFUSED);
    smtp_free(&smtp);
    server_end(&server);
}

/* It would take the next command for the mail's text. */
static void a_server_that_waits_for_a_mail_to_nobody_is_left(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {"\r\n",      GROUPS                                       },
        {"DATA\r\n",  "250 ok\r\n550 5.1.1 nobody\r\n354 go on\r\n"},
        {NULL,        ""                                           },
        {"\r\n",      GROUPS                                       },
        {"DATA\r\n",  "250 ok\r\n250 ok\r\n354 go on\r\n"          },
        {"\r\n.\r\n", "250 kept\r\n"                               },
        {"QUIT\r\n",  ""                                           },
        {NULL,        NULL                                         },
    };
    struct server server;
    struct smtp_options options;
    server_begin(&server, turns);
    struct smtp *smtp = client_new(&server, &options);
    assert_int_equal(smtp_send(smtp, &mail).reason, DELIVERY_REASON_ADDRESS_REFUSED);
    assert_int_equal(smtp_send(smtp, &mail).end, SMTP_SENT);
    smtp_free(&smtp);
    server_end(&server);
}

static void a_connection_that_was_idle_for_too_long_is_made_anew(void **state)
{
    (void)state;
    static const struct turn turns[] = {
        {"\r\n",      GROUPS                              },
        {"DATA\r\n",  "250 ok\r\n250 ok\r\n354 go on\r\n" },
        {"\r\n.\r\n", "250 kept\r\n421 4.4.2 too long\r\n"},
        {NULL,        ""                                  },
        {"\r\n",      GROUPS                              },
        {"DATA\r\n",  "250 ok\r\n250 ok\r\n354 go on\r\n" },
        {"\r\n.\r\n", "250 kept\r\n"                      },
        {"QUIT\r\n",  ""                                  },
        {NULL,        NULL                                },
    };
    struct server server;
    struct smtp_options options;
    server_begin(&server, turns);
    struct smtp *smtp = client_new(&server, &options);
    assert_int_equal(smtp_send(smtp, &mail).end, SMTP_SENT);
    assert_int_equal(smtp_send(smtp, &mail).end, SMTP_SENT);
    smtp_free(&smtp);
    server_end(&server);
}

static void only_a_mail_that_was_given_whole_may_have_left(void **state)
{
    (void)state;
    static const struct turn before[] = {
        {"\r\n",     GROUPS      },
        {"DATA\r\n", "250 ok\r\n"},
        {NULL,       NULL        },
    };
    static const struct turn after[] = {
        {"\r\n",      GROUPS                             },
        {"DATA\r\n",  "250 ok\r\n250 ok\r\n354 go on\r\n"},
        {"\r\n.\r\n", ""                                 },
        {NULL,        NULL                               },
    };
    const struct turn *const ends[] = {before, after};
    for (size_t i = 0; i < 2; i++) {
        struct server server;
        struct smtp_options options;
        server_begin(&server, ends[i]);
        struct smtp *smtp = client_new(&server, &options);
        struct smtp_outcome outcome = smtp_send(smtp, &mail);
        assert_int_equal(outcome.reason, DELIVERY_REASON_SERVER_SILENT);
        assert_int_equal(outcome.may_have_left, i == 1);
        smtp_free(&smtp);
        server_end(&server);
    }
}

static void what_would_end_a_command_is_not_said(void **state)
{
    (void)state;
    struct smtp_options options = {
        .url = "smtp://127.0.0.1:9", .starttls = "never", .ca_file = "", .user = "", .timeout = SECONDS(20)};
    struct smtp *smtp = smtp_new(&options);
    const char *const addresses[] = {"a@b.fr>\r\nRCPT TO:<c@d.fr", "a@b.fr\nDATA", "<a@b.fr>"};
    for (size_t i = 0; i < 3; i++) {
        const struct smtp_mail odd = {"nous@preau.example", addresses[i], CONTENT, sizeof CONTENT - 1};
        assert_int_equal(smtp_send(smtp, &odd).reason, DELIVERY_REASON_ADDRESS_REFUSED);
    }
    smtp_free(&smtp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_commands_of_a_mail_go_together),
        cmocka_unit_test(a_server_that_takes_no_groups_hears_one_command_at_a_time),
        cmocka_unit_test(the_first_refusal_of_a_group_counts),
        cmocka_unit_test(a_server_that_waits_for_a_mail_to_nobody_is_left),
        cmocka_unit_test(a_connection_that_was_idle_for_too_long_is_made_anew),
        cmocka_unit_test(only_a_mail_that_was_given_whole_may_have_left),
        cmocka_unit_test(what_would_end_a_command_is_not_said),
    };
    smtp_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
