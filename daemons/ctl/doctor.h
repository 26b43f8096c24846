/* preauctl doctor: is this installation well, and if not, what is wrong, where, and what is to be done?
 *
 * A check is a row of the table of doctor.c: a small function that finds. It never ends another check, takes a bounded time
 * whatever is dead, changes nothing, and prints no secret. What daemons say of themselves is asked of them, not found again. */
#pragma once

#include "ctl/command.h"
#include "ctl/house.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <jansson.h>
#include <stdio.h>

/* The graver one is the greater. */
enum doctor_state { DOCTOR_OK, DOCTOR_SKIPPED, DOCTOR_LOOK, DOCTOR_BROKEN };

/* What a status address answered. */
struct doctor_answer {
    json_t *status; /* of /status; NULL: no daemon of ours answered */
    char *silence;  /* then: why */
};

struct doctor_check; /* a row of the table */

struct doctor {
    const struct ctl *ctl;
    const struct config *config; /* NULL: it is wrong, and only checks that need none are made */
    bool zone_is_unknown;        /* then local times are the host's */
    bool is_database_away;       /* told by the check of the server: what stands on it says no more */
    struct doctor_answer answers[HOUSE_COUNT];
    json_t *findings; /* of the check that is being made */
    enum doctor_state state;
    char *detail; /* on the line of a check that is well */
};

/* --- what a check says --- */

/* One thing found; `state` of the whole check is the gravest. */
PRINTF_LIKE(3, 4) void doctor_find(struct doctor *doctor, enum doctor_state state, const char *format, ...);
/* What to do about what was found last. */
PRINTF_LIKE(2, 3) void doctor_advise(struct doctor *doctor, const char *format, ...);
/* What is told of a check that is well: a few words behind its name. */
PRINTF_LIKE(2, 3) void doctor_detail(struct doctor *doctor, const char *format, ...);
/* There is nothing to check, and why. */
void doctor_skip(struct doctor *doctor, const char *why);

/* --- the checks, by subject; index: of house_daemons, where it matters --- */

/* doctor_config.c */
void doctor_config(struct doctor *doctor, int index);
void doctor_config_of_daemons(struct doctor *doctor, int index);
/* doctor_files.c */
void doctor_secrets(struct doctor *doctor, int index);
void doctor_keys(struct doctor *doctor, int index);
void doctor_folders(struct doctor *doctor, int index);
/* doctor_database.c */
void doctor_server(struct doctor *doctor, int index);
void doctor_roles(struct doctor *doctor, int index);
void doctor_schema(struct doctor *doctor, int index);
void doctor_clock(struct doctor *doctor, int index);
void doctor_connections(struct doctor *doctor, int index);
void doctor_archive(struct doctor *doctor, int index);
/* doctor_daemons.c */
void doctor_answers_ask(struct doctor *doctor);
void doctor_answers_clear(struct doctor *doctor);
void doctor_daemon(struct doctor *doctor, int index);
void doctor_versions(struct doctor *doctor, int index);
void doctor_imports(struct doctor *doctor, int index);
void doctor_statistics(struct doctor *doctor, int index);
/* doctor_bus.c */
void doctor_bus(struct doctor *doctor, int index);
/* doctor_peers.c */
void doctor_smtp(struct doctor *doctor, int index);
void doctor_sms(struct doctor *doctor, int index);
void doctor_franceconnect(struct doctor *doctor, int index);
void doctor_academy_portals(struct doctor *doctor, int index);
void doctor_ents(struct doctor *doctor, int index);
void doctor_public_address(struct doctor *doctor, int index);

/* --- what systemd gives (doctor_given.c) --- */

/* What it gave to that daemon at its start (LoadCredential=), looked at as root or as that daemon where systemd puts it, or where this
 * process has its own. Does it give the keys of the ring, the bus's secret key? The daemon then reads those, and not what the configuration names. */
bool doctor_given_ring(const struct house_daemon *daemon);
bool doctor_given_bus_key(const struct house_daemon *daemon);
/* Sets what the daemon's unit sets for it, in the process that reads the configuration as it does. */
void doctor_given_environment(const struct house_daemon *daemon);
/* Tells each key that a daemon was not given, and each that it was and that is gone. */
void doctor_given_keys(struct doctor *doctor);

/* --- as whom --- */

/* May this process become that account (it is root, and the account is there)? Else what follows is tried as ourselves. */
bool doctor_may_become(const char *account);
/* Runs `look` in a process of its own under the account (NULL: as ourselves), for at most `seconds`: what hangs there hangs nobody here. 0 and
 * what it wrote, or what it gave, or one of these. The caller frees *out_said. */
enum {
    DOCTOR_LOOK_LATE = -2,       /* it was not done in time */
    DOCTOR_LOOK_DEAD = -1,       /* it died, or could not begin */
    DOCTOR_LOOK_NOT_BECOME = 111 /* that account is refused to us */
};
typedef int doctor_look(void *arg, FILE *out);
int doctor_look_as(const char *account, unsigned seconds, doctor_look *look, void *arg, char **out_said);
