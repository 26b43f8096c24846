#include "link/second_factor.h"

#include "link/proof.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/second_factor.h"

#include <assert.h>
#include <string.h>

_Static_assert((int)SECOND_FACTOR_SEALED_SIZE <= (int)ADMINISTRATOR_TOTP_MAX, "the store has room for a sealed secret");

void second_factor_seal(const struct key_ring *keys, administrator_id of, const struct totp_secret *secret,
    unsigned char out_sealed[SECOND_FACTOR_SEALED_SIZE])
{
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "totp", 0, of.v);
    seal_make(keys, place, secret->bytes, sizeof secret->bytes, out_sealed);
}

bool second_factor_open(const struct key_ring *keys, administrator_id of, const unsigned char *sealed, size_t length,
    struct totp_secret *out_secret, struct fault *fault)
{
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "totp", 0, of.v);
    if (length != SECOND_FACTOR_SEALED_SIZE || !seal_open(keys, place, sealed, length, out_secret->bytes)) {
        fault_set(fault, FAULT_CRYPTO, "a second factor does not open");
        return fault_hint(fault, "Put the sealing key that is missing back into keys.directory.");
    }
    return true;
}

/* ---- given at a sign-in */

static void give_start(struct proof *proof)
{
    const Preau__Link__GiveCodeRequest *request = (const void *)proof->asked.request;
    proof_by_code(proof, request->code);
}

static void give_noted(void *arg, const struct fault *fault)
{
    struct proof *proof = arg;
    struct stored_administrator *found = &proof->found;
    Preau__Link__AdministratorStanding standing;
    Preau__Link__GiveCodeReply reply = PREAU__LINK__GIVE_CODE_REPLY__INIT;
    if (fault) {
        proof_fail(proof, fault);
        return;
    }
    standing_pack(found, found->credential_at, true, &standing);
    reply.standing = &standing;
    reply.was_recovery = proof->was_recovery;
    reply.recovery_left = (uint32_t)(found->recovery_left - (proof->was_recovery ? 1 : 0));
    if (proof->was_recovery) {
        log_event(LOG_NOTICE, "recovery_code_used", F("administrator", found->id), F("left", (int)reply.recovery_left));
    }
    call_answer(proof->call, &reply.base);
    proof_end(proof);
}

static void give_go_on(struct proof *proof)
{
    const struct audit_author author = proof_author(proof);
    administrator_note_sign_in(proof->link->store, &author, NULL, give_noted, proof);
}

void second_factor_give(struct link *link, struct call *call, const Preau__Link__GiveCodeRequest *request)
{
    static const struct proof_kind kind = {give_start, give_go_on};
    proof_begin(link, call, &kind, &(struct proof_asked){&request->base, request->address, request->credential_at});
}

/* ---- offered to a session */

struct offering {
    struct link *link;
    struct call *call;
    administrator_id of;
    char login[ADMINISTRATOR_LOGIN_SIZE];
    enum administrator_proof proof;
    const unsigned char *session; /* of the request */
};

static void offering_fail(struct offering *offering, const struct fault *fault)
{
    call_fail(offering->call, fault);
    memory_free(&offering);
}

static void offering_answer(struct offering *offering, const struct totp_secret *secret)
{
    char text[TOTP_BASE32_SIZE];
    char uri[TOTP_URI_SIZE];
    Preau__Link__OfferSecondFactorReply reply = PREAU__LINK__OFFER_SECOND_FACTOR_REPLY__INIT;
    totp_secret_write(secret, text);
    totp_uri_write(secret, offering->login, uri);
    reply.secret = text;
    reply.uri = uri;
    reply.proof = (Preau__Link__Proof)(offering->proof + 1); /* the .proto counts from 1 */
    call_answer(offering->call, &reply.base);
    secret_wipe(text, sizeof text);
    secret_wipe(uri, sizeof uri);
    memory_free(&offering);
}

static void offering_stored(void *arg, const unsigned char *sealed, size_t length, const struct fault *fault)
{
    struct offering *offering = arg;
    struct totp_secret secret;
    struct fault closed;
    if (fault) {
        offering_fail(offering, fault);
    } else if (length == 0) {
        call_refuse(offering->call, REFUSAL_SIGN_IN_REQUIRED);
        memory_free(&offering);
    } else if (!second_factor_open(offering->link->keys, offering->of, sealed, length, &secret, &closed)) {
        offering_fail(offering, &closed);
    } else {
        offering_answer(offering, &secret);
        secret_wipe(&secret, sizeof secret);
    }
}

