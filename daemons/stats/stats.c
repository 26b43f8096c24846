/* preau-statsd: the figures of schools, academies and the nation, every night (guide 7).
 *
 * Job            One snapshot a day of how many accounts stand where, by profile, state and origin, for each school, class,
 *                academy and the nation, in one consistent statement; kept as daily history, but for classes.
 * Listens        The service preau.statistics.Statistics (proto/statistics.proto) on bus.statistics;
 *                its status address.
 * Sends          The event statistics.computed on bus.events_statistics.
 * Owns           Tables statistics_day, statistics, statistics_class, statistics_level, statistics_area. Reads accounts and who is attached to which
 *                school, nothing personal.
 * Promises       The snapshot of a day is whole or absent. Asked again on the same day, it is replaced. One that was
 *                missed (stopped, no database) is taken as soon as it can be.
 * Limits         One snapshot at a time: a request that comes meanwhile gets that one's answer; two hours for one.
 *                Documents are drawn one at a time, 16 wait.
 * Configuration  statistics.time, statistics.retention, statistics.font_directory, and the sections database, bus, status. */
#include "bus/configured.h"
#include "bus/curve.h"
#include "runtime/daemon.h"
#include "runtime/memory.h"
#include "statistics.pb-c.h"
#include "stats/figures.h"
#include "stats/open_figures.h"
#include "stats/printer.h"
#include "stats/snapshot.h"
#include "store/configured.h"

struct stats {
    struct bus_curve *curve;
    struct store *store;
    struct publisher *publisher;
    struct snapshot *snapshot;
    struct printer *printer;
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
    figures_answer_school(stats->store, call, (const Preau__Statistics__GetSchoolRequest *)(const void *)request);
}

static void get_academy(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    figures_answer_academy(stats->store, call, (const Preau__Statistics__GetAcademyRequest *)(const void *)request);
}

static void get_nation(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    figures_answer_nation(stats->store, call, (const Preau__Statistics__GetNationRequest *)(const void *)request);
}

static void get_open_figures(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    (void)request;
    open_figures_answer(stats->store, call);
}

static void get_school_paper(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    printer_answer_school(stats->printer, call, (const Preau__Statistics__GetSchoolRequest *)(const void *)request);
}

static void get_area_paper(void *arg, struct call *call, const ProtobufCMessage *request)
{
    const struct stats *stats = arg;
    printer_answer_area(stats->printer, call, (const Preau__Statistics__GetAreaPaperRequest *)(const void *)request);
}

static const struct service_method methods[] = {
    {"Compute",        compute         },
    {"GetSchool",      get_school      },
    {"GetAcademy",     get_academy     },
    {"GetNation",      get_nation      },
    {"GetOpenFigures", get_open_figures},
    {"GetSchoolPaper", get_school_paper},
    {"GetAreaPaper",   get_area_paper  },
    {NULL,             NULL            },
};

static void stats_stop(struct daemon_run *run)
{
    struct stats *stats = run->own;
    printer_stop(stats->printer);    /* first: what these break off is still answered */
    store_close(&stats->store);      /* before the service: what it breaks off is still answered */
    snapshot_free(&stats->snapshot); /* after: what it asked is told to it */
    service_close(&stats->service);
    printer_free(&stats->printer);
    publisher_close(&stats->publisher);
    bus_curve_close(&stats->curve);
    memory_free(&run->own);
}

static bool stats_start(struct daemon_run *run, struct fault *fault)
{
    struct stats *stats = run->own = checked_calloc(1, sizeof *stats);
    stats->store = store_open_configured(run);
    stats->printer = printer_new(run, stats->store);
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
    .summary = "Calcule chaque nuit les statistiques des établissements, des académies et de la nation.",
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
