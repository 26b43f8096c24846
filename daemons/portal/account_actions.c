/* Of the page of one account: what may be done now and, of what may not, why (guide 3, 6.2 to 6.4). */
#include "portal/account_view.h"
#include "portal/csrf.h"
#include "portal/form_request.h"
#include "portal/head_action.h"
#include "portal/sentence.h"
#include "runtime/clock.h"

#include <inttypes.h>

/* Asked of the one table; and a mail needs an address of the account's own. */
static enum refusal refusal_of(const struct account_view *page, const struct head_action *action)
{
    struct lifecycle_outcome outcome;
    enum refusal refusal =
        lifecycle_decide(&page->stored.account, action->action, clock_now(), NOTIFICATION_MONTHS_DEFAULT, &outcome);
    bool is_mail = action->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL;
    if (refusal != REFUSAL_NONE || !is_mail) {
        return refusal;
    }
    if (page->address[0] == '\0') {
        return REFUSAL_NO_EMAIL;
    }
    return page->address_is_anothers ? REFUSAL_ADDRESS_SHARED : REFUSAL_NONE;
}

static void refused_fill(struct view **impossible, struct view *body, const char *label, enum refusal refusal)
{
    if (!*impossible) {
        *impossible = view_add(body, "IMPOSSIBLE");
    }
    struct view *row = view_add(*impossible, "REFUSED");
    view_set(row, "LABEL", label);
    sentence_set(row, "REFUSED_TEXT", refusal_sentence(refusal));
}

static void resend_fill(const struct account_view *page, struct view **impossible)
{
    struct lifecycle_outcome outcome;
    enum refusal refusal = lifecycle_decide(
        &page->stored.account, ACTION_RESEND_ACTIVATION, clock_now(), NOTIFICATION_MONTHS_DEFAULT, &outcome);
    if (refusal == REFUSAL_NONE) {
        view_set(
            view_add(page->body, "RESEND"), "RESEND_EMAIL", page->typed_email ? page->typed_email : page->stored.email);
    } else if (page->is_guardian) { /* a pupil's account is never half open */
        refused_fill(impossible, page->body, "Renvoyer le courriel d’activation", refusal);
    }
}

void account_forms_fill(const struct visit *visit, struct view *view)
{
    const struct account_view *page = visit->own;
    const struct account *account = &page->stored.account;
    char csrf[CSRF_SIZE];
    csrf_make(visit, csrf);
    view_set(view, "CSRF", csrf);
    view_print(view, "PREVIEW_ACTION", "/etablissements/%s/apercu", visit->school.uai.text);
    view_print(view, "ACCOUNT_HREF", "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text,
        account->academy.v, account->id.v);
    view_set(view, "PROFILE", profile_code(account->profile));
    view_print(view, "ID", "%d-%" PRId64, account->academy.v, account->id.v);
    form_request_set(view);
}

void account_actions_fill(const struct visit *visit)
{
    const struct account_view *page = visit->own;
    struct view *body = page->body;
    struct view *impossible = NULL;
    account_forms_fill(visit, body);
    for (size_t i = 0; head_action_at(i); i++) {
        const struct head_action *action = head_action_at(i);
        if (action->forgets && !page->has_contacts) {
            continue;
        }
        enum refusal refusal = refusal_of(page, action);
        if (refusal != REFUSAL_NONE) {
            refused_fill(&impossible, body, action->label, refusal);
            continue;
        }
        struct view *row = view_add(body, "ACTION");
        view_set(row, "VALUE", action->code);
        view_set(row, "LABEL", action->label);
    }
    resend_fill(page, &impossible);
}
