/* preau-importd: AAF archives become people, schools, links and pre-created accounts (guide 1.1, 1.2).
 *
 * Job            Takes each academy's complete sets, first and second degree, from its inbox folder; checks them record by
 *                record; writes what differs from what the house knows, in one transaction; pre-creates the accounts of
 *                legal guardians and of pupils of the second degree; puts the archive away.
 * Listens        The service preau.import.Import (proto/import.proto) on bus.import; its status address.
 * Sends          The event import.finished on bus.events_import.
 * Owns           Tables academy, school, person, enrolment, guardianship, import_run, import_refusal; creates accounts,
 *                identifiers and sealed provisional passwords. Never touches what a person chose.
 * Promises       An archive is integrated whole or not at all, once. Killed at any instant, it goes on from the archive
 *                that it was at. A bad record is refused alone and told; a bad file refuses its archive. Whoever is absent
 *                from a complete set is marked departed and keeps the account.
 * Limits         One archive at a time. Delta sets are refused (delta_not_taken). Sizes, depths and counts are bounded.
 * Configuration  Sections import, keys, database, bus, status. */
#include "bus/configured.h"
#include "bus/curve.h"
#include "crypto/random.h"
#include "import.pb-c.h"
#include "import/history.h"
#include "import/queue.h"
#include "runtime/daemon.h"
#include "runtime/memory.h"
#include "store/configured.h"

#include <libxml/parser.h>

struct import {
    struct bus_curve *curve;
    struct store *store;
    struct publisher *publisher;
    struct key_ring *keys;
    struct queue *queue;
    struct history *history;
    struct service *service;
};

static void run_imports(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    queue_ask(import->queue, call, (const Preau__Import__RunImportsRequest *)(const void *)request);
}

static void list_runs(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    history_list(import->history, call, (const Preau__Import__ListRunsRequest *)(const void *)request);
}

static void get_report(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    history_report(import->history, call, (const Preau__Import__GetReportRequest *)(const void *)request);
}

static const struct service_method methods[] = {
    {"RunImports", run_imports},
    {"ListRuns",   list_runs  },
    {"GetReport",  get_report },
    {NULL,         NULL       },
};

static void import_stop(struct daemon_run *run)
{
    struct import *import = run->own;
    service_close(&import->service);
    queue_free(&import->queue);
    history_free(&import->history);
    store_close(&import->store);
    publisher_close(&import->publisher);
    key_ring_free(&import->keys);
    bus_curve_close(&import->curve);
    memory_free(&run->own);
}

static bool keys_open(struct import *import, const struct config *config, struct fault *fault)
{
    char problem[200];
    if (!crypto_begin()) {
        return fault_set(fault, FAULT_CRYPTO, "libsodium does not work here");
    }
    import->keys = key_ring_load(config_text(config, CONFIG_KEYS_DIRECTORY), problem, sizeof problem);
    return import->keys || fault_set(fault, FAULT_CRYPTO, "%s", problem);
}

static bool import_start(struct daemon_run *run, struct fault *fault)
{
    struct import *import = run->own = checked_calloc(1, sizeof *import);
    xmlInitParser(); /* before there are threads */
    import->store = store_open_configured(run);
    bool opened = keys_open(import, run->config, fault) &&
                  bus_curve_open_configured(run->loop, run->config, &import->curve, fault) &&
                  publisher_open_configured(run, CONFIG_BUS_EVENTS_IMPORT, import->curve, &import->publisher, fault) &&
                  queue_new(run, import->store, import->publisher, import->keys, &import->queue, fault);
    if (opened) {
        import->history = history_new(import->store, import->queue);
        opened = service_open_configured(run, CONFIG_BUS_IMPORT, &preau__import__import__descriptor, methods, import,
            import->curve, &import->service, fault);
    }
    if (!opened) {
        import_stop(run);
    }
    return opened;
}

static void import_drain(struct daemon_run *run)
{
    const struct import *import = run->own;
    service_refuse(import->service);
    queue_drain(import->queue);
}

static bool import_is_idle(struct daemon_run *run)
{
    const struct import *import = run->own;
    return service_running(import->service) == 0 && queue_is_idle(import->queue);
}

static const struct daemon daemon_import = {
    .name = "preau-importd",
    .role = "preau_import",
    .summary = "Intègre les archives AAF des académies et pré-crée les comptes.",
    .sections = (const char *const[]){"database", "bus", "status", "keys", "import", NULL},
    .status_address = CONFIG_STATUS_IMPORT,
    .start = import_start,
    .drain = import_drain,
    .is_idle = import_is_idle,
    .stop = import_stop,
};

int main(int argc, char **argv)
{
    return daemon_main(&daemon_import, argc, argv);
}
