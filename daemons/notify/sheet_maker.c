#include "notify/sheet_maker.h"

#include "crypto/seal.h"
#include "notify/progress.h"
#include "notify/sheet.h"
#include "notify/wording.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "runtime/worker.h"
#include "store/document.h"

#include <stdio.h>
#include <string.h>

/* A part takes a fraction of a second; past it, its maker is held for dead. */
#define LEASE SECONDS(20)

/* A part that is being made: what the thread needs and what it gave. */
struct part {
    struct sheet_maker *maker;
    struct owed_document document; /* without its sheets */
    struct owed_sheet *sheets;
    struct delivery_ref *deliveries;
    size_t count;
    unsigned char *sealed;
    size_t sealed_length;
    struct duration time;
    bool is_made;
    struct fault fault;
};

struct sheet_maker {
    struct notify *notify;
    struct workers *workers;
    struct timer *scan;
    struct status_check *check;
    const char *fonts, *portal_url;
    bool is_busy, wants_claim, is_draining;
};

void sheet_place(int academy, long long batch, int part, char out_place[SHEET_PLACE_SIZE])
{
    snprintf(out_place, SHEET_PLACE_SIZE, "document:%d:%lld:%d", academy, batch, part);
}

static void part_free(struct part *part)
{
    secret_wipe(part->sheets, part->count * sizeof *part->sheets);
    memory_free(&part->sheets);
    memory_free(&part->deliveries);
    memory_free(&part->sealed);
    memory_free(&part);
}

/* Nothing is in hand any more; looks again when there may be more. */
static void maker_rest(struct sheet_maker *maker, bool may_be_more)
{
    maker->is_busy = false;
    if (may_be_more || maker->wants_claim) {
        sheet_maker_wake(maker);
    }
}

static void stored(void *arg, const struct fault *fault)
{
    struct part *part = arg;
    struct sheet_maker *maker = part->maker;
    if (fault) { /* the sheets are due again after their lease */
        if (!maker->notify->is_stopping) {
            log_fault("document_not_stored", fault);
            status_check_set(maker->check, STATUS_DEGRADED, fault->text);
        }
    } else {
        metric_add(METRIC_DELIVERIES, (int64_t)part->count, "sheet", "sent");
        status_check_set(maker->check, STATUS_OK, "");
        log_event(LOG_INFO, "document_made", F("academy", (int)part->document.academy.v),
            F("batch", part->document.batch), F("part", part->document.part), F("pages", part->count),
            F("bytes", part->sealed_length), F("time", part->time));
        progress_mark(maker->notify->progress, part->document.academy, part->document.batch);
    }
    maker_rest(maker, !fault);
    part_free(part);
}

/* --- on the thread --- */

static bool password_open(const struct key_ring *keys, const struct owed_sheet *owed, char *out_password)
{
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "credential", owed->delivery.academy.v, owed->account.v);
    return owed->sealed_length >= SEAL_OVERHEAD &&
           seal_open(keys, place, owed->sealed, owed->sealed_length, out_password);
}

static bool sheet_fill(const struct part *part, size_t at, struct sheet *out_sheet, struct fault *fault)
{
    const struct owed_sheet *owed = &part->sheets[at];
    *out_sheet = (struct sheet){.is_guardian = owed->profile == PROFILE_RESPONSABLE, .is_opened = owed->is_opened};
    wording_name(owed->prenom, owed->nom, out_sheet->name);
    snprintf(out_sheet->login, sizeof out_sheet->login, "%s", owed->login);
    snprintf(out_sheet->class_label, sizeof out_sheet->class_label, "%s", owed->class_label);
    snprintf(out_sheet->children, sizeof out_sheet->children, "%s", owed->children);
    if (owed->password == PASSWORD_PROVISIONAL) {
        wording_date(owed->password_expires_at, out_sheet->expires);
        if (!password_open(part->maker->notify->keys, owed, out_sheet->password)) {
            fault_set(fault, FAULT_CRYPTO, "a provisional password cannot be opened");
            return fault_hint(fault, "A sealing key that is still in use was removed from keys.directory.");
        }
    }
    return true;
}

