/* preau-importd: AAF archives become people, schools, links and pre-created accounts (guide 1.1, 1.2).
 *
 * Job            Takes each academy's sets, complete and delta, first and second degree, from its inbox folder; checks them
 *                record by record; writes what differs from what the house knows, in one transaction; pre-creates the
 *                accounts of legal guardians and of pupils of the second degree, one for each person; puts the archive
 *                away. Closes and erases the accounts of who left, after their time.
 * Listens        The service preau.import.Import (proto/import.proto) on bus.import; its status address.
 * Sends          The event import.finished on bus.events_import.
 * Owns           Tables academy, school, person, enrolment, guardianship, account_merge, import_*; creates accounts,
 *                identifiers and sealed provisional passwords. Never touches what a person chose.
 * Promises       An archive is integrated whole or not at all, once. Killed at any instant, it goes on from the archive
 *                that it was at. A bad record is refused alone and told; a bad file refuses its archive; a delivery that
 *                departs too far from what is known waits for a person. Whoever is absent from a complete set is marked
 *                departed and keeps the account through a time of grace.
 * Limits         import.parallel archives at a time, one an academy. Sizes, depths and counts are bounded, and memory does
 *                not grow with them.
 * Configuration  Sections import, keys, database, bus, status. */
#include "bus/configured.h"
#include "bus/curve.h"
#include "bus/health.h"
#include "crypto/random.h"
#include "import.pb-c.h"
#include "import/decide.h"
#include "import/history.h"
#include "import/merge.h"
#include "import/queue.h"
#include "import/retention.h"
#include "runtime/daemon.h"
#include "runtime/memory.h"
#include "store/configured.h"

#include <libxml/parser.h>
#include <malloc.h>

struct import {
    struct bus_curve *curve;
    struct store *store;
    struct publisher *publisher;
    struct health *health;
    struct key_ring *keys;
    struct queue *queue;
    struct history *history;
    struct merges *merges;
    struct retention *retention;
    struct service *service;
};

/* What changes something, or tells of persons, is not for administrators, and nothing for families: true, and answered,
 * when the caller may not. */
static bool is_refused(struct call *call)
{
    struct caller caller = call_caller(call);
    enum refusal refusal = REFUSAL_NONE;
    if (caller.account.v != 0) {
        refusal = REFUSAL_NOT_FOUND;
    } else if (!caller.is_operator) {
        refusal = REFUSAL_NOT_ALLOWED;
    }
    if (refusal != REFUSAL_NONE) {
        call_refuse(call, refusal);
    }
    return refusal != REFUSAL_NONE;
}

static void run_imports(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    if (!is_refused(call)) {
        queue_ask(import->queue, call, (const Preau__Import__RunImportsRequest *)(const void *)request);
    }
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

static void decide(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    if (!is_refused(call)) {
        decide_run(import->store, import->queue, call, (const Preau__Import__DecideRunRequest *)(const void *)request);
    }
}

static void list_merges(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    if (!is_refused(call)) {
        decide_list_merges(import->store, call, (const Preau__Import__ListMergesRequest *)(const void *)request);
    }
}

static void undo_merge(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct import *import = arg;
    if (!is_refused(call)) {
        merge_undo(import->merges, call, (const Preau__Import__UndoMergeRequest *)(const void *)request);
    }
}

static const struct service_method methods[] = {
    {"RunImports", run_imports},
    {"ListRuns",   list_runs  },
    {"GetReport",  get_report },
    {"DecideRun",  decide     },
    {"ListMerges", list_merges},
    {"UndoMerge",  undo_merge },
    {NULL,         NULL       },
};

static void import_stop(struct daemon_run *run)
{
    struct import *import = run->own;
    merges_free(&import->merges); /* answers the calls that it has */
    retention_free(&import->retention);
    queue_free(&import->queue);
    store_close(&import->store); /* before the service: what it breaks off is still answered */
    service_close(&import->service);
    history_free(&import->history);
    health_free(&import->health);
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
        import->merges = merges_new(run, import->keys);
        import->retention = retention_new(run);
        opened = service_open_configured(run, CONFIG_BUS_IMPORT, &preau__import__import__descriptor, methods, import,
            import->curve, &import->service, fault);
    }
    if (opened) {
        import->health = health_new(run, import->publisher, queue_latest, import->queue);
    } else {
        import_stop(run);
    }
    return opened;
}

static void import_drain(struct daemon_run *run)
{
    const struct import *import = run->own;
    service_refuse(import->service);
    queue_drain(import->queue);
    retention_drain(import->retention);
}

static bool import_is_idle(struct daemon_run *run)
{
    const struct import *import = run->own;
    return service_running(import->service) == 0 && queue_is_idle(import->queue) &&
           retention_is_idle(import->retention);
}

enum { KEPT_MEMORY = 16 << 20 };

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
    /* what is known comes in results of some mebibytes, one after the other: their memory is kept for the next one */
    (void)mallopt(M_TRIM_THRESHOLD, KEPT_MEMORY);
    (void)mallopt(M_MMAP_THRESHOLD, KEPT_MEMORY);
    return daemon_main(&daemon_import, argc, argv);
}
