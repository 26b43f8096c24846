/* The status endpoint of every daemon, on its own address:
 *   /livez    200 while the loop turns. Says nothing about the database or peers: a daemon without them is alive.
 *   /readyz   200 if every required check is ok and the daemon has started and does not stop; else 503 with the causes
 *   /status   JSON: name, version, state, started, uptime_seconds, schema_version, checks[], numbers{}, texts{}, lists{}
 *   /metrics  Prometheus text */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"
#include "runtime/loop.h"

#include <stdbool.h>
#include <stdint.h>

struct status;
struct status_check;

enum status_state { STATUS_OK, STATUS_DEGRADED, STATUS_FAILED };

/* name: static. */
NEVER_NULL MUST_USE struct status *status_new(const char *name);
MUST_USE bool status_listen(struct status *status, struct loop *loop, const char *address, struct fault *fault);
void status_free(struct status **status);

/* starting → running → stopping; shown, and /readyz is 200 in `running` only. */
enum status_phase { STATUS_STARTING, STATUS_RUNNING, STATUS_STOPPING };
void status_phase_set(struct status *status, enum status_phase phase);

/* A named condition (database, bus, smtp …). required: it must be ok for /readyz. It begins as failed with the cause
 * "not checked yet". Lives as long as the status. `name` is copied. */
NEVER_NULL struct status_check *status_check_add(struct status *status, const char *name, bool required);
/* `cause` for people, without personal data; copied; "" for ok. `since` changes only when the state does. */
void status_check_set(struct status_check *check, enum status_state state, const char *cause);

/* Named numbers and texts of /status (queue lengths, ages in seconds, last import …); made on first use, at most 64. */
void status_number_set(struct status *status, const char *name, int64_t value);
void status_text_set(struct status *status, const char *name, const char *value);
/* Named lists of /status, of rows of numbers and texts: what goes on at once. Cleared and filled anew on each refresh; the
 * last row added is the one that is filled. */
void status_list_clear(struct status *status, const char *list);
void status_row_add(struct status *status, const char *list);
void status_row_number(struct status *status, const char *list, const char *name, int64_t value);
void status_row_text(struct status *status, const char *list, const char *name, const char *value);
void status_schema_set(struct status *status, int version);
/* Called before /status and /metrics are answered, to set numbers that are counted on demand. */
void status_refresh(struct status *status, loop_callback *function, void *arg);

bool status_is_ready(const struct status *status);
/* The names of the checks that are not ok, borrowed; how many were written. */
size_t status_troubled(const struct status *status, const char **out_names, size_t capacity);
int status_port(const struct status *status);
