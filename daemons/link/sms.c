#include "link/sms.h"

#include "link/link.h"
#include "link/sms_address.h"
#include "link/sms_gateway.h"
#include "link/sms_message.h"
#include "link/sms_reports.h"
#include "link/sms_watch.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "runtime/worker.h"
#include "store/registration.h"

#include <curl/curl.h>

enum { THREADS = 2, ATTEMPTS = 4 };
#define SCAN_PERIOD SECONDS(5)
#define STOP_BOUND SECONDS(2)

struct sms {
    struct link *link;
    struct sms_gateway_settings settings;
    struct secret *password;
    const char *site;
    struct duration lifetime;
    int64_t a_day, an_hour;
    struct workers *workers;
    struct timer *scan;
    struct sms_watch *watch;
    struct sms_reports *reports;
    struct status *status;
    bool is_looking, wants_more;
    bool is_stopping, is_left;
};

struct sending {
    struct sms *sms;
    struct registration_code code;
    struct sms_message message;
    enum sms_outcome outcome;
    struct duration took;
    struct fault fault;
};

static void sending_free(struct sending *sending)
{
    secret_wipe(sending, sizeof *sending);
    memory_free(&sending);
}

/* --- on a thread --- */

static void send_one(void *job, void *context)
{
    struct sending *sending = job;
    struct tick start = clock_tick();
    sending->outcome = sms_gateway_send(context, &sending->message, &sending->fault);
    sending->took = clock_since(start);
}

static void *gateway_start(void *arg)
{
    const struct sms *sms = arg;
    return sms_gateway_new(&sms->settings);
}

static void gateway_stop(void *context)
{
    struct sms_gateway *gateway = context;
    sms_gateway_free(&gateway);
}

/* --- what became of one --- */

/* Soon at first: the person waits before the page. */
static struct duration pause_before(int64_t attempt)
{
    return (struct duration){SECONDS(3).us << (attempt < ATTEMPTS ? attempt : ATTEMPTS)};
}

static void give_up(const struct sms *sms, const struct registration_code *code, int64_t messages)
{
    const struct registration_told told = {.outcome = REGISTRATION_FAILED, .messages = messages};
    metric_count(METRIC_SMS, "late");
    registration_note_code(sms->link->store, code->id, &told);
}

static void not_sent(struct sms *sms, const struct sending *sending)
{
    const struct registration_code *code = &sending->code;
    struct instant next = instant_add(clock_now(), pause_before(code->attempt));
    metric_count(METRIC_SMS, sending->outcome == SMS_SILENT ? "silent" : "refused");
    log_fault("sms_not_sent", &sending->fault);
    int64_t messages = sending->outcome == SMS_SILENT;
    if (code->attempt >= ATTEMPTS || !instant_before(next, code->expires_at)) {
        give_up(sms, code, messages);
    } else {
        const struct registration_told told = {REGISTRATION_AGAIN, next, NULL, messages};
        registration_note_code(sms->link->store, code->id, &told);
    }
}

static void sent(void *job, bool was_run)
{
    struct sending *sending = job;
    struct sms *sms = sending->sms;
    if (was_run) {
        sms_watch_judge(sms->watch, sending->outcome, &sending->fault);
    }
    if (was_run && sending->outcome == SMS_TAKEN) {
        const struct registration_told told = {.outcome = REGISTRATION_SENT, .provider = "kannel", .messages = 1};
        metric_observe(METRIC_SMS_SECONDS, sending->took);
        metric_count(METRIC_SMS, "sent");
        registration_note_code(sms->link->store, sending->code.id, &told);
        log_event(LOG_INFO, "sms", F("outcome", "sent"), F("registration", sending->code.id),
            F("attempt", sending->code.attempt), F("time", sending->took));
    } else if (was_run) {
        not_sent(sms, sending);
    }
    sending_free(sending);
    if (was_run && !sms->is_stopping) {
        sms_wake(sms);
    }
}

/* --- what is due --- */

static void begin(struct sms *sms, const struct registration_code *code)
{
    char digits[SMS_CODE_SIZE];
    struct sending *sending = checked_calloc(1, sizeof *sending);
    *sending = (struct sending){.sms = sms, .code = *code};
    sms_code_make(sms->link->keys, code->id, digits);
    sending->message.to = code->mobile;
    sms_text_make(digits, sms->lifetime, sms->site, sending->message.text);
    sms_reports_url(sms->reports, code->id, code->attempt, sending->message.report_url);
    secret_wipe(digits, sizeof digits);
    if (!worker_submit(sms->workers, send_one, sent, sending)) {
        sending_free(sending); /* due again after its lease */
    }
}

static void judge(struct sms *sms, const struct registration_code *code)
{
    if (!code->is_known || code->is_flooded) {
        metric_count(METRIC_SMS, code->is_known ? "flooded" : "nobody");
    } else if (!instant_before(clock_now(), code->expires_at)) {
        give_up(sms, code, 0);
    } else {
        begin(sms, code);
    }
}

static void looked(struct sms *sms, bool is_more)
{
    sms->is_looking = false;
    if (is_more || sms->wants_more) {
        sms_wake(sms);
    }
}

