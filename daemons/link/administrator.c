#include "link/administrator.h"

#include "crypto/random.h"
#include "domain/email.h"
#include "domain/password.h"
#include "link/hashing.h"
#include "link/tries.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/administrator.h"

#include <stdio.h>
#include <string.h>

/* --- signing in --- */

struct signing_in {
    struct link *link;
    struct call *call;
    const char *password;
    struct attempt attempt;
    struct stored_administrator found; /* id 0: nobody, or disabled */
};

static void signing_in_end(struct signing_in *signing_in, const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "administrator", outcome);
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

static void signing_in_verified(void *arg, bool is_right, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    struct stored_administrator *found = &signing_in->found;
    if (fault) {
        signing_in_fail(signing_in, fault);
        return;
    }
    if (!is_right) {
        signing_in_refuse(signing_in, REFUSAL_WRONG_CREDENTIALS, "wrong");
        return;
    }
    attempt_succeed(signing_in->link->store, &signing_in->attempt);
    administrator_note_sign_in(signing_in->link->store, found->id);
    Preau__Link__SignInAdministratorReply reply = PREAU__LINK__SIGN_IN_ADMINISTRATOR_REPLY__INIT;
    reply.administrator = found->id.v;
    reply.role = (Preau__AdministratorRole)(found->role + 1);
    reply.name = found->name;
    call_answer(signing_in->call, &reply.base);
    signing_in_end(signing_in, "right");
}

static void signing_in_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct signing_in *signing_in = arg;
    if (!administrators) {
        signing_in_fail(signing_in, fault);
        return;
    }
    if (count > 0 && !administrators->is_disabled) {
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
    tries_of_sign_in(&link->bounds, "administrator", login.text, request->address, &signing_in->attempt);
    attempt_begin(link->store, &signing_in->attempt, &link->bounds.sign_in, signing_in_begun, signing_in);
}

/* --- adding --- */

struct adding {
    struct link *link;
    struct call *call;
    struct administrator_login login;
    const char *name;
    struct email mail; /* "": none */
    enum administrator_role role;
    struct administrator_scope scopes[ADMINISTRATOR_SCOPES_MAX];
    size_t scope_count;
    struct provisional_password generated; /* "": one was given */
    const char *password;
};

static void adding_free(struct adding *adding)
{
    secret_wipe(adding, sizeof *adding);
    memory_free(&adding);
}

static void adding_done(void *arg, administrator_id id, const struct fault *fault)
{
    struct adding *adding = arg;
    if (fault) {
        call_fail(adding->call, fault);
    } else if (id.v == 0) {
        call_refuse(adding->call, REFUSAL_LOGIN_TAKEN);
    } else {
        log_event(LOG_NOTICE, "administrator_added", F("administrator", id.v), F("role", role_code(adding->role)));
        Preau__Link__AddAdministratorReply reply = PREAU__LINK__ADD_ADMINISTRATOR_REPLY__INIT;
        reply.administrator = id.v;
        reply.password = adding->generated.text;
        call_answer(adding->call, &reply.base);
    }
    adding_free(adding);
}

static void adding_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct adding *adding = arg;
    if (!hash) {
        call_fail(adding->call, fault);
        adding_free(adding);
        return;
    }
    const struct administrator_new administrator = {
        .login = adding->login.text,
        .name = adding->name,
        .mail = adding->mail.text[0] != '\0' ? adding->mail.text : NULL,
        .hash = hash,
        .role = adding->role,
        .scopes = adding->scopes,
        .scope_count = adding->scope_count,
    };
    administrator_add(adding->link->store, &administrator, adding_done, adding);
}

static enum refusal read_scopes(struct adding *adding, const Preau__Link__AddAdministratorRequest *request)
{
    if (request->n_scopes == 0) {
        return REFUSAL_MALFORMED;
    }
    if (request->n_scopes > ADMINISTRATOR_SCOPES_MAX) {
        return REFUSAL_TOO_LARGE;
    }
    for (size_t i = 0; i < request->n_scopes; i++) {
        const Preau__Scope *given = request->scopes[i];
        struct administrator_scope *scope = &adding->scopes[adding->scope_count++];
        if (given->academy > INT16_MAX || strlen(given->uai) >= sizeof scope->uai.text) {
            return REFUSAL_MALFORMED;
        }
        scope->academy.v = (int16_t)given->academy;
        snprintf(scope->uai.text, sizeof scope->uai.text, "%s", given->uai);
        if (!role_may_have_scope(adding->role, scope)) {
            return REFUSAL_MALFORMED;
        }
    }
    return REFUSAL_NONE;
}

