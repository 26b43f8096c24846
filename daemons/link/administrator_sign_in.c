#include "link/administrator_sign_in.h"

#include "link/device.h"
#include "link/hashing.h"
#include "link/proof.h"
#include "link/rehash.h"
#include "link/sign_in_audit.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/administrator.h"

#include <stdio.h>

struct signing_in {
    struct link *link;
    struct call *call;
    const char *password;
    struct attempt attempt;
    int64_t device;                    /* of the browser, known or new */
    struct stored_administrator found; /* id 0: nobody, or disabled */
    administrator_id disabled;         /* 0: nobody, or one who may sign in */
};

static void signing_in_end(struct signing_in *signing_in, const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "administrator", outcome);
    secret_wipe(signing_in, sizeof *signing_in);
    memory_free(&signing_in);
}

static void signing_in_fail(struct signing_in *signing_in, const struct fault *fault)
{
    attempt_give_back(signing_in->link->store, &signing_in->attempt);
    call_fail(signing_in->call, fault);
    signing_in_end(signing_in, "fault");
}

static void signing_in_refuse(struct signing_in *signing_in, enum refusal refusal, const char *outcome)
{
    call_refuse(signing_in->call, refusal);
    signing_in_end(signing_in, outcome);
}

static void signing_in_answer(struct signing_in *signing_in, Preau__Link__AdministratorStanding *standing)
{
    Preau__Link__SignInAdministratorReply reply = PREAU__LINK__SIGN_IN_ADMINISTRATOR_REPLY__INIT;
    char device[TOKEN_LINK_SIZE];
    device_make(
        signing_in->link->keys, "administrator", signing_in->found.login, (struct instant){signing_in->device}, device);
    reply.standing = standing;
    reply.device = device;
    call_answer(signing_in->call, &reply.base);
    signing_in_end(signing_in, "right");
}

/* Nobody is in before the audit trail knows. */
static void signing_in_noted(void *arg, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    Preau__Link__AdministratorStanding standing;
    if (fault) {
        call_fail(signing_in->call, fault);
        signing_in_end(signing_in, "fault");
        return;
    }
    standing_pack(&signing_in->found, signing_in->found.credential_at, false, &standing);
    signing_in_answer(signing_in, &standing);
}

/* To the one who tries all these are the same. */
static void signing_in_note_refused(const struct signing_in *signing_in)
{
    struct store *store = signing_in->link->store;
    const char *trace = call_trace(signing_in->call);
    const char *wrong = refusal_code(REFUSAL_WRONG_CREDENTIALS);
    sign_in_audit_refused(
        store, AUDIT_SIGN_IN_REFUSED, &(struct audit_author){signing_in->found.id, NULL, trace}, wrong);
    sign_in_audit_refused(
        store, AUDIT_SIGN_IN_REFUSED, &(struct audit_author){signing_in->disabled, NULL, trace}, "disabled");
}

static void signing_in_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    struct stored_administrator *found = &signing_in->found;
    if (fault) {
        signing_in_fail(signing_in, fault);
        return;
    }
    if (!is_right) {
        signing_in_note_refused(signing_in);
        signing_in_refuse(signing_in, REFUSAL_WRONG_CREDENTIALS, "wrong");
        return;
    }
    Preau__Link__AdministratorStanding standing;
    attempt_succeed(signing_in->link->store, &signing_in->attempt);
    rehash_administrator(signing_in->link, found->id, found->hash, signing_in->password);
    standing_pack(found, found->credential_at, false, &standing);
    if (standing.next == PREAU__LINK__ADMINISTRATOR_STEP__STEP_OPEN) {
        const struct audit_author author = {.administrator = found->id, .trace = call_trace(signing_in->call)};
        administrator_note_sign_in(signing_in->link->store, &author, NULL, signing_in_noted, signing_in);
    } else {
        signing_in_answer(signing_in, &standing);
    }
}

static void signing_in_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    if (!administrators) {
        signing_in_fail(signing_in, fault);
        return;
    }
    if (count > 0 && administrators->is_disabled) {
        signing_in->disabled = administrators->id;
    } else if (count > 0) {
        signing_in->found = *administrators;
    }
    if (!hashing_verify(signing_in->link->hashing_administrators, signing_in->password, signing_in->found.hash,
            signing_in_verified, signing_in)) {
        attempt_give_back(signing_in->link->store, &signing_in->attempt);
        signing_in_refuse(signing_in, REFUSAL_BUSY, "busy");
    }
}

static void signing_in_begun(void *arg, bool granted, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    if (fault) {
        signing_in_fail(signing_in, fault);
    } else if (!granted) {
        signing_in_refuse(signing_in, REFUSAL_TOO_MANY_ATTEMPTS, "delayed");
    } else {
        administrator_load(signing_in->link->store, signing_in->found.login, signing_in_loaded, signing_in);
    }
}

void administrator_sign_in(struct link *link, struct call *call, const Preau__Link__SignInAdministratorRequest *request)
{
    struct signing_in *signing_in = checked_calloc(1, sizeof *signing_in);
    *signing_in = (struct signing_in){.link = link, .call = call, .password = request->password};
    struct administrator_login login = {""};
    if (administrator_login_normalise(request->login, &login)) {
        snprintf(signing_in->found.login, sizeof signing_in->found.login, "%s", login.text);
    }
    const struct tried_sign_in tried = {"administrator", login.text, request->address, request->device};
    signing_in->device = tries_of_sign_in(link, &tried, &signing_in->attempt);
    attempt_begin(link->store, &signing_in->attempt, &link->bounds.sign_in, signing_in_begun, signing_in);
}
