#include "link/sms.h"

#include "link/link.h"
#include "link/sms_gateway.h"
#include "link/sms_message.h"
#include "link/sms_provider.h"
#include "link/sms_report.h"
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
#define COUNT_PERIOD SECONDS(1) /* all of the last hour is read for it: not for each code */
#define STOP_BOUND SECONDS(2)

struct sms {
    struct link *link;
    struct sms_providers providers;
    const char *site;
    struct duration lifetime, timeout;
    struct duration mobile_validity;
    int64_t a_day, a_day_of_all, an_hour;
    struct workers *workers;
    struct timer *scan;
    struct sms_watch *watch;
    struct sms_reports *reports;
    struct status *status;
    struct registration_backlog known; /* at the last look that was answered */
    struct tick counted_at;            /* when that was */
    int64_t left;                      /* of an_hour, by that and by what was done since */
    int64_t limit;                     /* of the claim that is under way */
    bool is_looking, wants_more;
    bool is_stopping, is_left;
};

/* What one provider did with a message. */
struct trial {
    bool is_turn; /* it fails, and is tried with this message nevertheless */
    bool was_asked;
    enum sms_outcome outcome;
    struct duration took;
    struct fault fault;
};

struct sending {
    struct sms *sms;
    struct registration_code code;
    struct sms_message message;
    size_t taker; /* the provider that took it; as many as there are: none */
    struct trial trials[];
};

static size_t sending_size(const struct sms *sms)
{
    return sizeof(struct sending) + sms->providers.count * sizeof(struct trial);
}

static void sending_free(struct sending *sending)
{
    secret_wipe(sending, sending_size(sending->sms));
    memory_free(&sending);
}

/* --- on a thread --- */

static void ask(struct sending *sending, struct sms_gateway *const *gateways, size_t place)
{
    struct trial *trial = &sending->trials[place];
    struct tick start = clock_tick();
    trial->outcome = sms_gateway_send(gateways[place], &sending->message, &trial->fault);
    trial->took = clock_since(start);
    trial->was_asked = true;
    if (trial->outcome == SMS_TAKEN) {
        sending->taker = place;
    } else if (trial->outcome != SMS_UNFIT) {
        sms_watch_note_failure(sending->sms->watch, place); /* the next of this thread is not to wait for it too */
    }
}

/* One provider after the other, until one takes it; at last those that were passed over. After a silence too: the first may have sent it,
 * and the same code twice does no harm, where none is somebody who waits in vain. */
static void send_one(void *job, void *context)
{
    struct sending *sending = job;
    const struct sms *sms = sending->sms;
    size_t count = sms->providers.count;
    for (size_t i = 0; i < count && sending->taker == count; i++) {
        if (sending->trials[i].is_turn || !sms_watch_fails(sms->watch, i)) {
            ask(sending, context, i);
        }
    }
    for (size_t i = 0; i < count && sending->taker == count; i++) {
        if (!sending->trials[i].was_asked) {
            ask(sending, context, i);
        }
    }
}

static void *gateways_start(void *arg)
{
    const struct sms *sms = arg;
    size_t count = sms->providers.count;
    struct sms_gateway **gateways = checked_calloc(count + 1, sizeof(struct sms_gateway *)); /* NULL-ended */
    for (size_t i = 0; i < count; i++) {
        gateways[i] = sms_gateway_new(&sms->providers.list[i]);
    }
    return gateways;
}

static void gateways_stop(void *context)
{
    struct sms_gateway **gateways = context;
    for (struct sms_gateway **gateway = gateways; *gateway; gateway++) {
        sms_gateway_free(gateway);
    }
    memory_free(&gateways);
}

/* --- what became of one --- */

/* Soon at first: the person waits before the page. */
static struct duration pause_before(int64_t attempt)
{
    return (struct duration){SECONDS(3).us << (attempt < ATTEMPTS ? attempt : ATTEMPTS)};
}

static const char *outcome_word(enum sms_outcome outcome)
{
    static const char *const words[] = {
        [SMS_TAKEN] = "taken",
        [SMS_REFUSED] = "refused",
        [SMS_UNFIT] = "unfit",
        [SMS_UNREACHED] = "unreached",
        [SMS_SILENT] = "silent",
    };
    return words[outcome];
}

