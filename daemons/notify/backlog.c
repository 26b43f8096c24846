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
};

static int64_t age(struct instant oldest)
{
    return instant_is_set(oldest) ? instant_since(clock_now(), oldest).us / 1000000 : 0;
}

static void loaded(void *arg, const struct delivery_backlog *backlog, const struct fault *fault)
{
    (void)fault; /* the check "database" tells it */
    const struct notify *notify = arg;
    if (!backlog || notify->is_stopping) {
        return;
    }
    struct status *status = notify->run->status;
    metric_set(METRIC_DELIVERIES_WAITING, (double)backlog->mails, "mail");
    metric_set(METRIC_DELIVERIES_WAITING, (double)backlog->sheets, "sheet");
    metric_set(METRIC_DELIVERIES_OLDEST, (double)age(backlog->oldest_mail), "mail");
    metric_set(METRIC_DELIVERIES_OLDEST, (double)age(backlog->oldest_sheet), "sheet");
    status_number_set(status, "mails_waiting", backlog->mails);
    status_number_set(status, "mails_oldest_seconds", age(backlog->oldest_mail));
    status_number_set(status, "sheets_waiting", backlog->sheets);
    status_number_set(status, "sheets_oldest_seconds", age(backlog->oldest_sheet));
}

static void look(void *arg)
{
    const struct backlog *backlog = arg;
    delivery_load_backlog(backlog->notify->store, loaded, backlog->notify);
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
