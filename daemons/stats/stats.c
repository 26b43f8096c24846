/* preau-statsd: the figures of each school, every night (guide 7).
 *
 * Job            One snapshot a day of how many accounts stand where, by school, profile, state and origin, in one
 *                consistent statement; kept as daily history.
 * Listens        The service preau.statistics.Statistics (proto/statistics.proto) on bus.statistics;
 *                its status address.
 * Sends          The event statistics.computed on bus.events_statistics.
 * Owns           Tables statistics_day, statistics. Reads accounts and who is attached to which
 *                school, nothing personal.
 * Promises       The snapshot of a day is whole or absent. Asked again on the same day, it is replaced. One that was
 *                missed (stopped, no database) is taken as soon as it can be.
 * Limits         One snapshot at a time: a request that comes meanwhile gets that one's answer.
 * Configuration  statistics.time, and the sections database, bus, status. */
#include "bus/configured.h"
#include "bus/curve.h"
#include "runtime/daemon.h"
#include "runtime/memory.h"
#include "statistics.pb-c.h"
#include "stats/figures.h"
#include "stats/snapshot.h"
#include "store/configured.h"

struct stats {
    struct bus_curve *curve;
    struct store *store;
    struct publisher *publisher;
    struct snapshot *snapshot;
    struct figures *figures;
    struct service *service;
};

static void compute(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    snapshot_take(stats->snapshot, call, ((const Preau__Statistics__ComputeRequest *)(const void *)request)->by);
}

static void get_school(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    figures_answer(stats->figures, call, (const Preau__Statistics__GetSchoolRequest *)(const void *)request);
}

static const struct service_method methods[] = {
    {"Compute",   compute   },
    {"GetSchool", get_school},
    {NULL,        NULL      },
};

static void stats_stop(struct daemon_run *run)
{
    struct stats *stats = run->own;
    store_close(&stats->store); /* first: what it breaks off is still answered */
    service_close(&stats->service);
    snapshot_free(&stats->snapshot);
    figures_free(&stats->figures);
    publisher_close(&stats->publisher);
    bus_curve_close(&stats->curve);
    memory_free(&run->own);
}

static bool stats_start(struct daemon_run *run, struct fault *fault)
{
    struct stats *stats = run->own = checked_calloc(1, sizeof *stats);
    stats->store = store_open_configured(run);
    stats->figures = figures_new(stats->store);
    bool opened =
        bus_curve_open_configured(run->loop, run->config, &stats->curve, fault) &&
        publisher_open_configured(run, CONFIG_BUS_EVENTS_STATISTICS, stats->curve, &stats->publisher, fault) &&
        snapshot_new(run, stats->store, stats->publisher, &stats->snapshot, fault) &&
        service_open_configured(run, CONFIG_BUS_STATISTICS, &preau__statistics__statistics__descriptor, methods, stats,
            stats->curve, &stats->service, fault);
    if (!opened) {
        stats_stop(run);
    }
    return opened;
}

static void stats_drain(struct daemon_run *run)
{
    const struct stats *stats = run->own;
    service_refuse(stats->service);
}

static bool stats_is_idle(struct daemon_run *run)
{
    const struct stats *stats = run->own;
    return service_running(stats->service) == 0;
}

static const struct daemon daemon_stats = {
    .name = "preau-statsd",
    .role = "preau_stats",
    .summary = "Calcule chaque nuit les statistiques des établissements.",
    .sections = (const char *const[]){"database", "bus", "status", "statistics", NULL},
    .status_address = CONFIG_STATUS_STATISTICS,
    .start = stats_start,
    .drain = stats_drain,
    .is_idle = stats_is_idle,
    .stop = stats_stop,
};

int main(int argc, char **argv)
{
    return daemon_main(&daemon_stats, argc, argv);
}
