/* What the head confirmed is done, once: the form's request id makes a repeat the same request. */
#include "crypto/random.h"
#include "portal/chosen.h"
#include "portal/handlers.h"
#include "portal/left_out.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/wording.h"

#include <inttypes.h>

_Static_assert((int)UUID_SIZE == (int)REQUEST_ID_SIZE, "a request's id is a UUID");

static void done(struct visit *visit, struct selection *forgotten)
{
    (void)forgotten;
    page_send(visit, 200);
}

/* What was ticked for it is done: the next selection begins anew. */
static void named(struct visit *visit)
{
    const struct chosen *chosen = visit->own;
    kept_end(visit, &chosen->filter, done);
}

/* A password that was reset is told to the person by a notification: the very next step (guide 2.2). */
static void notify_next_fill(
    const struct visit *visit, struct view *body, Preau__Notify__LeftOut *const *left_out, size_t left_out_groups)
{
    const struct chosen *chosen = visit->own;
    struct view *next = view_add(body, "NOTIFY_NEXT");
    left_out_take_off(visit_arena(visit), chosen->selection, left_out, left_out_groups);
    view_set(next, "ACTION", filter_href_to(visit, &chosen->filter, "apercu"));
    view_set(next, "PROFILE", profile_code(chosen->filter.profile));
    view_set(next, "ACCOUNTS", chosen_text(visit, chosen));
    if (chosen->selection->count == 1) {
        struct view *account = view_add(next, "ONE");
        view_print(account, "ACCOUNT_HREF", "/etablissements/%s/comptes/%" PRId64 "-%" PRId64, visit->school.uai.text,
            chosen->selection->academies[0], chosen->selection->ids[0]);
    }
}

/* The account of what was done, when there is no batch to look at. */
static void outcome_show(
    struct visit *visit, size_t count, Preau__Notify__LeftOut *const *left_out, size_t left_out_groups)
{
    const struct chosen *chosen = visit->own;
    struct filter list = chosen->filter;
    char text[WORDING_SIZE];
    list.selection = 0;
    visit->tab = tab_of(list.profile);
    struct view *body = page_begin(visit, chosen->action->label, "bilan.html");
    struct names *names = names_new(visit);
    view_set(body, "HEADING", chosen->action->label);
    view_set(body, "BACK", filter_href(visit, &list));
    view_set(body, "BACK_LABEL", "Revenir à la liste");
    if (count > 0) {
        wording_count((int64_t)count, chosen->action->done_one, chosen->action->done_several, text);
        view_set(view_add(body, "SOMETHING"), "DONE", text);
        if (chosen->action->action == ACTION_RESET_PASSWORD) {
            notify_next_fill(visit, body, left_out, left_out_groups);
        }
    } else {
        view_show(body, "NOTHING");
    }
    left_out_fill(body, names, left_out, left_out_groups);
    names_load(visit, names, named);
}

static void batch_shown(struct visit *visit, struct selection *forgotten)
{
    struct chosen *chosen = visit->own;
    (void)forgotten;
    page_go_to(visit, "/etablissements/%s/envois/%" PRId64, visit->school.uai.text, chosen->batch);
}

static void batch_created(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__CreateBatchReply *reply = (const void *)answer;
    struct chosen *chosen = visit->own;
    if (!reply) {
        page_refuse(visit, refusal);
    } else if (reply->batch == 0) {
        outcome_show(visit, 0, reply->left_out, reply->n_left_out);
    } else {
        chosen->batch = reply->batch;
        kept_end(visit, &chosen->filter, batch_shown);
    }
}

static void passwords_reset(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ResetPasswordsReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    outcome_show(visit, reply->reset, reply->left_out, reply->n_left_out);
}

static void reset_ask(struct visit *visit, const struct chosen *chosen, const unsigned char id[UUID_SIZE])
{
    Preau__Notify__ResetPasswordsRequest request = PREAU__NOTIFY__RESET_PASSWORDS_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection->count;
    request.forget_contacts = chosen->action->forgets;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "ResetPasswords", &request.base, passwords_reset, id, true});
}

static void batch_ask(struct visit *visit, const struct chosen *chosen, const unsigned char id[UUID_SIZE])
{
    Preau__Notify__CreateBatchRequest request = PREAU__NOTIFY__CREATE_BATCH_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.channel = chosen->action->channel;
    request.reset = chosen->action->reset;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection->count;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "CreateBatch", &request.base, batch_created, id, true});
}

void batch_send_do(struct visit *visit)
{
    enum refusal refusal;
    unsigned char id[UUID_SIZE];
    const char *text = http_form(visit->request, "demande");
    struct chosen *chosen = chosen_read(visit, &refusal);
    if (!chosen || chosen->is_all || !text || !uuid_read(text, id)) {
        page_refuse(visit, chosen ? REFUSAL_MALFORMED : refusal);
        return;
    }
    visit->own = chosen;
    if (chosen->selection->count == 0) {
        page_refuse(visit, REFUSAL_NOTHING_SELECTED);
    } else if (chosen->action->action == ACTION_RESET_PASSWORD) {
        reset_ask(visit, chosen, id);
    } else {
        batch_ask(visit, chosen, id);
    }
}
