#include "link/administrator.h"

#include "crypto/known_words.h"
#include "crypto/provisional_password.h"
#include "domain/email.h"
#include "link/hashing.h"
#include "link/proof.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

/* --- what requests hold --- */

static enum refusal scope_read(
    enum administrator_role role, const Preau__Scope *given, struct administrator_scope *out_scope)
{
    if (given->academy > INT16_MAX || strlen(given->uai) >= sizeof out_scope->uai.text) {
        return REFUSAL_MALFORMED;
    }
    *out_scope = (struct administrator_scope){.academy = {(int16_t)given->academy}};
    snprintf(out_scope->uai.text, sizeof out_scope->uai.text, "%s", given->uai);
    return role_may_have_scope(role, out_scope) ? REFUSAL_NONE : REFUSAL_MALFORMED;
}

enum refusal scopes_read(enum administrator_role role, Preau__Scope *const *given, size_t count,
    struct administrator_scope out_scopes[ADMINISTRATOR_SCOPES_MAX], size_t *out_count)
{
    if (count == 0 || count > ADMINISTRATOR_SCOPES_MAX) {
        return count == 0 ? REFUSAL_MALFORMED : REFUSAL_TOO_LARGE;
    }
    enum refusal refusal = REFUSAL_NONE;
    for (size_t i = 0; i < count && refusal == REFUSAL_NONE; i++) {
        refusal = scope_read(role, given[i], &out_scopes[i]);
    }
    *out_count = count;
    return refusal;
}

enum refusal head_read(const Preau__Link__HeadRef *given, struct administrator_head *out_head)
{
    if (!given || given->academy == 0 || given->academy > INT16_MAX || given->aaf_id <= 0) {
        return REFUSAL_MALFORMED;
    }
    *out_head = (struct administrator_head){{(int16_t)given->academy}, given->aaf_id};
    return REFUSAL_NONE;
}

enum refusal head_judge(const struct aaf_head *head, administrator_id id)
{
    if (!head) {
        return REFUSAL_HEAD_UNKNOWN;
    }
    return head->follower.v != 0 && head->follower.v != id.v ? REFUSAL_HEAD_TAKEN : REFUSAL_NONE;
}

enum refusal password_read(const struct link *link, const char *given, const char *login,
    struct provisional_password *out_generated, const char **out_password)
{
    if (given[0] != '\0') {
        *out_password = given;
        const struct password_context context = {.identifier = login, .known = known_words_view(link->known)};
        return password_check(given, &context);
    }
    provisional_password_generate(out_generated);
    *out_password = out_generated->text;
    return REFUSAL_NONE;
}

/* --- adding --- */

struct adding {
    struct link *link;
    struct call *call;
    struct administrator_login login;
    const char *name, *by;
    char head_name[ADMINISTRATOR_NAME_SIZE];
    struct email mail; /* "": none */
    enum administrator_role role;
    struct administrator_scope scopes[ADMINISTRATOR_SCOPES_MAX];
    size_t scope_count;
    struct administrator_head head;        /* academy 0: follows nobody */
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
        .head = adding->head,
        .author = {.operator_name = adding->by, .trace = call_trace(adding->call)},
        .password_is_provisional = adding->generated.text[0] != '\0',
    };
    administrator_add(adding->link->store, &administrator, adding_done, adding);
}

/* Scopes, a person of AAF to follow, or both. */
static enum refusal adding_read_what(struct adding *adding, const Preau__Link__AddAdministratorRequest *request)
{
    if (request->head && !role_may_follow_aaf(adding->role)) {
        return REFUSAL_HEAD_UNFIT;
    }
    enum refusal refusal = request->head ? head_read(request->head, &adding->head) : REFUSAL_NONE;
    if (refusal != REFUSAL_NONE || (request->head && request->n_scopes == 0)) {
        return refusal;
    }
    return scopes_read(adding->role, request->scopes, request->n_scopes, adding->scopes, &adding->scope_count);
}

static enum refusal adding_read(struct adding *adding, const Preau__Link__AddAdministratorRequest *request)
{
    size_t name_length = strlen(request->name);
    if (!administrator_login_normalise(request->login, &adding->login) || (name_length == 0 && !request->head) ||
        name_length >= ADMINISTRATOR_NAME_SIZE || request->role == PREAU__ADMINISTRATOR_ROLE__ROLE_UNSPECIFIED) {
        return REFUSAL_MALFORMED;
    }
    adding->name = request->name;
    adding->by = request->by;
    adding->role = (enum administrator_role)(request->role - 1);
    if (request->mail[0] != '\0' && !email_parse(request->mail, &adding->mail)) {
        return REFUSAL_EMAIL_INVALID;
    }
    enum refusal refusal = adding_read_what(adding, request);
    return refusal != REFUSAL_NONE ? refusal
                                   : password_read(adding->link, request->password, adding->login.text,
                                         &adding->generated, &adding->password);
}