static void give_up(const struct sms *sms, const struct registration_code *code, int64_t messages)
{
    const struct registration_told told = {.outcome = REGISTRATION_FAILED, .messages = messages};
    metric_count(METRIC_SMS, "late");
    registration_note_code(sms->link->store, code->id, &told);
}

/* Tells of each provider that was asked; how many may have sent it, and the last one's outcome. */
static int64_t judge_trials(const struct sending *sending, enum sms_outcome *out_last)
{
    const struct sms *sms = sending->sms;
    int64_t messages = 0;
    for (size_t i = 0; i < sms->providers.count; i++) {
        const struct trial *trial = &sending->trials[i];
        const char *name = sms->providers.list[i].name;
        if (!trial->was_asked) {
            continue;
        }
        *out_last = trial->outcome;
        messages += trial->outcome == SMS_TAKEN || trial->outcome == SMS_SILENT;
        metric_count(METRIC_SMS_PROVIDER, name, outcome_word(trial->outcome));
        sms_watch_judge(sms->watch, i, trial->outcome, &trial->fault);
        if (trial->outcome != SMS_TAKEN) {
            log_event(LOG_ERR, "sms_not_sent", F("provider", name), F("outcome", outcome_word(trial->outcome)),
                F("registration", sending->code.id), F("attempt", sending->code.attempt), F("fault", &trial->fault));
        }
    }
    return messages;
}

static void not_sent(
    const struct sms *sms, const struct registration_code *code, enum sms_outcome last, int64_t messages)
{
    struct instant next = instant_add(clock_now(), pause_before(code->attempt));
    bool has_answered = last == SMS_REFUSED || last == SMS_UNFIT;
    metric_count(METRIC_SMS, has_answered ? "refused" : "silent");
    if (code->attempt >= ATTEMPTS || !instant_before(next, code->expires_at)) {
        give_up(sms, code, messages);
    } else {
        const struct registration_told told = {REGISTRATION_AGAIN, next, NULL, messages};
        registration_note_code(sms->link->store, code->id, &told);
    }
}

static void taken(const struct sending *sending, int64_t messages)
{
    const struct sms *sms = sending->sms;
    const char *provider = sms->providers.list[sending->taker].name;
    struct duration took = sending->trials[sending->taker].took;
    const struct registration_told told = {.outcome = REGISTRATION_SENT, .provider = provider, .messages = messages};
    metric_observe(METRIC_SMS_SECONDS, took);
    metric_count(METRIC_SMS, "sent");
    registration_note_code(sms->link->store, sending->code.id, &told);
    log_event(LOG_INFO, "sms", F("outcome", "sent"), F("provider", provider), F("registration", sending->code.id),
        F("attempt", sending->code.attempt), F("time", took));
}

