#include "link/password_change.h"

#include "link/choice.h"
#include "link/hashing.h"
#include "link/provisional.h"
#include "link/tries.h"

#include <string.h>

static void present_known(struct choice *choice, bool is_right)
{
    const Preau__Link__ChangePasswordRequest *request = (const void *)choice->request;
    if (!is_right) {
        choice_refuse(choice, REFUSAL_PRESENT_PASSWORD_WRONG);
        return;
    }
    attempt_succeed(choice->link->store, &choice->attempt);
    if (strcmp(request->present, request->chosen) == 0) {
        choice_refuse(choice, REFUSAL_PASSWORD_NOT_NEW);
    } else {
        choice_go_on(choice);
    }
}

static void present_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct choice *choice = arg;
    if (fault) {
        attempt_give_back(choice->link->store, &choice->attempt);
        choice_fail(choice, fault);
    } else {
        present_known(choice, is_right);
    }
}

static void change_begun(void *arg, bool granted, const struct fault *fault)
{
    struct choice *choice = arg;
    const Preau__Link__ChangePasswordRequest *request = (const void *)choice->request;
    if (fault) {
        choice_fail(choice, fault);
    } else if (!granted) {
        choice_refuse(choice, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (choice->account.stored.account.password == PASSWORD_PROVISIONAL) {
        present_known(choice, provisional_is_same(&choice->provisional, request->present));
    } else if (!hashing_verify(
                   choice->link->hashing, request->present, choice->account.hash, present_verified, choice)) {
        attempt_give_back(choice->link->store, &choice->attempt);
        choice_refuse(choice, REFUSAL_BUSY);
    }
}

/* Who has just signed in with the provisional password need not type it again, as long as it is still that one: a
 * session that is older than the school's reset proves nothing. */
static bool is_proved_by_session(const struct choice *choice, const Preau__Link__ChangePasswordRequest *request)
{
    return choice->account.stored.account.password == PASSWORD_PROVISIONAL && request->credential_at != 0 &&
           request->credential_at == choice->account.changed_at.us;
}

static void change_check(struct choice *choice)
{
    const Preau__Link__ChangePasswordRequest *request = (const void *)choice->request;
    const struct link_bounds *bounds = &choice->link->bounds;
    if (request->present[0] == '\0') {
        if (is_proved_by_session(choice, request)) {
            choice_go_on(choice);
        } else {
            choice_refuse(choice, REFUSAL_PRESENT_PASSWORD_WRONG);
        }
        return;
    }
    tries_of_account("password", bounds->tries_account, choice->academy, choice->id, &choice->attempt);
    attempt_begin(choice->link->store, &choice->attempt, &bounds->sign_in, change_begun, choice);
}

static size_t change_answer(const struct choice *choice, unsigned char *out_answer)
{
    Preau__Link__ChangePasswordReply reply = PREAU__LINK__CHANGE_PASSWORD_REPLY__INIT;
    reply.next = choice->outcome.account.state == STATE_ACTIVE ? PREAU__LINK__NEXT_STEP__NEXT_STEP_DESK
                                                               : PREAU__LINK__NEXT_STEP__NEXT_STEP_CONFIRM;
    reply.credential_at = choice->changed_at.us;
    struct opening_account of = choice->account; /* protobuf-c's structs are not const */
    if (reply.next == PREAU__LINK__NEXT_STEP__NEXT_STEP_CONFIRM) {
        reply.login = of.stored.login;
        reply.email = of.stored.email;
    }
    return preau__link__change_password_reply__pack(&reply, out_answer);
}

static const struct choice_kind change = {
    .action = ACTION_CHANGE_PASSWORD, .check = change_check, .answer = change_answer};

void password_change(struct link *link, struct call *call, const Preau__Link__ChangePasswordRequest *request)
{
    choice_begin(link, call, &change, &request->base, request->account, request->chosen);
}
