#include "link/delegation.h"

#include "crypto/provisional_password.h"
#include "domain/email.h"
#include "domain/name.h"
#include "link/administrator.h"
#include "link/hashing.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/delegation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One request about a school, of somebody who may give it. Strings are the request's, which lives as long as the call. */
struct delegating {
    struct link *link;
    struct call *call;
    void (*act)(struct delegating *delegating);
    struct delegation_given given;
    int64_t id; /* to be taken back, or whose first password is to be renewed */
    /* to be given to */
    const char *who, *name;
    struct administrator_login login;
    struct email mail; /* "": `who` is none */
    struct delegation_found found;
    struct provisional_password password; /* of a new account; "": there was one */
};

static void delegating_end(struct delegating *delegating)
{
    secret_wipe(delegating, sizeof *delegating);
    memory_free(&delegating);
}

static void delegating_refuse(struct delegating *delegating, enum refusal refusal)
{
    call_refuse(delegating->call, refusal);
    delegating_end(delegating);
}

static void delegating_fail(struct delegating *delegating, const struct fault *fault)
{
    call_fail(delegating->call, fault);
    delegating_end(delegating);
}

static void standing_loaded(void *arg, bool is_here, enum administrator_role role, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (fault) {
        delegating_fail(delegating, fault);
    } else if (!is_here || !role_may_delegate(role)) {
        delegating_refuse(delegating, REFUSAL_NOT_FOUND);
    } else {
        delegating->act(delegating);
    }
}

/* Takes the rest of the request from `like`. */
static void delegating_begin(const struct delegating *like, uint32_t academy, const char *uai)
{
    administrator_id caller = call_caller(like->call).administrator;
    if (academy == 0 || academy > INT16_MAX || !uai_is_valid(uai)) {
        call_refuse(like->call, REFUSAL_MALFORMED);
        return;
    }
    struct delegating *delegating = checked_malloc(sizeof *delegating);
    *delegating = *like;
    delegating->given.giver = caller;
    delegating->given.place = (struct delegation_place){{(int16_t)academy}, uai};
    delegating->given.trace = call_trace(like->call);
    delegation_load_standing(delegating->link->store, caller, &delegating->given.place, standing_loaded, delegating);
}

/* ---- the list */

/* One, packed, with what its pointers point to. */
struct packed_delegation {
    Preau__Link__Delegation delegation;
    char login[ADMINISTRATOR_LOGIN_SIZE], name[ADMINISTRATOR_NAME_SIZE], giver[ADMINISTRATOR_NAME_SIZE];
};

static void delegation_pack(const struct delegation *stored, struct packed_delegation *out_packed)
{
    Preau__Link__Delegation *delegation = &out_packed->delegation;
    preau__link__delegation__init(delegation);
    snprintf(out_packed->login, sizeof out_packed->login, "%s", stored->login);
    snprintf(out_packed->name, sizeof out_packed->name, "%s", stored->name);
    snprintf(out_packed->giver, sizeof out_packed->giver, "%s", stored->giver);
    delegation->id = stored->id;
    delegation->login = out_packed->login;
    delegation->name = out_packed->name;
    delegation->giver = out_packed->giver;
    delegation->from_at = stored->from_at.us;
    delegation->until_at = stored->until_at.us;
    delegation->counts = stored->counts;
    delegation->renewable = stored->renewable;
    if (!stored->may[PROFILE_RESPONSABLE]) {
        delegation->profile = PREAU__PROFILE__PROFILE_ELEVE;
    } else if (!stored->may[PROFILE_ELEVE]) {
        delegation->profile = PREAU__PROFILE__PROFILE_RESPONSABLE;
    }
}

static void listed(void *arg, const struct delegation *delegations, size_t count, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (!delegations) {
        delegating_fail(delegating, fault);
        return;
    }
    struct packed_delegation *packed = checked_calloc(count + 1, sizeof *packed);
    Preau__Link__Delegation **list = checked_calloc(count + 1, sizeof(Preau__Link__Delegation *));
    for (size_t i = 0; i < count; i++) {
        delegation_pack(&delegations[i], &packed[i]);
        list[i] = &packed[i].delegation;
    }
    Preau__Link__ListDelegationsReply reply = PREAU__LINK__LIST_DELEGATIONS_REPLY__INIT;
    reply.delegations = list;
    reply.n_delegations = count;
    call_answer(delegating->call, &reply.base);
    memory_free(&list);
    memory_free(&packed);
    delegating_end(delegating);
}

