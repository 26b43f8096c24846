#include "notify/move.h"

#include "crypto/provisional_password.h"
#include "notify/decide.h"
#include "notify/left_out.h"
#include "notify/progress.h"
#include "notify/sender.h"
#include "notify/sheet_maker.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/batch_change.h"
#include "store/sqlstate.h"

#include <assert.h>
#include <string.h>

enum { ACADEMY_MAX = 999 };

struct move {
    struct notify *notify;
    struct call *call;
    enum account_action action;
    enum decide_channel channel;
    bool reset, dry_run;
    bool forget;      /* what the person, or who was not, confirmed */
    batch_id retried; /* of a retry, which is of what was cancelled or of what failed */
    bool of_cancelled;
    struct selection_asked asked; /* texts of the request, which lives as long as the call */
    int64_t *accounts;            /* academies, then numbers */
    unsigned tries;
    uint8_t *answer; /* packed, without the batch */
    size_t answer_length;
    size_t change_count, reset_count;
};

static void move_load(struct move *move);

static void move_free(struct move *move)
{
    memory_free(&move->accounts);
    memory_free(&move->answer);
    memory_free(&move);
}

static void move_fail(struct move *move, const struct fault *fault)
{
    call_fail(move->call, fault);
    move_free(move);
}

static void move_refuse(struct move *move, enum refusal refusal)
{
    call_refuse(move->call, refusal);
    move_free(move);
}

static bool is_retry(const struct move *move)
{
    return move->retried.v != 0;
}

static bool is_batch(const struct move *move)
{
    return move->channel != DECIDE_NOTHING_SENT && !is_retry(move);
}

/* The batch has its number from the database: it is not in the packed answer. */
static void move_answer(struct move *move, const void *answer, size_t length, int64_t batch)
{
    if (is_batch(move)) {
        Preau__Notify__CreateBatchReply *reply =
            preau__notify__create_batch_reply__unpack(NULL, length, (const uint8_t *)answer);
        assert(reply); /* we packed it */
        reply->batch = batch;
        call_answer(move->call, &reply->base);
        preau__notify__create_batch_reply__free_unpacked(reply, NULL);
    } else {
        call_answer_packed(move->call, answer, length);
    }
    move_free(move);
}

static void seal_new_password(const struct key_ring *keys, struct account_change *change)
{
    struct provisional_password password;
    change->sealed_length =
        provisional_password_renew(keys, change->after.academy, change->after.id, &password, change->sealed);
    secret_wipe(&password, sizeof password);
}

static void move_pack(struct move *move, const struct selection *selection, const struct decision *decision)
{
    struct left_out left_out;
    left_out_group(selection->accounts, decision->refusals, selection->count, &left_out);
    Preau__Notify__CreateBatchReply batch = PREAU__NOTIFY__CREATE_BATCH_REPLY__INIT;
    batch.notified = (uint32_t)decision->change_count;
    batch.reset = (uint32_t)decision->reset_count;
    batch.left_out = left_out.groups;
    batch.n_left_out = left_out.count;
    Preau__Notify__ResetPasswordsReply reset = PREAU__NOTIFY__RESET_PASSWORDS_REPLY__INIT;
    reset.reset = (uint32_t)decision->reset_count;
    reset.left_out = left_out.groups;
    reset.n_left_out = left_out.count;
    Preau__Notify__RetryBatchReply retry = PREAU__NOTIFY__RETRY_BATCH_REPLY__INIT;
    retry.retried = (uint32_t)decision->change_count;
    retry.left_out = left_out.groups;
    retry.n_left_out = left_out.count;
    const ProtobufCMessage *reply = is_batch(move) ? &batch.base : is_retry(move) ? &retry.base : &reset.base;
    memory_free(&move->answer);
    move->answer_length = protobuf_c_message_get_packed_size(reply);
    move->answer = checked_calloc(move->answer_length + 1, 1);
    protobuf_c_message_pack(reply, move->answer);
    left_out_clear(&left_out);
}

bool move_may_again(const struct notify *notify, const struct fault *fault, unsigned *tries)
{
    bool may = fault_is_stale(fault) || fault_is_repeated(fault) || fault_is_retryable(fault);
    return may && ++*tries < MOVE_TRIES_MAX && !notify->is_stopping;
}

/* True when it was put aside for another try. */
static bool move_again(struct move *move, const struct fault *fault)
{
    if (move_may_again(move->notify, fault, &move->tries)) {
        move_load(move);
        return true;
    }
    return false;
}

