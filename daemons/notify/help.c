/* What people asked for who cannot sign in: looked at every notify.scan_interval and at no other time, so that no answer on
 * the sign-in page is slower for somebody who exists. load → decide (domain/help) → apply, one request after the other; the
 * row goes with the mails that it made, in one transaction, so that a crash on the way neither loses nor doubles any. */
#include "notify/help.h"

#include "notify/sender.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/help.h"
#include "store/sqlstate.h"

#include <string.h>

struct helper {
    struct notify *notify;
    struct timer *look;
    struct help_candidate *candidates; /* of the look under way */
    size_t count, next;                /* next: the first of the request at hand */
    size_t wanted;                     /* mails that the request at hand calls for */
    bool is_looking, is_draining, wants_again;
};

static void look(void *arg);

static void look_end(struct helper *helper)
{
    bool again = helper->wants_again && !helper->is_draining && !helper->notify->is_stopping;
    memory_free(&helper->candidates);
    helper->is_looking = helper->wants_again = false;
    if (again) {
        look(helper);
    }
}

static size_t request_length(const struct helper *helper)
{
    size_t length = 1;
    while (helper->next + length < helper->count &&
           helper->candidates[helper->next + length].request == helper->candidates[helper->next].request) {
        length++;
    }
    return length;
}

static const char *recipient_of(const struct help_candidate *candidate, enum help_mail mail)
{
    return mail == HELP_MAIL_NOT_OPENED ? candidate->address : candidate->stored.email;
}

static size_t decide(const struct help_candidate *candidates, size_t count, struct help_owed *out_owed)
{
    size_t owed = 0;
    for (size_t i = 0; i < count && owed < HELP_ACCOUNTS_MAX; i++) {
        const struct help_candidate *one = &candidates[i];
        bool has_address = instant_is_set(one->stored.email_confirmed_at);
        enum help_mail mail =
            one->has_account ? help_mail_for(&one->stored.account, has_address, one->wanted) : HELP_MAIL_NONE;
        if (mail != HELP_MAIL_NONE && recipient_of(one, mail)[0] != '\0') {
            out_owed[owed++] = (struct help_owed){&one->stored, mail, recipient_of(one, mail)};
        }
    }
    return owed;
}

static void request_begin(struct helper *helper);

static void request_applied(void *arg, bool is_ours, size_t owed, const struct fault *fault)
{
    struct helper *helper = arg;
    const struct notify *notify = helper->notify;
    if (fault && !fault_is_stale(fault) && !notify->is_stopping) {
        log_fault("help_not_answered", fault); /* the row is still there: the next look takes it */
    }
    if (is_ours) {
        FAULT_POINT("notify_help_answered");
        const char *outcome = owed > 0 ? "answered" : helper->wanted > 0 ? "bounded" : "nobody";
        const char *wanted = help_code(helper->candidates[helper->next].wanted);
        metric_count(METRIC_HELP_REQUESTS, wanted, outcome);
        log_event(LOG_INFO, "help_answered", F("wanted", wanted), F("outcome", outcome), F("mails", owed));
        helper->wants_again = true;
    }
    if (owed > 0) {
        sender_wake(notify->sender);
    }
    helper->next += request_length(helper);
    if (helper->next < helper->count && !helper->is_draining) {
        request_begin(helper);
    } else {
        look_end(helper);
    }
}

static void request_begin(struct helper *helper)
{
    const struct config *config = helper->notify->run->config;
    const struct help_candidate *first = &helper->candidates[helper->next];
    struct help_owed owed[HELP_ACCOUNTS_MAX];
    struct instant now = clock_now();
    /* what it owes is followed by the number under which it was asked */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(first->trace);
    helper->wanted = decide(first, request_length(helper), owed);
    const struct help_answer answer = {
        .request = first->request,
        .per_day = config_count(config, CONFIG_NOTIFY_HELP_MAILS_PER_DAY),
        .activation_expires_at = instant_add(now, config_duration(config, CONFIG_LINK_ACTIVATION_LINK_LIFETIME)),
        .password_expires_at = instant_add(now, config_duration(config, CONFIG_LINK_PASSWORD_LINK_LIFETIME)),
        .owed = owed,
        .count = helper->wanted,
    };
    help_apply(helper->notify->store, &answer, request_applied, helper);
}

static void loaded(void *arg, const struct help_candidate *candidates, size_t count, const struct fault *fault)
{
    struct helper *helper = arg;
    if (fault && fault->code != FAULT_UNAVAILABLE && !helper->notify->is_stopping) { /* "database" tells of that one */
        log_fault("help_not_looked_at", fault); /* the next look comes; how long they wait is told by the backlog */
    }
    if (count == 0 || helper->is_draining || helper->notify->is_stopping) {
        look_end(helper);
        return;
    }
    helper->candidates = checked_calloc(count, sizeof *candidates);
    memcpy(helper->candidates, candidates, count * sizeof *candidates);
    helper->count = count;
    helper->next = 0;
    request_begin(helper);
}

static void look(void *arg)
{
    struct helper *helper = arg;
    /* what is due is not the work of the request that was answered last */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
    if (!helper->is_looking && !helper->is_draining) {
        helper->is_looking = true;
        help_load(helper->notify->store, loaded, helper);
    }
}

struct helper *helper_new(struct notify *notify)
{
    struct helper *helper = checked_calloc(1, sizeof *helper);
    helper->notify = notify;
    helper->look =
        loop_every(notify->run->loop, config_duration(notify->run->config, CONFIG_NOTIFY_SCAN_INTERVAL), look, helper);
    return helper;
}

void helper_drain(struct helper *helper)
{
    helper->is_draining = true;
    timer_clear(helper->look);
}

bool helper_is_idle(const struct helper *helper)
{
    return !helper->is_looking;
}

void helper_free(struct helper **helper)
{
    if (*helper) {
        timer_cancel(&(*helper)->look);
        memory_free(&(*helper)->candidates);
        memory_free(helper);
    }
}
