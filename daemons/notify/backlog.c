#include "notify/backlog.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/delivery.h"
#include "store/document.h"

#define LOOK_PERIOD SECONDS(15)
#define ERASE_PERIOD MINUTES(10)

struct backlog {
    struct notify *notify;
    struct timer *look, *erase;
    struct delivery_backlog known; /* at the last look that was answered */
};

static int64_t age(struct instant oldest)
{
    return instant_is_set(oldest) ? instant_since(clock_now(), oldest).us / 1000000 : 0;
}

/* Ages go on while the database does not answer: who waits, waits. */
static void tell(const struct backlog *backlog)
{
    const struct delivery_backlog *known = &backlog->known;
    struct status *status = backlog->notify->run->status;
    metric_set(METRIC_DELIVERIES_WAITING, (double)known->mails, "mail");
    metric_set(METRIC_DELIVERIES_WAITING, (double)known->sheets, "sheet");
    metric_set(METRIC_DELIVERIES_OLDEST, (double)age(known->oldest_mail), "mail");
    metric_set(METRIC_DELIVERIES_OLDEST, (double)age(known->oldest_sheet), "sheet");
    metric_set(METRIC_HELP_WAITING, (double)known->help);
    metric_set(METRIC_HELP_OLDEST, (double)age(known->oldest_help));
    status_number_set(status, "mails_waiting", known->mails);
    status_number_set(status, "mails_oldest_seconds", age(known->oldest_mail));
    status_number_set(status, "sheets_waiting", known->sheets);
    status_number_set(status, "sheets_oldest_seconds", age(known->oldest_sheet));
    status_number_set(status, "help_waiting", known->help);
    status_number_set(status, "help_oldest_seconds", age(known->oldest_help));
}

static void loaded(void *arg, const struct delivery_backlog *found, const struct fault *fault)
{
    struct backlog *backlog = arg;
    if (backlog->notify->is_stopping) {
        return;
    }
    if (found) {
        backlog->known = *found;
    } else if (fault->code != FAULT_UNAVAILABLE) { /* the check "database" tells of that one */
        log_fault("backlog_unknown", fault);
    }
    tell(backlog);
}

static void look(void *arg)
{
    struct backlog *backlog = arg;
    delivery_load_backlog(backlog->notify->store, loaded, backlog);
}

static void erased(void *arg, const struct fault *fault)
{
    const struct notify *notify = arg;
    if (fault && !notify->is_stopping) {
        log_fault("documents_not_erased", fault);
    }
}

static void erase(void *arg)
{
    const struct backlog *backlog = arg;
    document_erase_old(backlog->notify->store, erased, backlog->notify);
}

struct backlog *backlog_new(struct notify *notify)
{
    struct backlog *backlog = checked_calloc(1, sizeof *backlog);
    backlog->notify = notify;
    backlog->look = loop_every(notify->run->loop, LOOK_PERIOD, look, backlog);
    backlog->erase = loop_every(notify->run->loop, ERASE_PERIOD, erase, backlog);
    look(backlog);
    erase(backlog);
    return backlog;
}

void backlog_free(struct backlog **backlog)
{
    if (*backlog) {
        timer_cancel(&(*backlog)->look);
        timer_cancel(&(*backlog)->erase);
        memory_free(backlog);
    }
}