static void move_applied(void *arg, int64_t batch, const struct fault *fault)
{
    struct move *move = arg;
    struct notify *notify = move->notify;
    if (fault) {
        if (!move_again(move, fault)) {
            move_fail(move, fault);
        }
        return;
    }
    FAULT_POINT("notify_batch_applied");
    log_event(LOG_INFO, "accounts_moved", F("action", action_code(move->action)), F("uai", move->asked.uai),
        F("administrator", move->asked.administrator), F("batch", batch), F("accounts", move->change_count),
        F("reset", move->reset_count));
    academy_code academy = move->asked.academy;
    bool is_sheet = move->channel == DECIDE_SHEET;
    bool owes = is_batch(move) || is_retry(move);
    move_answer(move, move->answer, move->answer_length, batch);
    if (owes) {
        progress_mark(notify->progress, academy, (batch_id){batch});
    }
    if (is_sheet) {
        sheet_maker_wake(notify->sheets);
    }
    sender_wake(notify->sender); /* a reset may owe mails too */
}

static void move_apply(struct move *move, struct decision *decision)
{
    for (size_t i = 0; i < decision->change_count; i++) {
        if (decision->resets[i]) {
            seal_new_password(move->notify->keys, &decision->changes[i]);
        }
        if (move->forget) { /* that address is a stranger's, and is told nothing of the person */
            decision->changes[i].is_told = false;
        }
    }
    move->change_count = decision->change_count;
    move->reset_count = decision->reset_count;
    const struct selection_outcome outcome = {
        .action = move->action,
        .audited = is_batch(move)   ? AUDIT_BATCH_CREATED
                   : is_retry(move) ? AUDIT_BATCH_RETRIED
                                    : AUDIT_PASSWORDS_RESET,
        .channel = move->channel == DECIDE_MAIL    ? "mail"
                   : move->channel == DECIDE_SHEET ? "sheet"
                                                   : NULL,
        .reset = move->reset,
        .forget = move->forget,
        .changes = decision->changes,
        .count = decision->change_count,
        .answer = move->answer,
        .answer_length = move->answer_length,
    };
    if (is_retry(move)) {
        selection_retry(
            move->notify->store, &move->asked, move->retried, move->of_cancelled, &outcome, move_applied, move);
    } else {
        selection_apply(move->notify->store, &move->asked, &outcome, move_applied, move);
    }
}

static void move_loaded(void *arg, const struct selection *selection, const struct fault *fault)
{
    struct move *move = arg;
    if (!selection) {
        if (!move_again(move, fault)) {
            move_fail(move, fault);
        }
        return;
    }
    if (selection->count == 0) {
        move_refuse(move, REFUSAL_NOT_FOUND);
        return;
    }
    if (selection->stored_answer) {
        move_answer(move, selection->stored_answer, selection->stored_answer_length, selection->stored_batch);
        return;
    }
    struct decision decision;
    int months = (int)config_count(move->notify->run->config, CONFIG_NOTIFY_VALIDITY_MONTHS);
    decide(selection->accounts, selection->count, move->action, move->channel, clock_now(), months, &decision);
    move_pack(move, selection, &decision);
    if (move->dry_run || decision.change_count == 0) {
        move_answer(move, move->answer, move->answer_length, 0);
    } else {
        move_apply(move, &decision);
    }
    decision_clear(&decision);
}

/* Whose a retry is, as the batch stands now: another retry may have taken some up meanwhile. */
static void rest_loaded(void *arg, const struct batch_rest *rest, const struct fault *fault)
{
    struct move *move = arg;
    if (!rest && fault) {
        if (!move_again(move, fault)) {
            move_fail(move, fault);
        }
        return;
    }
    if (!rest) {
        move_refuse(move, REFUSAL_NOT_FOUND);
        return;
    }
    if (rest->stored_answer) {
        move_answer(move, rest->stored_answer, rest->stored_answer_length, 0);
        return;
    }
    if (rest->count == 0) {
        move_refuse(move, REFUSAL_BATCH_FINISHED);
        return;
    }
    memory_free(&move->accounts);
    move->accounts = checked_calloc(2 * rest->count, sizeof *move->accounts);
    memcpy(move->accounts, rest->academies, rest->count * sizeof *move->accounts);
    memcpy(move->accounts + rest->count, rest->ids, rest->count * sizeof *move->accounts);
    move->asked.academies = move->accounts;
    move->asked.ids = move->accounts + rest->count;
    move->asked.count = rest->count;
    move->channel = rest->is_mail ? DECIDE_MAIL : DECIDE_SHEET;
    selection_load(move->notify->store, &move->asked, move_loaded, move);
}

static void move_load(struct move *move)
{
    if (is_retry(move)) {
        batch_load_rest(move->notify->store, &move->asked, move->retried, move->of_cancelled, rest_loaded, move);
    } else {
        selection_load(move->notify->store, &move->asked, move_loaded, move);
    }
}

