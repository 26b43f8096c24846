#include "notify/sheet_maker.h"

#include "crypto/seal.h"
#include "notify/progress.h"
#include "notify/sheet.h"
#include "notify/sheet_parts.h"
#include "notify/wording.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "runtime/worker.h"
#include "store/document.h"
#include "store/sqlstate.h"

#include <stdio.h>
#include <string.h>

/* A part takes a fraction of a second, and waits for as long; past it, its maker is held for dead. */
#define LEASE SECONDS(20)

/* One is drawn while the next is claimed and the one before is stored: the thread waits for no database. */
enum { CLAIMED_AHEAD = 2 };

/* Opened; "": the person chose theirs. */
struct sheet_password {
    char text[OWED_SEALED_MAX + 1];
};

/* A part that is being made: what the thread needs and what it gave. */
struct part {
    struct sheet_maker *maker;
    struct owed_document document; /* without its sheets */
    int number;
    int64_t pages_all; /* of the batch */
    int64_t *pages;    /* their numbers in it */
    struct owed_sheet *sheets;
    struct sheet_password *passwords;
    struct delivery_ref *deliveries;
    size_t count;
    unsigned char *sealed;
    size_t sealed_length;
    struct duration time;
    bool is_made;
    struct fault fault;
};

/* The batch in hand, in the order of printing. Asked for once: to find it takes as long as to draw some pages. */
struct order {
    struct batch_due due;
    struct sheet_due *sheets; /* what due.sheets lends */
    size_t next, asked;       /* the first sheet that was not asked for, how many are being asked for */
    size_t pages, parts;      /* how many of the free numbers were given */
    bool is_spoilt;           /* to be forgotten once the part that is being asked for is in hand */
};

struct sheet_maker {
    struct notify *notify;
    struct order order;
    struct workers *workers;
    struct timer *scan;
    struct status_check *check;
    const char *fonts, *portal_url;
    unsigned in_hand, undrawn; /* parts that were claimed and not stored, or not even drawn */
    bool is_asking, wants_more, is_draining;
};

void sheet_place(int academy, long long batch, int part, char out_place[SHEET_PLACE_SIZE])
{
    snprintf(out_place, SHEET_PLACE_SIZE, "document:%d:%lld:%d", academy, batch, part);
}

static void part_free(struct part *part)
{
    secret_wipe(part->sheets, part->count * sizeof *part->sheets);
    secret_wipe(part->passwords, part->count * sizeof *part->passwords);
    memory_free(&part->sheets);
    memory_free(&part->passwords);
    memory_free(&part->deliveries);
    memory_free(&part->pages);
    memory_free(&part->sealed);
    memory_free(&part);
}

static void order_forget(struct order *order)
{
    memory_free(&order->sheets);
    *order = (struct order){0};
}

/* A part of it failed: what is left is looked at anew. The part that is being claimed still needs its number. */
static void order_spoil(struct sheet_maker *maker)
{
    if (maker->is_asking) {
        maker->order.is_spoilt = true;
    } else {
        order_forget(&maker->order);
    }
}

/* The database answered; looks again when there may be more. */
static void maker_asked(struct sheet_maker *maker, bool may_be_more)
{
    maker->is_asking = false;
    if (may_be_more || maker->wants_more) {
        sheet_maker_wake(maker);
    }
}

static void part_end(struct part *part, bool may_be_more)
{
    struct sheet_maker *maker = part->maker;
    part_free(part);
    maker->in_hand--;
    if (may_be_more) {
        sheet_maker_wake(maker);
    }
}

static void stored(void *arg, const struct fault *fault)
{
    struct part *part = arg;
    struct sheet_maker *maker = part->maker;
    if (fault) {
        order_spoil(maker);
    }
    if (fault && fault_is_stale(fault)) { /* cancelled, or made by another after our lease: nothing of ours is kept */
        log_event(LOG_NOTICE, "document_not_wanted", F("academy", (int)part->document.academy.v),
            F("batch", part->document.batch), F("part", part->number), F("pages", part->count));
    } else if (fault) { /* the sheets are due again after their lease */
        if (!maker->notify->is_stopping) {
            log_fault("document_not_stored", fault);
            status_check_set(maker->check, STATUS_DEGRADED, fault->text);
        }
    } else {
        metric_add(METRIC_DELIVERIES, (int64_t)part->count, "sheet", "sent");
        status_check_set(maker->check, STATUS_OK, "");
        log_event(LOG_INFO, "document_made", F("academy", (int)part->document.academy.v),
            F("batch", part->document.batch), F("part", part->number), F("pages", part->count),
            F("bytes", part->sealed_length), F("time", part->time));
        progress_mark(maker->notify->progress, part->document.academy, part->document.batch);
    }
    part_end(part, !fault || fault_is_stale(fault));
}

