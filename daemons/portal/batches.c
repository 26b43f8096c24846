/* Batches of a school: their list, one with its progress, its sheets. */
#include "domain/delivery_reason.h"
#include "notify.pb-c.h"
#include "portal/csrf.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/left_out.h"
#include "portal/page.h"
#include "portal/sentence.h"
#include "portal/tabs.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

enum { BATCHES_SHOWN = 100 };

/* A batch that has been under way for so long is looked at so often, by a browser that runs no script. */
static const struct {
    int minutes, refresh_seconds;
} patience[] = {
    {1,       3 },
    {10,      10},
    {INT_MAX, 60},
};

static const char *channel_label(const Preau__Notify__GetBatchReply *batch)
{
    bool is_mail = batch->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL;
    if (batch->reset) {
        return is_mail ? "Courrier électronique, mots de passe réinitialisés"
                       : "Feuilles individuelles, mots de passe réinitialisés";
    }
    return is_mail ? "Courrier électronique" : "Feuilles individuelles";
}

static void numbers_fill(struct view *view, const Preau__Notify__GetBatchReply *batch)
{
    char text[WORDING_SIZE];
    wording_moment((struct instant){batch->created_at}, text);
    view_set(view, "CREATED", text);
    view_set(view, "CHANNEL", channel_label(batch));
    view_number(view, "TOTAL", batch->total);
    view_number(view, "WAITING", batch->waiting);
    view_number(view, "SENT", batch->sent);
    view_number(view, "FAILED", batch->failed);
    if (batch->cancelled > 0) {
        view_number(view_add(view, "CANCELLED"), "CANCELLED_COUNT", batch->cancelled);
    }
}

static void batches_listed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ListBatchesReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Envois", "envois.html");
    if (reply->n_batches == 0) {
        view_show(body, "NONE");
        page_send(visit, 200);
        return;
    }
    struct view *some = view_add(body, "SOME");
    for (size_t i = 0; i < reply->n_batches; i++) {
        struct view *row = view_add(some, "ROW");
        numbers_fill(row, reply->batches[i]);
        view_print(row, "HREF", "/etablissements/%s/envois/%" PRId64, visit->school.uai.text, reply->batches[i]->batch);
    }
    page_send(visit, 200);
}

void batches_show(struct visit *visit)
{
    Preau__Notify__ListBatchesRequest request = PREAU__NOTIFY__LIST_BATCHES_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.limit = BATCHES_SHOWN;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "ListBatches", &request.base, batches_listed, NULL, false});
}

/* What the teachers hand the sheets out by (guide 2.1). */
static void class_lists_fill(const struct visit *visit, struct view *documents)
{
    static const char *const labels[] = {
        [PROFILE_RESPONSABLE] = "Liste des responsables, par classe",
        [PROFILE_ELEVE] = "Liste des élèves, par classe",
    };
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            struct view *list = view_add(documents, "CLASS_LIST");
            view_print(list, "HREF", "/etablissements/%s/%s/liste?format=pdf", visit->school.uai.text, tab_of(profile));
            view_set(list, "LABEL", labels[profile]);
        }
    }
}

static void documents_fill(const struct visit *visit, struct view *body, const Preau__Notify__GetBatchReply *batch)
{
    if (batch->n_parts == 0) {
        return;
    }
    uint32_t last = batch->parts[batch->n_parts - 1];
    struct view *documents = view_add(body, "DOCUMENTS");
    for (size_t i = 0; i < batch->n_parts; i++) {
        struct view *document = view_add(documents, "DOCUMENT");
        view_print(document, "HREF", "/etablissements/%s/envois/%" PRId64 "/fiches/%u.pdf", visit->school.uai.text,
            batch->batch, batch->parts[i]);
        if (last == 1) {
            view_set(document, "LABEL", "Télécharger les feuilles individuelles");
        } else { /* by its number, which its file bears too, whatever was erased before it */
            view_print(
                document, "LABEL", "Télécharger les feuilles individuelles, partie %u sur %u", batch->parts[i], last);
        }
    }
    class_lists_fill(visit, documents);
}

static void failures_fill(const struct visit *visit, struct view *body, const Preau__Notify__GetBatchReply *batch)
{
    if (batch->n_failures == 0) {
        return;
    }
    struct view *failures = view_add(body, "FAILURES");
    if (batch->failed + batch->cancelled > batch->n_failures) {
        view_number(
            view_add(failures, "MORE"), "MORE_COUNT", batch->failed + batch->cancelled - (int64_t)batch->n_failures);
    }
    for (size_t i = 0; i < batch->n_failures; i++) {
        const Preau__Notify__BatchFailure *failure = batch->failures[i];
        struct view *row = view_add(failures, "FAILURE");
        view_print(row, "HREF", "/etablissements/%s/comptes/%u-%" PRId64, visit->school.uai.text,
            failure->account ? failure->account->academy : 0, failure->account ? failure->account->id : 0);
        view_set(row, "NAME", failure->name);
        enum delivery_reason reason;
        sentence_set(row, "REASON",
            delivery_reason_from_code(failure->reason, &reason) ? delivery_reason_sentence(reason)
                                                                : "L’envoi n’a pas abouti.");
    }
}