bool move_school_is_sound(uint32_t academy, const char *uai)
{
    return academy > 0 && academy <= ACADEMY_MAX && uai_is_valid(uai);
}

static enum refusal accounts_check(const struct notify *notify, Preau__AccountRef *const *accounts, size_t count)
{
    if (count == 0) {
        return REFUSAL_NOTHING_SELECTED;
    }
    if (count > (size_t)config_count(notify->run->config, CONFIG_NOTIFY_BATCH_MAX_ACCOUNTS)) {
        return REFUSAL_TOO_MANY_SELECTED;
    }
    for (size_t i = 0; i < count; i++) {
        if (accounts[i]->academy == 0 || accounts[i]->academy > ACADEMY_MAX || accounts[i]->id <= 0) {
            return REFUSAL_MALFORMED;
        }
    }
    return REFUSAL_NONE;
}

struct selection_asked move_asked(const struct call *call, uint32_t academy, const char *uai)
{
    return (struct selection_asked){
        .administrator = call_caller(call).administrator,
        .academy = {(int16_t)academy},
        .uai = uai,
        .request = call_request_id(call),
        .method = call_method(call),
        .trace = call_trace(call),
    };
}

enum refusal move_read_asked(const struct notify *notify, const struct call *call, uint32_t academy, const char *uai,
    Preau__AccountRef *const *accounts, size_t count, int64_t **out_accounts, struct selection_asked *out_asked)
{
    enum refusal refusal =
        move_school_is_sound(academy, uai) ? accounts_check(notify, accounts, count) : REFUSAL_MALFORMED;
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    int64_t *numbers = *out_accounts = checked_calloc(2 * count, sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = accounts[i]->academy;
        numbers[count + i] = accounts[i]->id;
    }
    *out_asked = move_asked(call, academy, uai);
    out_asked->academies = numbers;
    out_asked->ids = numbers + count;
    out_asked->count = count;
    return REFUSAL_NONE;
}

/* Takes the rest of the request from `like`. */
static void move_begin(
    const struct move *like, uint32_t academy, const char *uai, Preau__AccountRef *const *accounts, size_t count)
{
    int64_t *numbers = NULL;
    struct selection_asked asked;
    enum refusal refusal = move_read_asked(like->notify, like->call, academy, uai, accounts, count, &numbers, &asked);
    if (refusal != REFUSAL_NONE) {
        call_refuse(like->call, refusal);
        return;
    }
    struct move *move = checked_malloc(sizeof *move);
    *move = *like;
    move->accounts = numbers;
    move->asked = asked;
    move_load(move);
}

void move_create_batch(struct notify *notify, struct call *call, const Preau__Notify__CreateBatchRequest *request)
{
    bool is_mail = request->channel == PREAU__NOTIFY__CHANNEL__CHANNEL_MAIL;
    if (!is_mail && request->channel != PREAU__NOTIFY__CHANNEL__CHANNEL_SHEET) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    const struct move move = {
        .notify = notify,
        .call = call,
        .action = request->reset ? ACTION_NOTIFY_RESET : ACTION_NOTIFY,
        .channel = is_mail ? DECIDE_MAIL : DECIDE_SHEET,
        .reset = request->reset,
        .dry_run = request->dry_run,
    };
    move_begin(&move, request->academy, request->uai, request->accounts, request->n_accounts);
}

void move_retry_batch(struct notify *notify, struct call *call, const Preau__Notify__RetryBatchRequest *request)
{
    bool of_cancelled = request->rest == PREAU__NOTIFY__BATCH_REST__BATCH_REST_CANCELLED;
    if (!move_school_is_sound(request->academy, request->uai) || request->batch <= 0 ||
        (!of_cancelled && request->rest != PREAU__NOTIFY__BATCH_REST__BATCH_REST_FAILED)) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct move *move = checked_calloc(1, sizeof *move);
    *move = (struct move){
        .notify = notify,
        .call = call,
        .action = ACTION_NOTIFY, /* what was reset was reset */
        .retried = {request->batch},
        .of_cancelled = of_cancelled,
        .asked = move_asked(call, request->academy, request->uai),
    };
    move_load(move);
}

void move_reset_passwords(struct notify *notify, struct call *call, const Preau__Notify__ResetPasswordsRequest *request)
{
    if (request->forget_contacts && request->n_accounts != 1) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    const struct move move = {
        .notify = notify,
        .call = call,
        .action = ACTION_RESET_PASSWORD,
        .channel = DECIDE_NOTHING_SENT,
        .reset = true,
        .forget = request->forget_contacts,
        .dry_run = request->dry_run,
    };
    move_begin(&move, request->academy, request->uai, request->accounts, request->n_accounts);
}
