#include "notify/sender.h"

#include "notify/mail_language.h"
#include "notify/mail_pace.h"
#include "notify/mail_template.h"
#include "notify/mailer.h"
#include "notify/progress.h"
#include "notify/retry.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/worker.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/queue.h>

enum { CONNECTIONS_MAX = 64, REFUSALS_IN_A_ROW = 5 /* of us, by the server: then it is left alone for a while */ };

/* A record that the database did not take is tried again: the mail has left, nobody else can know it. */
#define RECORD_AGAIN MILLISECONDS(500)
/* Mails that wait for their turn are looked for more often than the scan does. */
#define TURN_PERIOD MILLISECONDS(200)

struct job {
    LIST_ENTRY(job) in_hand;
    struct sender *sender;
    struct owed_mail mail;
    char *reminder; /* the mail's own copy */
    struct mailer_outcome outcome;
    struct timer *again;
    bool is_cancelled; /* nothing was sent: it is not to be */
    bool is_paced;     /* counted for its domain */
};

struct sender {
    struct notify *notify;
    struct workers *workers;
    struct timer *scan;
    struct status_check *check;
    struct mailer mailers[CONNECTIONS_MAX];
    atomic_uint mailers_given;
    struct smtp_options smtp;
    const char *address; /* in the header From */
    struct return_address returns;
    struct mail_languages *languages;
    struct secret *password;
    struct retry_bounds retry;
    struct mail_pace *pace;
    struct timer *turn;
    struct instant turns_until; /* the latest turn that a mail was given */
    struct duration lease;
    const char *domain; /* of Message-IDs */
    unsigned connections;
    LIST_HEAD(, job) in_hand;
    unsigned in_hand_count;
    unsigned refusals; /* of us, in a row; a conversation that went well ends them */
    struct timer *pause;
    bool is_claiming, wants_claim, is_draining;
};

static void record(struct job *job);

static void job_end(struct job *job)
{
    struct sender *sender = job->sender;
    LIST_REMOVE(job, in_hand);
    sender->in_hand_count--;
    timer_cancel(&job->again);
    if (job->is_paced) {
        mail_pace_end(sender->pace, job->mail.recipient, job->outcome.smtp_time);
    }
    secret_wipe(&job->mail, sizeof job->mail);
    memory_free(&job->reminder);
    memory_free(&job);
}

static void record_again(void *arg)
{
    record(arg);
}

static void recorded(void *arg, const struct fault *fault)
{
    struct job *job = arg;
    struct sender *sender = job->sender;
    struct notify *notify = sender->notify;
    if (fault && !notify->is_stopping) {
        log_fault("delivery_not_recorded", fault);
        timer_cancel(&job->again);
        job->again = loop_after(notify->run->loop, RECORD_AGAIN, record_again, job);
        return;
    }
    if (!fault && job->mail.batch.v != 0) {
        progress_mark(notify->progress, job->mail.batch_academy, job->mail.batch);
    }
    job_end(job);
    sender_wake(sender);
}

static void tell_outcome(const struct job *job, const char *outcome)
{
    const struct owed_mail *mail = &job->mail;
    const struct smtp_outcome *smtp = &job->outcome.smtp;
    metric_count(METRIC_DELIVERIES, delivery_kind_code(mail->kind), outcome);
    log_event(LOG_INFO, "mail", F("outcome", outcome), F("academy", (int)mail->academy.v), F("delivery", mail->id),
        F("account", mail->account), F("kind", delivery_kind_code(mail->kind)), F("attempt", mail->attempt),
        F("reason", delivery_reason_code(smtp->reason)), F("reply", smtp->reply), F("time", job->outcome.smtp_time));
}

static void record_unsent(struct job *job, struct delivery_ref delivery)
{
    struct sender *sender = job->sender;
    const struct smtp_outcome *smtp = &job->outcome.smtp;
    struct instant due_at;
    const struct delivery_unsent unsent = {delivery, smtp->reason, smtp->may_have_left};
    bool may = smtp->end == SMTP_TRY_AGAIN &&
               retry_next(&sender->retry, job->mail.attempt, job->mail.created_at, clock_now(), &due_at);
    if (may) {
        tell_outcome(job, "put_off");
        delivery_put_off(sender->notify->store, &unsent, due_at, recorded, job);
    } else {
        tell_outcome(job, "failed");
        delivery_failed(sender->notify->store, &unsent, recorded, job);
    }
}