static void list_act(struct delegating *delegating)
{
    delegation_list(delegating->link->store, &delegating->given.place, listed, delegating);
}

void delegation_show_all(struct link *link, struct call *call, const Preau__Link__ListDelegationsRequest *request)
{
    delegating_begin(&(struct delegating){.link = link, .call = call, .act = list_act}, request->academy, request->uai);
}

/* ---- giving */

static void given(void *arg, int64_t id, const struct fault *fault)
{
    struct delegating *delegating = arg;
    bool is_new = delegating->password.text[0] != '\0';
    if (fault) {
        delegating_fail(delegating, fault);
        return;
    }
    if (id == 0) { /* the login was taken between the look and the deed */
        delegating_refuse(delegating, REFUSAL_DELEGATE_UNFIT);
        return;
    }
    log_event(LOG_NOTICE, "delegation_given", F("administrator", delegating->given.giver),
        F("uai", delegating->given.place.uai), F("delegation", id), F("new_account", is_new ? "yes" : "no"));
    Preau__Link__DelegateReply reply = PREAU__LINK__DELEGATE_REPLY__INIT;
    char name[ADMINISTRATOR_NAME_SIZE];
    snprintf(name, sizeof name, "%s", is_new ? delegating->name : delegating->found.name);
    reply.delegation = id;
    reply.login = is_new ? delegating->login.text : delegating->found.login;
    reply.name = name;
    reply.password = delegating->password.text;
    call_answer(delegating->call, &reply.base);
    delegating_end(delegating);
}

static void give_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (!hash) {
        delegating_fail(delegating, fault);
        return;
    }
    const struct delegation_person person = {
        .login = delegating->login.text,
        .name = delegating->name,
        .mail = delegating->mail.text[0] != '\0' ? delegating->mail.text : NULL,
        .hash = hash,
    };
    delegation_give_new(delegating->link->store, &delegating->given, &person, given, delegating);
}

/* First and last name, in either order. */
static bool names_meet(const char *a, const char *b)
{
    struct name_key one;
    struct name_key other;
    return name_key_make(a, &one) && name_key_make(b, &other) && name_key_has_words(&one, &other) &&
           name_key_has_words(&other, &one);
}

/* Two persons may have one login in the minds of two heads: the name tells whether the same is meant. */
static bool is_meant(const struct delegating *delegating)
{
    const struct delegation_found *found = &delegating->found;
    return !found->is_disabled && role_may_receive(found->role) && found->id.v != delegating->given.giver.v &&
           names_meet(found->name, delegating->name);
}

static void give_found(void *arg, const struct delegation_found *found, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (fault) {
        delegating_fail(delegating, fault);
        return;
    }
    delegating->found = *found;
    if (found->id.v != 0 && is_meant(delegating)) {
        delegation_give(delegating->link->store, &delegating->given, found->id, given, delegating);
        return;
    }
    if (found->id.v != 0) {
        delegating_refuse(delegating, REFUSAL_DELEGATE_UNFIT);
        return;
    }
    provisional_password_generate(&delegating->password);
    if (!hashing_make(delegating->link->hashing_administrators, delegating->password.text, give_hashed, delegating)) {
        delegating_refuse(delegating, REFUSAL_BUSY);
    }
}

static void give_act(struct delegating *delegating)
{
    delegation_find(delegating->link->store, delegating->login.text, give_found, delegating);
}

static enum refusal read_person(const Preau__Link__DelegateRequest *request, struct delegating *out_delegating)
{
    struct name_key key;
    if (!administrator_login_normalise(request->who, &out_delegating->login) ||
        strlen(request->name) >= ADMINISTRATOR_NAME_SIZE || !name_key_make(request->name, &key)) {
        return REFUSAL_NAME_INVALID;
    }
    if (strchr(request->who, '@') && !email_parse(request->who, &out_delegating->mail)) {
        return REFUSAL_EMAIL_INVALID;
    }
    out_delegating->who = request->who;
    out_delegating->name = request->name;
    return REFUSAL_NONE;
}

