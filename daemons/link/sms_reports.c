#include "link/sms_reports.h"

#include "link/link.h"
#include "link/oidc_json.h"
#include "link/sms_address.h"
#include "link/sms_callback.h"
#include "link/sms_provider.h"
#include "link/sms_report.h"
#include "runtime/cleanup.h"
#include "runtime/http_server.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/registration.h"

#include <stdio.h>
#include <string.h>

enum {
    KEEPING_MAX = 64, /* callbacks that wait for the store together */
    CONNECTIONS_MAX = 32,
    HEADER_MAX = 8192,
    REPORTS_MAX = 100,    /* of one callback */
    BODY_MAX = 64 * 1024, /* as many, of some hundred bytes each */
    TALLY_SIZE = 128,
    PARAMETERS_MAX = 40,
    WORD_SIZE = 41, /* of an unknown word, as much is told */
    DIGITS_MAX = 5, /* and of more digits than these none */
    ENDED_MIN = 10  /* messages that ended within the hour: of fewer, one that is lost says nothing */
};

static const char folder[] = "/sms/";

struct sms_reports {
    struct link *link;
    const struct sms_providers *providers;
    struct http_server *server;
    struct status *status;
    struct status_check *check;
    char base[64]; /* "http://127.0.0.1:9113" */
    int64_t undelivered_max;
    unsigned keeping;
};

/* A callback: what its reports were found to be, and those that are news, which are kept one after the other. */
struct incoming {
    struct sms_reports *reports;
    struct http_request *request;
    unsigned kept, known, malformed, forged;
    size_t news, next; /* in the list: how many, and the one that is being kept */
    struct sms_report list[REPORTS_MAX];
};

static const char *word_of(enum registration_delivery delivery)
{
    return registration_delivery_code(delivery);
}

static void answer(struct incoming *incoming, int status, const char *text)
{
    http_reply_text(incoming->request, status, text);
    memory_free(&incoming);
}

/* Of several each counts for itself: the answer is of the worst, save that those of others' messages are passed over beside ours. */
static void answer_all(struct incoming *incoming)
{
    unsigned ours = incoming->kept + incoming->known + incoming->malformed;
    int status = incoming->malformed > 0 ? 400 : ours > 0 ? 200 : 404;
    if (ours + incoming->forged == 1) {
        answer(incoming, status,
            incoming->kept        ? "Kept.\n"
            : incoming->known     ? "Known.\n"
            : incoming->malformed ? "Not a type of report.\n"
                                  : "Nothing.\n");
        return;
    }
    char tally[TALLY_SIZE];
    snprintf(tally, sizeof tally, "Kept: %u, known: %u, not a type of report: %u, of no message of ours: %u.\n",
        incoming->kept, incoming->known, incoming->malformed, incoming->forged);
    answer(incoming, status, tally);
}

static void keep_next(struct incoming *incoming);

static void kept(void *arg, const struct registration_reported *reported, const struct fault *fault)
{
    struct incoming *incoming = arg;
    const struct sms_report *report = &incoming->list[incoming->next++];
    if (fault) { /* all of them come again: of those that were kept it is no news */
        incoming->reports->keeping--;
        metric_count(METRIC_SMS_REPORTS, "fault");
        answer(incoming, 503, "Later.\n");
        return;
    }
    if (!reported) {
        metric_count(METRIC_SMS_REPORTS, "repeated");
        incoming->known++;
    } else {
        /* it is news of the request that asked for the code */
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(reported->trace);
        metric_count(METRIC_SMS_REPORTS, word_of(report->delivery));
        log_event(LOG_INFO, "sms_report", F("outcome", word_of(report->delivery)),
            F("registration", report->registration), F("attempt", report->attempt));
        incoming->kept++;
    }
    keep_next(incoming);
}

static void keep_next(struct incoming *incoming)
{
    if (incoming->next == incoming->news) {
        incoming->reports->keeping--;
        answer_all(incoming);
        return;
    }
    const struct sms_report *report = &incoming->list[incoming->next];
    registration_report(
        incoming->reports->link->store, report->registration, report->attempt, report->delivery, kept, incoming);
}

static void keep(struct incoming *incoming)
{
    if (incoming->reports->keeping >= KEEPING_MAX) {
        metric_count(METRIC_SMS_REPORTS, "fault");
        answer(incoming, 503, "Later.\n");
        return;
    }
    incoming->reports->keeping++;
    keep_next(incoming);
}

static void note(struct incoming *incoming, enum sms_report_kind kind, const struct sms_report *report)
{
    switch (kind) {
    case SMS_REPORT_NEWS:
        incoming->list[incoming->news++] = *report;
        return;
    case SMS_REPORT_NO_NEWS:
        incoming->known++;
        return;
    case SMS_REPORT_MALFORMED:
        metric_count(METRIC_SMS_REPORTS, "malformed");
        incoming->malformed++;
        return;
    case SMS_REPORT_FORGED:
        break;
    }
    metric_count(METRIC_SMS_REPORTS, "forged");
    incoming->forged++;
}

/* --- of a provider of kind https: "/sms/NAME", or "/sms/NAME/TOKEN" --- */

static const struct sms_provider *reporter_of(
    const struct sms_reports *reports, const char *path, const char **out_token)
{
    if (strncmp(path, folder, sizeof folder - 1) != 0) {
        return NULL;
    }
    path += sizeof folder - 1;
    for (size_t i = 0; i < reports->providers->count; i++) {
        const struct sms_provider *one = &reports->providers->list[i];
        size_t length = strlen(one->name);
        bool is_it = strncmp(path, one->name, length) == 0 && (path[length] == '\0' || path[length] == '/');
        if (is_it && one->kind == SMS_HTTPS && one->callback.status[0] != '\0') {
            *out_token = path + length + (path[length] == '/');
            return one;
        }
    }
    return NULL;
}

