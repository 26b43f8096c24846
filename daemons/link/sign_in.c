#include "link/sign_in.h"

#include "domain/identifier.h"
#include "domain/lifecycle.h"
#include "link/device.h"
#include "link/hashing.h"
#include "link/provisional.h"
#include "link/rehash.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/opening.h"

#include <stdio.h>

struct sign_in {
    struct link *link;
    struct call *call;
    const char *password;
    struct identifier login; /* "": what was typed is none */
    struct attempt attempt;
    struct opening_account account;
    int64_t device;            /* of the browser, known or new */
    bool is_provisional_right; /* decided beside Argon2, so that the time tells nothing */
};

static void sign_in_end(struct sign_in *sign_in, const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "person", outcome);
    secret_wipe(sign_in, sizeof *sign_in);
    memory_free(&sign_in);
}

static void sign_in_fail(struct sign_in *sign_in, const struct fault *fault)
{
    attempt_give_back(sign_in->link->store, &sign_in->attempt);
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
    reply.profile = (Preau__Profile)(sign_in->account.stored.account.profile + 1);
    reply.schools = schools;
    reply.n_schools = count;
    call_answer(sign_in->call, &reply.base);
    for (size_t i = 0; i < count; i++) {
        memory_free(&schools[i]);
    }
    memory_free(&schools);
    sign_in_end(sign_in, "refused");
}

static void sign_in_right(struct sign_in *sign_in)
{
    const struct account *account = &sign_in->account.stored.account;
    enum sign_in_step step;
    char device[TOKEN_LINK_SIZE];
    enum refusal refusal = lifecycle_sign_in(account, clock_now(), &step);
    attempt_succeed(sign_in->link->store, &sign_in->attempt);
    if (refusal == REFUSAL_NOTIFICATION_EXPIRED) {
        opening_load_schools(sign_in->link->store, account->academy, account->id, expired_schools_loaded, sign_in);
        return;
    }
    if (refusal != REFUSAL_NONE) {
        sign_in_refuse(sign_in, refusal, "refused");
        return;
    }
    opening_note_sign_in(sign_in->link->store, account->academy, account->id);
    if (!sign_in->is_provisional_right) {
        rehash_person(sign_in->link, account->academy, account->id, sign_in->account.hash, sign_in->password);
    }
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    ref.academy = (uint32_t)account->academy.v;
    ref.id = account->id.v;
    Preau__Link__SignInReply reply = PREAU__LINK__SIGN_IN_REPLY__INIT;
    reply.account = &ref;
    reply.profile = (Preau__Profile)(account->profile + 1);
    reply.next = next_of(step);
    reply.credential_at = sign_in->account.changed_at.us;
    device_make(sign_in->link->keys, "person", sign_in->login.text, (struct instant){sign_in->device}, device);
    reply.device = device;
    call_answer(sign_in->call, &reply.base);
    sign_in_end(sign_in, "right");
}

static void sign_in_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (fault) {
        sign_in_fail(sign_in, fault);
    } else if (is_right || sign_in->is_provisional_right) {
        sign_in_right(sign_in);
    } else {
        sign_in_refuse(sign_in, REFUSAL_WRONG_CREDENTIALS, "wrong");
    }
}

/* Each sign-in makes one calculation of Argon2, whoever is or is not there. */
static void sign_in_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    struct fault sealed;
    struct provisional_password provisional;
    if (fault) {
        sign_in_fail(sign_in, fault);
        return;
    }
    if (account) {
        sign_in->account = *account;
    }
    if (account && account->sealed_length > 0) {
        if (!provisional_open(sign_in->link->keys, account, &provisional, &sealed)) {
            sign_in_fail(sign_in, &sealed);
            return;
        }
        sign_in->is_provisional_right = provisional_is_same(&provisional, sign_in->password);
        secret_wipe(&provisional, sizeof provisional);
    }
    if (!hashing_verify(sign_in->link->hashing, sign_in->password, sign_in->account.hash, sign_in_verified, sign_in)) {
        attempt_give_back(sign_in->link->store, &sign_in->attempt);
        sign_in_refuse(sign_in, REFUSAL_BUSY, "busy");
    }
}

static void sign_in_begun(void *arg, bool granted, const struct fault *fault)
{
    struct sign_in *sign_in = arg;
    if (fault) {
        sign_in_fail(sign_in, fault);
    } else if (!granted) {
        sign_in_refuse(sign_in, REFUSAL_TOO_MANY_ATTEMPTS, "delayed");
    } else {
        opening_load_by_login(sign_in->link->store, sign_in->login.text, sign_in_loaded, sign_in);
    }
}

void sign_in(struct link *link, struct call *call, const Preau__Link__SignInRequest *request)
{
    struct sign_in *sign_in = checked_calloc(1, sizeof *sign_in);
    *sign_in = (struct sign_in){.link = link, .call = call, .password = request->password};
    if (!identifier_normalise(request->login, &sign_in->login)) {
        sign_in->login.text[0] = '\0';
    }
    const struct tried_sign_in tried = {"person", sign_in->login.text, request->address, request->device};
    sign_in->device = tries_of_sign_in(link, &tried, &sign_in->attempt);
    attempt_begin(link->store, &sign_in->attempt, &link->bounds.sign_in, sign_in_begun, sign_in);
}
