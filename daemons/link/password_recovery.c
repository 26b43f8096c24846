#include "link/password_recovery.h"

#include "crypto/token.h"
#include "link/choice.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <string.h>

/* A link that somebody brings, looked at or used. */
struct bringing {
    struct link *link;
    struct call *call;
    const char *token;
    const Preau__Link__RecoverPasswordRequest *recovery; /* NULL: only looked at */
    academy_code academy;
    struct attempt attempt;
};

static void bringing_refuse(struct bringing *bringing, enum refusal refusal)
{
    if (bringing->recovery) {
        metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_RECOVER_PASSWORD), "refused");
    }
    call_refuse(bringing->call, refusal);
    memory_free(&bringing);
}

static void bringing_fail(struct bringing *bringing, const struct fault *fault)
{
    call_fail(bringing->call, fault);
    memory_free(&bringing);
}

/* ---- another password */

/* Judged after the stored answer was looked for: the link of a repeat was used up by the first. What the account's password
 * is by now counts, however it came to be. */
static void recovery_check(struct choice *choice)
{
    bool is_same = choice->proof.credential_at.us == choice->account.changed_at.us;
    if (choice->proof.is_dead || !is_same) {
        choice_refuse(choice, REFUSAL_LINK_EXPIRED);
    } else {
        choice_go_on(choice);
    }
}

static size_t recovery_answer(const struct choice *choice, unsigned char *out_answer)
{
    (void)choice;
    Preau__Link__RecoverPasswordReply reply = PREAU__LINK__RECOVER_PASSWORD_REPLY__INIT;
    return preau__link__recover_password_reply__pack(&reply, out_answer);
}

static const struct choice_kind recovery = {
    .action = ACTION_RECOVER_PASSWORD, .check = recovery_check, .answer = recovery_answer};

/* ---- the link */

static void link_show(struct bringing *bringing, const struct password_link *link)
{
    if (link->is_dead) {
        bringing_refuse(bringing, REFUSAL_LINK_EXPIRED);
        return;
    }
    char login[sizeof link->login];
    memcpy(login, link->login, sizeof login);
    Preau__Link__GetPasswordLinkReply reply = PREAU__LINK__GET_PASSWORD_LINK_REPLY__INIT;
    reply.login = login;
    call_answer(bringing->call, &reply.base);
    memory_free(&bringing);
}

static void link_loaded(void *arg, const struct password_link *link, const struct fault *fault)
{
    struct bringing *bringing = arg;
    if (fault) {
        attempt_give_back(bringing->link->store, &bringing->attempt);
        bringing_fail(bringing, fault);
        return;
    }
    if (!link) {
        bringing_refuse(bringing, REFUSAL_LINK_UNKNOWN);
        return;
    }
    attempt_give_back(bringing->link->store, &bringing->attempt);
    const Preau__Link__RecoverPasswordRequest *request = bringing->recovery;
    if (!request) {
        link_show(bringing, link);
        return;
    }
    choice_begin_by_link(
        bringing->link, bringing->call, &recovery, &request->base, bringing->academy, link, request->chosen);
    memory_free(&bringing);
}

static void bringing_begun(void *arg, bool granted, const struct fault *fault)
{
    struct bringing *bringing = arg;
    int academy;
    int64_t number;
    if (fault) {
        bringing_fail(bringing, fault);
    } else if (!granted) {
        bringing_refuse(bringing, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (!token_link_read(bringing->link->keys, "password", bringing->token, &academy, &number)) {
        bringing_refuse(bringing, REFUSAL_LINK_UNKNOWN);
    } else {
        bringing->academy.v = (int16_t)academy;
        password_link_load(bringing->link->store, bringing->academy, number, link_loaded, bringing);
    }
}

static void bringing_begin(const struct bringing *like, const char *address)
{
    struct bringing *bringing = checked_malloc(sizeof *bringing);
    *bringing = *like;
    tries_of_network(&bringing->link->bounds, "link", address, &bringing->attempt);
    attempt_begin(bringing->link->store, &bringing->attempt, &bringing->link->bounds.sign_in, bringing_begun, bringing);
}

void password_link_show(struct link *link, struct call *call, const Preau__Link__GetPasswordLinkRequest *request)
{
    bringing_begin(&(struct bringing){.link = link, .call = call, .token = request->token}, request->address);
}

void password_recover(struct link *link, struct call *call, const Preau__Link__RecoverPasswordRequest *request)
{
    bringing_begin(
        &(struct bringing){.link = link, .call = call, .token = request->token, .recovery = request}, request->address);
}