/* --- on the thread --- */

static void address_fill(const struct owed_sheet *owed, struct sheet *sheet)
{
    const struct postal_source source = {
        .civilite = owed->civilite,
        .prenom = owed->prenom,
        .nom = owed->nom,
        .adresse = owed->adresse,
        .code_postal = owed->code_postal,
        .ville = owed->ville,
        .pays = owed->pays,
    };
    sheet->is_posted = postal_address_make(&source, &sheet->address);
}

static void sheet_fill(const struct part *part, size_t at, struct sheet *out_sheet)
{
    const struct owed_sheet *owed = &part->sheets[at];
    *out_sheet = (struct sheet){
        .page = part->pages[at], .is_guardian = owed->profile == PROFILE_RESPONSABLE, .is_opened = owed->is_opened};
    wording_name(owed->prenom, owed->nom, out_sheet->name);
    address_fill(owed, out_sheet);
    snprintf(out_sheet->login, sizeof out_sheet->login, "%s", owed->login);
    snprintf(out_sheet->class_label, sizeof out_sheet->class_label, "%s", owed->class_label);
    snprintf(out_sheet->children, sizeof out_sheet->children, "%s", owed->children);
    if (owed->password == PASSWORD_PROVISIONAL) {
        wording_date(owed->password_expires_at, out_sheet->expires);
        snprintf(out_sheet->password, sizeof out_sheet->password, "%s", part->passwords[at].text);
    }
}

static void part_seal(struct part *part, const unsigned char *pdf, size_t length)
{
    char place[SHEET_PLACE_SIZE];
    sheet_place(part->document.academy.v, part->document.batch.v, part->number, place);
    part->sealed_length = length + SEAL_OVERHEAD;
    part->sealed = checked_calloc(part->sealed_length, 1);
    seal_make(part->maker->notify->keys, place, pdf, length, part->sealed);
}

static void part_make(void *arg, void *context)
{
    (void)context;
    struct part *part = arg;
    struct tick start = clock_tick();
    struct sheet *sheets = checked_calloc(part->count, sizeof *sheets);
    unsigned char *pdf = NULL;
    size_t length = 0;
    struct sheet_document document = {
        .school = part->document.school,
        .city = part->document.city,
        .portal_url = part->maker->portal_url,
        .font_directory = part->maker->fonts,
        .made_at = clock_now(),
        .sheets = sheets,
        .count = part->count,
        .pages_all = part->pages_all,
    };
    for (size_t i = 0; i < part->count; i++) {
        sheet_fill(part, i, &sheets[i]);
    }
    FAULT_POINT("notify_sheets_claimed");
    part->is_made = sheet_render(&document, &pdf, &length, &part->fault);
    if (part->is_made) {
        part_seal(part, pdf, length);
        secret_wipe(pdf, length);
    }
    memory_free(&pdf);
    secret_wipe(sheets, part->count * sizeof *sheets);
    memory_free(&sheets);
    part->time = clock_since(start);
}

/* --- on the loop --- */

static void part_made(void *arg, bool was_run)
{
    struct part *part = arg;
    struct sheet_maker *maker = part->maker;
    maker->undrawn--;
    if (!was_run || !part->is_made) {
        if (was_run) {
            log_fault("document_not_made", &part->fault);
            status_check_set(maker->check, STATUS_DEGRADED, part->fault.text);
        }
        order_spoil(maker);
        part_end(part, false);
        return;
    }
    metric_observe(METRIC_DOCUMENT_SECONDS, part->time);
    FAULT_POINT("notify_sheets_made");
    const struct document_made made = {
        .academy = part->document.academy,
        .batch = part->document.batch,
        .part = part->number,
        .deliveries = part->deliveries,
        .numbers = part->pages,
        .pages = part->count,
        .sealed = part->sealed,
        .sealed_length = part->sealed_length,
        .kept_for = config_duration(maker->notify->run->config, CONFIG_NOTIFY_DOCUMENT_RETENTION),
    };
    document_store(maker->notify->store, &made, stored, part);
    sheet_maker_wake(maker);
}