static int refresh_seconds(const Preau__Notify__GetBatchReply *batch)
{
    struct duration age = instant_since(clock_now(), (struct instant){batch->created_at});
    size_t i = 0;
    while (i + 1 < ARRAY_LENGTH(patience) && duration_longer(age, MINUTES(patience[i].minutes))) {
        i++;
    }
    return patience[i].refresh_seconds;
}

/* A form of the page, to this batch; its id makes a double click one request. */
static struct view *form_add(
    struct view *body, const char *section, const Preau__Notify__GetBatchReply *batch, uint32_t count, const char *csrf)
{
    bool is_mail = batch->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL;
    struct view *form = view_add(body, section);
    view_show(form, is_mail ? "OF_MAILS" : "OF_SHEETS");
    view_set(form, "CSRF", csrf);
    form_request_set(form);
    view_number(form, "CONCERNED", count);
    return form;
}

/* What the head can still do about it. */
static void deeds_fill(const struct visit *visit, struct view *body, const Preau__Notify__GetBatchReply *batch)
{
    static const struct {
        const char *section, *path;
    } deeds[] = {
        {"CANCEL",          "annulation"},
        {"RETRY_FAILED",    "reprise"   },
        {"RETRY_CANCELLED", "reprise"   },
    };
    const uint32_t counts[] = {batch->waiting - batch->leaving, batch->failed, batch->cancelled};
    char csrf[CSRF_SIZE];
    csrf_make(visit, csrf);
    for (size_t i = 0; i < ARRAY_LENGTH(deeds); i++) {
        if (counts[i] > 0) {
            view_print(form_add(body, deeds[i].section, batch, counts[i], csrf), "HREF",
                "/etablissements/%s/envois/%" PRId64 "/%s", visit->school.uai.text, batch->batch, deeds[i].path);
        }
    }
}

static const char *standing_of(const Preau__Notify__GetBatchReply *batch)
{
    if (batch->waiting > 0) {
        return batch->waiting == batch->leaving ? "LEAVING" : "GOES_ON";
    }
    if (batch->sent == 0 && batch->failed == 0) {
        return "ALL_CANCELLED";
    }
    return batch->failed + batch->cancelled > 0 ? "ENDED_WITH_FAILURES" : "ENDED";
}

static void batch_named(struct visit *visit)
{
    page_send(visit, 200);
}

static void batch_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__GetBatchReply *batch = (const void *)answer;
    if (!batch) {
        page_refuse(visit, refusal);
        return;
    }
    char count[WORDING_SIZE];
    struct view *body = page_begin(visit, "Envoi", "envoi.html");
    bool goes_on = batch->waiting > 0;
    wording_count(batch->total, "compte", "comptes", count);
    numbers_fill(body, batch);
    view_set(body, "COUNT", count);
    view_number(body, "DONE_COUNT", batch->total - batch->waiting);
    view_print(body, "BACK", "/etablissements/%s/envois", visit->school.uai.text);
    view_show(body, batch->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL ? "BY_MAIL" : "BY_SHEET");
    view_show(body, standing_of(batch));
    if (goes_on) {
        view_show(body, "UNDER_WAY");
        page_refresh(visit, refresh_seconds(batch));
    }
    deeds_fill(visit, body, batch);
    documents_fill(visit, body, batch);
    failures_fill(visit, body, batch);
    struct names *names = names_new(visit);
    left_out_fill(body, names, batch->left_out, batch->n_left_out);
    names_load(visit, names, batch_named);
}

void batch_show(struct visit *visit)
{
    Preau__Notify__GetBatchRequest request = PREAU__NOTIFY__GET_BATCH_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.batch = visit->path.batch.v;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "GetBatch", &request.base, batch_loaded, NULL, false});
}

static void sheets_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__GetDocumentReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    char name[96];
    snprintf(name, sizeof name, "feuilles-%s-envoi-%" PRId64 "-partie-%u.pdf", visit->school.uai.text,
        visit->path.batch.v, visit->path.part);
    page_send_file(visit, "application/pdf", name, reply->pdf.data, reply->pdf.len);
}

void batch_sheets(struct visit *visit)
{
    Preau__Notify__GetDocumentRequest request = PREAU__NOTIFY__GET_DOCUMENT_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.batch = visit->path.batch.v;
    request.part = visit->path.part;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "GetDocument", &request.base, sheets_loaded, NULL, false});
}
