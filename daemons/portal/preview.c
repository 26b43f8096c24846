/* Before anything happens: what will be done to how many, what will not be done and why. */
#include "crypto/random.h"
#include "portal/chosen.h"
#include "portal/handlers.h"
#include "portal/left_out.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <string.h>

static void counted(struct view *view, const char *name, int64_t count, const char *one, const char *several)
{
    char text[WORDING_SIZE];
    wording_count(count, one, several, text);
    view_set(view, name, text);
}

/* The page without its counts; its request id makes a double click or a reload one request. */
static struct view *preview_begin(struct visit *visit)
{
    const struct chosen *chosen = visit->own;
    visit->tab = filter_tab(&chosen->filter);
    struct view *body = page_begin(visit, "Vérifier avant de confirmer", "apercu.html");
    view_set(body, "HEADING", chosen->action->label);
    view_set(body, "BACK", filter_href(visit, &chosen->filter, 0));
    return body;
}

static void something_fill(const struct visit *visit, struct view *body, size_t done, size_t reset)
{
    const struct chosen *chosen = visit->own;
    unsigned char id[UUID_SIZE];
    char text[UUID_TEXT_SIZE];
    uuid_make(id);
    uuid_write(id, text);
    struct view *something = view_add(body, "SOMETHING");
    counted(something, "WILL_DO", (int64_t)done, chosen->action->one, chosen->action->several);
    if (chosen->action->channel != PREAU__NOTIFY__CHANNEL__CHANNEL_UNSPECIFIED && chosen->action->reset && reset > 0) {
        counted(view_add(something, "WITH_RESET"), "RESET_COUNT", (int64_t)reset, "mot de passe sera réinitialisé",
            "mots de passe seront réinitialisés");
    }
    view_print(something, "ACTION", "/etablissements/%s/envoi", visit->school.uai.text);
    view_set(something, "REQUEST", text);
    view_set(something, "CHOSEN", chosen->action->code);
    view_set(something, "PROFILE", profile_code(chosen->filter.profile));
    view_set(something, "ACCOUNTS", chosen_text(visit, chosen));
}

static void batch_previewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__CreateBatchReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = preview_begin(visit);
    if (reply->notified > 0) {
        something_fill(visit, body, reply->notified, reply->reset);
    } else {
        view_show(body, "NOTHING");
    }
    left_out_fill(body, reply->left_out, reply->n_left_out);
    page_send(visit, 200);
}

static void preview_batch(struct visit *visit, const struct chosen *chosen)
{
    Preau__Notify__CreateBatchRequest request = PREAU__NOTIFY__CREATE_BATCH_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.channel = chosen->action->channel;
    request.reset = chosen->action->reset;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection.count;
    request.dry_run = true;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "CreateBatch", &request.base, batch_previewed, NULL, false});
}

static void reset_previewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ResetPasswordsReply *reply = (const void *)answer;
    if (!reply) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = preview_begin(visit);
    if (reply->reset > 0) {
        something_fill(visit, body, reply->reset, reply->reset);
    } else {
        view_show(body, "NOTHING");
    }
    left_out_fill(body, reply->left_out, reply->n_left_out);
    page_send(visit, 200);
}

static void preview_reset(struct visit *visit, const struct chosen *chosen)
{
    Preau__Notify__ResetPasswordsRequest request = PREAU__NOTIFY__RESET_PASSWORDS_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection.count;
    request.dry_run = true;
    visit_call(visit,
        &(struct visit_call){visit->portal->notify, "ResetPasswords", &request.base, reset_previewed, NULL, false});
}

static void preview_go(struct visit *visit)
{
    const struct chosen *chosen = visit->own;
    if (chosen->action->action == ACTION_RESET_PASSWORD) {
        preview_reset(visit, chosen);
    } else {
        preview_batch(visit, chosen);
    }
}

static void all_loaded(
    void *arg, const struct listed_account *accounts, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    struct chosen *chosen = visit->own;
    if (!accounts) {
        page_fail(visit, fault);
        return;
    }
    if (count == 0 || total > SELECTION_MAX) {
        page_refuse(visit, count == 0 ? REFUSAL_NOTHING_SELECTED : REFUSAL_TOO_MANY_SELECTED);
        return;
    }
    for (size_t i = 0; i < count; i++) { /* the list has each once */
        chosen->selection.academies[i] = accounts[i].academy.v;
        chosen->selection.ids[i] = accounts[i].id.v;
    }
    chosen->selection.count = count;
    preview_go(visit);
}

void preview_show(struct visit *visit)
{
    bool all;
    enum refusal refusal;
    struct chosen *chosen = chosen_read(visit, &all, &refusal);
    if (!chosen) {
        page_refuse(visit, refusal);
        return;
    }
    visit->own = chosen;
    if (!all) {
        preview_go(visit);
        return;
    }
    struct listing_filter filter = filter_listing(visit, &chosen->filter);
    filter.limit = SELECTION_MAX;
    listing_load_accounts(visit->portal->store, &visit->school, &filter, all_loaded, visit);
}
