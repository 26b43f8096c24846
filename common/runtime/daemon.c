/* From the command line to the exit code, once for all daemons. */
#include "runtime/daemon.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/key_file.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <assert.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum { EXIT_ORDERLY = 0, EXIT_FAULT = 1, EXIT_USAGE = 2, EXIT_CONFIG = 78 /* EX_CONFIG of sysexits.h */ };
enum { FILES_MAX = 16, SECTIONS_MAX = 32 };

static const char standard_file[] = "/etc/preau/preau.conf";

struct options {
    const char *files[FILES_MAX];
    size_t file_count;
    bool is_check;
};

struct process {
    struct daemon_run run;
    const struct options *options;
    const char *sections[SECTIONS_MAX];
    struct signal_watch *term, *interrupt, *hangup;
    struct timer *watchdog;
    struct timer *drain_look;
    struct tick drain_start;
    bool is_stopping;
};

/* --- options --- */

static void print_help(const struct daemon *daemon)
{
    (void)printf(
        "%s — %s\n\n"
        "Usage : %s [OPTIONS]\n\n"
        "  -c, --config FICHIER   lit cette configuration ; plusieurs fois : le dernier l'emporte\n"
        "                         (défaut : %s)\n"
        "      --check-config     vérifie la configuration, dit chaque faute et s'arrête (code 1 s'il y en a)\n"
        "  -V, --version          dit la version\n"
        "  -h, --help             cette aide\n\n"
        "Signaux : TERM, INT arrêt ordonné (une seconde fois : immédiat) ; HUP relit le niveau du journal.\n"
        "Codes : 0 arrêt ordonné ; 1 panne, dite au journal ; 2 ligne de commande ; 78 configuration.\n",
        daemon->name, daemon->summary, daemon->name, standard_file);
}

/* -1: go on; else the exit code. */
static int read_options(const struct daemon *daemon, int argc, char **argv, struct options *options)
{
    static const struct option known[] = {
        {"config",       required_argument, NULL, 'c'},
        {"check-config", no_argument,       NULL, 'k'},
        {"version",      no_argument,       NULL, 'V'},
        {"help",         no_argument,       NULL, 'h'},
        {NULL,           0,                 NULL, 0  },
    };
    int option;
    while ((option = getopt_long(argc, argv, "c:Vh", known, NULL)) != -1) {
        if (option == 'c' && options->file_count < FILES_MAX) {
            options->files[options->file_count++] = optarg;
        } else if (option == 'k') {
            options->is_check = true;
        } else if (option == 'V') {
            (void)printf("%s %s\n", daemon->name, PREAU_VERSION);
            return EXIT_ORDERLY;
        } else if (option == 'h') {
            print_help(daemon);
            return EXIT_ORDERLY;
        } else {
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        (void)fprintf(stderr, "%s: argument en trop : %s\n", daemon->name, argv[optind]);
        return EXIT_USAGE;
    }
    if (options->file_count == 0 && access(standard_file, F_OK) == 0)
        options->files[options->file_count++] = standard_file;
    return -1;
}

/* --- configuration --- */

static void gather_sections(struct process *process)
{
    static const char *const always[] = {"log", "time", "daemon"};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_LENGTH(always); i++)
        process->sections[count++] = always[i];
    for (const char *const *section = process->run.daemon->sections; section != NULL && *section != NULL; section++) {
        assert(count < SECTIONS_MAX - 1);
        process->sections[count++] = *section;
    }
}

static struct config *read_config(const struct process *process)
{
    struct config_problems problems = {0};
    const struct options *options = process->options;
    struct config *config = config_load(options->files, options->file_count, process->sections, &problems);
    for (size_t i = 0; i < problems.count; i++)
        (void)fprintf(stderr, "%s\n", problems.texts[i]);
    config_problems_clear(&problems);
    return config;
}

static int level_of(const struct config *config)
{
    int level = LOG_INFO;
    bool is_known = log_level_parse(config_text(config, CONFIG_LOG_LEVEL), &level);
    assert(is_known);
    return level;
}

static bool open_log(const struct process *process, struct fault *fault)
{
    const struct config *config = process->run.config;
    enum log_format format = LOG_FORMAT_AUTO;
    bool is_known = log_format_parse(config_text(config, CONFIG_LOG_FORMAT), &format);
    assert(is_known);
    log_open(process->run.daemon->name, format, level_of(config));
    return clock_zone_set(config_text(config, CONFIG_TIME_ZONE), fault);
}

/* --- signals --- */

static void drain_look(void *arg)
{
    struct process *process = arg;
    const struct daemon *daemon = process->run.daemon;
    struct duration bound = config_duration(process->run.config, CONFIG_DAEMON_STOP_TIMEOUT);
    bool is_idle = daemon->is_idle == NULL || daemon->is_idle(&process->run);
    if (!is_idle && !duration_longer(clock_since(process->drain_start), bound))
        return;
    if (!is_idle)
        log_event(LOG_WARNING, "stop_bound_over", F("bound", bound));
    loop_stop(process->run.loop, EXIT_ORDERLY);
}

static void stop_asked(void *arg)
{
    struct process *process = arg;
    if (process->is_stopping) {
        log_event(LOG_WARNING, "stop_at_once");
        _exit(EXIT_FAULT);
    }
    process->is_stopping = true;
    process->drain_start = clock_tick();
    log_event(LOG_NOTICE, "stopping");
    (void)sd_notify(0, "STOPPING=1");
    status_phase_set(process->run.status, STATUS_STOPPING);
    if (process->run.daemon->drain != NULL)
        process->run.daemon->drain(&process->run);
    process->drain_look = loop_every(process->run.loop, MILLISECONDS(50), drain_look, process);
    drain_look(process);
}

