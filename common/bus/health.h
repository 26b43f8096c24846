/* A daemon tells those who listen how it is, again and again (event daemon.health): who hears nothing for a while knows as much.
 * What is told is what /status says, without causes. */
#pragma once

#include "bus/event.h"
#include "domain/types.h"
#include "runtime/attributes.h"

struct daemon_run;
struct health;

#define HEALTH_PERIOD SECONDS(5)
/* Whoever was not heard for so long is gone: three were lost, or it is. */
#define HEALTH_PATIENCE SECONDS(20)

/* The moment that this daemon's work was last done, told along; not set: none. */
typedef struct instant health_moment(void *arg);

/* moment: may be NULL. The publisher is borrowed. */
NEVER_NULL MUST_USE struct health *health_new(
    const struct daemon_run *run, struct publisher *publisher, health_moment *moment, void *arg);
void health_free(struct health **health);
