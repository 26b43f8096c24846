#include "link/sms_reports.h"

#include "link/link.h"
#include "link/sms_address.h"
#include "link/sms_report.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/registration.h"

#include <stdio.h>
#include <string.h>

enum {
    KEEPING_MAX = 64, /* reports that wait for the store together */
    CONNECTIONS_MAX = 32,
    ENDED_MIN = 10 /* messages that ended within the hour: of fewer, one that is lost says nothing */
};

struct sms_reports {
    struct link *link;
    struct http_server *server;
    struct status *status;
    struct status_check *check;
    char base[64]; /* "http://127.0.0.1:9113" */
    int64_t undelivered_max;
    unsigned keeping;
};

/* One that is being kept. */
struct incoming {
    struct sms_reports *reports;
    struct http_request *request;
    struct sms_report report;
};

static const char *word_of(enum registration_delivery delivery)
{
    return registration_delivery_code(delivery);
}

static void kept(void *arg, const struct registration_reported *reported, const struct fault *fault)
{
    struct incoming *incoming = arg;
    incoming->reports->keeping--;
    if (fault) {
        metric_count(METRIC_SMS_REPORTS, "fault");
        http_reply_text(incoming->request, 503, "Later.\n");
    } else if (!reported) {
        metric_count(METRIC_SMS_REPORTS, "repeated");
        http_reply_text(incoming->request, 200, "Known.\n");
    } else {
        /* it is news of the request that asked for the code */
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(reported->trace);
        metric_count(METRIC_SMS_REPORTS, word_of(incoming->report.delivery));
        log_event(LOG_INFO, "sms_report", F("outcome", word_of(incoming->report.delivery)),
            F("registration", incoming->report.registration), F("attempt", incoming->report.attempt));
        http_reply_text(incoming->request, 200, "Kept.\n");
    }
    memory_free(&incoming);
}

static void keep(struct sms_reports *reports, struct http_request *request, const struct sms_report *report)
{
    if (reports->keeping >= KEEPING_MAX) {
        metric_count(METRIC_SMS_REPORTS, "fault");
        http_reply_text(request, 503, "Later.\n");
        return;
    }
    struct incoming *incoming = checked_malloc(sizeof *incoming);
    *incoming = (struct incoming){reports, request, *report};
    reports->keeping++;
    registration_report(reports->link->store, report->registration, report->attempt, report->delivery, kept, incoming);
}

static void report_comes(struct http_request *request, void *arg)
{
    struct sms_reports *reports = arg;
    struct sms_report report;
    http_set_header(request, "Cache-Control", "no-store");
    switch (sms_report_read(reports->link->keys, http_path(request), &report)) {
    case SMS_REPORT_NEWS:
        keep(reports, request, &report);
        return;
    case SMS_REPORT_NO_NEWS:
        http_reply_text(request, 200, "Known.\n");
        return;
    case SMS_REPORT_MALFORMED:
        metric_count(METRIC_SMS_REPORTS, "malformed");
        http_reply_text(request, 400, "Not a type of report.\n");
        return;
    case SMS_REPORT_FORGED:
        break;
    }
    metric_count(METRIC_SMS_REPORTS, "forged");
    http_reply_text(request, 404, "Nothing.\n");
}

void sms_reports_url(
    const struct sms_reports *reports, int64_t registration, int64_t attempt, char out_url[SMS_REPORT_URL_SIZE])
{
    char path[SMS_REPORT_PATH_SIZE];
    sms_report_path(reports->link->keys, registration, attempt, path);
    snprintf(out_url, SMS_REPORT_URL_SIZE, "%s%s%%d", reports->base, path);
}

/* --- of the last hour --- */

void sms_reports_judge(struct sms_reports *reports, const struct registration_backlog *backlog)
{
    int64_t ended = backlog->delivered + backlog->undelivered;
    status_number_set(reports->status, "sms_delivered_hour", backlog->delivered);
    status_number_set(reports->status, "sms_undelivered_hour", backlog->undelivered);
    if (ended < ENDED_MIN || backlog->undelivered * 100 <= reports->undelivered_max * ended) {
        status_check_set(reports->check, STATUS_OK, "");
        return;
    }
    char cause[200];
    snprintf(cause, sizeof cause, "%lld of the %lld SMS of the last hour that were reported did not arrive%s%s",
        (long long)backlog->undelivered, (long long)ended, backlog->lossy[0] != '\0' ? ", most by " : "",
        backlog->lossy);
    status_check_set(reports->check, STATUS_DEGRADED, cause);
}

/* --- its life --- */

static bool base_of(const char *address, int port, char *out_base, size_t size, struct fault *fault)
{
    const char *colon = strrchr(address, ':');
    int length = colon ? (int)(colon - address) : 0;
    char host[40];
    snprintf(host, sizeof host, "%.*s", length, address);
    if (!sms_host_is_loopback(host)) {
        fault_set(fault, FAULT_CONFIG, "sms.reports: %s is no address of this machine alone", address);
        return fault_hint(fault, "Write 127.0.0.1:9113: Kannel, on this machine, tells there what became of each SMS.");
    }
    snprintf(out_base, size, "http://%s:%d", host, port);
    return true;
}

bool sms_reports_open(
    const struct daemon_run *run, struct link *link, struct sms_reports **out_reports, struct fault *fault)
{
    const struct http_options options = {
        .address = config_text(run->config, CONFIG_SMS_REPORTS),
        .body_max = 4096,
        .header_max = 4096,
        .connections_max = CONNECTIONS_MAX,
        .timeout = SECONDS(5),
        .parameters_max = 16,
    };
    struct sms_reports *reports = *out_reports = checked_calloc(1, sizeof *reports);
    reports->link = link;
    reports->status = run->status;
    reports->undelivered_max = config_count(run->config, CONFIG_SMS_UNDELIVERED_MAX);
    if (!base_of(options.address, 0, reports->base, sizeof reports->base, fault) ||
        !http_server_open(run->loop, &options, report_comes, reports, &reports->server, fault)) {
        return fault_add(fault, "sms.reports");
    }
    reports->check = status_check_add(run->status, "sms_delivery", false);
    status_check_set(reports->check, STATUS_OK, "");
    return base_of(options.address, http_server_port(reports->server), reports->base, sizeof reports->base, fault);
}

void sms_reports_stop(struct sms_reports *reports)
{
    if (reports->server) {
        http_server_close(&reports->server);
    }
}

void sms_reports_free(struct sms_reports **reports)
{
    memory_free(reports);
}