static void adding_refuse(struct adding *adding, enum refusal refusal)
{
    call_refuse(adding->call, refusal);
    adding_free(adding);
}

static void adding_hash(struct adding *adding)
{
    if (!hashing_make(adding->link->hashing_administrators, adding->password, adding_hashed, adding)) {
        adding_refuse(adding, REFUSAL_BUSY);
    }
}

/* What fits, whole letters only. */
static void adding_name(struct adding *adding, const char *name)
{
    size_t length = strnlen(name, sizeof adding->head_name - 1);
    while (length > 0 && ((unsigned char)name[length] & 0xC0) == 0x80) {
        length--;
    }
    memcpy(adding->head_name, name, length);
    adding->name = adding->head_name;
}

static void adding_head_found(void *arg, const struct aaf_head *head, const struct fault *fault)
{
    struct adding *adding = arg;
    enum refusal refusal = fault ? REFUSAL_NONE : head_judge(head, (administrator_id){0});
    if (fault) {
        call_fail(adding->call, fault);
        adding_free(adding);
        return;
    }
    if (refusal != REFUSAL_NONE) {
        adding_refuse(adding, refusal);
        return;
    }
    if (adding->name[0] == '\0') {
        adding_name(adding, head->name);
    }
    if (adding->mail.text[0] == '\0' && !email_parse(head->mail, &adding->mail)) {
        adding->mail = (struct email){0};
    }
    adding_hash(adding);
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
    if (refusal != REFUSAL_NONE) {
        adding_refuse(adding, refusal);
    } else if (adding->head.academy.v != 0) {
        aaf_head_find(link->store, &adding->head, adding_head_found, adding);
    } else {
        adding_hash(adding);
    }
}

/* --- packing --- */

static Preau__Profile only_profile(const struct administrator_scope *scope)
{
    if (scope->may[PROFILE_RESPONSABLE] && scope->may[PROFILE_ELEVE]) {
        return PREAU__PROFILE__PROFILE_UNSPECIFIED;
    }
    return scope->may[PROFILE_ELEVE] ? PREAU__PROFILE__PROFILE_ELEVE : PREAU__PROFILE__PROFILE_RESPONSABLE;
}

static void scope_pack(struct administrator_scope *scope, Preau__Scope *out_scope)
{
    preau__scope__init(out_scope);
    out_scope->academy = (uint32_t)scope->academy.v;
    out_scope->uai = scope->uai.text;
    out_scope->by_aaf = scope->is_of_aaf;
    out_scope->given = scope->is_given;
    out_scope->profile = only_profile(scope);
    out_scope->from_at = scope->from_at.us;
    out_scope->until_at = scope->until_at.us;
}

void administrator_pack(const struct stored_administrator *stored, struct packed_administrator *out_packed)
{
    out_packed->stored = *stored;
    struct stored_administrator *own = &out_packed->stored;
    struct administrator_standing standing = standing_of(stored);
    Preau__Link__Administrator *administrator = &out_packed->administrator;
    preau__link__administrator__init(administrator);
    administrator->id = stored->id.v;
    administrator->login = own->login;
    administrator->name = own->name;
    administrator->mail = own->mail;
    administrator->role = (Preau__AdministratorRole)(stored->role + 1);
    administrator->last_sign_in_at = stored->last_sign_in_at.us;
    administrator->disabled = stored->is_disabled;
    administrator->second_factor_since = stored->totp_since.us;
    administrator->second_factor_required = standing.must_have_second_factor;
    administrator->password_is_provisional = stored->password_is_provisional;
    administrator->scopes = out_packed->scope_list;
    administrator->n_scopes = stored->scope_count;
    if (stored->head.academy.v != 0) {
        preau__link__head_ref__init(&out_packed->head);
        out_packed->head.academy = (uint32_t)stored->head.academy.v;
        out_packed->head.aaf_id = stored->head.aaf_id;
        administrator->head = &out_packed->head;
    }
    for (size_t i = 0; i < stored->scope_count; i++) {
        scope_pack(&own->scopes[i], &out_packed->scopes[i]);
        out_packed->scope_list[i] = &out_packed->scopes[i];
    }
}

/* --- listing --- */

static void listed(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!administrators) {
        call_fail(call, fault);
        return;
    }
    struct packed_administrator *packed = checked_calloc(count + 1, sizeof *packed);
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
