#include "link/choice.h"

#include "crypto/known_words.h"
#include "crypto/provisional_password.h"
#include "link/delivery_wanted.h"
#include "link/hashing.h"
#include "link/provisional.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/sqlstate.h"

#include <stdio.h>
#include <string.h>

enum { PEOPLE_MAX = 64 /* whose names and dates a password is compared with */ };

static void choice_load(struct choice *choice);

static void choice_free(struct choice *choice)
{
    memory_free(&choice->people);
    memory_free(&choice->vouched.person);
    secret_wipe(choice, sizeof *choice);
    memory_free(&choice);
}

void choice_refuse(struct choice *choice, enum refusal refusal)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(choice->kind->action), "refused");
    call_refuse(choice->call, refusal);
    choice_free(choice);
}

void choice_fail(struct choice *choice, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(choice->kind->action), "fault");
    call_fail(choice->call, fault);
    choice_free(choice);
}

static void choice_tell(struct choice *choice)
{
    if (choice->outcome.effects & (EFFECT_SEND_ACTIVATION_MAIL | EFFECT_TELL_SECURITY_CHANGE | EFFECT_TELL_OPENING)) {
        delivery_wanted_tell(choice->link, choice->academy);
    }
}

static void choice_applied(void *arg, const struct fault *fault)
{
    struct choice *choice = arg;
    if (fault && (fault_is_stale(fault) || fault_is_repeated(fault)) && ++choice->rounds < ROUNDS_MAX) {
        choice_load(choice);
        return;
    }
    if (fault) {
        choice_fail(choice, fault);
        return;
    }
    FAULT_POINT("link_choice_applied");
    choice_tell(choice);
    metric_count(METRIC_LINK_ACTIONS, action_code(choice->kind->action), "done");
    call_answer_packed(choice->call, choice->answer, choice->answer_length);
    choice_free(choice);
}

static void choice_apply(struct choice *choice)
{
    const struct franceconnect_person *person = choice->vouched.person;
    choice->answer_length = choice->kind->answer(choice, choice->answer);
    const struct opening_change change = {
        .outcome = &choice->outcome,
        .action = choice->kind->action,
        .hash = choice->chosen ? choice->hash : NULL,
        .sealed = choice->sealed,
        .sealed_length = choice->sealed_length,
        .changed_at = choice->changed_at,
        .email = choice->email.text[0] != '\0' ? choice->email.text : NULL,
        .link_expires_at = instant_add(clock_now(), choice->link->bounds.activation_link),
        .issuer = person ? choice->vouched.issuer : NULL,
        .subject = person ? person->subject : NULL,
        .peer = choice->peer,
        .proof = choice->proof.number,
        .request = call_request_id(choice->call),
        .method = call_method(choice->call),
        .answer = choice->answer,
        .answer_length = choice->answer_length,
    };
    FAULT_POINT("link_choice_hashed");
    opening_apply(choice->link->store, &change, choice_applied, choice);
}

static void choice_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct choice *choice = arg;
    if (!hash) {
        choice_fail(choice, fault);
        return;
    }
    snprintf(choice->hash, sizeof choice->hash, "%s", hash);
    choice->changed_at = clock_now();
    choice_apply(choice);
}

/* FranceConnect stands for the password. One that somebody may have is replaced by one that nobody has, until the school gives it. */
static void choice_vouch(struct choice *choice)
{
    choice->changed_at = choice->account.changed_at;
    choice->sealed_length = 0;
    if (choice->outcome.effects & EFFECT_NEW_PROVISIONAL_PASSWORD) {
        struct provisional_password password;
        choice->sealed_length =
            provisional_password_renew(choice->link->keys, choice->academy, choice->id, &password, choice->sealed);
        secret_wipe(&password, sizeof password);
        choice->changed_at = clock_now();
    }
    choice_apply(choice);
}

static enum refusal check_password(const struct choice *choice)
{
    const char *names[2 * PEOPLE_MAX];
    struct date birth_dates[PEOPLE_MAX];
    struct password_context context = {
        .identifier = choice->account.stored.login,
        .names = names,
        .birth_dates = birth_dates,
        .replaced_password = choice->provisional.text[0] != '\0' ? choice->provisional.text : NULL,
        .known = known_words_view(choice->link->known),
    };
    for (size_t i = 0; i < choice->people_count && i < PEOPLE_MAX; i++) {
        const struct opening_person *person = &choice->people[i];
        names[context.name_count++] = person->nom;
        names[context.name_count++] = person->prenom;
        if (date_is_valid(person->birth_date)) {
            birth_dates[context.birth_date_count++] = person->birth_date;
        }
    }
    return password_check(choice->chosen, &context);
}