static void ended(void *arg, const struct fault *fault)
{
    (void)fault; /* else it is due again after its lease */
    const struct notify *notify = arg;
    if (!notify->is_stopping) {
        sheet_maker_wake(notify->sheets);
    }
}

/* False, and "": the sheet cannot be drawn. */
static bool password_open(
    const struct key_ring *keys, const struct owed_sheet *sheet, struct sheet_password *out_password)
{
    char place[SEAL_PLACE_SIZE];
    *out_password = (struct sheet_password){""};
    seal_place(place, "credential", sheet->delivery.academy.v, sheet->account.v);
    return sheet->password != PASSWORD_PROVISIONAL ||
           (sheet->sealed_length >= SEAL_OVERHEAD &&
               seal_open(keys, place, sheet->sealed, sheet->sealed_length, out_password->text));
}

/* One that cannot be drawn is told as such, and keeps nobody else from theirs. */
static void give_up(struct sheet_maker *maker, const struct owed_document *document, const struct owed_sheet *sheet)
{
    const struct delivery_unsent unsent = {sheet->delivery, DELIVERY_REASON_NOT_COMPOSED, false};
    struct fault fault;
    fault_set(&fault, FAULT_CRYPTO, "a provisional password cannot be opened");
    fault_hint(&fault, "A sealing key that is still in use was removed from keys.directory.");
    log_event(LOG_ERR, "sheet_not_composed", F("academy", (int)sheet->delivery.academy.v), F("account", sheet->account),
        F("batch", document->batch), F("fault", (const struct fault *)&fault));
    status_check_set(maker->check, STATUS_DEGRADED, fault.text);
    metric_count(METRIC_DELIVERIES, "sheet", "failed");
    delivery_failed(maker->notify->store, &unsent, ended, maker->notify);
    progress_mark(maker->notify->progress, document->academy, document->batch);
    maker->order.due.pages_all--;
}

/* Keeps the sheets of open accounts, cancels those of closed ones, gives up those that cannot be drawn. */
static struct part *part_new(struct sheet_maker *maker, const struct owed_document *document)
{
    struct part *part = checked_calloc(1, sizeof *part);
    part->maker = maker;
    part->document = *document;
    part->document.sheets = NULL;
    part->sheets = checked_calloc(document->count, sizeof *part->sheets);
    part->passwords = checked_calloc(document->count, sizeof *part->passwords);
    part->deliveries = checked_calloc(document->count, sizeof *part->deliveries);
    for (size_t i = 0; i < document->count; i++) {
        const struct owed_sheet *sheet = &document->sheets[i];
        if (sheet->is_closed) {
            metric_count(METRIC_DELIVERIES, "sheet", "cancelled");
            delivery_cancelled(
                maker->notify->store, sheet->delivery, DELIVERY_REASON_ACCOUNT_CLOSED, ended, maker->notify);
        } else if (!password_open(maker->notify->keys, sheet, &part->passwords[part->count])) {
            give_up(maker, document, sheet);
        } else {
            part->deliveries[part->count] = sheet->delivery;
            part->sheets[part->count++] = *sheet;
        }
    }
    return part;
}

/* Its number and those of its pages: the next that are free. */
static void part_number(struct part *part, struct order *order)
{
    part->pages = checked_calloc(part->count + 1, sizeof *part->pages);
    part->pages_all = order->due.pages_all;
    part->number = order->sheets[order->parts].part;
    for (size_t i = 0; i < part->count; i++) {
        part->pages[i] = order->sheets[order->pages++].page;
    }
    order->parts += part->count > 0;
}

static void part_begin(struct sheet_maker *maker, const struct owed_document *document)
{
    struct part *part = part_new(maker, document);
    part_number(part, &maker->order);
    if (part->count == 0 || !worker_submit(maker->workers, part_make, part_made, part)) {
        part_free(part); /* none is left, or stopping */
        return;
    }
    maker->in_hand++;
    maker->undrawn++;
}

static void claimed(void *arg, const struct owed_document *document, const struct fault *fault)
{
    struct sheet_maker *maker = arg;
    struct order *order = &maker->order;
    order->next += order->asked;
    if (document) {
        part_begin(maker, document);
    } else if (fault && !maker->notify->is_stopping) {
        log_event(LOG_NOTICE, "sheets_wait", F("fault", fault));
    }
    /* or some are no longer due: what is left is looked at anew */
    if (!document || document->count < order->asked || order->is_spoilt) {
        order_forget(order);
    }
    maker_asked(maker, !fault);
}

