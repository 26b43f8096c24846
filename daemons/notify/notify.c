/* preau-notifyd: every message that leaves the house, and the provisional passwords that go with them.
 *
 * Job            Notifies accounts by mail or by individual sheet, with their password kept or reset (guide 5.2, 5.3,
 *                6.2, 6.3); cancels what has not left of a batch and takes up again what failed; resets passwords (5.5,
 *                6.4); lists accounts as PDF and CSV (5.4); sends the activation mail again; shows a head a provisional
 *                password (2.2). Sends the mails that linkd owes; answers with mails what people
 *                asked linkd for who cannot sign in. Reminds heads who asked for it, once a day, of passwords
 *                that are about to end.
 * Listens        The service preau.notify.Notify (proto/notify.proto) on bus.notify; its status address; the event
 *                delivery.wanted on bus.events_link, which only spares the wait of notify.scan_interval.
 *                Takes the reports of mails that came back from a Maildir.
 * Sends          Mails by SMTP; the event batch.progress on bus.events_notify.
 * Owns           Tables batch, delivery, document, reminder_*. Moves accounts by the life cycle; seals provisional passwords and
 *                documents under the keys of keys.directory.
 * Promises       What is cancelled did not leave: a mail in a sender's hands goes and is told as sent, or is cancelled, never
 *                both. A batch, the moves of its accounts and what is owed to each are one transaction; a repeated request
 *                gets the first answer. Each sheet is in one document. Each mail is sent once, except when the process
 *                dies, or the connection breaks, between the SMTP server's acceptance and its record: then it is sent
 *                again after its lease, with the same Message-ID, Date and content (at least once; SMTP knows no
 *                better). A report is put away after it was recorded. Of a day on which
 *                passwords of a school end, a head is reminded once, also after an outage. Temporary refusals are tried again with doubling pauses until notify.give_up_after.
 * Limits         notify.connections conversations with the SMTP server, those of one domain by mail_domain.*, one document of sheets and one list at a time,
 *                notify.batch_max_accounts accounts in a request.
 * Security       Passwords, links and documents are sealed in the store, wiped in memory, never logged.
 * Configuration  notify.*, mail_domain.*, mail_language.*, keys.directory, portal.public_url, link.activation_link_lifetime, link.password_link_lifetime, and the sections database,
 *                bus, status. */
#include "notify/notify.h"

#include "bus/configured.h"
#include "bus/curve.h"
#include "bus/event.h"
#include "bus/health.h"
#include "crypto/random.h"
#include "notify.pb-c.h"
#include "notify/assist.h"
#include "notify/backlog.h"
#include "notify/batch.h"
#include "notify/batch_cancel.h"
#include "notify/document.h"
#include "notify/help.h"
#include "notify/list.h"
#include "notify/mail_copies.h"
#include "notify/mail_message.h"
#include "notify/move.h"
#include "notify/preview.h"
#include "notify/progress.h"
#include "notify/reminder_choice.h"
#include "notify/reminder_night.h"
#include "notify/returns.h"
#include "notify/sender.h"
#include "notify/sheet_maker.h"
#include "notify/smtp.h"
#include "runtime/memory.h"
#include "store/configured.h"

static void create_batch(void *arg, struct call *call, const ProtobufCMessage *request)
{
    move_create_batch(arg, call, (const void *)request);
}

static void cancel_batch(void *arg, struct call *call, const ProtobufCMessage *request)
{
    batch_cancel_ask(arg, call, (const void *)request);
}

static void retry_batch(void *arg, struct call *call, const ProtobufCMessage *request)
{
    move_retry_batch(arg, call, (const void *)request);
}

static void get_batch(void *arg, struct call *call, const ProtobufCMessage *request)
{
    batch_show(arg, call, (const void *)request);
}

static void list_batches(void *arg, struct call *call, const ProtobufCMessage *request)
{
    batch_show_all(arg, call, (const void *)request);
}

static void get_document(void *arg, struct call *call, const ProtobufCMessage *request)
{
    document_fetch(arg, call, (const void *)request);
}

static void reset_passwords(void *arg, struct call *call, const ProtobufCMessage *request)
{
    move_reset_passwords(arg, call, (const void *)request);
}

static void resend_activation(void *arg, struct call *call, const ProtobufCMessage *request)
{
    assist_resend_activation(arg, call, (const void *)request);
}

static void show_password(void *arg, struct call *call, const ProtobufCMessage *request)
{
    assist_show_password(arg, call, (const void *)request);
}

static void restore_child(void *arg, struct call *call, const ProtobufCMessage *request)
{
    assist_restore_child(arg, call, (const void *)request);
}

static void export_list(void *arg, struct call *call, const ProtobufCMessage *request)
{
    list_export(arg, call, (const void *)request);
}

static void preview(void *arg, struct call *call, const ProtobufCMessage *request)
{
    preview_mail(arg, call, (const void *)request);
}

static void choose_reminder(void *arg, struct call *call, const ProtobufCMessage *request)
{
    reminder_choice_take(arg, call, (const void *)request);
}

static const struct service_method methods[] = {
    {"CreateBatch",      create_batch     },
    {"GetBatch",         get_batch        },
    {"ListBatches",      list_batches     },
    {"GetDocument",      get_document     },
    {"ResetPasswords",   reset_passwords  },
    {"ResendActivation", resend_activation},
    {"ShowPassword",     show_password    },
    {"RestoreChild",     restore_child    },
    {"ExportList",       export_list      },
    {"CancelBatch",      cancel_batch     },
    {"RetryBatch",       retry_batch      },
    {"PreviewMail",      preview          },
    {"ChooseReminder",   choose_reminder  },
    {NULL,               NULL             },
};