void choice_go_on(struct choice *choice)
{
    enum refusal refusal = lifecycle_decide(&choice->account.stored.account, choice->kind->action, clock_now(),
        choice->link->bounds.validity_months, &choice->outcome);
    if (refusal == REFUSAL_NONE && choice->chosen) {
        refusal = check_password(choice);
    }
    if (refusal != REFUSAL_NONE) {
        choice_refuse(choice, refusal);
    } else if (!choice->chosen) {
        choice_vouch(choice);
    } else if (!hashing_make(choice->link->hashing, choice->chosen, choice_hashed, choice)) {
        choice_refuse(choice, REFUSAL_BUSY);
    }
}

void choice_done(struct choice *choice)
{
    choice->changed_at = choice->account.changed_at;
    choice->answer_length = choice->kind->answer(choice, choice->answer);
    metric_count(METRIC_LINK_ACTIONS, action_code(choice->kind->action), "done");
    call_answer_packed(choice->call, choice->answer, choice->answer_length);
    choice_free(choice);
}

static void choice_people_loaded(
    void *arg, const struct opening_person *people, size_t count, const struct fault *fault)
{
    struct choice *choice = arg;
    if (!people) {
        choice_fail(choice, fault);
        return;
    }
    memory_free(&choice->people);
    choice->people = checked_calloc(count + 1, sizeof *choice->people);
    memcpy(choice->people, people, count * sizeof *people);
    choice->people_count = count;
    choice->kind->check(choice);
}

static void choice_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct choice *choice = arg;
    struct fault sealed;
    if (fault) {
        choice_fail(choice, fault);
    } else if (!account) {
        choice_refuse(choice, REFUSAL_NOT_FOUND);
    } else if (account->is_answered) {
        call_answer_packed(choice->call, account->answer, account->answer_length);
        choice_free(choice);
    } else if (account->sealed_length > 0 &&
               !provisional_open(choice->link->keys, account, &choice->provisional, &sealed)) {
        choice_fail(choice, &sealed);
    } else {
        choice->account = *account;
        opening_load_people(choice->link->store, choice->academy, choice->id, choice_people_loaded, choice);
    }
}

static void choice_load(struct choice *choice)
{
    choice->provisional = (struct provisional_password){""};
    opening_load(
        choice->link->store, choice->academy, choice->id, call_request_id(choice->call), choice_loaded, choice);
}

bool caller_is_account(const struct call *call, const Preau__AccountRef *account)
{
    struct caller caller = call_caller(call);
    return account && account->id > 0 && caller.account.v == account->id && caller.academy == (int)account->academy;
}

static struct choice *choice_new(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, const char *chosen)
{
    struct choice *choice = checked_calloc(1, sizeof *choice);
    choice->link = link;
    choice->call = call;
    choice->kind = kind;
    choice->request = request;
    choice->chosen = chosen;
    return choice;
}

void choice_begin(struct link *link, struct call *call, const struct choice_kind *kind, const ProtobufCMessage *request,
    const Preau__AccountRef *account, const char *chosen)
{
    if (!caller_is_account(call, account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct choice *choice = choice_new(link, call, kind, request, chosen);
    choice->academy.v = (int16_t)account->academy;
    choice->id.v = account->id;
    choice_load(choice);
}

void choice_begin_by_peer(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, academy_code academy, const struct password_link *proof, const char *peer,
    const char *chosen)
{
    struct choice *choice = choice_new(link, call, kind, request, chosen);
    choice->academy = academy;
    choice->id = proof->account;
    choice->proof = *proof;
    choice->peer = peer;
    choice_load(choice);
}

void choice_begin_by_link(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, academy_code academy, const struct password_link *proof, const char *chosen)
{
    choice_begin_by_peer(link, call, kind, request, academy, proof, NULL, chosen);
}

void choice_begin_vouched(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, const struct password_link *proof, academy_code academy,
    const struct choice_vouched *vouched)
{
    struct choice *choice = choice_new(link, call, kind, request, NULL);
    choice->academy = academy;
    choice->id = proof->account;
    choice->proof = *proof;
    choice->vouched = *vouched;
    choice_load(choice);
}
