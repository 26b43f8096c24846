#include "link/sign_in.h"

#include "domain/lifecycle.h"
#include "link/credentials.h"
#include "link/device.h"
#include "link/email_correction.h"
#include "link/rehash.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/joining.h"
#include "store/opening.h"

#include <stdio.h>

struct sign_in {
    struct link *link;
    struct call *call;
    const char *password;
    const char *email; /* in the place of the one that waits for its link; "" as it is */
    struct credentials found;
};

static void sign_in_end(struct sign_in *sign_in, const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "person", outcome);
    secret_wipe(sign_in, sizeof *sign_in);
    memory_free(&sign_in);
}

static void sign_in_fail(struct sign_in *sign_in, const struct fault *fault)
{
    call_fail(sign_in->call, fault);
    sign_in_end(sign_in, "fault");
}

static void sign_in_refuse(struct sign_in *sign_in, enum refusal refusal, const char *outcome)
{
    call_refuse(sign_in->call, refusal);
    sign_in_end(sign_in, outcome);
}

static Preau__Link__NextStep next_of(enum sign_in_step step)
{
    switch (step) {
    case SIGN_IN_COMPLETE:
        return PREAU__LINK__NEXT_STEP__NEXT_STEP_DESK;
    case SIGN_IN_OPENING:
        return PREAU__LINK__NEXT_STEP__NEXT_STEP_OPEN;
    case SIGN_IN_CHOOSE_PASSWORD:
        return PREAU__LINK__NEXT_STEP__NEXT_STEP_NEW_PASSWORD;
    case SIGN_IN_CONFIRM_EMAIL:
        return PREAU__LINK__NEXT_STEP__NEXT_STEP_CONFIRM;
    }
    return PREAU__LINK__NEXT_STEP__NEXT_STEP_UNSPECIFIED;
}

/* Who knew the password proved to be the person: it is told who can help, and not signed in. */
static void expired_schools_loaded(void *arg, const char *const *names, size_t count, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (!names) {
        sign_in_fail(sign_in, fault);
        return;
    }
    Preau__Link__SignInReply reply = PREAU__LINK__SIGN_IN_REPLY__INIT;
    char **schools = checked_calloc(count + 1, sizeof *schools);
    for (size_t i = 0; i < count; i++) {
        schools[i] = checked_strdup(names[i]);
    }
    reply.next = PREAU__LINK__NEXT_STEP__NEXT_STEP_EXPIRED;
    reply.profile = (Preau__Profile)(sign_in->found.account.stored.account.profile + 1);
    reply.schools = schools;
    reply.n_schools = count;
    call_answer(sign_in->call, &reply.base);
    for (size_t i = 0; i < count; i++) {
        memory_free(&schools[i]);
    }
    memory_free(&schools);
    sign_in_end(sign_in, "refused");
}

/* The identifier of an account that became part of another: only who has its password is told. */
static void sign_in_joined(void *arg, bool is_joined, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (fault) {
        sign_in_fail(sign_in, fault);
    } else {
        sign_in_refuse(sign_in, is_joined ? REFUSAL_ACCOUNT_JOINED : REFUSAL_ACCOUNT_CLOSED, "refused");
    }
}

/* email: that waits for its link. */
static void sign_in_answer(struct sign_in *sign_in, enum sign_in_step step, const char *email)
{
    const struct account *account = &sign_in->found.account.stored.account;
    char device[TOKEN_LINK_SIZE];
    opening_note_sign_in(sign_in->link->store, account->academy, account->id);
    if (!sign_in->found.is_of_paper) {
        rehash_person(sign_in->link, account->academy, account->id, sign_in->found.account.hash, sign_in->password);
    }
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    ref.academy = (uint32_t)account->academy.v;
    ref.id = account->id.v;
    Preau__Link__SignInReply reply = PREAU__LINK__SIGN_IN_REPLY__INIT;
    reply.account = &ref;
    reply.profile = (Preau__Profile)(account->profile + 1);
    reply.next = next_of(step);
    reply.credential_at = sign_in->found.account.changed_at.us;
    device_make(
        sign_in->link->keys, "person", sign_in->found.login.text, (struct instant){sign_in->found.device}, device);
    reply.device = device;
    struct email waiting = {0};
    if (step == SIGN_IN_CONFIRM_EMAIL) { /* protobuf-c's structs are not const */
        snprintf(waiting.text, sizeof waiting.text, "%s", email);
        reply.email = waiting.text;
    }
    call_answer(sign_in->call, &reply.base);
    sign_in_end(sign_in, "right");
}

static void sign_in_corrected(void *arg, const char *email, enum refusal refusal, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (fault) {
        sign_in_fail(sign_in, fault);
    } else if (refusal != REFUSAL_NONE) {
        sign_in_refuse(sign_in, refusal, "refused");
    } else {
        sign_in_answer(sign_in, SIGN_IN_CONFIRM_EMAIL, email);
    }
}

static void sign_in_right(struct sign_in *sign_in)
{
    struct store *store = sign_in->link->store;
    const struct account *account = &sign_in->found.account.stored.account;
    enum sign_in_step step;
    enum refusal refusal = lifecycle_sign_in(account, clock_now(), &step);
    if (refusal == REFUSAL_NOTIFICATION_EXPIRED) {
        opening_load_schools(store, account->academy, account->id, expired_schools_loaded, sign_in);
    } else if (refusal == REFUSAL_ACCOUNT_CLOSED) {
        joining_ask(store, (struct joining_account){account->academy, account->id}, sign_in_joined, sign_in);
    } else if (refusal != REFUSAL_NONE) {
        sign_in_refuse(sign_in, refusal, "refused");
    } else if (step == SIGN_IN_CONFIRM_EMAIL && sign_in->email[0] != '\0') {
        email_correct(
            sign_in->link, sign_in->call, &sign_in->found.account, sign_in->email, sign_in_corrected, sign_in);
    } else {
        sign_in_answer(sign_in, step, sign_in->found.account.stored.email);
    }
}

static const char *outcome_of(enum refusal refusal)
{
    if (refusal == REFUSAL_TOO_MANY_ATTEMPTS) {
        return "delayed";
    }
    return refusal == REFUSAL_BUSY ? "busy" : "wrong";
}

static void sign_in_checked(
    void *arg, const struct credentials *credentials, enum refusal refusal, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (fault) {
        sign_in_fail(sign_in, fault);
    } else if (!credentials) {
        sign_in_refuse(sign_in, refusal, outcome_of(refusal));
    } else {
        sign_in->found = *credentials;
        sign_in_right(sign_in);
    }
}

void sign_in(struct link *link, struct call *call, const Preau__Link__SignInRequest *request)
{
    struct sign_in *sign_in = checked_calloc(1, sizeof *sign_in);
    *sign_in = (struct sign_in){.link = link, .call = call, .password = request->password, .email = request->email};
    const struct tried_sign_in tried = {"person", request->login, request->address, request->device};
    credentials_check(link, &tried, request->password, sign_in_checked, sign_in);
}
