/* Inside this room: the two connections of a run of migrations. By one it works; by the other it looks meanwhile who waits
 * for it, and for whom it waits. */
#pragma once

#include "store/migrate.h"

#include <libpq-fe.h>

/* A lock that is not had at once makes all who come after wait behind it: give up soon, let them pass, try again. */
#define MIGRATE_LOCK_TIMEOUT "set lock_timeout = '300ms'"

struct migrate_connection {
    PGconn *pq;
    PGconn *looking;
    char pid[12];                     /* of pq */
    struct migrate_obstacle obstacle; /* of the last statement that was watched; pid 0: none was seen */
};

/* One, with these settings; the caller closes it. NULL with the fault. program: when conninfo names none. */
PGconn *migrate_open(const char *conninfo, const char *program, const char *settings, struct fault *fault);

/* Both, as the schema's owner, with their settings. Faults: UNAVAILABLE, DATABASE. */
MUST_USE bool migrate_connect(const char *conninfo, struct migrate_connection *out_connection, struct fault *fault);
void migrate_disconnect(struct migrate_connection *connection);

/* One statement or several, not watched: what holds no lock that anyone wants. `what`: for the fault. */
MUST_USE bool migrate_do(struct migrate_connection *connection, const char *sql, const char *what, struct fault *fault);
/* The same with parameters, all text. */
MUST_USE bool migrate_do_with(struct migrate_connection *connection, const char *sql, const char *const *values,
    int count, const char *what, struct fault *fault);

/* The same, watched: cancelled when someone has waited for this connection for half a second, which connection->obstacle
 * then says, and the fault is BUSY. out_rows: how many the last statement changed; may be NULL. */
MUST_USE bool migrate_do_watched(
    struct migrate_connection *connection, const char *sql, long *out_rows, struct fault *fault);
