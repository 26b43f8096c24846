#include "link/password_change.h"

#include "link/choice.h"
#include "link/hashing.h"
#include "link/provisional.h"

#include <stdio.h>
#include <string.h>

static void wrong_counted(void *arg, const struct fault *fault)
{
    struct choice *choice = arg;
    if (fault) {
        choice_fail(choice, fault);
    } else {
        choice_refuse(choice, REFUSAL_WRONG_CREDENTIALS);
    }
}

static void present_known(struct choice *choice, bool is_right)
{
    const Preau__Link__ChangePasswordRequest *request = (const void *)choice->request;
    if (!is_right) {
        attempt_count_failure(
            choice->link->store, &choice->attempt, &choice->link->bounds.sign_in, wrong_counted, choice);
    } else if (strcmp(request->present, request->chosen) == 0) {
        choice_refuse(choice, REFUSAL_PASSWORD_NOT_NEW);
    } else {
        attempt_forget(choice->link->store, &choice->attempt);
        choice_go_on(choice);
    }
}

static void present_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct choice *choice = arg;
    if (fault) {
        choice_fail(choice, fault);
    } else {
        present_known(choice, is_right);
    }
}

static void change_judged(void *arg, bool delayed, const struct fault *fault)
{
    struct choice *choice = arg;
    const Preau__Link__ChangePasswordRequest *request = (const void *)choice->request;
    bool is_provisional = choice->account.stored.account.password == PASSWORD_PROVISIONAL;
    if (fault) {
        choice_fail(choice, fault);
    } else if (delayed) {
        choice_refuse(choice, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (is_provisional) {
        /* the sign-in that led here was by the provisional one */
        present_known(
            choice, request->present[0] == '\0' || provisional_is_same(&choice->provisional, request->present));
    } else if (!hashing_verify(
                   choice->link->hashing, request->present, choice->account.hash, present_verified, choice)) {
        choice_refuse(choice, REFUSAL_BUSY);
    }
}

static void change_check(struct choice *choice)
{
    choice->attempt = (struct attempt){.allowed = {choice->link->bounds.tries_account}, .count = 1};
    snprintf(choice->attempt.subjects[0], ATTEMPT_SUBJECT_SIZE, "password:%d:%lld", choice->academy.v,
        (long long)choice->id.v);
    attempt_judge(choice->link->store, &choice->attempt, change_judged, choice);
}

static size_t change_answer(const struct choice *choice, unsigned char *out_answer)
{
    (void)choice;
    const Preau__Link__ChangePasswordReply reply = PREAU__LINK__CHANGE_PASSWORD_REPLY__INIT;
    return preau__link__change_password_reply__pack(&reply, out_answer);
}

static const struct choice_kind change = {
    .action = ACTION_CHANGE_PASSWORD, .check = change_check, .answer = change_answer};

void password_change(struct link *link, struct call *call, const Preau__Link__ChangePasswordRequest *request)
{
    choice_begin(link, call, &change, &request->base, request->account, request->chosen);
}
