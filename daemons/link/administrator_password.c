#include "link/administrator_password.h"

#include "crypto/known_words.h"
#include "domain/password.h"
#include "link/hashing.h"
#include "link/proof.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "store/second_factor.h"

static void change_start(struct proof *proof)
{
    const Preau__Link__ChangeAdministratorPasswordRequest *request = (const void *)proof->asked.request;
    if (request->present[0] != '\0') {
        proof_by_password(proof, request->present);
    } else if (proof->found.password_is_provisional) { /* proved by the session: it is of this very one */
        proof->kind->go_on(proof);
    } else {
        proof_refuse(proof, REFUSAL_WRONG_CREDENTIALS);
    }
}

static void change_done(void *arg, bool is_done, const struct fault *fault)
{
    struct proof *proof = arg;
    Preau__Link__AdministratorStanding standing;
    Preau__Link__ChangeAdministratorPasswordReply reply = PREAU__LINK__CHANGE_ADMINISTRATOR_PASSWORD_REPLY__INIT;
    if (!proof_is_done(proof, is_done, fault)) {
        return;
    }
    log_event(LOG_NOTICE, "administrator_password_changed", F("administrator", proof->found.id));
    proof->found.password_is_provisional = false;
    standing_pack(&proof->found, proof->changed_at, true, &standing);
    reply.standing = &standing;
    call_answer(proof->call, &reply.base);
    proof_end(proof);
}

static void change_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct proof *proof = arg;
    if (!hash) {
        proof_fail(proof, fault);
        return;
    }
    proof->changed_at = clock_now();
    const struct administrator_password password = {
        .hash = hash,
        .credential_at = proof->found.credential_at,
        .changed_at = proof->changed_at,
        .author = proof_author(proof),
    };
    administrator_replace_password(proof->link->store, proof->found.id, &password, change_done, proof);
}

/* The one that is to be replaced is known by its hash only. */
static void change_compared(void *arg, bool is_same, const struct fault *fault)
{
    struct proof *proof = arg;
    const Preau__Link__ChangeAdministratorPasswordRequest *request = (const void *)proof->asked.request;
    if (fault) {
        proof_fail(proof, fault);
    } else if (is_same) {
        proof_refuse(proof, REFUSAL_PASSWORD_NOT_NEW);
    } else if (!hashing_make(proof->link->hashing_administrators, request->chosen, change_hashed, proof)) {
        proof_refuse(proof, REFUSAL_BUSY);
    }
}

static void change_go_on(struct proof *proof)
{
    const Preau__Link__ChangeAdministratorPasswordRequest *request = (const void *)proof->asked.request;
    const char *const names[] = {proof->found.name};
    const struct password_context context = {
        .identifier = proof->found.login,
        .names = names,
        .name_count = 1,
        .known = known_words_view(proof->link->known),
    };
    enum refusal refusal = password_check(request->chosen, &context);
    if (refusal != REFUSAL_NONE) {
        proof_refuse(proof, refusal);
    } else if (!hashing_verify(
                   proof->link->hashing_administrators, request->chosen, proof->found.hash, change_compared, proof)) {
        proof_refuse(proof, REFUSAL_BUSY);
    }
}

void administrator_change_password(
    struct link *link, struct call *call, const Preau__Link__ChangeAdministratorPasswordRequest *request)
{
    static const struct proof_kind kind = {change_start, change_go_on};
    proof_begin(link, call, &kind, &(struct proof_asked){&request->base, request->address, request->credential_at});
}