static void delivery_wanted(void *arg, const char *topic, const void *body, size_t length)
{
    (void)topic;
    (void)body;
    (void)length;
    const struct notify *notify = arg;
    sender_wake(notify->sender);
}

static bool keys_load(struct notify *notify, struct fault *fault)
{
    char problem[200];
    if (!crypto_begin()) {
        return fault_set(fault, FAULT_CRYPTO, "libsodium does not start");
    }
    notify->keys = key_ring_load(config_text(notify->run->config, CONFIG_KEYS_DIRECTORY), problem, sizeof problem);
    if (!notify->keys) {
        fault_set(fault, FAULT_CONFIG, "keys.directory: %s", problem);
        return fault_hint(fault, "Make keys with preauctl key generate.");
    }
    return true;
}

static bool bus_open(struct daemon_run *run, struct notify *notify, struct fault *fault)
{
    static const char *const topics[] = {"delivery.wanted", NULL};
    return bus_curve_open_configured(run->loop, run->config, &notify->curve, fault) &&
           publisher_open_configured(run, CONFIG_BUS_EVENTS_NOTIFY, notify->curve, &notify->publisher, fault) &&
           subscriber_open(run->loop, config_list(run->config, CONFIG_BUS_EVENTS_LINK), topics, notify->curve,
               delivery_wanted, notify, &notify->wanted, fault) &&
           service_open_configured(run, CONFIG_BUS_NOTIFY, &preau__notify__notify__descriptor, methods, notify,
               notify->curve, &notify->service, fault);
}

static void notify_stop(struct daemon_run *run)
{
    struct notify *notify = run->own;
    subscriber_close(&notify->wanted);
    if (notify->sender) {
        sender_stop(notify->sender);
    }
    if (notify->returns) {
        returns_stop(notify->returns);
    }
    if (notify->sheets) {
        sheet_maker_stop(notify->sheets);
    }
    if (notify->lister) {
        lister_stop(notify->lister);
    }
    if (notify->previewer) {
        previewer_stop(notify->previewer);
    }
    if (notify->helper) {
        helper_drain(notify->helper);
    }
    notify->is_stopping = true;
    store_close(&notify->store);    /* before the service: what it breaks off is still answered */
    backlog_free(&notify->backlog); /* to whom it tells what it broke off */
    service_close(&notify->service);
    reminder_night_free(&notify->reminders);
    sender_free(&notify->sender);
    returns_free(&notify->returns);
    sheet_maker_free(&notify->sheets);
    lister_free(&notify->lister);
    previewer_free(&notify->previewer);
    helper_free(&notify->helper);
    progress_free(&notify->progress);
    health_free(&notify->health);
    publisher_close(&notify->publisher);
    bus_curve_close(&notify->curve);
    if (!notify->sender && !notify->sheets && !notify->returns) { /* else a thread that did not end still uses these */
        key_ring_free(&notify->keys);
        memory_free(&run->own);
    }
}

static bool notify_start(struct daemon_run *run, struct fault *fault)
{
    struct notify *notify = run->own = checked_calloc(1, sizeof *notify);
    notify->run = run;
    mail_message_begin();
    smtp_begin();
    bool opened = keys_load(notify, fault);
    if (opened) {
        notify->store = store_open_configured(run);
        notify->progress = progress_new(notify);
        notify->backlog = backlog_new(notify);
        notify->lister = lister_new(notify);
        notify->previewer = previewer_new(notify);
        notify->helper = helper_new(notify);
        opened = sender_new(notify, &notify->sender, fault) && sheet_maker_new(notify, &notify->sheets, fault) &&
                 returns_new(notify, &notify->returns, fault) &&
                 reminder_night_new(notify, &notify->reminders, fault) && bus_open(run, notify, fault);
    }
    if (opened) {
        notify->health = health_new(run, notify->publisher, NULL, NULL);
    } else {
        notify_stop(run);
    }
    return opened;
}

static void notify_drain(struct daemon_run *run)
{
    const struct notify *notify = run->own;
    service_refuse(notify->service);
    sender_drain(notify->sender);
    sheet_maker_drain(notify->sheets);
    returns_drain(notify->returns);
    helper_drain(notify->helper);
}

static bool notify_is_idle(struct daemon_run *run)
{
    const struct notify *notify = run->own;
    return service_running(notify->service) == 0 && sender_is_idle(notify->sender) &&
           sheet_maker_is_idle(notify->sheets) && returns_is_idle(notify->returns) && helper_is_idle(notify->helper);
}

static const struct daemon daemon_notify = {
    .name = "preau-notifyd",
    .role = "preau_notify",
    .summary = "Envoie les courriels et prépare les feuilles individuelles.",
    .sections =
        (const char *const[]){"database", "bus", "status", "keys", "notify", "mail_domain", "mail_language", NULL},
    .status_address = CONFIG_STATUS_NOTIFY,
    .check = mail_copies_check,
    .start = notify_start,
    .drain = notify_drain,
    .is_idle = notify_is_idle,
    .stop = notify_stop,
};

int main(int argc, char **argv)
{
    return daemon_main(&daemon_notify, argc, argv);
}
