#include "link/proof.h"

#include "link/hashing.h"
#include "link/second_factor.h"
#include "link/sign_in_audit.h"
#include "link/totp.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"

static void proof_count(const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "proof", outcome);
}

void proof_end(struct proof *proof)
{
    secret_wipe(proof, sizeof *proof);
    memory_free(&proof);
}

void proof_refuse(struct proof *proof, enum refusal refusal)
{
    call_refuse(proof->call, refusal);
    proof_end(proof);
}

void proof_fail(struct proof *proof, const struct fault *fault)
{
    proof_count("fault");
    call_fail(proof->call, fault);
    proof_end(proof);
}

bool proof_is_done(struct proof *proof, bool is_done, const struct fault *fault)
{
    if (fault) {
        proof_fail(proof, fault);
    } else if (!is_done) {
        proof_refuse(proof, REFUSAL_STALE);
    }
    return !fault && is_done;
}

struct audit_author proof_author(const struct proof *proof)
{
    return (struct audit_author){.administrator = proof->found.id, .trace = call_trace(proof->call)};
}

/* ---- judging */

/* A code is given to sign in; the password, by who is signed in already. */
static void proof_judged(struct proof *proof, bool is_right, enum refusal wrong)
{
    proof_count(is_right ? "right" : "wrong");
    if (!is_right) {
        const struct audit_author author = proof_author(proof);
        enum audit_action action = wrong == REFUSAL_SECOND_FACTOR_WRONG ? AUDIT_SIGN_IN_REFUSED : AUDIT_PROOF_REFUSED;
        sign_in_audit_refused(proof->link->store, action, &author, refusal_code(wrong));
        proof_refuse(proof, wrong);
        return;
    }
    attempt_succeed(proof->link->store, &proof->attempt);
    proof->kind->go_on(proof);
}

static void unjudged(struct proof *proof, const struct fault *fault)
{
    attempt_give_back(proof->link->store, &proof->attempt);
    proof_fail(proof, fault);
}

static void password_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct proof *proof = arg;
    if (fault) {
        unjudged(proof, fault);
    } else {
        proof_judged(proof, is_right, REFUSAL_WRONG_CREDENTIALS);
    }
}

/* False: answered. */
static bool is_granted(struct proof *proof, bool granted, const struct fault *fault)
{
    if (fault) {
        proof_fail(proof, fault);
    } else if (!granted) {
        proof_count("delayed");
        proof_refuse(proof, REFUSAL_TOO_MANY_ATTEMPTS);
    }
    return !fault && granted;
}

static void password_begun(void *arg, bool granted, const struct fault *fault)
{
    struct proof *proof = arg;
    if (is_granted(proof, granted, fault) && !hashing_verify(proof->link->hashing_administrators, proof->typed,
                                                 proof->found.hash, password_verified, proof)) {
        attempt_give_back(proof->link->store, &proof->attempt);
        proof_count("busy");
        proof_refuse(proof, REFUSAL_BUSY);
    }
}

static void code_taken(void *arg, bool is_done, const struct fault *fault)
{
    struct proof *proof = arg;
    if (fault) {
        unjudged(proof, fault);
    } else {
        proof_judged(proof, is_done, REFUSAL_SECOND_FACTOR_WRONG);
    }
}

/* The store has the last word: a step or a recovery code counts once. */
static void code_judge(struct proof *proof)
{
    const struct stored_administrator *found = &proof->found;
    struct totp_secret secret;
    struct fault fault;
    unsigned char digest[DIGEST_SIZE];
    unsigned char sealed[SECOND_FACTOR_SEALED_SIZE];
    int64_t step;
    if (!second_factor_open(proof->link->keys, found->id, found->totp_sealed, found->totp_length, &secret, &fault)) {
        unjudged(proof, &fault);
        return;
    }
    bool is_code = totp_check(&secret, proof->typed, clock_now(), &step);
    second_factor_seal(proof->link->keys, found->id, &secret, sealed); /* anew: old keys come out of use */
    secret_wipe(&secret, sizeof secret);
    if (is_code) {
        second_factor_take_step(proof->link->store, found, step, sealed, sizeof sealed, code_taken, proof);
    } else if (recovery_digest(found->id, proof->typed, digest)) {
        proof->was_recovery = true;
        second_factor_take_recovery(proof->link->store, found, digest, call_trace(proof->call), code_taken, proof);
    } else {
        proof_judged(proof, false, REFUSAL_SECOND_FACTOR_WRONG);
    }
}