static void sent(void *job, bool was_run)
{
    struct sending *sending = job;
    struct sms *sms = sending->sms;
    if (was_run) {
        enum sms_outcome last = SMS_SILENT;
        int64_t messages = judge_trials(sending, &last);
        sms->left -= messages > 1 ? messages - 1 : 0; /* one was, when it was claimed */
        if (sending->taker < sms->providers.count) {
            taken(sending, messages);
        } else {
            not_sent(sms, &sending->code, last, messages);
        }
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
    struct sending *sending = checked_calloc(1, sending_size(sms));
    *sending = (struct sending){
        .sms = sms,
        .code = *code,
        .message = {.registration = code->id, .attempt = code->attempt, .to = code->mobile},
        .taker = sms->providers.count,
    };
    sms_code_make(sms->link->keys, code->id, digits);
    if (code->is_notice) {
        sms_text_notice(sms->site, sending->message.text);
    } else {
        sms_text_make(digits, sms->lifetime, sms->site, sending->message.text);
    }
    sms_reports_url(sms->reports, code->id, code->attempt, sending->message.report_url);
    sms_report_token(sms->link->keys, code->id, code->attempt, sending->message.report_token);
    secret_wipe(digits, sizeof digits);
    for (size_t i = 0; i < sms->providers.count; i++) {
        sending->trials[i].is_turn = sms_watch_takes_turn(sms->watch, i);
    }
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
    if (fault) { /* they may be claimed nevertheless */
        sms->counted_at = (struct tick){0};
    }
    for (size_t i = 0; i < count; i++) {
        sms->left -= codes[i].is_known && !codes[i].is_flooded;
        /* each is the work of the request that asked for it, on the thread that sends it and after */
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(codes[i].trace);
        judge(sms, &codes[i]);
    }
    looked(sms, !fault && count == (size_t)sms->limit);
}

/* Longer than all providers may take for all that were claimed at once: none is claimed while one waits for a thread. */
static struct duration lease_of(const struct sms *sms)
{
    int64_t providers = (int64_t)sms->providers.count;
    return (struct duration){sms->timeout.us * providers * (REGISTRATION_CLAIM_MAX / THREADS + 2)};
}

/* As many as may leave, and no more: each that is claimed is sent. */
static void claim(struct sms *sms)
{
    sms->limit = sms->left < REGISTRATION_CLAIM_MAX ? sms->left : REGISTRATION_CLAIM_MAX;
    const struct registration_claim wanted = {
        .limit = sms->limit,
        .lease = lease_of(sms),
        .a_day = sms->a_day,
        .a_day_of_all = sms->a_day_of_all,
        .mobile_validity = sms->mobile_validity,
    };
    registration_claim(sms->link->store, &wanted, claimed, sms);
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
    if (backlog) {
        sms->known = *backlog;
    }
    backlog_tell(sms->status, &sms->known); /* ages go on while the database does not answer: who waits, waits */
    if (!backlog) {
        looked(sms, false);
        return;
    }
    sms_reports_judge(sms->reports, backlog);
    sms->counted_at = clock_tick();
    sms->left = sms->an_hour - backlog->sent;
    sms_watch_full(sms->watch, sms->left <= 0);
    if (sms->left <= 0) {
        log_event(LOG_WARNING, "sms_hourly_max", F("sent", backlog->sent));
        looked(sms, false);
    } else {
        claim(sms);
    }
}

void sms_wake(struct sms *sms)
{
    /* what is due is not the work of the request that says there is some */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
    sms->wants_more = sms->is_looking;
    if (!sms->is_looking && !sms->is_stopping && workers_waiting(sms->workers) == 0) {
        bool is_counted = duration_longer(COUNT_PERIOD, clock_since(sms->counted_at));
        sms->is_looking = !is_counted || sms->left > 0; /* else the scan looks again */
        if (!is_counted) {
            registration_count_sent(sms->link->store, counted, sms);
        } else if (sms->left > 0) {
            claim(sms);
        }
    }
}

static void scan(void *arg)
{
    sms_wake(arg);
}

/* --- its life --- */

bool sms_open(const struct daemon_run *run, struct link *link, struct sms **out_sms, struct fault *fault)
{
    const struct config *config = run->config;
    if (config_titled_count(config, "sms_provider") == 0) {
        *out_sms = NULL;
        return true;
    }
    struct sms *sms = *out_sms = checked_calloc(1, sizeof *sms);
    *sms = (struct sms){
        .link = link,
        .site = config_text(config, CONFIG_PORTAL_PUBLIC_URL),
        .lifetime = config_duration(config, CONFIG_SMS_CODE_LIFETIME),
        .timeout = config_duration(config, CONFIG_SMS_TIMEOUT),
        .mobile_validity = config_duration(config, CONFIG_SMS_MOBILE_VALIDITY),
        .a_day = config_count(config, CONFIG_SMS_DAILY_NUMBER),
        .a_day_of_all = config_count(config, CONFIG_SMS_DAILY_NUMBER_TOTAL),
        .an_hour = config_count(config, CONFIG_SMS_HOURLY_MAX),
        .status = run->status,
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (!sms_providers_open(run, &sms->providers, fault) ||
        !sms_reports_open(run, link, &sms->providers, &sms->reports, fault)) {
        return false;
    }
    for (size_t i = 0; i < sms->providers.count; i++) {
        metric_label_add(METRIC_SMS_PROVIDER, 1, sms->providers.list[i].name);
        metric_label_add(METRIC_CERTIFICATE_END, 1, sms->providers.list[i].peer);
    }
    const struct worker_options options = {
        .name = "sms",
        .threads = THREADS,
        .queue_limit = REGISTRATION_CLAIM_MAX + SMS_PROVIDERS_MAX,
        .start = gateways_start,
        .stop = gateways_stop,
        .arg = sms,
    };
    sms->workers = workers_new(run->loop, &options);
    sms->watch = sms_watch_new(run, sms->workers, &sms->providers);
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
    sms_providers_close(&sms->providers);
    memory_free(address);
}
