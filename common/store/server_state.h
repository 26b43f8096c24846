/* The PostgreSQL server and its roles, as an operator looks at them. Changes nothing. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct session;

struct server_state {
    char version[32];   /* "15.14 (Debian …)", cut */
    int version_number; /* 150014 */
    char encoding[32];
    bool has_checksums, has_fsync, has_full_pages;
    bool has_values_logged, has_plans_logged;  /* its log tells of statements what they are given, of people then */
    int connections_max, connections_reserved; /* the latter for superusers only */
    bool is_standby;
    bool is_archiving, has_archiver;         /* archive_mode; a command or library that does it */
    bool is_archive_waiting;                 /* a segment that is written to no more is not archived */
    struct instant archived, archive_failed; /* the last time; never: not yet */
    struct instant clock;
};
MUST_USE bool server_state_load(struct session *session, struct server_state *out_state, struct fault *fault);

struct server_role {
    bool is_there, may_log_in, is_powerful, is_expired, may_connect;
};
/* out_roles: one for each name, in their order. */
MUST_USE bool server_roles_load(struct session *session, const char *const *names, size_t count,
    struct server_role *out_roles, struct fault *fault);

struct server_schema {
    int number; /* the last migration applied; 0: the database holds no schema of ours */
    int serves; /* the oldest whose programs it serves too; 0: it does not say */
};
MUST_USE bool server_schema_load(struct session *session, struct server_schema *out_schema, struct fault *fault);

/* One value of a libpq conninfo ("dbname", "passfile"), also when it is a URI. NULL: not given, or it is no conninfo. The
 * caller frees it. */
char *conninfo_value(const char *conninfo, const char *keyword);