static void claimed(void *arg, const struct registration_code *codes, size_t count, const struct fault *fault)
{
    struct sms *sms = arg;
    (void)fault; /* the scan looks again */
    for (size_t i = 0; i < count; i++) {
        /* each is the work of the request that asked for it, on the thread that sends it and after */
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(codes[i].trace);
        judge(sms, &codes[i]);
    }
    looked(sms, count == REGISTRATION_CLAIM_MAX);
}

/* Longer than the gateway may take for all that were claimed at once: none is claimed while one waits for a thread. */
static struct duration lease_of(const struct sms *sms)
{
    return (struct duration){sms->settings.timeout.us * (REGISTRATION_CLAIM_MAX / THREADS + 2)};
}

static void backlog_tell(struct status *status, const struct registration_backlog *backlog)
{
    int64_t age = instant_is_set(backlog->oldest) ? instant_since(clock_now(), backlog->oldest).us / 1000000 : 0;
    metric_set(METRIC_SMS_WAITING, (double)backlog->waiting);
    metric_set(METRIC_SMS_OLDEST, (double)age);
    status_number_set(status, "sms_waiting", backlog->waiting);
    status_number_set(status, "sms_oldest_seconds", age);
}

static void counted(void *arg, const struct registration_backlog *backlog, const struct fault *fault)
{
    struct sms *sms = arg;
    (void)fault; /* the scan looks again */
    if (!backlog) {
        looked(sms, false);
        return;
    }
    backlog_tell(sms->status, backlog);
    sms_reports_judge(sms->reports, backlog);
    if (backlog->sent >= sms->an_hour) {
        sms_watch_full(sms->watch, true);
        log_event(LOG_WARNING, "sms_hourly_max", F("sent", backlog->sent));
        looked(sms, false);
    } else {
        sms_watch_full(sms->watch, false);
        registration_claim(sms->link->store, lease_of(sms), sms->a_day, claimed, sms);
    }
}

void sms_wake(struct sms *sms)
{
    /* what is due is not the work of the request that says there is some */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
    sms->wants_more = sms->is_looking;
    if (!sms->is_looking && !sms->is_stopping && workers_waiting(sms->workers) == 0) {
        sms->is_looking = true;
        registration_count_sent(sms->link->store, counted, sms);
    }
}

static void scan(void *arg)
{
    sms_wake(arg);
}

/* --- its life --- */

static bool settings_read(const struct daemon_run *run, struct sms *sms, struct fault *fault)
{
    const struct config *config = run->config;
    const char *file = config_text(config, CONFIG_SMS_PASSWORD_FILE);
    sms->settings = (struct sms_gateway_settings){
        .url = config_text(config, CONFIG_SMS_URL),
        .user = config_text(config, CONFIG_SMS_USER),
        .sender = config_text(config, CONFIG_SMS_SENDER),
        .timeout = config_duration(config, CONFIG_SMS_TIMEOUT),
    };
    sms->site = config_text(config, CONFIG_PORTAL_PUBLIC_URL);
    sms->lifetime = config_duration(config, CONFIG_SMS_CODE_LIFETIME);
    sms->a_day = config_count(config, CONFIG_SMS_DAILY_NUMBER);
    sms->an_hour = config_count(config, CONFIG_SMS_HOURLY_MAX);
    if (!sms_address_check("sms.url", sms->settings.url, fault) ||
        (file[0] != '\0' && !secret_read_file(file, &sms->password, fault))) {
        return false;
    }
    sms->settings.password = sms->password;
    return true;
}

bool sms_open(const struct daemon_run *run, struct link *link, struct sms **out_sms, struct fault *fault)
{
    if (config_text(run->config, CONFIG_SMS_URL)[0] == '\0') {
        *out_sms = NULL;
        return true;
    }
    struct sms *sms = *out_sms = checked_calloc(1, sizeof *sms);
    sms->link = link;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!settings_read(run, sms, fault) || !sms_reports_open(run, link, &sms->reports, fault)) {
        return false;
    }
    const struct worker_options options = {
        .name = "sms",
        .threads = THREADS,
        .queue_limit = REGISTRATION_CLAIM_MAX,
        .start = gateway_start,
        .stop = gateway_stop,
        .arg = sms,
    };
    sms->workers = workers_new(run->loop, &options);
    sms->watch = sms_watch_new(run, sms->workers);
    sms->status = run->status;
    sms->scan = loop_every(run->loop, SCAN_PERIOD, scan, sms);
    return true;
}

void sms_stop(struct sms *sms)
{
    sms->is_stopping = true;
    timer_cancel(&sms->scan);
    if (sms->reports) {
        sms_reports_stop(sms->reports);
    }
    if (sms->watch) {
        sms_watch_stop(sms->watch);
    }
    if (sms->workers) {
        sms->is_left = !workers_stop(&sms->workers, STOP_BOUND);
    }
}

void sms_free(struct sms **address)
{
    struct sms *sms = *address;
    if (!sms || sms->is_left) { /* a thread still uses it: left to the end of the process */
        return;
    }
    sms_watch_free(&sms->watch);
    sms_reports_free(&sms->reports);
    secret_free(&sms->password);
    memory_free(address);
}
