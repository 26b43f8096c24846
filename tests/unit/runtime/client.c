#include "client.h"

#include "runtime/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct loop *loop;
static struct timer *pump;

static void pause_loop(void *arg)
{
    (void)arg;
    loop_stop(loop, 0);
}

void turn(void)
{
    timer_set(pump, MILLISECONDS(2));
    (void)loop_run(loop);
}

void loop_begin(void)
{
    loop = loop_new();
    pump = loop_timer(loop, pause_loop, NULL);
}

void loop_end(void)
{
    loop_free(&loop);
}

int dial_from(const char *own, int port)
{
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    union {
        struct sockaddr_in v4;
        struct sockaddr any;
    } from = {.v4 = {.sin_family = AF_INET}};
    assert_int_equal(inet_pton(AF_INET, own, &from.v4.sin_addr), 1);
    assert_int_equal(bind(client, &from.any, sizeof from.v4), 0);
    const union {
        struct sockaddr_in v4;
        struct sockaddr any;
    } to = {
        .v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}
    };
    assert_int_equal(connect(client, &to.any, sizeof to.v4), 0);
    assert_int_equal(fcntl(client, F_SETFL, O_NONBLOCK), 0);
    return client;
}

int dial(int port)
{
    return dial_from("127.0.0.1", port);
}

void say(int client, const char *bytes, size_t length)
{
    assert_int_equal(send(client, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

size_t hear(int client, char *out, size_t size, bool until_closed)
{
    size_t length = 0;
    struct tick start = clock_tick();
    while (!duration_longer(clock_since(start), SECONDS(5))) {
        turn();
        ssize_t bytes = recv(client, out + length, size - 1 - length, 0);
        if (bytes == 0 || (bytes < 0 && errno != EAGAIN))
            break;
        length += bytes > 0 ? (size_t)bytes : 0;
        out[length] = '\0';
        if (!until_closed && strstr(out, "\r\n\r\n") != NULL)
            break;
    }
    out[length] = '\0';
    return length;
}

char answer[16384];

const char *ask_at(int port, const char *bytes, size_t length)
{
    int client = dial(port);
    say(client, bytes, length);
    (void)hear(client, answer, sizeof answer, true);
    (void)close(client);
    return answer;
}

const char *body_of(const char *text)
{
    const char *gap = strstr(text, "\r\n\r\n");
    return gap != NULL ? gap + 4 : "";
}

void assert_status(const char *text, const char *status)
{
    if (strncmp(text, "HTTP/1.1 ", 9) != 0 || strncmp(text + 9, status, 3) != 0)
        fail_msg("want %s, got: %.300s", status, text);
}