static enum refusal read_given(const Preau__Link__DelegateRequest *request, struct delegation_given *out_given)
{
    struct date from;
    struct date until;
    if (!date_parse_iso(request->from_day, &from) || !date_parse_iso(request->until_day, &until)) {
        return REFUSAL_DATE_INVALID;
    }
    out_given->from_day = request->from_day;
    out_given->until_day = request->until_day;
    out_given->from_at = clock_day_start(from, 0);
    out_given->until_at = clock_day_start(until, 1);
    if (request->profile != PREAU__PROFILE__PROFILE_UNSPECIFIED) {
        out_given->profile = profile_code((enum account_profile)(request->profile - 1));
    }
    return delegation_check_period(out_given->from_at, out_given->until_at, clock_now());
}

void delegation_begin(struct link *link, struct call *call, const Preau__Link__DelegateRequest *request)
{
    struct delegating delegating = {.link = link, .call = call, .act = give_act};
    enum refusal refusal = read_given(request, &delegating.given);
    if (refusal == REFUSAL_NONE) {
        refusal = read_person(request, &delegating);
    }
    if (refusal != REFUSAL_NONE) {
        call_refuse(call, refusal);
    } else {
        delegating_begin(&delegating, request->academy, request->uai);
    }
}

/* ---- taking back */

static void taken_back(void *arg, int64_t id, const struct fault *fault)
{
    struct delegating *delegating = arg;
    Preau__Link__TakeBackDelegationReply reply = PREAU__LINK__TAKE_BACK_DELEGATION_REPLY__INIT;
    if (fault) {
        delegating_fail(delegating, fault);
        return;
    }
    if (id == 0) {
        delegating_refuse(delegating, REFUSAL_NOT_FOUND);
        return;
    }
    log_event(LOG_NOTICE, "delegation_taken_back", F("administrator", delegating->given.giver),
        F("uai", delegating->given.place.uai), F("delegation", id));
    call_answer(delegating->call, &reply.base);
    delegating_end(delegating);
}

static void end_act(struct delegating *delegating)
{
    const struct audit_author author = {.administrator = delegating->given.giver, .trace = delegating->given.trace};
    delegation_take_back(
        delegating->link->store, &author, &delegating->given.place, delegating->id, taken_back, delegating);
}

void delegation_end(struct link *link, struct call *call, const Preau__Link__TakeBackDelegationRequest *request)
{
    const struct delegating delegating = {.link = link, .call = call, .act = end_act, .id = request->delegation};
    delegating_begin(&delegating, request->academy, request->uai);
}

/* ---- the first password again */

static void renewed(void *arg, const char *login, const char *name, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (fault) {
        delegating_fail(delegating, fault);
        return;
    }
    if (!login) {
        delegating_refuse(delegating, REFUSAL_FIRST_PASSWORD_OVER);
        return;
    }
    log_event(LOG_NOTICE, "first_password_renewed", F("administrator", delegating->given.giver),
        F("uai", delegating->given.place.uai), F("delegation", delegating->id));
    Preau__Link__RenewFirstPasswordReply reply = PREAU__LINK__RENEW_FIRST_PASSWORD_REPLY__INIT;
    char lent_login[ADMINISTRATOR_LOGIN_SIZE];
    char lent_name[ADMINISTRATOR_NAME_SIZE];
    snprintf(lent_login, sizeof lent_login, "%s", login);
    snprintf(lent_name, sizeof lent_name, "%s", name);
    reply.login = lent_login;
    reply.name = lent_name;
    reply.password = delegating->password.text;
    call_answer(delegating->call, &reply.base);
    delegating_end(delegating);
}

static void renew_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct delegating *delegating = arg;
    if (!hash) {
        delegating_fail(delegating, fault);
        return;
    }
    const struct delegation_renewal renewal = {
        .author = {.administrator = delegating->given.giver, .trace = call_trace(delegating->call)},
        .place = delegating->given.place,
        .id = delegating->id,
        .hash = hash,
        .changed_at = clock_now(),
    };
    delegation_renew_password(delegating->link->store, &renewal, renewed, delegating);
}

static void renew_act(struct delegating *delegating)
{
    provisional_password_generate(&delegating->password);
    if (!hashing_make(delegating->link->hashing_administrators, delegating->password.text, renew_hashed, delegating)) {
        delegating_refuse(delegating, REFUSAL_BUSY);
    }
}

void delegation_renew(struct link *link, struct call *call, const Preau__Link__RenewFirstPasswordRequest *request)
{
    const struct delegating delegating = {.link = link, .call = call, .act = renew_act, .id = request->delegation};
    delegating_begin(&delegating, request->academy, request->uai);
}
