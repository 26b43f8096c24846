/* What a proof is about, and its confirmation: load → may they still become one? → birth dates of the children that come → apply. A password that was chosen
 * proves no more than one of paper: who found a letter, or had the school reset the account, may have chosen it. With no child, only the latter is refused.
 * What changed meanwhile is loaded and judged again. */
#include "link/joining.h"

#include "crypto/token.h"
#include "link/birth_date_tries.h"
#include "link/birth_dates.h"
#include "link/child_pack.h"
#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/tries.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/joining.h"
#include "store/opening.h"
#include "store/sqlstate.h"

#include <string.h>

struct confirming {
    struct link *link;
    struct call *call;
    const Preau__Link__JoinAccountsRequest *request; /* NULL: only shown */
    struct joining_account stays;
    int64_t proof;
    struct joining_pair pair;
    struct opening_person *people; /* of the other */
    size_t people_count;
    struct attempt attempt;
    unsigned rounds;
    bool was_busy; /* it could not be done at once */
};

static void confirming_load(struct confirming *confirming);

static void confirming_free(struct confirming *confirming)
{
    memory_free(&confirming->people);
    memory_free(&confirming);
}

static void confirming_note(const struct confirming *confirming, const char *outcome)
{
    if (confirming->request) {
        metric_count(METRIC_LINK_ACTIONS, "join", outcome);
    }
}

static void confirming_refuse(struct confirming *confirming, enum refusal refusal)
{
    confirming_note(confirming, "refused");
    call_refuse(confirming->call, refusal);
    confirming_free(confirming);
}

static void confirming_fail(struct confirming *confirming, const struct fault *fault)
{
    confirming_note(confirming, "fault");
    call_fail(confirming->call, fault);
    confirming_free(confirming);
}

/* Are birth dates asked? */
static bool is_dated(const struct confirming *confirming)
{
    for (size_t i = 0; i < confirming->people_count; i++) {
        if (confirming->people[i].is_child) {
            return true;
        }
    }
    return confirming->pair.is_of_paper;
}

/* ---- shown */

static void show(struct confirming *confirming)
{
    Preau__Link__GetOtherAccountReply reply = PREAU__LINK__GET_OTHER_ACCOUNT_REPLY__INIT;
    struct packed_children children;
    children_pack(confirming->people, confirming->people_count, &children);
    reply.login = confirming->pair.login;
    reply.own_login = confirming->pair.own_login;
    reply.children = children.list;
    reply.n_children = children.count;
    reply.wants_birth_dates = is_dated(confirming);
    reply.ends_franceconnect = confirming->pair.ends_identity;
    call_answer(confirming->call, &reply.base);
    packed_children_clear(&children);
    confirming_free(confirming);
}

/* ---- confirmed */

static void confirming_answer(struct confirming *confirming)
{
    Preau__Link__JoinAccountsReply reply = PREAU__LINK__JOIN_ACCOUNTS_REPLY__INIT;
    confirming_note(confirming, "done");
    call_answer(confirming->call, &reply.base);
    confirming_free(confirming);
}

static void applied(void *arg, bool is_done, const struct fault *fault)
{
    struct confirming *confirming = arg;
    if (fault &&
        fault->code == FAULT_BUSY) { /* an import has the records, or another request of the same browser does it */
        confirming->was_busy = true;
        confirming_load(confirming);
    } else if (fault && !fault_is_stale(fault)) {
        confirming_fail(confirming, fault);
    } else if (is_done) {
        log_event(LOG_NOTICE, "accounts_joined", F("academy", (int)confirming->stays.academy.v),
            F("account", confirming->stays.id));
        delivery_wanted_tell(confirming->link, confirming->stays.academy);
        confirming_answer(confirming);
    } else if (++confirming->rounds <
               ROUNDS_MAX) { /* another request of the same browser did it, or something changed */
        confirming_load(confirming);
    } else {
        confirming_refuse(confirming, REFUSAL_STALE);
    }
}

static void confirming_apply(struct confirming *confirming)
{
    joining_apply(confirming->link->store, confirming->proof, confirming->pair.own_version,
        confirming->pair.other_version, applied, confirming);
}

static enum refusal dates_check(const struct confirming *confirming)
{
    Preau__Link__OpenAccountRequest given = PREAU__LINK__OPEN_ACCOUNT_REQUEST__INIT;
    given.n_children = confirming->request->n_children;
    given.children = confirming->request->children;
    enum refusal refusal = birth_dates_check(PROFILE_RESPONSABLE, confirming->people, confirming->people_count, &given);
    return refusal == REFUSAL_ACCOUNT_CLOSED ? REFUSAL_NO_CHILD : refusal;
}

