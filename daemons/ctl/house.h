/* The five daemons as preauctl knows them, from the outside: how each is found, and as whom it comes to the database and the disk. */
#pragma once

#include "runtime/config.h"

#include <stdbool.h>
#include <stddef.h>

enum { HOUSE_IMPORT, HOUSE_NOTIFY, HOUSE_LINK, HOUSE_STATS, HOUSE_PORTAL, HOUSE_COUNT };

struct house_daemon {
    const char *name;            /* "preau-importd" */
    const char *account;         /* Unix: of deploy/systemd */
    const char *role;            /* PostgreSQL */
    enum config_key status, bus; /* bus: CONFIG_KEY_COUNT, it serves none */
    const char *const *sections; /* of the configuration, as its own main file names them */
};
extern const struct house_daemon house_daemons[HOUSE_COUNT];

/* Is it on this host, as the configuration tells (status.* is not CONFIG_ELSEWHERE)? */
bool house_is_here(const struct config *config, int index);

/* preauctl's own role. */
#define HOUSE_CTL_ROLE "preau_ctl"

/* The role that one comes in as: database.user, when it is set, stands for everyone's. */
const char *house_role(const struct config *config, const char *role);
/* Where its password is (database.passfile_directory). The caller frees; NULL: none is wanted, or conninfo alone says it. */
char *house_passfile(const struct config *config, const char *role);

/* How many connections of PostgreSQL all daemons may want together, as the configuration says, with some to spare for what works
 * beside the pools and for whoever looks; and max_connections, with those that are for superusers, and never below what
 * PostgreSQL has by itself. */
long long house_connections_wanted(const struct config *config);
long long house_connections_max(const struct config *config);
