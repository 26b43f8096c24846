#include "notify/list.h"

#include "crypto/digest.h"
#include "domain/text.h"
#include "notify/list_csv.h"
#include "notify/list_paper.h"
#include "notify/move.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/worker.h"
#include "store/audit.h"
#include "store/handout.h"

#include <stdio.h>
#include <string.h>

/* A list is made in well under a second: the last that waits is still awaited. */
enum { QUEUE_MAX = 16, FILE_NAME_SIZE = 96 };
#define STOP_TIME SECONDS(2)

/* How long the pieces of a list may take that was entered in the audit trail once. */
#define FETCH_TIME MINUTES(10)

struct lister {
    struct workers *workers;
};

/* A list that is asked for. */
struct listing {
    struct notify *notify;
    struct call *call;
    const Preau__Notify__ExportListRequest *request; /* lives as long as the call */
    enum account_profile profile;
    int64_t *numbers; /* of the accounts asked for */
    struct instant made_at, deadline;
    /* what the thread needs: its own, for it may outlive the call when the process stops */
    bool is_pdf;
    struct uai uai;
    char *class;
    const char *fonts;
    struct handout *handout;
    unsigned char *document;
    size_t length, accounts;
    unsigned char digest[RECORD_DIGEST_SIZE];
    struct duration time;
    enum refusal refusal;
    bool is_made;
    struct fault fault;
};

static void listing_free(struct listing *listing)
{
    handout_free(&listing->handout);
    memory_free(&listing->numbers);
    memory_free(&listing->class);
    memory_free(&listing->document);
    memory_free(&listing);
}

/* --- on the thread --- */

static size_t accounts_of(const struct list_order *order)
{
    size_t accounts = 0;
    for (size_t i = 0; i < order->class_count; i++) {
        accounts += order->classes[i].accounts;
    }
    return accounts;
}

static void pdf_make(struct listing *listing)
{
    struct list_order order;
    list_order_by_class(listing->handout, listing->class, &order);
    const struct list_document document = {
        .handout = listing->handout,
        .uai = listing->uai.text,
        .font_directory = listing->fonts,
        .profile = listing->profile,
        .made_at = listing->made_at,
        .order = &order,
    };
    listing->accounts = accounts_of(&order);
    listing->is_made = list_paper_render(&document, &listing->document, &listing->length, &listing->fault);
    list_order_clear(&order);
}

static void csv_make(struct listing *listing)
{
    struct list_order order;
    list_order_by_name(listing->handout, &order);
    listing->document =
        (unsigned char *)list_csv_render(&order, listing->profile, &listing->length, &listing->accounts);
    listing->is_made = true;
    list_order_clear(&order);
}

static void listing_make(void *arg, void *context)
{
    (void)context;
    struct listing *listing = arg;
    struct tick start = clock_tick();
    if (instant_is_set(listing->deadline) && instant_before(listing->deadline, clock_now())) {
        listing->refusal = REFUSAL_TOO_LATE;
        return;
    }
    if (listing->is_pdf) {
        pdf_make(listing);
    } else {
        csv_make(listing);
    }
    if (listing->is_made) {
        struct digest digest;
        digest_begin(&digest, RECORD_DIGEST_SIZE);
        digest_add(&digest, listing->document, listing->length);
        digest_end(&digest, listing->digest);
    }
    listing->time = clock_since(start);
}

/* --- on the loop --- */

/* "liste-responsables-0110001A-6A-2026-11-27.pdf" */
static void name_write(const struct listing *listing, char out_name[FILE_NAME_SIZE])
{
    struct civil_time day = clock_local(listing->made_at);
    char class[24] = "-";
    size_t used = 1;
    for (const char *at = listing->class; *at != '\0' && used + 1 < sizeof class; at++) {
        if (text_is_ascii_letter(*at) || text_is_digit(*at)) {
            class[used++] = *at;
        }
    }
    class[used] = '\0';
    snprintf(out_name, FILE_NAME_SIZE, "liste-%s-%s%s-%04d-%02d-%02d.%s",
        listing->profile == PROFILE_ELEVE ? "eleves" : "responsables", listing->uai.text, used > 1 ? class : "",
        day.year, day.month, day.day, listing->is_pdf ? "pdf" : "csv");
}

/* A message has other fields besides. */
static size_t piece_max(const struct notify *notify)
{
    return (size_t)config_size(notify->run->config, CONFIG_BUS_MAX_MESSAGE) / 4 * 3;
}

static void listing_answer(struct listing *listing)
{
    char name[FILE_NAME_SIZE];
    uint64_t offset = listing->request->offset < listing->length ? listing->request->offset : listing->length;
    size_t left = listing->length - (size_t)offset;
    name_write(listing, name);
    Preau__Notify__ExportListReply reply = PREAU__NOTIFY__EXPORT_LIST_REPLY__INIT;
    reply.file_name = name;
    reply.document.data = listing->document + offset;
    reply.document.len = left < piece_max(listing->notify) ? left : piece_max(listing->notify);
    reply.length = listing->length;
    reply.digest.data = listing->digest;
    reply.digest.len = sizeof listing->digest;
    reply.made_at = listing->made_at.us;
    reply.accounts = (uint32_t)listing->accounts;
    log_event(LOG_NOTICE, "list_exported", F("administrator", call_caller(listing->call).administrator),
        F("uai", listing->uai.text), F("profile", profile_code(listing->profile)),
        F("format", listing->is_pdf ? "pdf" : "csv"), F("accounts", listing->accounts), F("bytes", listing->length),
        F("offset", offset), F("time", listing->time));
    call_answer(listing->call, &reply.base);
}

