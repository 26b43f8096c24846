#include "notify/assist.h"

#include "crypto/seal.h"
#include "notify/move.h"
#include "notify/sender.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/disclaimed.h"
#include "store/selection.h"
#include "store/sqlstate.h"

#include <stdio.h>
#include <string.h>

struct assist {
    struct notify *notify;
    struct call *call;
    void (*act)(struct assist *assist, const struct selected_account *account);
    struct selection_asked asked;
    int64_t academy, id; /* of the account */
    struct account account;
    struct email email; /* of the request; "" none */
    char text[EMAIL_SIZE];
    int64_t claim; /* of a disclaimed child */
    unsigned tries;
};

static void assist_load(struct assist *assist);

static void assist_refuse(struct assist *assist, enum refusal refusal)
{
    call_refuse(assist->call, refusal);
    memory_free(&assist);
}

static void assist_fail(struct assist *assist, const struct fault *fault)
{
    if (move_may_again(assist->notify, fault, &assist->tries)) {
        assist_load(assist);
        return;
    }
    call_fail(assist->call, fault);
    memory_free(&assist);
}

static void assist_loaded(void *arg, const struct selection *selection, const struct fault *fault)
{
    struct assist *assist = arg;
    if (!selection) {
        assist_fail(assist, fault);
        return;
    }
    if (selection->count == 0) {
        assist_refuse(assist, REFUSAL_NOT_FOUND);
        return;
    }
    if (selection->stored_answer) {
        call_answer_packed(assist->call, selection->stored_answer, selection->stored_answer_length);
        memory_free(&assist);
        return;
    }
    if (!selection->accounts[0].is_here) {
        assist_refuse(assist, REFUSAL_NOT_IN_SCHOOL);
        return;
    }
    assist->account = selection->accounts[0].stored.account;
    assist->act(assist, &selection->accounts[0]);
}

static void assist_load(struct assist *assist)
{
    selection_load(assist->notify->store, &assist->asked, assist_loaded, assist);
}

/* --- the activation mail again --- */

static size_t resend_pack(struct assist *assist, uint8_t *out_answer)
{
    Preau__Notify__ResendActivationReply reply = PREAU__NOTIFY__RESEND_ACTIVATION_REPLY__INIT;
    reply.email = assist->text;
    return preau__notify__resend_activation_reply__pack(&reply, out_answer);
}

static void resend_done(void *arg, const struct fault *fault)
{
    struct assist *assist = arg;
    uint8_t answer[EMAIL_SIZE + 16];
    if (fault) {
        assist_fail(assist, fault);
        return;
    }
    log_event(LOG_INFO, "activation_resent", F("administrator", assist->asked.administrator),
        F("academy", assist->academy), F("account", assist->account.id));
    call_answer_packed(assist->call, answer, resend_pack(assist, answer));
    sender_wake(assist->notify->sender);
    memory_free(&assist);
}

static void resend(struct assist *assist, const struct selected_account *account)
{
    const struct config *config = assist->notify->run->config;
    struct lifecycle_outcome outcome;
    uint8_t answer[EMAIL_SIZE + 16];
    int months = (int)config_count(config, CONFIG_NOTIFY_VALIDITY_MONTHS);
    enum refusal refusal = lifecycle_decide(&assist->account, ACTION_RESEND_ACTIVATION, clock_now(), months, &outcome);
    if (refusal != REFUSAL_NONE) {
        assist_refuse(assist, refusal);
        return;
    }
    const char *email = assist->email.text[0] != '\0' ? assist->email.text : account->stored.email;
    if (email[0] == '\0') { /* a reset took it back */
        assist_refuse(assist, REFUSAL_EMAIL_INVALID);
        return;
    }
    bool is_new = strcmp(email, account->stored.email) != 0;
    snprintf(assist->text, sizeof assist->text, "%s", email);
    const struct selection_resend resend = {
        .email = assist->text,
        .is_new = is_new,
        .expires_at = instant_add(clock_now(), config_duration(config, CONFIG_LINK_ACTIVATION_LINK_LIFETIME)),
        .answer = answer,
        .answer_length = resend_pack(assist, answer),
    };
    selection_resend_activation(assist->notify->store, &assist->asked, &assist->account, &resend, resend_done, assist);
}

/* --- the provisional password shown --- */