static void dates_refused(void *arg, enum refusal refusal, const struct fault *fault)
{
    if (fault) {
        confirming_fail(arg, fault);
    } else {
        confirming_refuse(arg, refusal);
    }
}

static void dates_granted(void *arg, enum refusal refused, const struct fault *fault)
{
    struct confirming *confirming = arg;
    struct store *store = confirming->link->store;
    if (fault || refused != REFUSAL_NONE) {
        dates_refused(confirming, refused, fault);
        return;
    }
    enum refusal refusal = dates_check(confirming);
    if (refusal == REFUSAL_NONE) {
        attempt_succeed(store, &confirming->attempt);
        confirming_apply(confirming);
        return;
    }
    if (refusal == REFUSAL_BIRTH_DATE_WRONG) {
        birth_date_refuse(confirming->link, confirming->pair.other.academy, confirming->pair.other.id,
            &confirming->attempt, dates_refused, confirming);
        return;
    }
    attempt_give_back(store, &confirming->attempt);
    bool is_as_shown = refusal != REFUSAL_NO_CHILD && refusal != REFUSAL_STALE;
    if (!is_as_shown &&
        ++confirming->rounds < ROUNDS_MAX) { /* they may be here: another request of the same browser did it */
        confirming_load(confirming);
    } else {
        confirming_refuse(confirming, refusal);
    }
}

/* ---- both */

static void people_loaded(void *arg, const struct opening_person *people, size_t count, const struct fault *fault)
{
    struct confirming *confirming = arg;
    if (!people) {
        confirming_fail(confirming, fault);
        return;
    }
    memory_free(&confirming->people);
    confirming->people = checked_calloc(count + 1, sizeof *people);
    memcpy(confirming->people, people, count * sizeof *people);
    confirming->people_count = count;
    if (!confirming->request) {
        show(confirming);
        return;
    }
    if (!is_dated(confirming)) {
        confirming_apply(confirming);
        return;
    }
    /* counted with those of the first sign-in of that account: its dates are guessed by neither way */
    birth_date_try(confirming->link, confirming->pair.other.academy, confirming->pair.other.id, &confirming->attempt,
        dates_granted, confirming);
}

static void pair_loaded(void *arg, const struct joining_pair *pair, const struct fault *fault)
{
    struct confirming *confirming = arg;
    if (fault) {
        confirming_fail(confirming, fault);
        return;
    }
    if (pair && confirming->request && pair->is_used && pair->rules.is_closed) { /* a double click: it was done */
        confirming_answer(confirming);
        return;
    }
    if (confirming->was_busy) { /* it may be confirmed again */
        confirming_refuse(confirming, REFUSAL_BUSY);
        return;
    }
    if (!pair || pair->is_used || pair->is_over) {
        confirming_refuse(confirming, REFUSAL_JOINING_OVER);
        return;
    }
    confirming->pair = *pair;
    enum refusal refusal = joining_decide(&pair->rules);
    if (refusal != REFUSAL_NONE) {
        confirming_refuse(confirming, refusal);
    } else {
        opening_load_people(confirming->link->store, pair->other.academy, pair->other.id, people_loaded, confirming);
    }
}

static void confirming_load(struct confirming *confirming)
{
    joining_load(confirming->link->store, confirming->proof, confirming->stays, pair_loaded, confirming);
}

static void confirming_begin(struct confirming like, const Preau__AccountRef *account, const char *token)
{
    int academy;
    if (!caller_is_account(like.call, account)) {
        call_refuse(like.call, REFUSAL_NOT_ALLOWED);
        return;
    }
    like.stays = (struct joining_account){{(int16_t)account->academy}, {account->id}};
    if (!token_link_read(like.link->keys, JOINING_TOKEN_PURPOSE, token, &academy, &like.proof)) {
        call_refuse(like.call, REFUSAL_JOINING_OVER);
        return;
    }
    struct confirming *confirming = checked_malloc(sizeof *confirming);
    *confirming = like;
    confirming_load(confirming);
}

void joining_show(struct link *link, struct call *call, const Preau__Link__GetOtherAccountRequest *request)
{
    confirming_begin((struct confirming){.link = link, .call = call}, request->account, request->token);
}

void joining_confirm(struct link *link, struct call *call, const Preau__Link__JoinAccountsRequest *request)
{
    confirming_begin(
        (struct confirming){.link = link, .call = call, .request = request}, request->account, request->token);
}
