/* What a head changes of a batch that was made: cancels what has not left, takes up again what did not arrive. The form's id
 * makes a double click one request. */
#include "notify.pb-c.h"
#include "portal/form_request.h"
#include "portal/handlers.h"
#include "portal/left_out.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <string.h>

/* Its page tells what is so now, whoever made it so. */
static void batch_go(struct visit *visit)
{
    page_go_to(visit, "/etablissements/%s/envois/%" PRId64, visit->school.uai.text, visit->path.batch.v);
}

static void cancelled(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    if (answer || refusal == REFUSAL_BATCH_FINISHED) { /* all left meanwhile */
        batch_go(visit);
    } else {
        page_refuse(visit, refusal);
    }
}

void batch_cancel_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    Preau__Notify__CancelBatchRequest request = PREAU__NOTIFY__CANCEL_BATCH_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.batch = visit->path.batch.v;
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->notify, "CancelBatch", &request.base, cancelled, id, true});
}

static void named(struct visit *visit)
{
    page_send(visit, 200);
}

/* Whom it leaves out, and why: they stay as they ended. */
static void outcome_show(struct visit *visit, const Preau__Notify__RetryBatchReply *reply)
{
    char text[WORDING_SIZE];
    struct view *body = page_begin(visit, "Reprise de l’envoi", "bilan.html");
    struct names *names = names_new(visit);
    view_set(body, "HEADING", "Reprise de l’envoi");
    view_print(body, "BACK", "/etablissements/%s/envois/%" PRId64, visit->school.uai.text, visit->path.batch.v);
    view_set(body, "BACK_LABEL", "Revenir à l’envoi");
    if (reply->retried > 0) {
        wording_count(reply->retried, "compte est de nouveau à notifier", "comptes sont de nouveau à notifier", text);
        view_set(view_add(body, "SOMETHING"), "DONE", text);
    } else {
        view_show(body, "NOTHING");
    }
    left_out_fill(body, names, reply->left_out, reply->n_left_out);
    names_load(visit, names, named);
}

static void retried(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__RetryBatchReply *reply = (const void *)answer;
    if (reply && reply->n_left_out > 0) {
        outcome_show(visit, reply);
    } else if (reply || refusal == REFUSAL_BATCH_FINISHED) { /* taken up already */
        batch_go(visit);
    } else {
        page_refuse(visit, refusal);
    }
}

void batch_retry_do(struct visit *visit)
{
    unsigned char id[REQUEST_ID_SIZE];
    const char *rest = http_form(visit->request, "quoi");
    Preau__Notify__RetryBatchRequest request = PREAU__NOTIFY__RETRY_BATCH_REQUEST__INIT;
    if (rest && strcmp(rest, "echecs") == 0) {
        request.rest = PREAU__NOTIFY__BATCH_REST__BATCH_REST_FAILED;
    } else if (rest && strcmp(rest, "annules") == 0) {
        request.rest = PREAU__NOTIFY__BATCH_REST__BATCH_REST_CANCELLED;
    } else {
        page_refuse(visit, REFUSAL_MALFORMED);
        return;
    }
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.batch = visit->path.batch.v;
    form_request_id(visit, id);
    visit_call(visit, &(struct visit_call){visit->portal->notify, "RetryBatch", &request.base, retried, id, true});
}
