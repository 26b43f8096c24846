/* preau-portald: the web, for school heads and for families; holds no business rule.
 *
 * Job            Pages: the head's application (guide 4 to 7), the families' way in (guide 1.1, third scheme; their
 *                desk), and for integrators what became of their deliveries. What is decided is asked of linkd, notifyd
 *                and statsd, reports of importd; lists are read from the database.
 * Listens        HTTP on portal.listen, behind a reverse proxy that holds TLS; its status address.
 * Calls          The services preau.link.Link, preau.notify.Notify, preau.statistics.Statistics, preau.import.Import.
 * Owns           Table session. Of a cookie it stores a digest, so that the table lets nobody in.
 * Promises       Who is not signed in, or not in scope, learns nothing: each head's page asks the database for the
 *                school within the administrator's scope, and the daemons ask once more. A form counts once: what
 *                changes something carries the request's id from the page that offered it. No page needs a script.
 * Limits         portal.connections_max, address_connections_max, body_max, header_max, request_timeout; a visit ends
 *                within 10 s or so: 503 with Retry-After when another daemon is down or busy, and the others' pages go on.
 * Configuration  Sections portal, online_service, link (ends of families' sessions), database, bus, status; of import the hours, to say
 *                when a correction will count, and how long data are kept. */
#include "portal/portal.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "crypto/random.h"
#include "import.pb-c.h"
#include "link.pb-c.h"
#include "notify.pb-c.h"
#include "portal/academy_portals.h"
#include "portal/ent_peers.h"
#include "portal/online_services.h"
#include "portal/open_figures.h"
#include "portal/security_text.h"
#include "portal/service_state.h"
#include "portal/visit.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "statistics.pb-c.h"
#include "store/configured.h"

#include <unistd.h>

enum { PARAMETERS_MAX_OF_A_FORM = 1000 };
#define PURGE_PERIOD MINUTES(10)
/* A connection to PostgreSQL is made in far less. */
#define DATABASE_PATIENCE SECONDS(2)

static void sessions_purged(void *arg, int64_t open, const struct fault *fault)
{
    (void)arg;
    if (fault) {
        log_event(LOG_NOTICE, "sessions_not_purged", F("fault", fault));
        return;
    }
    metric_set(METRIC_PORTAL_SESSIONS, (double)open);
}

static void sessions_purge(void *arg)
{
    struct portal *portal = arg;
    web_session_purge(portal->store, clock_now(), sessions_purged, portal);
}

static bool clients_open(struct portal *portal, const struct daemon_run *run, struct fault *fault)
{
    const struct config *config = run->config;
    return bus_curve_open_configured(run->loop, config, &portal->curve, fault) &&
           client_open_configured(run->loop, config, run->status, CONFIG_BUS_LINK, &preau__link__link__descriptor,
               "linkd", portal->curve, &portal->link, fault) &&
           client_open_configured(run->loop, config, run->status, CONFIG_BUS_NOTIFY, &preau__notify__notify__descriptor,
               "notifyd", portal->curve, &portal->notify, fault) &&
           client_open_configured(run->loop, config, run->status, CONFIG_BUS_STATISTICS,
               &preau__statistics__statistics__descriptor, "statsd", portal->curve, &portal->statistics, fault) &&
           client_open_configured(run->loop, config, run->status, CONFIG_BUS_IMPORT, &preau__import__import__descriptor,
               "importd", portal->curve, &portal->import, fault);
}

static bool server_open(struct portal *portal, const struct daemon_run *run, struct fault *fault)
{
    const struct config *config = run->config;
    const struct http_options options = {
        .address = config_text(config, CONFIG_PORTAL_LISTEN),
        .trusted_proxies = config_list(config, CONFIG_PORTAL_TRUSTED_PROXIES),
        .body_max = config_size(config, CONFIG_PORTAL_BODY_MAX),
        .header_max = config_size(config, CONFIG_PORTAL_HEADER_MAX),
        .connections_max = (unsigned)config_count(config, CONFIG_PORTAL_CONNECTIONS_MAX),
        .address_connections_max = (unsigned)config_count(config, CONFIG_PORTAL_ADDRESS_CONNECTIONS_MAX),
        .is_https = config_flag(config, CONFIG_PORTAL_SECURE_COOKIE),
        .timeout = config_duration(config, CONFIG_PORTAL_REQUEST_TIMEOUT),
        .parameters_max = PARAMETERS_MAX_OF_A_FORM,
    };
    return http_server_open(run->loop, &options, visit_begin, portal, &portal->server, fault);
}

/* French in the folder itself, each other language in one of its code: a folder that is not there is a language that is
 * not offered. */
static bool templates_load(struct portal *portal, const char *directory, struct fault *fault)
{
    bool loaded = template_set_load(directory, &portal->templates[LANGUAGE_FRENCH], fault);
    for (unsigned i = LANGUAGE_FRENCH + 1; loaded && i < LANGUAGE_COUNT; i++) {
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", directory, language_code((enum language)i));
        loaded = access(path, F_OK) != 0 || template_set_load(path, &portal->templates[i], fault);
    }
    return loaded;
}

static void templates_free(struct portal *portal)
{
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (portal->templates[i]) {
            template_set_free(&portal->templates[i]);
        }
    }
}