static void level_asked(void *arg)
{
    const struct process *process = arg;
    _cleanup_(config_free) struct config *fresh = read_config(process);
    if (fresh == NULL) {
        log_event(LOG_ERR, "reload_refused");
        return;
    }
    log_level_set(level_of(fresh));
    log_event(LOG_NOTICE, "log_level", F("level", config_text(fresh, CONFIG_LOG_LEVEL)));
}

static void watchdog_feed(void *arg)
{
    (void)arg;
    (void)sd_notify(0, "WATCHDOG=1");
}

static void watch_signals(struct process *process)
{
    struct loop *loop = process->run.loop;
    /* a peer that goes away is an error of write(), not a death */
    (void)signal(SIGPIPE, SIG_IGN);
    process->term = loop_signal(loop, SIGTERM, stop_asked, process);
    process->interrupt = loop_signal(loop, SIGINT, stop_asked, process);
    process->hangup = loop_signal(loop, SIGHUP, level_asked, process);
    uint64_t watchdog_us = 0;
    /* twice within systemd's patience, as sd_watchdog_enabled(3) advises */
    if (sd_watchdog_enabled(0, &watchdog_us) > 0)
        process->watchdog = loop_every(loop, (struct duration){(int64_t)watchdog_us / 2}, watchdog_feed, process);
}

/* --- running --- */

static int run_started(struct process *process)
{
    struct daemon_run *run = &process->run;
    status_phase_set(run->status, STATUS_RUNNING);
    log_event(LOG_NOTICE, "started", F("version", PREAU_VERSION), F("status_port", status_port(run->status)));
    (void)sd_notify(0, "READY=1");
    int code = loop_run(run->loop);
    if (run->daemon->stop != NULL)
        run->daemon->stop(run);
    log_event(LOG_NOTICE, "stopped", F("code", code));
    return code;
}

static bool has_section(const struct process *process, const char *name)
{
    for (const char *const *section = process->sections; *section != NULL; section++)
        if (strcmp(*section, name) == 0)
            return true;
    return false;
}

/* As they are now: a key that comes later counts from the next start, when it is read. */
static void tell_keys(const struct process *process)
{
    static const char *const purposes[] = {"sealing", "tokens"};
    const struct daemon_run *run = &process->run;
    for (size_t i = 0; has_section(process, "keys") && i < ARRAY_LENGTH(purposes); i++)
        key_file_tell(
            run->status, purposes[i], key_file_newest(config_text(run->config, CONFIG_KEYS_DIRECTORY), purposes[i]));
    if (has_section(process, "bus"))
        key_file_tell(run->status, "curve", key_file_written(config_text(run->config, CONFIG_BUS_CURVE_SECRET_FILE)));
}

static bool is_for_here(const char *status_address, struct fault *fault)
{
    if (strcmp(status_address, CONFIG_ELSEWHERE) != 0)
        return true;
    (void)fault_set(fault, FAULT_CONFIG, "the configuration says that this daemon is on another host");
    return fault_hint(fault, "Give it an address in the section status.");
}

static int run(struct process *process)
{
    struct daemon_run *run = &process->run;
    struct fault fault = {0};
    int code = EXIT_FAULT;
    run->loop = loop_new();
    run->status = status_new(run->daemon->name);
    watch_signals(process);
    tell_keys(process);
    const char *address = config_text(run->config, run->daemon->status_address);
    if (!is_for_here(address, &fault) || !status_listen(run->status, run->loop, address, &fault) ||
        !run->daemon->start(run, &fault))
        log_fault("start_failed", &fault);
    else
        code = run_started(process);
    status_free(&run->status);
    loop_free(&run->loop);
    return code;
}

static void wrong_told(void *arg, const struct fault *fault)
{
    bool *is_right = arg;
    *is_right = false;
    (void)fprintf(stderr, "%s%s%s\n", fault->text, fault->hint[0] != '\0' ? " ; " : "", fault->hint);
}

/* config NULL: wrong, and told already. */
static int check(const struct daemon *daemon, const struct config *config)
{
    bool is_right = config != NULL;
    if (is_right && daemon->check != NULL)
        daemon->check(config, wrong_told, &is_right);
    if (is_right)
        (void)puts("configuration correcte");
    return is_right ? EXIT_ORDERLY : EXIT_FAULT;
}

int daemon_main(const struct daemon *daemon, int argc, char **argv)
{
    struct options options = {0};
    int code = read_options(daemon, argc, argv, &options);
    if (code >= 0)
        return code;
    struct process process = {.run.daemon = daemon, .options = &options};
    gather_sections(&process);
    _cleanup_(config_free) struct config *config = read_config(&process);
    if (options.is_check)
        return check(daemon, config);
    if (config == NULL)
        return EXIT_CONFIG;
    process.run.config = config;
    struct fault fault = {0};
    if (!open_log(&process, &fault)) {
        log_fault("start_failed", &fault);
        return EXIT_CONFIG;
    }
    return run(&process);
}

const char *daemon_database_user(const struct daemon_run *run)
{
    const char *user = config_text(run->config, CONFIG_DATABASE_USER);
    return user[0] != '\0' ? user : run->daemon->role;
}