/* Nothing is handed out before the audit trail knows. */
static void listing_noted(void *arg, const struct fault *fault)
{
    struct listing *listing = arg;
    if (fault) {
        call_fail(listing->call, fault);
    } else {
        listing_answer(listing);
    }
    listing_free(listing);
}

static void listing_note(struct listing *listing)
{
    char accounts[24];
    snprintf(accounts, sizeof accounts, "%zu", listing->accounts);
    const struct audit_deed deed = {
        .author = {.administrator = call_caller(listing->call).administrator, .trace = call_trace(listing->call)        },
        .action = AUDIT_LIST_EXPORTED,
        .academy = {                                                                                                    (int16_t)listing->request->academy                                                        },
        .uai = listing->uai.text,
        .details = { {"profile", profile_code(listing->profile)},                                                         {"format", listing->is_pdf ? "pdf" : "csv"},
                   {"accounts", accounts}},
        .detail_count = 3,
    };
    audit_write(listing->notify->store, &deed, listing_noted, listing);
}

/* Only a list that was fetched from its beginning, or entered since, tells its digest. */
static bool is_noted(const struct listing *listing)
{
    const ProtobufCBinaryData *told = &listing->request->digest;
    struct instant now = clock_now();
    return listing->request->offset > 0 && told->len == sizeof listing->digest &&
           memcmp(told->data, listing->digest, told->len) == 0 && !instant_before(now, listing->made_at) &&
           instant_before(now, instant_add(listing->made_at, FETCH_TIME));
}

static void listing_made(void *arg, bool was_run)
{
    struct listing *listing = arg;
    if (!was_run) {
        call_refuse(listing->call, REFUSAL_BUSY);
    } else if (listing->refusal != REFUSAL_NONE) {
        call_refuse(listing->call, listing->refusal);
    } else if (!listing->is_made) {
        call_fail(listing->call, &listing->fault);
    } else if (is_noted(listing)) {
        listing_answer(listing);
    } else {
        listing_note(listing);
        return;
    }
    listing_free(listing);
}

static void listing_loaded(void *arg, struct handout *handout, const struct fault *fault)
{
    struct listing *listing = arg;
    listing->handout = handout;
    if (fault) {
        call_fail(listing->call, fault);
    } else if (!handout) {
        call_refuse(listing->call, REFUSAL_NOT_FOUND);
    } else if (!worker_submit(listing->notify->lister->workers, listing_make, listing_made, listing)) {
        call_refuse(listing->call, REFUSAL_BUSY);
    } else {
        return;
    }
    listing_free(listing);
}

static bool profile_read(Preau__Profile sent, enum account_profile *out_profile)
{
    *out_profile = sent == PREAU__PROFILE__PROFILE_ELEVE ? PROFILE_ELEVE : PROFILE_RESPONSABLE;
    return sent == PREAU__PROFILE__PROFILE_ELEVE || sent == PREAU__PROFILE__PROFILE_RESPONSABLE;
}

static bool format_is_known(Preau__Notify__ListFormat format)
{
    return format == PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_PDF ||
           format == PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_CSV;
}

void list_export(struct notify *notify, struct call *call, const Preau__Notify__ExportListRequest *request)
{
    enum account_profile profile;
    int64_t *numbers = NULL;
    struct selection_asked asked;
    if (!profile_read(request->profile, &profile) || !format_is_known(request->format) || request->made_at < 0) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    enum refusal refusal = move_read_asked(
        notify, call, request->academy, request->uai, request->accounts, request->n_accounts, &numbers, &asked);
    if (refusal != REFUSAL_NONE) {
        call_refuse(call, refusal);
        return;
    }
    struct listing *listing = checked_calloc(1, sizeof *listing);
    *listing = (struct listing){
        .notify = notify,
        .call = call,
        .request = request,
        .profile = profile,
        .numbers = numbers,
        .made_at = request->made_at > 0 ? (struct instant){request->made_at} : clock_now(),
        .deadline = call_deadline(call),
        .is_pdf = request->format == PREAU__NOTIFY__LIST_FORMAT__LIST_FORMAT_PDF,
        .class = checked_strdup(request->class_),
        .fonts = config_text(notify->run->config, CONFIG_NOTIFY_FONT_DIRECTORY),
    };
    snprintf(listing->uai.text, sizeof listing->uai.text, "%s", request->uai);
    handout_load(notify->store, &asked, profile, listing_loaded, listing);
}

/* --- the thread's pool --- */

struct lister *lister_new(struct notify *notify)
{
    struct lister *lister = checked_calloc(1, sizeof *lister);
    const struct worker_options options = {.name = "lists", .threads = 1, .queue_limit = QUEUE_MAX};
    lister->workers = workers_new(notify->run->loop, &options);
    return lister;
}

void lister_stop(struct lister *lister)
{
    if (lister->workers && !workers_stop(&lister->workers, STOP_TIME)) {
        log_event(LOG_WARNING, "list_left", F("maker", "busy"));
    }
}

void lister_free(struct lister **lister)
{
    memory_free(lister);
}