/* NULL: none that is of use. said: the report's part of a JSON body, and of that alone; NULL: of the form or the address. */
static const char *field_of(
    struct http_request *request, const json_t *said, const char *name, char out_value[SMS_CALLBACK_VALUE_SIZE])
{
    if (said) {
        return sms_callback_member(said, name, out_value) ? out_value : NULL;
    }
    const char *value = http_form(request, name);
    return value ? value : http_query(request, name);
}

/* NULL: it is no JSON, or none that may be read. */
static json_t *document_of(struct http_request *request)
{
    static const char json[] = "application/json";
    const char *type = http_header(request, "Content-Type");
    if (!type || strncasecmp(type, json, sizeof json - 1) != 0) {
        return NULL;
    }
    size_t length;
    const char *body = http_body(request, &length);
    return sms_callback_document(body, length);
}

/* A word has few digits: more would be a number or a code, of a field that the configuration names wrongly. */
static bool may_be_told(const char *word)
{
    unsigned digits = 0;
    for (; *word != '\0'; word++) {
        digits += *word >= '0' && *word <= '9';
    }
    return digits < DIGITS_MAX;
}

static void tell_unread(const struct sms_provider *provider, const struct sms_report *report, const char *status)
{
    char word[WORD_SIZE];
    snprintf(word, sizeof word, "%.*s", (int)sizeof word - 1, status && may_be_told(status) ? status : "");
    log_event(LOG_WARNING, "sms_report_unread", F("provider", provider->name), F("registration", report->registration),
        F("attempt", report->attempt), F("field", provider->callback.status), F("word", (const char *)word));
}

static enum sms_report_kind callback_read(const struct incoming *incoming, const struct sms_provider *provider,
    const char *token, const json_t *said, struct sms_report *out_report)
{
    const struct sms_callback *callback = &provider->callback;
    char id[SMS_CALLBACK_VALUE_SIZE], word[SMS_CALLBACK_VALUE_SIZE];
    if (callback->id[0] != '\0') {
        token = field_of(incoming->request, said, callback->id, id);
    }
    if (!token) {
        return SMS_REPORT_FORGED;
    }
    const char *status = field_of(incoming->request, said, callback->status, word);
    enum sms_report_kind kind = sms_callback_read(incoming->reports->link->keys, callback, token, status, out_report);
    if (kind == SMS_REPORT_MALFORMED) {
        tell_unread(provider, out_report, status);
    }
    return kind;
}

/* False: they are more than are taken. */
static bool callbacks_read(struct incoming *incoming, const struct sms_provider *provider, const char *token)
{
    _cleanup_(json_free) json_t *document = document_of(incoming->request);
    size_t count = sms_callback_count(document);
    for (size_t i = 0; i < count && count <= REPORTS_MAX; i++) {
        struct sms_report report;
        enum sms_report_kind kind = callback_read(incoming, provider, token, sms_callback_at(document, i), &report);
        note(incoming, kind, &report);
    }
    return count <= REPORTS_MAX;
}

static bool reports_read(struct incoming *incoming)
{
    const char *token;
    const struct sms_provider *provider = reporter_of(incoming->reports, http_path(incoming->request), &token);
    if (provider) {
        return callbacks_read(incoming, provider, token);
    }
    struct sms_report report;
    note(incoming, sms_report_read(incoming->reports->link->keys, http_path(incoming->request), &report), &report);
    return true;
}

static void report_comes(struct http_request *request, void *arg)
{
    struct incoming *incoming = checked_calloc(1, sizeof *incoming);
    incoming->reports = arg;
    incoming->request = request;
    http_set_header(request, "Cache-Control", "no-store");
    if (!reports_read(incoming)) {
        metric_count(METRIC_SMS_REPORTS, "malformed");
        answer(incoming, 413, "Too many reports at once.\n");
    } else if (incoming->news > 0) {
        keep(incoming);
    } else {
        answer_all(incoming);
    }
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

static bool check_url(const char *url, struct fault *fault)
{
    if (url[0] == '\0') {
        return true;
    }
    if (url[strlen(url) - 1] == '/') {
        fault_set(fault, FAULT_CONFIG, "sms.reports_url: ends with /");
        return fault_hint(fault, "What is each provider's and each message's follows it after a / of its own.");
    }
    return sms_address_check("sms.reports_url", url, fault);
}

bool sms_reports_open(const struct daemon_run *run, struct link *link, const struct sms_providers *providers,
    struct sms_reports **out_reports, struct fault *fault)
{
    const struct http_options options = {
        .address = config_text(run->config, CONFIG_SMS_REPORTS),
        .body_max = BODY_MAX,
        .header_max = HEADER_MAX,
        .connections_max = CONNECTIONS_MAX,
        .timeout = SECONDS(5),
        .parameters_max = PARAMETERS_MAX,
    };
    struct sms_reports *reports = *out_reports = checked_calloc(1, sizeof *reports);
    reports->link = link;
    reports->providers = providers;
    reports->status = run->status;
    reports->undelivered_max = config_count(run->config, CONFIG_SMS_UNDELIVERED_MAX);
    if (!check_url(config_text(run->config, CONFIG_SMS_REPORTS_URL), fault)) {
        return false;
    }
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