static void record(struct job *job)
{
    struct sender *sender = job->sender;
    struct store *store = sender->notify->store;
    const struct delivery_ref delivery = {job->mail.academy, job->mail.id, job->mail.attempt};
    if (job->is_cancelled) {
        tell_outcome(job, "cancelled");
        delivery_cancelled(store, delivery, job->outcome.smtp.reason, recorded, job);
    } else if (job->outcome.smtp.end == SMTP_SENT) {
        tell_outcome(job, "sent");
        delivery_sent(store, delivery, recorded, job);
    } else {
        record_unsent(job, delivery);
    }
}

static void job_run(void *arg, void *context)
{
    struct job *job = arg;
    mailer_send(context, &job->mail, &job->outcome);
}

static void pause_over(void *arg)
{
    struct sender *sender = arg;
    timer_cancel(&sender->pause);
    sender_wake(sender);
}

/* A server that refuses us refuses every mail: the others are not tried on it meanwhile, and stay as new. */
static void count_refusal(struct sender *sender, const struct smtp_outcome *smtp)
{
    sender->refusals++;
    if (sender->refusals >= REFUSALS_IN_A_ROW && !sender->pause && !sender->is_draining) {
        sender->pause = loop_after(sender->notify->run->loop, sender->retry.first, pause_over, sender);
        log_event(LOG_WARNING, "smtp_pause", F("reason", delivery_reason_code(smtp->reason)), F("reply", smtp->reply),
            F("refusals", (int)sender->refusals), F("time", sender->retry.first));
    }
}

static void check_server(struct sender *sender, const struct smtp_outcome *smtp)
{
    if (smtp->reason == DELIVERY_REASON_SERVER_REFUSED || smtp->reason == DELIVERY_REASON_SIGN_IN_REFUSED) {
        count_refusal(sender, smtp);
    } else if (smtp->is_server_well) {
        sender->refusals = 0;
    }
    if (smtp->is_server_well) {
        status_check_set(sender->check, STATUS_OK, "");
    } else {
        status_check_set(sender->check, STATUS_DEGRADED, delivery_reason_sentence(smtp->reason));
    }
}

static void job_done(void *arg, bool was_run)
{
    struct job *job = arg;
    if (!was_run) { /* stopping: it is due again after its lease */
        job_end(job);
        return;
    }
    if (job->outcome.is_composed) {
        metric_observe(METRIC_SMTP_SECONDS, job->outcome.smtp_time);
        check_server(job->sender, &job->outcome.smtp);
    } else {
        log_fault("mail_not_composed", &job->outcome.fault);
    }
    record(job);
}

static bool is_in_hand(const struct sender *sender, const struct owed_mail *mail)
{
    const struct job *job;
    LIST_FOREACH(job, &sender->in_hand, in_hand)
    {
        if (job->mail.academy.v == mail->academy.v && job->mail.id.v == mail->id.v) {
            return true;
        }
    }
    return false;
}

static void held(void *arg, const struct fault *fault)
{
    (void)arg;
    (void)fault; /* else they are due again after their lease */
}

static void turn(void *arg)
{
    struct sender *sender = arg;
    if (instant_before(clock_now(), sender->turns_until) && !sender->is_draining) {
        timer_set(sender->turn, TURN_PERIOD);
    }
    sender_wake(sender);
}

static void hold(struct sender *sender, const struct held_mail *mails, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (instant_before(sender->turns_until, mails[i].due_at)) {
            sender->turns_until = mails[i].due_at;
        }
    }
    metric_add(METRIC_MAILS_HELD, (int64_t)count);
    delivery_hold(sender->notify->store, mails, count, held, NULL);
    if (!timer_is_set(sender->turn)) {
        timer_set(sender->turn, TURN_PERIOD);
    }
}

static bool is_dead(const struct owed_mail *mail)
{
    return mail->is_closed || mail->link_is_dead || mail->is_unwanted;
}

static void job_begin(struct sender *sender, const struct owed_mail *mail)
{
    struct job *job = checked_calloc(1, sizeof *job);
    job->sender = sender;
    job->mail = *mail;
    job->mail.reminder = job->reminder = mail->reminder ? checked_strdup(mail->reminder) : NULL;
    LIST_INSERT_HEAD(&sender->in_hand, job, in_hand);
    sender->in_hand_count++;
    job->is_paced = !is_dead(mail);
    if (is_dead(mail)) {
        job->is_cancelled = true;
        job->outcome.smtp.reason = mail->is_closed     ? DELIVERY_REASON_ACCOUNT_CLOSED
                                   : mail->is_unwanted ? DELIVERY_REASON_REMINDER_UNWANTED
                                                       : DELIVERY_REASON_LINK_REPLACED;
        record(job);
    } else if (!worker_submit(sender->workers, job_run, job_done, job)) {
        job_end(job); /* stopping */
    }
}