static void part_seal(struct part *part, const unsigned char *pdf, size_t length)
{
    char place[SHEET_PLACE_SIZE];
    sheet_place(part->document.academy.v, part->document.batch.v, part->document.part, place);
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
    };
    bool filled = true;
    for (size_t i = 0; i < part->count && filled; i++) {
        filled = sheet_fill(part, i, &sheets[i], &part->fault);
    }
    FAULT_POINT("notify_sheets_claimed");
    part->is_made = filled && sheet_render(&document, &pdf, &length, &part->fault);
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
    if (!was_run || !part->is_made) {
        if (was_run) {
            log_fault("document_not_made", &part->fault);
            status_check_set(maker->check, STATUS_DEGRADED, part->fault.text);
        }
        part_free(part);
        maker_rest(maker, false);
        return;
    }
    metric_observe(METRIC_DOCUMENT_SECONDS, part->time);
    FAULT_POINT("notify_sheets_made");
    const struct document_made made = {
        .academy = part->document.academy,
        .batch = part->document.batch,
        .part = part->document.part,
        .deliveries = part->deliveries,
        .pages = part->count,
        .sealed = part->sealed,
        .sealed_length = part->sealed_length,
        .kept_for = config_duration(maker->notify->run->config, CONFIG_NOTIFY_DOCUMENT_RETENTION),
    };
    document_store(maker->notify->store, &made, stored, part);
}

static void cancelled(void *arg, const struct fault *fault)
{
    (void)fault; /* else it is due again after its lease */
    const struct notify *notify = arg;
    if (!notify->is_stopping) {
        sheet_maker_wake(notify->sheets);
    }
}

/* Keeps the sheets of open accounts, cancels those of closed ones. */
static struct part *part_new(struct sheet_maker *maker, const struct owed_document *document)
{
    struct part *part = checked_calloc(1, sizeof *part);
    part->maker = maker;
    part->document = *document;
    part->document.sheets = NULL;
    part->sheets = checked_calloc(document->count, sizeof *part->sheets);
    part->deliveries = checked_calloc(document->count, sizeof *part->deliveries);
    for (size_t i = 0; i < document->count; i++) {
        const struct owed_sheet *sheet = &document->sheets[i];
        if (sheet->is_closed) {
            metric_count(METRIC_DELIVERIES, "sheet", "cancelled");
            delivery_cancelled(
                maker->notify->store, sheet->delivery, DELIVERY_REASON_ACCOUNT_CLOSED, cancelled, maker->notify);
        } else {
            part->deliveries[part->count] = sheet->delivery;
            part->sheets[part->count++] = *sheet;
        }
    }
    return part;
}

static void claimed(void *arg, const struct owed_document *document, const struct fault *fault)
{
    struct sheet_maker *maker = arg;
    if (!document) {
        if (fault && !maker->notify->is_stopping) {
            log_event(LOG_NOTICE, "sheets_wait", F("fault", fault));
        }
        maker_rest(maker, false);
        return;
    }
    struct part *part = part_new(maker, document);
    if (part->count == 0 || !worker_submit(maker->workers, part_make, part_made, part)) {
        part_free(part);
        maker_rest(maker, false);
    }
}

void sheet_maker_wake(struct sheet_maker *maker)
{
    maker->wants_claim = maker->is_busy;
    if (maker->is_busy || maker->is_draining) {
        return;
    }
    maker->is_busy = true;
    int64_t pages = config_count(maker->notify->run->config, CONFIG_NOTIFY_SHEET_PAGES_PER_DOCUMENT);
    document_claim(maker->notify->store, pages, LEASE, claimed, maker);
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
    const struct worker_options options = {.name = "sheets", .threads = 1, .queue_limit = 1};
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
    return !maker->is_busy;
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
    if (*maker && !(*maker)->is_busy) { /* else a thread still uses it: left to the end of the process */
        memory_free(maker);
    }
}