static void offering_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct offering *offering = arg;
    struct totp_secret secret;
    unsigned char sealed[SECOND_FACTOR_SEALED_SIZE];
    if (!administrators) {
        offering_fail(offering, fault);
        return;
    }
    if (count == 0) {
        call_refuse(offering->call, REFUSAL_SIGN_IN_REQUIRED);
        memory_free(&offering);
        return;
    }
    memcpy(offering->login, administrators->login, sizeof offering->login);
    offering->proof = proof_of(administrators);
    totp_secret_make(&secret);
    second_factor_seal(offering->link->keys, offering->of, &secret, sealed);
    secret_wipe(&secret, sizeof secret);
    second_factor_offer(
        offering->link->store, offering->session, offering->of, sealed, sizeof sealed, offering_stored, offering);
}

void second_factor_show_offer(
    struct link *link, struct call *call, const Preau__Link__OfferSecondFactorRequest *request)
{
    administrator_id caller = call_caller(call).administrator;
    if (caller.v == 0 || request->session.len != DIGEST_SIZE) {
        call_refuse(call, caller.v == 0 ? REFUSAL_NOT_ALLOWED : REFUSAL_MALFORMED);
        return;
    }
    struct offering *offering = checked_calloc(1, sizeof *offering);
    *offering = (struct offering){.link = link, .call = call, .of = caller, .session = request->session.data};
    administrator_load_by_id(link->store, caller, offering_loaded, offering);
}

/* ---- set up */

static void codes_point(struct recovery_codes *codes, char *out_texts[RECOVERY_CODES])
{
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        out_texts[i] = codes->text[i];
    }
}

static void confirm_start(struct proof *proof)
{
    const Preau__Link__ConfirmSecondFactorRequest *request = (const void *)proof->asked.request;
    struct administrator_standing standing = standing_of(&proof->found);
    if (request->session.len != DIGEST_SIZE) {
        proof_refuse(proof, REFUSAL_MALFORMED);
    } else if (administrator_next_step(&standing, false) == ADMINISTRATOR_ENROLMENT) {
        proof->kind->go_on(proof); /* the password was given just now, and nothing else can be done */
    } else {
        proof_by_own(proof, request->proof);
    }
}

static void confirm_done(void *arg, bool is_done, const struct fault *fault)
{
    struct proof *proof = arg;
    char *texts[RECOVERY_CODES];
    Preau__Link__AdministratorStanding standing;
    Preau__Link__ConfirmSecondFactorReply reply = PREAU__LINK__CONFIRM_SECOND_FACTOR_REPLY__INIT;
    if (!proof_is_done(proof, is_done, fault)) {
        return;
    }
    log_event(LOG_NOTICE, "second_factor_set_up", F("administrator", proof->found.id));
    proof->found.totp_since = proof->changed_at;
    standing_pack(&proof->found, proof->changed_at, true, &standing);
    codes_point(&proof->codes, texts);
    reply.standing = &standing;
    reply.recovery_codes = texts;
    reply.n_recovery_codes = RECOVERY_CODES;
    call_answer(proof->call, &reply.base);
    proof_end(proof);
}

static void confirm_offered(void *arg, const unsigned char *sealed, size_t length, const struct fault *fault)
{
    struct proof *proof = arg;
    const Preau__Link__ConfirmSecondFactorRequest *request = (const void *)proof->asked.request;
    struct totp_secret secret;
    struct fault closed;
    int64_t step;
    if (fault ||
        (length > 0 && !second_factor_open(proof->link->keys, proof->found.id, sealed, length, &secret, &closed))) {
        proof_fail(proof, fault ? fault : &closed);
        return;
    }
    bool is_right = length > 0 && totp_check(&secret, request->code, clock_now(), &step);
    secret_wipe(&secret, sizeof secret);
    if (!is_right) {
        proof_refuse(proof, length > 0 ? REFUSAL_SECOND_FACTOR_WRONG : REFUSAL_STALE);
        return;
    }
    proof->changed_at = clock_now();
    recovery_make(proof->found.id, &proof->codes, &proof->digests);
    const struct second_factor_enrolment enrolment = {
        .session = request->session.data,
        .sealed = sealed,
        .length = length,
        .step = step,
        .changed_at = proof->changed_at,
        .recovery = &proof->digests,
        .trace = call_trace(proof->call),
    };
    second_factor_enrol(proof->link->store, &proof->found, &enrolment, confirm_done, proof);
}