/* The next part of the batch in hand. */
static void order_claim(struct sheet_maker *maker)
{
    struct order *order = &maker->order;
    int64_t pages = config_count(maker->notify->run->config, CONFIG_NOTIFY_SHEET_PAGES_PER_DOCUMENT);
    struct batch_due part = order->due;
    part.sheets += order->next;
    part.count = order->asked = sheet_part_length(part.sheets, order->due.count - order->next, (size_t)pages);
    /* of several, the request that owes the first one: all but what was tried again is of one */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(part.sheets[0].trace);
    document_claim(maker->notify->store, &part, LEASE, claimed, maker);
}

static void ordered(void *arg, const struct batch_due *due, const struct fault *fault)
{
    struct sheet_maker *maker = arg;
    if (fault && !maker->notify->is_stopping) {
        log_event(LOG_NOTICE, "sheets_wait", F("fault", fault));
    }
    if (due) {
        maker->order = (struct order){.due = *due, .sheets = checked_calloc(due->count, sizeof *due->sheets)};
        memcpy(maker->order.sheets, due->sheets, due->count * sizeof *due->sheets);
        maker->order.due.sheets = maker->order.sheets;
    }
    maker_asked(maker, due != NULL);
}

void sheet_maker_wake(struct sheet_maker *maker)
{
    /* what is due is not the work of the request that says there is some */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
    bool has_order = maker->order.next < maker->order.due.count;
    maker->wants_more = maker->is_asking;
    if (maker->is_asking || maker->is_draining || maker->undrawn >= CLAIMED_AHEAD) {
        return;
    }
    if (has_order) {
        maker->is_asking = true;
        order_claim(maker);
    } else if (maker->in_hand == 0) { /* else the last to be stored looks again */
        maker->is_asking = true;
        order_forget(&maker->order);
        document_order(maker->notify->store, ordered, maker);
    }
}

static void scan(void *arg)
{
    sheet_maker_wake(arg);
}

static bool fonts_check(const struct sheet_maker *maker, struct fault *fault)
{
    const struct sheet sheet = {.name = "Essai", .login = "e.essai"};
    const struct sheet_document document = {
        .school = "",
        .city = "",
        .portal_url = maker->portal_url,
        .font_directory = maker->fonts,
        .made_at = clock_now(),
        .sheets = &sheet,
        .count = 1,
    };
    unsigned char *pdf = NULL;
    size_t length;
    bool made = sheet_render(&document, &pdf, &length, fault);
    memory_free(&pdf);
    return made;
}

bool sheet_maker_new(struct notify *notify, struct sheet_maker **out_maker, struct fault *fault)
{
    const struct config *config = notify->run->config;
    struct sheet_maker *maker = *out_maker = checked_calloc(1, sizeof *maker);
    *maker = (struct sheet_maker){
        .notify = notify,
        .fonts = config_text(config, CONFIG_NOTIFY_FONT_DIRECTORY),
        .portal_url = config_text(config, CONFIG_PORTAL_PUBLIC_URL),
    };
    if (!fonts_check(maker, fault)) {
        return false;
    }
    const struct worker_options options = {.name = "sheets", .threads = 1, .queue_limit = CLAIMED_AHEAD};
    maker->workers = workers_new(notify->run->loop, &options);
    maker->check = status_check_add(notify->run->status, "documents", false);
    status_check_set(maker->check, STATUS_OK, "");
    maker->scan = loop_every(notify->run->loop, config_duration(config, CONFIG_NOTIFY_SCAN_INTERVAL), scan, maker);
    return true;
}

void sheet_maker_drain(struct sheet_maker *maker)
{
    maker->is_draining = true;
}

bool sheet_maker_is_idle(const struct sheet_maker *maker)
{
    return !maker->is_asking && maker->in_hand == 0;
}

void sheet_maker_stop(struct sheet_maker *maker)
{
    sheet_maker_drain(maker);
    timer_cancel(&maker->scan);
    if (maker->workers && !workers_stop(&maker->workers, SECONDS(2))) {
        log_event(LOG_WARNING, "document_left", F("maker", "busy"));
    }
}

void sheet_maker_free(struct sheet_maker **maker)
{
    if (*maker && sheet_maker_is_idle(*maker)) { /* else a thread still uses it: left to the end of the process */
        order_forget(&(*maker)->order);
        memory_free(maker);
    }
}
