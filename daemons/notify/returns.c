#include "notify/returns.h"

#include "notify/mail_return.h"
#include "notify/maildir.h"
#include "notify/progress.h"
#include "notify/return_address.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/worker.h"
#include "store/delivery_return.h"

#include <stdio.h>
#include <string.h>

enum { LETTERS_MAX = DELIVERY_RETURNS_MAX }; /* put away together */

#define ERASE_PERIOD MINUTES(10)

/* What becomes of a letter: counted under its word; kept for a person to read, or erased, since it may hold the whole
 * mail, password and all. */
enum fate {
    FATE_RETURNED,  /* its mail is marked as failed */
    FATE_LATE,      /* it was, or its mail is unknown: another try, an erased account */
    FATE_DELAYED,   /* the other server goes on trying */
    FATE_DELIVERED, /* nobody asked */
    FATE_AUTOMATIC, /* out of office */
    FATE_UNTRUSTED, /* a report on no mail of ours */
    FATE_OTHER,
    FATE_UNREADABLE,
    FATE_COUNT
};
static const struct {
    const char *word;
    bool is_kept;
} fates[FATE_COUNT] = {
    [FATE_RETURNED] = {"returned",   false},
    [FATE_LATE] = {"late",       false},
    [FATE_DELAYED] = {"delayed",    false},
    [FATE_DELIVERED] = {"delivered",  false},
    [FATE_AUTOMATIC] = {"automatic",  false},
    [FATE_UNTRUSTED] = {"untrusted",  true },
    [FATE_OTHER] = {"other",      true },
    [FATE_UNREADABLE] = {"unreadable", true },
};

struct letter {
    char name[MAILDIR_NAME_SIZE];
    enum fate fate; /* a failure is LATE until the store says that it is news */
    bool is_failure;
    struct token_try of; /* proved */
    enum delivery_reason reason;
    char status[MAIL_RETURN_STATUS_SIZE];
};

struct returns {
    struct notify *notify;
    struct workers *workers;
    struct timer *look;
    struct status_check *check;
    const char *directory;
    struct duration retention;
    struct return_address address;
    struct instant erased_at; /* of those kept */
    bool is_busy, is_draining;
    /* the turn that goes on: the thread's while it reads or puts away, else the loop's */
    struct letter letters[LETTERS_MAX];
    size_t count, waiting;
    bool went_well;
    struct fault fault;
};

/* --- on the thread --- */

static enum fate fate_of(enum mail_return_kind kind)
{
    static const enum fate of_kind[] = {
        [MAIL_RETURN_UNREADABLE] = FATE_UNREADABLE,
        [MAIL_RETURN_OTHER] = FATE_OTHER,
        [MAIL_RETURN_FAILED] = FATE_UNTRUSTED, /* until it is proved */
        [MAIL_RETURN_DELAYED] = FATE_DELAYED,
        [MAIL_RETURN_DELIVERED] = FATE_DELIVERED,
        [MAIL_RETURN_AUTOMATIC] = FATE_AUTOMATIC,
    };
    return of_kind[kind];
}

static bool is_proved(const struct key_ring *keys, const struct mail_return *said, struct token_try *out_try)
{
    for (size_t i = 0; i < said->token_count; i++) {
        if (token_return_read(keys, said->tokens[i], out_try)) {
            return true;
        }
    }
    return false;
}

static bool letter_take(void *arg, const char *name, const char *bytes, size_t length)
{
    struct returns *returns = arg;
    struct letter *letter = &returns->letters[returns->count++];
    *letter = (struct letter){.fate = FATE_UNREADABLE};
    snprintf(letter->name, sizeof letter->name, "%s", name);
    if (bytes && length > 0) {
        struct mail_return said;
        mail_return_read(bytes, length, returns->address.local, &said);
        letter->fate = fate_of(said.kind);
        letter->reason = said.reason;
        memcpy(letter->status, said.status, sizeof letter->status);
        if (said.kind == MAIL_RETURN_FAILED && is_proved(returns->notify->keys, &said, &letter->of)) {
            letter->is_failure = true;
            letter->fate = FATE_LATE;
        }
    }
    return returns->count < LETTERS_MAX;
}

static void letters_read(void *arg, void *context)
{
    (void)context;
    struct returns *returns = arg;
    returns->count = 0;
    returns->went_well = maildir_read(returns->directory, letter_take, returns, &returns->waiting, &returns->fault);
}

static bool erase_kept(struct returns *returns)
{
    struct instant now = clock_now();
    if (duration_longer(ERASE_PERIOD, instant_since(now, returns->erased_at))) {
        return true;
    }
    returns->erased_at = now;
    const struct instant before = {now.us - returns->retention.us};
    return maildir_erase_kept(returns->directory, before, &returns->fault);
}

static void letters_put_away(void *arg, void *context)
{
    (void)context;
    struct returns *returns = arg;
    returns->went_well = erase_kept(returns);
    for (size_t i = 0; i < returns->count; i++) {
        const struct letter *letter = &returns->letters[i];
        /* one that stays is no reason to leave the others */
        bool is_away = fates[letter->fate].is_kept ? maildir_keep(returns->directory, letter->name, &returns->fault)
                                                   : maildir_erase(returns->directory, letter->name, &returns->fault);
        returns->went_well = returns->went_well && is_away;
    }
}

/* --- on the loop --- */

static void look(void *arg);

static void turn_end(struct returns *returns)
{
    bool may_be_more = returns->went_well && returns->waiting > returns->count;
    returns->is_busy = false;
    if (may_be_more && !returns->notify->is_stopping) {
        loop_later(returns->notify->run->loop, look, returns);
    }
}