static void confirm_go_on(struct proof *proof)
{
    const Preau__Link__ConfirmSecondFactorRequest *request = (const void *)proof->asked.request;
    second_factor_offer(proof->link->store, request->session.data, proof->found.id, NULL, 0, confirm_offered, proof);
}

void second_factor_confirm(struct link *link, struct call *call, const Preau__Link__ConfirmSecondFactorRequest *request)
{
    static const struct proof_kind kind = {confirm_start, confirm_go_on};
    proof_begin(link, call, &kind, &(struct proof_asked){&request->base, request->address, request->credential_at});
}

/* ---- removed */

static void end_start(struct proof *proof)
{
    const Preau__Link__RemoveSecondFactorRequest *request = (const void *)proof->asked.request;
    if (standing_of(&proof->found).must_have_second_factor) {
        proof_refuse(proof, REFUSAL_SECOND_FACTOR_REQUIRED);
    } else {
        proof_by_own(proof, request->proof);
    }
}

static void end_done(void *arg, bool is_done, const struct fault *fault)
{
    struct proof *proof = arg;
    Preau__Link__AdministratorStanding standing;
    Preau__Link__RemoveSecondFactorReply reply = PREAU__LINK__REMOVE_SECOND_FACTOR_REPLY__INIT;
    if (!proof_is_done(proof, is_done, fault)) {
        return;
    }
    log_event(LOG_NOTICE, "second_factor_removed", F("administrator", proof->found.id));
    proof->found.totp_since = INSTANT_NEVER;
    standing_pack(&proof->found, proof->changed_at, true, &standing);
    reply.standing = &standing;
    call_answer(proof->call, &reply.base);
    proof_end(proof);
}

static void end_go_on(struct proof *proof)
{
    proof->changed_at = clock_now();
    const struct second_factor_removal removal = {
        .of = proof->found.id,
        .author = proof_author(proof),
        .credential_at = proof->found.credential_at,
        .changed_at = proof->changed_at,
    };
    second_factor_remove(proof->link->store, &removal, end_done, proof);
}

void second_factor_end(struct link *link, struct call *call, const Preau__Link__RemoveSecondFactorRequest *request)
{
    static const struct proof_kind kind = {end_start, end_go_on};
    proof_begin(link, call, &kind, &(struct proof_asked){&request->base, request->address, request->credential_at});
}

/* ---- other recovery codes */

static void renew_start(struct proof *proof)
{
    const Preau__Link__RenewRecoveryCodesRequest *request = (const void *)proof->asked.request;
    if (proof->found.totp_length == 0) {
        proof_refuse(proof, REFUSAL_STALE);
    } else {
        proof_by_own(proof, request->proof);
    }
}

static void renew_done(void *arg, bool is_done, const struct fault *fault)
{
    struct proof *proof = arg;
    char *texts[RECOVERY_CODES];
    Preau__Link__RenewRecoveryCodesReply reply = PREAU__LINK__RENEW_RECOVERY_CODES_REPLY__INIT;
    if (!proof_is_done(proof, is_done, fault)) {
        return;
    }
    log_event(LOG_NOTICE, "recovery_codes_renewed", F("administrator", proof->found.id));
    codes_point(&proof->codes, texts);
    reply.recovery_codes = texts;
    reply.n_recovery_codes = RECOVERY_CODES;
    call_answer(proof->call, &reply.base);
    proof_end(proof);
}

static void renew_go_on(struct proof *proof)
{
    recovery_make(proof->found.id, &proof->codes, &proof->digests);
    second_factor_renew_recovery(
        proof->link->store, &proof->found, &proof->digests, call_trace(proof->call), renew_done, proof);
}

void second_factor_renew(struct link *link, struct call *call, const Preau__Link__RenewRecoveryCodesRequest *request)
{
    static const struct proof_kind kind = {renew_start, renew_go_on};
    proof_begin(link, call, &kind, &(struct proof_asked){&request->base, request->address, request->credential_at});
}
