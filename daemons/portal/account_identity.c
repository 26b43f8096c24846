/* Of the page of one account: who, in what state, by what password, since when (guide 6.1). */
#include "portal/account_view.h"
#include "portal/ent_peers.h"
#include "portal/filter_request.h"
#include "portal/wording.h"
#include "runtime/clock.h"

#include <string.h>

static void password_fill(const struct visit *visit, const struct account *account)
{
    const struct account_view *page = visit->own;
    struct view *body = page->body;
    if (account->state == STATE_NON_DISTRIBUE) {
        view_show(body, "PASSWORD_UNSENT");
    } else if (!account_password_is_readable(account)) {
        view_show(body, account->password == PASSWORD_CHOSEN ? "PASSWORD_CHOSEN" : "PASSWORD_NONE");
    } else if (page->password) {
        view_set(view_add(body, "PASSWORD_SHOWN"), "PASSWORD", page->password);
    } else {
        view_show(body, "PASSWORD_HIDDEN");
    }
}

static void notified_fill(struct view *body, const struct account *account)
{
    char day[WORDING_SIZE];
    if (!instant_is_set(account->notified_at)) {
        view_show(body, "NEVER_NOTIFIED");
        return;
    }
    struct view *notified = view_add(body, "NOTIFIED");
    wording_day(account->notified_at, day);
    view_set(notified, "NOTIFIED_ON", day);
    if (account->password == PASSWORD_PROVISIONAL) {
        struct view *valid = view_add(notified, "VALID");
        wording_day(account->notification_expires_at, day);
        view_set(valid, "EXPIRY", day);
        if (instant_before(account->notification_expires_at, clock_now())) {
            view_show(valid, "EXPIRED");
        }
    }
}

static void moment_fill(struct view *body, const char *part, const char *name, struct instant at)
{
    char moment[WORDING_SIZE];
    if (instant_is_set(at)) {
        wording_moment(at, moment);
        view_set(view_add(body, part), name, moment);
    }
}

/* Which ENT vouched for the person, as families know it: who did not open the account is to ask there who did. */
static void origin_fill(const struct visit *visit, struct view *body, const struct account_person *person)
{
    const char *origin = origin_label(person->stored.account.origin);
    const char *peer = ent_peers_label(visit->portal->ent_peers, person->opened_by);
    view_set(body, "ORIGIN_LABEL", origin);
    if (peer && strcmp(peer, origin) != 0) {
        view_set(view_add(body, "PEER"), "PEER_LABEL", peer);
    }
}

void account_identity_fill(const struct visit *visit, const struct account_person *person)
{
    const struct account_view *page = visit->own;
    const struct account *account = &person->stored.account;
    struct view *body = page->body;
    view_set(body, "PROFILE_LABEL", profile_label(account->profile));
    view_set(body, "STATE_CODE", state_code(account->state));
    view_set(body, "STATE_LABEL", state_label(account->state));
    origin_fill(visit, body, person);
    view_set(body, "LOGIN", person->stored.login);
    view_set(body, "RELATED_HEADING", page->is_guardian ? "Élèves rattachés" : "Responsables légaux");
    struct filter list;
    filter_from_query(visit, account->profile, &list);
    view_set(body, "BACK", filter_href(visit, &list));
    password_fill(visit, account);
    notified_fill(body, account);
    moment_fill(body, "CREATED", "CREATED_AT", person->created_at);
    moment_fill(body, "ACTIVATED", "ACTIVATED_AT", account->activated_at);
    moment_fill(body, "SIGNED_IN", "SIGNED_IN_AT", person->last_sign_in_at);
    if (!instant_is_set(person->last_sign_in_at)) {
        view_show(body, "NEVER_SIGNED_IN");
    }
    if (account->closed) {
        view_show(body, "CLOSED");
    }
}