/* Those whose domain has enough are given back. */
static void begin_each(struct sender *sender, const struct owed_mail *mails, size_t count)
{
    struct held_mail waiting[CONNECTIONS_MAX];
    size_t waiting_count = 0;
    struct instant now = clock_now(), due_at;
    for (size_t i = 0; i < count; i++) {
        const struct owed_mail *mail = &mails[i];
        if (is_in_hand(sender, mail)) { /* its record waits for the database, and its lease went by meanwhile */
            continue;
        }
        if (is_dead(mail) || mail_pace_begin(sender->pace, mail->recipient, now, &due_at)) {
            job_begin(sender, mail);
        } else {
            waiting[waiting_count++] = (struct held_mail){
                {mail->academy, mail->id, mail->attempt},
                due_at
            };
        }
    }
    if (waiting_count > 0) {
        hold(sender, waiting, waiting_count);
    }
}

static void claimed(void *arg, const struct owed_mail *mails, size_t count, const struct fault *fault)
{
    struct sender *sender = arg;
    sender->is_claiming = false;
    if (fault) {
        if (!sender->notify->is_stopping) {
            log_event(LOG_NOTICE, "mails_wait", F("fault", fault));
        }
        return; /* the scan looks again */
    }
    begin_each(sender, mails, count);
    if (count > 0 || sender->wants_claim) {
        sender_wake(sender);
    }
}

void sender_wake(struct sender *sender)
{
    sender->wants_claim = sender->is_claiming;
    if (sender->is_draining || sender->is_claiming || sender->pause || sender->in_hand_count >= sender->connections) {
        return;
    }
    sender->is_claiming = true;
    delivery_claim(sender->notify->store, sender->connections - sender->in_hand_count, sender->lease, sender->domain,
        claimed, sender);
}

static void scan(void *arg)
{
    sender_wake(arg);
}

void sender_drain(struct sender *sender)
{
    sender->is_draining = true;
}

bool sender_is_idle(const struct sender *sender)
{
    return sender->in_hand_count == 0 && !sender->is_claiming;
}

/* On each thread, once. */
static void *mailer_take(void *arg)
{
    struct sender *sender = arg;
    return &sender->mailers[atomic_fetch_add(&sender->mailers_given, 1)];
}

static bool templates_load(
    const struct sender *sender, const struct config *config, struct template_set **out_set, struct fault *fault)
{
    const struct mail_template_folders folders = {
        config_text(config, CONFIG_NOTIFY_TEMPLATE_DIRECTORY), config_text(config, CONFIG_NOTIFY_TEMPLATE_COPIES)};
    size_t count;
    const char *const *languages = mail_languages_used(sender->languages, &count);
    return mail_template_load(&folders, languages, count, out_set, fault);
}

static bool mailers_make(struct sender *sender, const struct config *config, struct fault *fault)
{
    for (unsigned i = 0; i < sender->connections; i++) {
        struct mailer *mailer = &sender->mailers[i];
        if (!templates_load(sender, config, &mailer->templates, fault)) {
            return false;
        }
        mailer->smtp = smtp_new(&sender->smtp);
        mailer->keys = sender->notify->keys;
        mailer->sender = sender->address;
        mailer->returns = &sender->returns;
        mailer->languages = sender->languages;
        mailer->sender_name = config_text(config, CONFIG_NOTIFY_SENDER_NAME);
        mailer->portal_url = config_text(config, CONFIG_PORTAL_PUBLIC_URL);
    }
    return true;
}

static struct mail_pace *pace_make(const struct config *config, unsigned connections)
{
    static const char section[] = "mail_domain";
    struct mail_pace *pace =
        mail_pace_new(connections, (struct mail_pace_limits){
                                       (unsigned)config_count(config, CONFIG_NOTIFY_DOMAIN_CONNECTIONS),
                                       (unsigned)config_count(config, CONFIG_NOTIFY_DOMAIN_PER_MINUTE),
                                   });
    for (size_t i = 0; i < config_titled_count(config, section); i++) {
        const struct config *domain = config_titled(config, section, i);
        const struct mail_pace_limits limits = {
            (unsigned)config_count(domain, CONFIG_MAIL_DOMAIN_CONNECTIONS),
            (unsigned)config_count(domain, CONFIG_MAIL_DOMAIN_PER_MINUTE),
        };
        for (const char *const *name = config_list(domain, CONFIG_MAIL_DOMAIN_NAMES); *name; name++) {
            mail_pace_limit(pace, *name, limits);
        }
    }
    return pace;
}

