/* What PostgreSQL's codes, and our own, mean for who asked: the one table is in sqlstate.c. */
#pragma once

#include "runtime/fault.h"

#include <stdbool.h>

/* Raised by the schema's functions, or given by this room in the place of PostgreSQL's. */
#define SQLSTATE_STALE "PR001"        /* accounts changed since they were loaded */
#define SQLSTATE_ILLEGAL_MOVE "PR002" /* not in the life cycle's table: a bug of the program that asked */
#define SQLSTATE_REPEATED "PR003"     /* the request id is known: its answer is stored */
#define SQLSTATE_APPEND_ONLY "PR004"  /* the audit trail is only added to */

/* The code of the fault for a SQLSTATE: BUSY, TIMEOUT, UNAVAILABLE, else DATABASE. */
enum fault_code sqlstate_fault_code(const char *sqlstate);

/* The server itself is not well, whatever was asked: no room, no memory, files it cannot read or write, or it only reads. */
bool fault_is_of_server(const struct fault *fault);
/* Nothing was stored because the rows changed since they were read: load and decide again. */
bool fault_is_stale(const struct fault *fault);
/* This request was answered before: read the stored answer. */
bool fault_is_repeated(const struct fault *fault);
/* Nothing was stored and the same statement may succeed a moment later: deadlock, serialisation, lock, full queue, lost
 * connection with a known outcome. False for a stale write: the same statement would fail again. */
bool fault_is_retryable(const struct fault *fault);
