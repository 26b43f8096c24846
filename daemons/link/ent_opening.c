/* The last step of the transition: who the peer vouched for sees the identifier and chooses a password; the account is open. */
#include "link/choice.h"
#include "link/ent_sign_in.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/ent.h"

#include <stdio.h>
#include <string.h>

static const char purpose[] = "ent-opening";

void ent_token_make(const struct link *link, int64_t opening, char out_token[TOKEN_LINK_SIZE])
{
    token_link_make(link->keys, purpose, 0, opening, out_token);
}

/* False: no token of ours; `loaded` is not called. */
static bool opening_ask(
    const struct link *link, const char *token, const char *browser, ent_opening_loaded *loaded, void *arg)
{
    int academy;
    int64_t number;
    unsigned char digest[DIGEST_SIZE];
    if (!token_link_read(link->keys, purpose, token, &academy, &number)) {
        return false;
    }
    digest_make(browser, strlen(browser), digest);
    ent_opening_load(link->store, number, digest, loaded, arg);
    return true;
}

/* --- the page --- */

struct showing {
    struct link *link;
    struct call *call;
    struct ent_opening opening;
    char login[IDENTIFIER_SIZE];
};

static void showing_end(struct showing *showing, enum refusal refusal, const struct fault *fault)
{
    if (fault) {
        call_fail(showing->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(showing->call, refusal);
    }
    memory_free(&showing);
}

static void showing_people_loaded(
    void *arg, const struct opening_person *people, size_t count, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!people || count == 0 || people[0].is_child) { /* its own record comes first */
        showing_end(showing, REFUSAL_ENT_UNKNOWN, fault);
        return;
    }
    struct opening_person own = people[0]; /* protobuf-c's structs are not const */
    Preau__Link__GetEntOpeningReply reply = PREAU__LINK__GET_ENT_OPENING_REPLY__INIT;
    reply.login = showing->login;
    reply.prenom = own.prenom;
    reply.nom = own.nom;
    call_answer(showing->call, &reply.base);
    showing_end(showing, REFUSAL_NONE, NULL);
}

static void showing_account_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct showing *showing = arg;
    const struct ent_peer *peer = ent_peer_named(&showing->link->ents, showing->opening.peer);
    struct lifecycle_outcome ignored;
    if (!account || !peer) {
        showing_end(showing, peer ? REFUSAL_ENT_OVER : REFUSAL_ENT_NOT_OFFERED, fault);
        return;
    }
    const struct account *of = &account->stored.account;
    enum refusal refusal = lifecycle_decide(
        of, ent_peer_settings(peer)->action, clock_now(), showing->link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        showing_end(showing, refusal, NULL);
        return;
    }
    snprintf(showing->login, sizeof showing->login, "%s", account->stored.login);
    opening_load_people(showing->link->store, of->academy, of->id, showing_people_loaded, showing);
}

static void showing_loaded(void *arg, const struct ent_opening *opening, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!opening) {
        showing_end(showing, REFUSAL_ENT_OVER, fault);
        return;
    }
    showing->opening = *opening;
    opening_load(showing->link->store, opening->academy, opening->account, call_request_id(showing->call),
        showing_account_loaded, showing);
}

void ent_opening_show(struct link *link, struct call *call, const Preau__Link__GetEntOpeningRequest *request)
{
    struct showing *showing = checked_calloc(1, sizeof *showing);
    *showing = (struct showing){.link = link, .call = call};
    if (!opening_ask(link, request->token, request->browser, showing_loaded, showing)) {
        showing_end(showing, REFUSAL_ENT_OVER, NULL);
    }
}

/* --- the password --- */

/* Whatever made the password newer than what was vouched for, this very form included, ended it. Judged after the stored answer was
 * looked for, so that a repeat gets it. What the life cycle refuses is said first: an account that is open is not "over". */
static void opening_check(struct choice *choice)
{
    struct lifecycle_outcome ignored;
    enum refusal refusal = lifecycle_decide(&choice->account.stored.account, choice->kind->action, clock_now(),
        choice->link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        choice_refuse(choice, refusal);
    } else if (instant_before(choice->proof.credential_at, choice->account.changed_at)) {
        choice_refuse(choice, REFUSAL_ENT_OVER);
    } else {
        choice_go_on(choice);
    }
}

static size_t opening_answer(const struct choice *choice, unsigned char *out_answer)
{
    struct opening_account account = choice->account; /* protobuf-c's structs are not const */
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    Preau__Link__OpenByEntReply reply = PREAU__LINK__OPEN_BY_ENT_REPLY__INIT;
    ref.academy = (uint32_t)choice->academy.v;
    ref.id = choice->id.v;
    reply.account = &ref;
    reply.login = account.stored.login;
    reply.credential_at = choice->changed_at.us;
    return preau__link__open_by_ent_reply__pack(&reply, out_answer);
}

static const struct choice_kind by_ent = {.action = ACTION_OPEN_ENT, .check = opening_check, .answer = opening_answer};
static const struct choice_kind by_aten = {
    .action = ACTION_OPEN_ATEN, .check = opening_check, .answer = opening_answer};

struct opening {
    struct link *link;
    struct call *call;
    const Preau__Link__OpenByEntRequest *request;
};

static void opening_loaded_for(struct opening *opening, const struct ent_opening *found)
{
    const struct ent_peer *peer = ent_peer_named(&opening->link->ents, found->peer);
    if (!peer) { /* configured otherwise meanwhile */
        call_refuse(opening->call, REFUSAL_ENT_NOT_OFFERED);
        return;
    }
    const struct ent_settings *settings = ent_peer_settings(peer);
    const struct password_link proof = {.account = found->account, .credential_at = found->vouched_at};
    choice_begin_by_peer(opening->link, opening->call, settings->action == ACTION_OPEN_ATEN ? &by_aten : &by_ent,
        &opening->request->base, found->academy, &proof, settings->name, opening->request->password);
}

static void opening_found(void *arg, const struct ent_opening *found, const struct fault *fault)
{
    struct opening *opening = arg;
    if (fault) {
        call_fail(opening->call, fault);
    } else if (!found) {
        call_refuse(opening->call, REFUSAL_ENT_OVER);
    } else {
        opening_loaded_for(opening, found);
    }
    memory_free(&opening);
}

void ent_opening_do(struct link *link, struct call *call, const Preau__Link__OpenByEntRequest *request)
{
    struct opening *opening = checked_malloc(sizeof *opening);
    *opening = (struct opening){link, call, request};
    if (!opening_ask(link, request->token, request->browser, opening_found, opening)) {
        call_refuse(call, REFUSAL_ENT_OVER);
        memory_free(&opening);
    }
}