static bool settings_read(struct sender *sender, const struct config *config, struct fault *fault)
{
    sender->address = config_text(config, CONFIG_NOTIFY_SENDER);
    const char *at = strrchr(sender->address, '@');
    if (!at || at[1] == '\0') {
        return fault_set(fault, FAULT_CONFIG, "notify.sender: not an address of mail");
    }
    sender->domain = at + 1;
    sender->connections = (unsigned)config_count(config, CONFIG_NOTIFY_CONNECTIONS);
    sender->pace = pace_make(config, sender->connections);
    sender->retry = (struct retry_bounds){
        .first = config_duration(config, CONFIG_NOTIFY_RETRY_FIRST),
        .max = config_duration(config, CONFIG_NOTIFY_RETRY_MAX),
        .give_up_after = config_duration(config, CONFIG_NOTIFY_GIVE_UP_AFTER),
    };
    sender->smtp = (struct smtp_options){
        .url = config_text(config, CONFIG_NOTIFY_SMTP_URL),
        .starttls = config_text(config, CONFIG_NOTIFY_SMTP_STARTTLS),
        .ca_file = config_text(config, CONFIG_NOTIFY_SMTP_CA_FILE),
        .user = config_text(config, CONFIG_NOTIFY_SMTP_USER),
        .timeout = config_duration(config, CONFIG_NOTIFY_SMTP_TIMEOUT),
    };
    /* a conversation ends within its bound; then its record has as long again */
    sender->lease = (struct duration){2 * sender->smtp.timeout.us + SECONDS(5).us};
    bool has_password = config_is_set(config, CONFIG_NOTIFY_SMTP_PASSWORD_FILE);
    bool read = !has_password ||
                secret_read_file(config_text(config, CONFIG_NOTIFY_SMTP_PASSWORD_FILE), &sender->password, fault);
    sender->smtp.password = sender->password;
    return read && mail_languages_read(config, &sender->languages, fault) &&
           return_address_read(config_text(config, CONFIG_NOTIFY_RETURN_ADDRESS), &sender->returns, fault);
}

bool sender_new(struct notify *notify, struct sender **out_sender, struct fault *fault)
{
    const struct config *config = notify->run->config;
    struct sender *sender = *out_sender = checked_calloc(1, sizeof *sender);
    sender->notify = notify;
    LIST_INIT(&sender->in_hand);
    if (!settings_read(sender, config, fault) || !mailers_make(sender, config, fault)) {
        return false;
    }
    const struct worker_options options = {
        .name = "mail",
        .threads = sender->connections,
        .queue_limit = sender->connections,
        .start = mailer_take,
        .arg = sender,
    };
    sender->workers = workers_new(notify->run->loop, &options);
    sender->check = status_check_add(notify->run->status, "smtp", false);
    status_check_set(sender->check, STATUS_OK, "");
    sender->turn = loop_timer(notify->run->loop, turn, sender);
    sender->scan = loop_every(notify->run->loop, config_duration(config, CONFIG_NOTIFY_SCAN_INTERVAL), scan, sender);
    return true;
}

void sender_stop(struct sender *sender)
{
    sender_drain(sender);
    timer_cancel(&sender->scan);
    timer_cancel(&sender->pause);
    timer_cancel(&sender->turn);
    if (sender->workers && !workers_stop(&sender->workers, SECONDS(1))) {
        log_event(LOG_WARNING, "smtp_conversation_left", F("mails", sender->in_hand_count));
    }
}

void sender_free(struct sender **address)
{
    struct sender *sender = *address;
    if (!sender || sender->in_hand_count > 0) { /* a thread still uses it: left to the end of the process */
        return;
    }
    for (unsigned i = 0; i < sender->connections && sender->mailers[i].templates; i++) {
        template_set_free(&sender->mailers[i].templates);
        smtp_free(&sender->mailers[i].smtp);
    }
    secret_free(&sender->password);
    mail_pace_free(&sender->pace);
    mail_languages_free(&sender->languages);
    memory_free(address);
}