static void show_answer(struct assist *assist, const unsigned char *sealed, size_t length, struct instant expires_at)
{
    char place[SEAL_PLACE_SIZE];
    char password[SEALED_PASSWORD_MAX + 1] = "";
    seal_place(place, "credential", assist->account.academy.v, assist->account.id.v);
    if (length < SEAL_OVERHEAD || !seal_open(assist->notify->keys, place, sealed, length, password)) {
        struct fault fault;
        fault_set(&fault, FAULT_CRYPTO, "a provisional password cannot be opened");
        fault_hint(&fault, "A sealing key that is still in use was removed from keys.directory.");
        call_fail(assist->call, &fault);
        memory_free(&assist);
        return;
    }
    log_event(LOG_INFO, "password_shown", F("administrator", assist->asked.administrator),
        F("academy", assist->academy), F("account", assist->account.id));
    Preau__Notify__ShowPasswordReply reply = PREAU__NOTIFY__SHOW_PASSWORD_REPLY__INIT;
    reply.password = password;
    reply.expires_at = expires_at.us;
    call_answer(assist->call, &reply.base);
    secret_wipe(password, sizeof password);
    memory_free(&assist);
}

static void show_done(
    void *arg, const unsigned char *sealed, size_t length, struct instant expires_at, const struct fault *fault)
{
    struct assist *assist = arg;
    if (fault) {
        assist_fail(assist, fault);
    } else if (length > 0) {
        show_answer(assist, sealed, length, expires_at);
    } else if (++assist->tries < MOVE_TRIES_MAX) {
        assist_load(assist); /* it changed meanwhile */
    } else {
        assist_refuse(assist, REFUSAL_STALE);
    }
}

static void show(struct assist *assist, const struct selected_account *account)
{
    if (account->stored.account.closed) {
        assist_refuse(assist, REFUSAL_ACCOUNT_CLOSED);
    } else if (account->stored.account.state == STATE_NON_DISTRIBUE) {
        assist_refuse(assist, REFUSAL_NOT_DISTRIBUTED);
    } else if (!account_password_is_readable(&assist->account)) {
        assist_refuse(assist, REFUSAL_PASSWORD_NOT_READABLE);
    } else {
        selection_show_password(assist->notify->store, &assist->asked, &assist->account, show_done, assist);
    }
}

/* --- a child is the guardian's again --- */

static void restored(void *arg, bool known, bool done, const struct fault *fault)
{
    struct assist *assist = arg;
    if (fault) {
        assist_fail(assist, fault);
        return;
    }
    if (!known) {
        assist_refuse(assist, REFUSAL_NOT_FOUND);
        return;
    }
    if (done) {
        log_event(LOG_INFO, "child_restored", F("administrator", assist->asked.administrator),
            F("academy", assist->academy), F("account", assist->account.id));
    }
    Preau__Notify__RestoreChildReply reply = PREAU__NOTIFY__RESTORE_CHILD_REPLY__INIT;
    call_answer(assist->call, &reply.base);
    memory_free(&assist);
}

static void restore(struct assist *assist, const struct selected_account *account)
{
    (void)account;
    disclaimed_dismiss(assist->notify->store,
        &(struct disclaimed_dismissal){assist->asked.academy, assist->asked.uai, assist->account.academy,
            assist->account.id, assist->claim, assist->asked.administrator, assist->asked.trace},
        restored, assist);
}

/* --- the requests --- */

static struct assist *assist_new(
    struct notify *notify, struct call *call, uint32_t academy, const char *uai, const Preau__AccountRef *account)
{
    if (!move_school_is_sound(academy, uai) || !account || account->academy == 0 || account->academy > INT16_MAX ||
        account->id <= 0) {
        call_refuse(call, REFUSAL_MALFORMED);
        return NULL;
    }
    struct assist *assist = checked_calloc(1, sizeof *assist);
    *assist = (struct assist){.notify = notify, .call = call, .academy = account->academy, .id = account->id};
    assist->asked = (struct selection_asked){
        .administrator = call_caller(call).administrator,
        .academy = {(int16_t)academy},
        .uai = uai,
        .request = call_request_id(call),
        .method = call_method(call),
        .trace = call_trace(call),
        .academies = &assist->academy,
        .ids = &assist->id,
        .count = 1,
    };
    return assist;
}

void assist_resend_activation(
    struct notify *notify, struct call *call, const Preau__Notify__ResendActivationRequest *request)
{
    struct email email = {""};
    if (request->email[0] != '\0' && !email_parse(request->email, &email)) {
        call_refuse(call, REFUSAL_EMAIL_INVALID);
        return;
    }
    struct assist *assist = assist_new(notify, call, request->academy, request->uai, request->account);
    if (assist) {
        assist->act = resend;
        assist->email = email;
        assist_load(assist);
    }
}

void assist_show_password(struct notify *notify, struct call *call, const Preau__Notify__ShowPasswordRequest *request)
{
    struct assist *assist = assist_new(notify, call, request->academy, request->uai, request->account);
    if (assist) {
        assist->act = show;
        assist_load(assist);
    }
}

void assist_restore_child(struct notify *notify, struct call *call, const Preau__Notify__RestoreChildRequest *request)
{
    struct assist *assist = assist_new(notify, call, request->academy, request->uai, request->account);
    if (assist) {
        assist->act = restore;
        assist->claim = request->claim;
        assist_load(assist);
    }
}
