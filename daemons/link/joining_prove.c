/* The identifier and the password of a second account: right, counted as at a sign-in → may the two become one? → kept, to be
 * confirmed. What stands against it is told to who gave the right password alone. */
#include "crypto/token.h"
#include "domain/lifecycle.h"
#include "link/choice.h"
#include "link/credentials.h"
#include "link/joining.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/joining.h"

struct proving {
    struct link *link;
    struct call *call;
    struct joining_account stays;
    struct credentials found;
    int64_t proof;
};

static void proving_end(struct proving *proving, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "join", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(proving->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(proving->call, refusal);
    } else {
        char token[TOKEN_LINK_SIZE];
        Preau__Link__ProveOtherAccountReply reply = PREAU__LINK__PROVE_OTHER_ACCOUNT_REPLY__INIT;
        token_link_make(proving->link->keys, JOINING_TOKEN_PURPOSE, proving->stays.academy.v, proving->proof, token);
        reply.token = token;
        call_answer(proving->call, &reply.base);
    }
    secret_wipe(proving, sizeof *proving);
    memory_free(&proving);
}

static void pair_loaded(void *arg, const struct joining_pair *pair, const struct fault *fault)
{
    proving_end(arg, pair ? joining_decide(&pair->rules) : REFUSAL_NOT_FOUND, fault);
}

static void proof_kept(void *arg, int64_t proof, const struct fault *fault)
{
    struct proving *proving = arg;
    if (fault) {
        proving_end(proving, REFUSAL_NONE, fault);
        return;
    }
    proving->proof = proof;
    joining_load(proving->link->store, proof, proving->stays, pair_loaded, proving);
}

static void proof_keep(struct proving *proving)
{
    const struct account *other = &proving->found.account.stored.account;
    const struct joining_proof proof = {
        .request = call_request_id(proving->call),
        .stays = proving->stays,
        .other = {other->academy, other->id},
        .other_credential_at = proving->found.account.changed_at,
        .is_of_paper = proving->found.is_of_paper,
        .lifetime = proving->link->bounds.sms_form,
    };
    joining_prove(proving->link->store, &proof, proof_kept, proving);
}

static void closed_asked(void *arg, bool is_joined, const struct fault *fault)
{
    proving_end(arg, is_joined ? REFUSAL_ACCOUNT_JOINED : REFUSAL_ACCOUNT_CLOSED, fault);
}

static bool is_same(const struct proving *proving)
{
    const struct account *other = &proving->found.account.stored.account;
    return other->academy.v == proving->stays.academy.v && other->id.v == proving->stays.id.v;
}

static void credentials_right(struct proving *proving)
{
    const struct account *other = &proving->found.account.stored.account;
    enum sign_in_step ignored;
    enum refusal refusal = lifecycle_sign_in(other, clock_now(), &ignored);
    if (is_same(proving)) {
        proving_end(proving, joining_decide(&(struct joining){.is_same = true}), NULL);
    } else if (refusal == REFUSAL_ACCOUNT_CLOSED) {
        joining_ask(proving->link->store, (struct joining_account){other->academy, other->id}, closed_asked, proving);
    } else if (refusal != REFUSAL_NONE) {
        proving_end(proving, refusal, NULL);
    } else {
        proof_keep(proving);
    }
}

static void checked(void *arg, const struct credentials *credentials, enum refusal refusal, const struct fault *fault)
{
    struct proving *proving = arg;
    if (!credentials) {
        proving_end(proving, refusal, fault);
        return;
    }
    proving->found = *credentials;
    credentials_right(proving);
}

/* No known browser's word is taken: it was given for sign-ins. */
void joining_prove_other(struct link *link, struct call *call, const Preau__Link__ProveOtherAccountRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct proving *proving = checked_calloc(1, sizeof *proving);
    *proving = (struct proving){
        .link = link, .call = call, .stays = {{(int16_t)request->account->academy}, {request->account->id}}
    };
    const struct tried_sign_in tried = {"person", request->login, request->address, ""};
    credentials_check(link, &tried, request->password, checked, proving);
}
