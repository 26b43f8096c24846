/* A client that writes bytes to a server on the same loop. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/loop.h"

#include <stdbool.h>

#define CLOSE " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"

extern struct loop *loop; /* from loop_begin to loop_end */
void loop_begin(void);
void loop_end(void);
void turn(void);

/* own: the address to come from. */
int dial_from(const char *own, int port);
int dial(int port);
void say(int client, const char *bytes, size_t length);
/* Until the server closes or, for a kept connection, has answered with a whole body; at most 5 s. */
size_t hear(int client, char *out, size_t size, bool until_closed);
extern char answer[16384]; /* the last one asked for; room for those that are heard */
/* The whole answer. */
const char *ask_at(int port, const char *bytes, size_t length);

const char *body_of(const char *text);
void assert_status(const char *text, const char *status);