static void put_away_done(void *arg, bool was_run)
{
    struct returns *returns = arg;
    size_t left = returns->waiting - returns->count;
    if (was_run && !returns->went_well) {
        log_fault("mail_returns_left", &returns->fault);
        status_check_set(returns->check, STATUS_DEGRADED, returns->fault.text);
    } else if (was_run) {
        status_number_set(returns->notify->run->status, "returns_waiting", (int64_t)left);
        metric_set(METRIC_MAIL_RETURNS_WAITING, (double)left);
        status_check_set(returns->check, STATUS_OK, "");
    }
    turn_end(returns);
}

static void tell(const struct returns *returns)
{
    for (size_t i = 0; i < returns->count; i++) {
        const struct letter *letter = &returns->letters[i];
        metric_count(METRIC_MAIL_RETURNS, fates[letter->fate].word);
        if (letter->is_failure) {
            log_event(LOG_INFO, "mail_returned", F("outcome", fates[letter->fate].word),
                F("academy", letter->of.academy), F("delivery", letter->of.number),
                F("reason", delivery_reason_code(letter->reason)), F("status", &letter->status[0]));
        } else {
            log_event(LOG_DEBUG, "mail_return", F("outcome", fates[letter->fate].word));
        }
    }
}

static void put_away(struct returns *returns)
{
    tell(returns);
    if (!worker_submit(returns->workers, letters_put_away, put_away_done, returns)) {
        turn_end(returns); /* stopping: they are read again, and nothing changes by it */
    }
}

static void mark_returned(struct returns *returns, const struct delivery_returned *returned)
{
    for (size_t i = 0; i < returns->count; i++) {
        struct letter *letter = &returns->letters[i];
        if (letter->is_failure && letter->of.academy == returned->academy.v && letter->of.number == returned->id.v) {
            letter->fate = FATE_RETURNED;
            return; /* a second report on the same mail says nothing new */
        }
    }
}

static void recorded(void *arg, const struct delivery_returned *returned, size_t count, const struct fault *fault)
{
    struct returns *returns = arg;
    struct notify *notify = returns->notify;
    if (fault) {
        if (!notify->is_stopping) {
            log_event(LOG_NOTICE, "mail_returns_wait", F("fault", fault));
        }
        returns->went_well = false; /* the next look finds them where they are */
        turn_end(returns);
        return;
    }
    FAULT_POINT("notify_returns_recorded");
    for (size_t i = 0; i < count; i++) {
        mark_returned(returns, &returned[i]);
        if (returned[i].batch.v != 0) {
            progress_mark(notify->progress, returned[i].batch_academy, returned[i].batch);
        }
    }
    put_away(returns);
}

static void record(struct returns *returns)
{
    struct returned_mail mails[LETTERS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < returns->count; i++) {
        const struct letter *letter = &returns->letters[i];
        if (letter->is_failure) {
            mails[count++] = (struct returned_mail){
                {(int16_t)letter->of.academy}, {letter->of.number}, letter->of.attempt, letter->reason};
        }
    }
    if (count > 0) {
        delivery_record_returns(returns->notify->store, mails, count, TOKEN_TRIES, recorded, returns);
    } else {
        put_away(returns);
    }
}

static void read_done(void *arg, bool was_run)
{
    struct returns *returns = arg;
    if (!was_run) {
        returns->went_well = false;
        turn_end(returns);
    } else if (!returns->went_well) {
        log_fault("mail_returns_unread", &returns->fault);
        status_check_set(returns->check, STATUS_DEGRADED, returns->fault.text);
        turn_end(returns);
    } else {
        record(returns);
    }
}

static void look(void *arg)
{
    struct returns *returns = arg;
    if (returns->is_busy || returns->is_draining) {
        return;
    }
    returns->is_busy = worker_submit(returns->workers, letters_read, read_done, returns);
}

bool returns_new(struct notify *notify, struct returns **out_returns, struct fault *fault)
{
    const struct config *config = notify->run->config;
    struct returns *returns = *out_returns = checked_calloc(1, sizeof *returns);
    returns->notify = notify;
    returns->directory = config_text(config, CONFIG_NOTIFY_RETURN_MAILDIR);
    returns->retention = config_duration(config, CONFIG_NOTIFY_RETURN_RETENTION);
    if (!return_address_read(config_text(config, CONFIG_NOTIFY_RETURN_ADDRESS), &returns->address, fault)) {
        return false;
    }
    if (returns->directory[0] == '\0') {
        return true;
    }
    if (returns->address.local[0] == '\0') {
        fault_set(fault, FAULT_CONFIG, "notify.return_maildir: without notify.return_address no report is known");
        return fault_hint(fault, "Give the address whose mail is delivered there.");
    }
    const struct worker_options options = {.name = "returns", .threads = 1, .queue_limit = 1};
    returns->workers = workers_new(notify->run->loop, &options);
    returns->check = status_check_add(notify->run->status, "mail_returns", false);
    returns->look =
        loop_every(notify->run->loop, config_duration(config, CONFIG_NOTIFY_RETURN_INTERVAL), look, returns);
    look(returns);
    return true;
}

void returns_drain(struct returns *returns)
{
    returns->is_draining = true;
}

bool returns_is_idle(const struct returns *returns)
{
    return !returns->is_busy;
}

void returns_stop(struct returns *returns)
{
    returns_drain(returns);
    timer_cancel(&returns->look);
    if (returns->workers && !workers_stop(&returns->workers, SECONDS(1))) {
        log_event(LOG_WARNING, "mail_returns_busy", F("letters", (int)returns->count));
    }
}

void returns_free(struct returns **returns)
{
    if (*returns && !(*returns)->is_busy) { /* else a thread still uses it: left to the end of the process */
        memory_free(returns);
    }
}
