/* The skeleton of every daemon, so that its own main file is a manual and a table.
 *
 * daemon_main does, in this order: options → configuration read and checked whole (--check-config ends here, after check()) → time
 * zone → log → loop, signals, status endpoint ("starting") → start() → sd_notify READY=1, status "running" → loop.
 * On SIGTERM or SIGINT: status "stopping", drain(); the loop turns until is_idle() or the bound daemon.stop_timeout is
 * over; stop(); exit 0. A second signal leaves at once with exit 1. SIGHUP reads the log level again. The systemd
 * watchdog is fed from the loop.
 * Exit codes: 0 stopped in order; 1 fault (told on the log); 2 wrong command line; 78 wrong configuration. */
#pragma once

#include "runtime/config.h"
#include "runtime/fault.h"
#include "runtime/loop.h"
#include "runtime/status.h"

#include <stdbool.h>

/* What a running daemon is given: all borrowed, alive from start() until after stop(). */
struct daemon_run {
    const struct daemon *daemon;
    struct loop *loop;
    const struct config *config;
    struct status *status;
    void *own; /* the daemon's: set by start(), freed by stop() */
};

typedef void daemon_hears(void *arg, const struct fault *fault);

struct daemon {
    const char *name;            /* "preau-notifyd" */
    const char *role;            /* its database user, unless database.user says another: "preau_notify" */
    const char *summary;         /* one French sentence for --help */
    const char *const *sections; /* of the configuration it needs, NULL-ended; log, daemon and time are always */
    enum config_key status_address;

    /* What --check-config looks at beside the keys: each thing that is wrong is told, in French. May be NULL. */
    void (*check)(const struct config *config, daemon_hears *tell, void *arg);
    /* Opens store, bus, workers. It may also give true while things are still down and go on by itself: its required
     * checks keep /readyz at 503 meanwhile. false with the fault: the daemon ends. */
    bool (*start)(struct daemon_run *run, struct fault *fault);
    /* On the first signal: take no new work. May be NULL. */
    void (*drain)(struct daemon_run *run);
    /* Asked every 50 ms after drain: is the accepted work done? NULL: at once. */
    bool (*is_idle)(struct daemon_run *run);
    /* Frees what start() made, in reverse order. */
    void (*stop)(struct daemon_run *run);
};

int daemon_main(const struct daemon *daemon, int argc, char **argv);

/* The daemon's database user. */
const char *daemon_database_user(const struct daemon_run *run);
