/* Before anything happens: what will be done to how many, what will not be done and why. The form that chooses is posted
 * and leads to an address that shows it, so that a browser comes back to it without asking. */
#include "crypto/random.h"
#include "portal/chosen.h"
#include "portal/handlers.h"
#include "portal/left_out.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <string.h>

static void counted(struct view *view, const char *name, int64_t count, const char *one, const char *several)
{
    char text[WORDING_SIZE];
    wording_count(count, one, several, text);
    view_set(view, name, text);
}

/* Where the choice was made: a list, or the page of the one account. */
static void back_fill(const struct visit *visit, struct view *body)
{
    const struct chosen *chosen = visit->own;
    const struct selection *selection = chosen->selection;
    if (!chosen->is_of_a_list && !chosen->is_all && selection->count == 1) {
        view_print(body, "BACK", "/etablissements/%s/comptes/%" PRId64 "-%" PRId64, visit->school.uai.text,
            (int64_t)selection->academies[0], (int64_t)selection->ids[0]);
        view_set(body, "BACK_WORDS", "Revenir au compte");
    } else {
        view_set(body, "BACK", filter_href(visit, &chosen->filter));
        view_set(body, "BACK_WORDS", "Revenir à la liste");
    }
}

/* The page without its counts; its request id makes a double click or a reload one request. */
static struct view *preview_begin(struct visit *visit)
{
    const struct chosen *chosen = visit->own;
    visit->tab = tab_of(chosen->filter.profile);
    struct view *body = page_begin(visit, "Vérifier avant de confirmer", "apercu.html");
    view_set(body, "HEADING", chosen->action->label);
    back_fill(visit, body);
    return body;
}

/* What is confirmed is the whole selection: what is left out now may no longer be then. */
static struct view *something_fill(const struct visit *visit, struct view *body, size_t done, size_t reset)
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
    if (chosen->action->forgets) {
        view_show(something, "FORGETS");
    }
    view_set(something, "ACTION", chosen_href(visit, chosen, "envoi"));
    view_set(something, "REQUEST", text);
    view_set(something, "CHOSEN", chosen->action->code);
    view_set(something, "PROFILE", profile_code(chosen->filter.profile));
    view_set(something, "ACCOUNTS", chosen_text(visit, chosen));
    return something;
}

static void preview_send(struct visit *visit)
{
    page_send(visit, 200);
}

static void previewed(
    struct visit *visit, size_t done, size_t reset, Preau__Notify__LeftOut *const *left_out, size_t left_out_groups)
{
    const struct chosen *chosen = visit->own;
    struct view *body = preview_begin(visit);
    struct names *names = names_new(visit);
    if (done > 0) {
        struct view *something = something_fill(visit, body, done, reset);
        struct selection *rest = chosen->selection;
        left_out_take_off(visit_arena(visit), rest, left_out, left_out_groups);
        names_group(names, something, rest->count);
        for (size_t i = 0; i < rest->count; i++) {
            names_want(names, (academy_code){(int16_t)rest->academies[i]}, (account_id){rest->ids[i]});
        }
    } else {
        view_show(body, "NOTHING");
    }
    left_out_fill(body, names, left_out, left_out_groups);
    names_load(visit, names, preview_send);
}

static void batch_previewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__CreateBatchReply *reply = (const void *)answer;
    if (reply) {
        previewed(visit, reply->notified, reply->reset, reply->left_out, reply->n_left_out);
    } else {
        page_refuse(visit, refusal);
    }
}

static void preview_batch(struct visit *visit, const struct chosen *chosen)
{
    Preau__Notify__CreateBatchRequest request = PREAU__NOTIFY__CREATE_BATCH_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.channel = chosen->action->channel;
    request.reset = chosen->action->reset;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection->count;
    request.dry_run = true;
    visit_call(
        visit, &(struct visit_call){visit->portal->notify, "CreateBatch", &request.base, batch_previewed, NULL, false});
}

static void reset_previewed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Notify__ResetPasswordsReply *reply = (const void *)answer;
    if (reply) {
        previewed(visit, reply->reset, reply->reset, reply->left_out, reply->n_left_out);
    } else {
        page_refuse(visit, refusal);
    }
}

static void preview_reset(struct visit *visit, const struct chosen *chosen)
{
    Preau__Notify__ResetPasswordsRequest request = PREAU__NOTIFY__RESET_PASSWORDS_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    request.accounts = chosen_refs(visit, chosen);
    request.n_accounts = chosen->selection->count;
    request.forget_contacts = chosen->action->forgets;
    request.dry_run = true;
    visit_call(visit,
        &(struct visit_call){visit->portal->notify, "ResetPasswords", &request.base, reset_previewed, NULL, false});
}

static void preview_go(struct visit *visit, struct chosen *chosen)
{
    if (chosen->action->action == ACTION_RESET_PASSWORD) {
        preview_reset(visit, chosen);
    } else {
        preview_batch(visit, chosen);
    }
}

void preview_show(struct visit *visit)
{
    enum refusal refusal;
    struct chosen *chosen = chosen_of_address(visit, &refusal);
    if (chosen) {
        chosen_open(visit, chosen, preview_go);
    } else {
        page_refuse(visit, refusal);
    }
}

void preview_do(struct visit *visit)
{
    enum refusal refusal;
    struct chosen *chosen = chosen_read(visit, &refusal);
    if (chosen) {
        chosen_load(visit, chosen, chosen_go);
    } else {
        page_refuse(visit, refusal);
    }
}