static enum refusal read_password(struct adding *adding, const Preau__Link__AddAdministratorRequest *request)
{
    if (request->password[0] != '\0') {
        adding->password = request->password;
        const struct password_context context = {.identifier = adding->login.text};
        return password_check(request->password, &context);
    }
    uint8_t random[PASSWORD_PROVISIONAL_RANDOM];
    do {
        random_fill(random, sizeof random);
    } while (!password_provisional_make(random, sizeof random, &adding->generated));
    secret_wipe(random, sizeof random);
    adding->password = adding->generated.text;
    return REFUSAL_NONE;
}

static enum refusal adding_read(struct adding *adding, const Preau__Link__AddAdministratorRequest *request)
{
    size_t name_length = strlen(request->name);
    if (!administrator_login_normalise(request->login, &adding->login) || name_length == 0 ||
        name_length >= ADMINISTRATOR_NAME_SIZE || request->role == PREAU__ADMINISTRATOR_ROLE__ROLE_UNSPECIFIED) {
        return REFUSAL_MALFORMED;
    }
    adding->name = request->name;
    adding->role = (enum administrator_role)(request->role - 1);
    if (request->mail[0] != '\0' && !email_parse(request->mail, &adding->mail)) {
        return REFUSAL_EMAIL_INVALID;
    }
    enum refusal refusal = read_scopes(adding, request);
    return refusal != REFUSAL_NONE ? refusal : read_password(adding, request);
}

void administrator_create(struct link *link, struct call *call, const Preau__Link__AddAdministratorRequest *request)
{
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct adding *adding = checked_calloc(1, sizeof *adding);
    *adding = (struct adding){.link = link, .call = call};
    enum refusal refusal = adding_read(adding, request);
    if (refusal == REFUSAL_NONE &&
        !hashing_make(link->hashing_administrators, adding->password, adding_hashed, adding)) {
        refusal = REFUSAL_BUSY;
    }
    if (refusal != REFUSAL_NONE) {
        call_refuse(call, refusal);
        adding_free(adding);
    }
}

/* --- listing --- */

/* One of the list, packed, with what its pointers point to. */
struct packed {
    Preau__Link__Administrator administrator;
    struct stored_administrator stored;
    Preau__Scope scopes[ADMINISTRATOR_SCOPES_MAX];
    Preau__Scope *scope_list[ADMINISTRATOR_SCOPES_MAX];
};

static void administrator_pack(const struct stored_administrator *stored, struct packed *out_packed)
{
    out_packed->stored = *stored;
    Preau__Link__Administrator *administrator = &out_packed->administrator;
    preau__link__administrator__init(administrator);
    administrator->id = stored->id.v;
    administrator->login = out_packed->stored.login;
    administrator->name = out_packed->stored.name;
    administrator->role = (Preau__AdministratorRole)(stored->role + 1);
    administrator->last_sign_in_at = stored->last_sign_in_at.us;
    administrator->disabled = stored->is_disabled;
    administrator->scopes = out_packed->scope_list;
    administrator->n_scopes = stored->scope_count;
    for (size_t i = 0; i < stored->scope_count; i++) {
        preau__scope__init(&out_packed->scopes[i]);
        out_packed->scopes[i].academy = (uint32_t)stored->scopes[i].academy.v;
        out_packed->scopes[i].uai = out_packed->stored.scopes[i].uai.text;
        out_packed->scope_list[i] = &out_packed->scopes[i];
    }
}

static void listed(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!administrators) {
        call_fail(call, fault);
        return;
    }
    struct packed *packed = checked_calloc(count + 1, sizeof *packed);
    Preau__Link__Administrator **list = checked_calloc(count + 1, sizeof(Preau__Link__Administrator *));
    for (size_t i = 0; i < count; i++) {
        administrator_pack(&administrators[i], &packed[i]);
        list[i] = &packed[i].administrator;
    }
    Preau__Link__ListAdministratorsReply reply = PREAU__LINK__LIST_ADMINISTRATORS_REPLY__INIT;
    reply.administrators = list;
    reply.n_administrators = count;
    call_answer(call, &reply.base);
    memory_free(&list);
    memory_free(&packed);
}

void administrator_show_all(struct link *link, struct call *call)
{
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    administrator_list(link->store, listed, call);
}