static void code_begun(void *arg, bool granted, const struct fault *fault)
{
    struct proof *proof = arg;
    if (is_granted(proof, granted, fault)) {
        code_judge(proof);
    }
}

static void proof_try(struct proof *proof, const char *typed, attempt_begun *begun)
{
    const struct link_bounds *bounds = &proof->link->bounds;
    proof->typed = typed;
    tries_of_proof(bounds, proof->found.id, proof->asked.address, &proof->attempt);
    attempt_begin(proof->link->store, &proof->attempt, &bounds->sign_in, begun, proof);
}

void proof_by_password(struct proof *proof, const char *password)
{
    proof_try(proof, password, password_begun);
}

void proof_by_code(struct proof *proof, const char *code)
{
    if (proof->found.totp_length == 0) {
        proof_refuse(proof, REFUSAL_SECOND_FACTOR_WRONG);
    } else {
        proof_try(proof, code, code_begun);
    }
}

enum administrator_proof proof_of(const struct stored_administrator *administrator)
{
    return administrator_proof(administrator->hash[0] != '\0', instant_is_set(administrator->totp_since));
}

void proof_by_own(struct proof *proof, const char *typed)
{
    switch (proof_of(&proof->found)) {
    case PROOF_BY_PASSWORD:
        proof_by_password(proof, typed);
        break;
    case PROOF_BY_CODE:
        proof_by_code(proof, typed);
        break;
    case PROOF_BY_SESSION:
        proof->kind->go_on(proof);
        break;
    }
}

/* ---- beginning */

static void proof_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct proof *proof = arg;
    if (!administrators) {
        proof_fail(proof, fault);
        return;
    }
    bool stands =
        count > 0 && !administrators->is_disabled && administrators->credential_at.us == proof->asked.credential_at;
    if (!stands) {
        proof_refuse(proof, REFUSAL_SIGN_IN_REQUIRED);
        return;
    }
    proof->found = *administrators;
    proof->kind->start(proof);
}

void proof_begin(struct link *link, struct call *call, const struct proof_kind *kind, const struct proof_asked *asked)
{
    administrator_id caller = call_caller(call).administrator;
    if (caller.v == 0) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct proof *proof = checked_calloc(1, sizeof *proof);
    *proof = (struct proof){.link = link, .call = call, .kind = kind, .asked = *asked};
    administrator_load_by_id(link->store, caller, proof_loaded, proof);
}

/* ---- what comes next */

struct administrator_standing standing_of(const struct stored_administrator *administrator)
{
    return (struct administrator_standing){
        .has_second_factor = instant_is_set(administrator->totp_since),
        .must_have_second_factor =
            second_factor_is_required(administrator->role, administrator->scopes, administrator->scope_count),
        .password_is_provisional = administrator->password_is_provisional,
    };
}

void standing_pack(struct stored_administrator *administrator, struct instant credential_at, bool proved,
    Preau__Link__AdministratorStanding *out_standing)
{
    struct administrator_standing standing = standing_of(administrator);
    preau__link__administrator_standing__init(out_standing);
    out_standing->administrator = administrator->id.v;
    out_standing->role = (Preau__AdministratorRole)(administrator->role + 1);
    out_standing->name = administrator->name;
    /* the .proto counts from 1 */
    out_standing->next = (Preau__Link__AdministratorStep)(administrator_next_step(&standing, proved) + 1);
    out_standing->credential_at = credential_at.us;
}