static void statements_read(const struct config *config, struct statements *out_statements)
{
    *out_statements = (struct statements){
        .address = config_text(config, CONFIG_PORTAL_PUBLIC_URL),
        .publisher = config_text(config, CONFIG_PORTAL_PUBLISHER),
        .director = config_text(config, CONFIG_PORTAL_PUBLICATION_DIRECTOR),
        .hosted_by = config_text(config, CONFIG_PORTAL_HOSTED_BY),
        .contact = config_text(config, CONFIG_PORTAL_CONTACT),
        .privacy_contact = config_text(config, CONFIG_PORTAL_PRIVACY_CONTACT),
        .grace = config_duration(config, CONFIG_IMPORT_GRACE),
        .erase_after = config_duration(config, CONFIG_IMPORT_ERASE_AFTER),
    };
}

/* First the server: who waits is then answered into the void by what closes after it. */
static void portal_stop(struct daemon_run *run)
{
    struct portal *portal = run->own;
    timer_cancel(&portal->purge);
    timer_cancel(&portal->opening);
    http_server_close(&portal->server);
    client_close(&portal->link);
    client_close(&portal->notify);
    client_close(&portal->statistics);
    client_close(&portal->import);
    service_watch_close(&portal->service_watch);
    store_close(&portal->store);
    assets_close(&portal->assets);
    templates_free(portal);
    academy_portals_free(&portal->academy_portals);
    ent_peers_free(&portal->ent_peers);
    online_services_free(&portal->online_services);
    open_figures_free(&portal->open_figures);
    bus_curve_close(&portal->curve);
    memory_free(&run->own);
}

/* --- the first visitors --- */

static void doors_look(void *arg)
{
    struct portal *portal = arg;
    if (store_is_ready(portal->store) || duration_longer(clock_since(portal->begun), DATABASE_PATIENCE)) {
        timer_cancel(&portal->opening);
        http_server_let_in(portal->server);
    }
}

/* Who comes while we are restarted waits at the socket, which systemd holds, and a moment more until the database is there; not
 * longer: a portal without one says so. */
static void doors_hold(struct portal *portal)
{
    portal->begun = clock_tick();
    http_server_hold(portal->server);
    portal->opening = loop_every(portal->loop, MILLISECONDS(10), doors_look, portal);
}

static bool portal_start(struct daemon_run *run, struct fault *fault)
{
    struct portal *portal = run->own = checked_calloc(1, sizeof *portal);
    const struct config *config = run->config;
    *portal = (struct portal){
        .loop = run->loop,
        .sessions =
            {
                       .idle = {config_duration(config, CONFIG_LINK_SESSION_IDLE),
                    config_duration(config, CONFIG_PORTAL_SESSION_IDLE)},
                       .max_family = config_duration(config, CONFIG_LINK_SESSION_MAX),
                       .max_administrator = config_duration(config, CONFIG_PORTAL_SESSION_MAX),
                       .is_secure = config_flag(config, CONFIG_PORTAL_SECURE_COOKIE),
                       },
    };
    statements_read(config, &portal->statements);
    portal->offers_sms = config_titled_count(config, "sms_provider") > 0;
    portal->birth_date_refusals = config_count(config, CONFIG_LINK_BIRTH_DATE_REFUSALS);
    portal->mobile_validity = config_duration(config, CONFIG_SMS_MOBILE_VALIDITY);
    portal->offers_franceconnect = config_text(config, CONFIG_FRANCECONNECT_ISSUER)[0] != '\0';
    if (!crypto_begin()) {
        fault_set(fault, FAULT_CRYPTO, "libsodium does not work here");
        portal_stop(run);
        return false;
    }
    portal->academy_portals = academy_portals_list(config);
    portal->ent_peers = ent_peers_list(config);
    portal->open_figures = open_figures_new();
    portal->store = store_open_configured_within(run, VISIT_TIME);
    portal->purge = loop_every(run->loop, PURGE_PERIOD, sessions_purge, portal);
    bool opened = security_contact_read(config, &portal->statements.security_contact, fault) &&
                  import_clock_configure(config, &portal->import_clock, fault) &&
                  online_services_read(config, &portal->online_services, fault) &&
                  templates_load(portal, config_text(config, CONFIG_PORTAL_TEMPLATE_DIRECTORY), fault) &&
                  assets_open(config_text(config, CONFIG_PORTAL_ASSET_DIRECTORY), &portal->assets, fault) &&
                  clients_open(portal, run, fault) &&
                  service_watch_open(run->loop, config, portal->curve, &portal->service_watch, fault) &&
                  server_open(portal, run, fault);
    if (!opened) {
        portal_stop(run);
        return false;
    }
    doors_hold(portal);
    return true;
}

static void portal_check(const struct config *config, daemon_hears *tell, void *arg)
{
    struct fault fault = {0};
    const char *contact;
    if (!security_contact_read(config, &contact, &fault)) {
        tell(arg, &fault);
    }
}

static void portal_drain(struct daemon_run *run)
{
    const struct portal *portal = run->own;
    http_server_refuse(portal->server);
}

static bool portal_is_idle(struct daemon_run *run)
{
    const struct portal *portal = run->own;
    return http_server_is_idle(portal->server);
}

static const struct daemon daemon_portal = {
    .name = "preau-portald",
    .role = "preau_portal",
    .summary = "Sert les pages des chefs d’établissement et des familles.",
 /* of franceconnect and ent what it shows is read as it is: their secrets are linkd's alone, and no file of theirs is looked for */
    .sections = (const char *const[]){"database", "bus", "status", "portal", "online_service", "link", "sms", NULL},
    .status_address = CONFIG_STATUS_PORTAL,
    .check = portal_check,
    .start = portal_start,
    .drain = portal_drain,
    .is_idle = portal_is_idle,
    .stop = portal_stop,
};

int main(int argc, char **argv)
{
    return daemon_main(&daemon_portal, argc, argv);
}
