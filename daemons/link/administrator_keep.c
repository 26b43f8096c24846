#include "link/administrator_keep.h"
#include "link/proof.h"

#include "domain/portal_claim.h"
#include "link/administrator.h"
#include "link/hashing.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/administrator_session.h"
#include "store/second_factor.h"

#include <stdio.h>
#include <string.h>

/* ---- looked at */

struct showing {
    struct link *link;
    struct call *call;
    bool is_own; /* of the caller: told which session is which */
    struct packed_administrator packed;
};

/* What is not there, and what is not the caller's, are told the same. */
static void showing_refuse(struct showing *showing, enum refusal refusal)
{
    call_refuse(showing->call, refusal);
    memory_free(&showing);
}

static void showing_fail(struct showing *showing, const struct fault *fault)
{
    call_fail(showing->call, fault);
    memory_free(&showing);
}

/* One, packed, with what its pointers point to. */
struct packed_session {
    Preau__Link__AdministratorSession session;
    struct administrator_session stored;
};

static void session_pack(const struct administrator_session *stored, bool is_own, struct packed_session *out_packed)
{
    out_packed->stored = *stored;
    Preau__Link__AdministratorSession *session = &out_packed->session;
    preau__link__administrator_session__init(session);
    session->number = stored->number;
    session->open = stored->is_open;
    session->created_at = stored->created_at.us;
    session->seen_at = stored->seen_at.us;
    session->expires_at = stored->expires_at.us;
    session->address = out_packed->stored.address;
    session->browser = out_packed->stored.browser;
    if (is_own) {
        session->digest.data = out_packed->stored.digest;
        session->digest.len = DIGEST_SIZE;
    }
}

static void sessions_loaded(
    void *arg, const struct administrator_session *sessions, size_t count, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!sessions) {
        showing_fail(showing, fault);
        return;
    }
    struct packed_session *packed = checked_calloc(count + 1, sizeof *packed);
    Preau__Link__AdministratorSession **list = checked_calloc(count + 1, sizeof(Preau__Link__AdministratorSession *));
    for (size_t i = 0; i < count; i++) {
        session_pack(&sessions[i], showing->is_own, &packed[i]);
        list[i] = &packed[i].session;
    }
    Preau__Link__GetAdministratorReply reply = PREAU__LINK__GET_ADMINISTRATOR_REPLY__INIT;
    reply.administrator = &showing->packed.administrator;
    reply.recovery_left = (uint32_t)showing->packed.stored.recovery_left;
    reply.proof = (Preau__Link__Proof)(proof_of(&showing->packed.stored) + 1); /* the .proto counts from 1 */
    reply.sessions = list;
    reply.n_sessions = count;
    call_answer(showing->call, &reply.base);
    memory_free(&list);
    memory_free(&packed);
    memory_free(&showing);
}

static void showing_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!administrators) {
        showing_fail(showing, fault);
    } else if (count == 0) {
        showing_refuse(showing, REFUSAL_NOT_FOUND);
    } else {
        administrator_pack(administrators, &showing->packed);
        administrator_load_sessions(showing->link->store, administrators->id, clock_now(),
            showing->link->bounds.session_idle, sessions_loaded, showing);
    }
}

/* A local one, or one of an academy's portal. */
static bool login_read(const char *typed, struct administrator_login *out_login)
{
    return administrator_login_normalise(typed, out_login) || portal_login_normalise(typed, out_login);
}

void administrator_show(struct link *link, struct call *call, const Preau__Link__GetAdministratorRequest *request)
{
    struct caller caller = call_caller(call);
    bool is_own = request->login[0] == '\0';
    struct administrator_login login;
    if (is_own ? caller.administrator.v == 0 : !caller.is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct showing *showing = checked_calloc(1, sizeof *showing);
    showing->link = link;
    showing->call = call;
    showing->is_own = is_own;
    if (is_own) {
        administrator_load_by_id(link->store, caller.administrator, showing_loaded, showing);
    } else if (login_read(request->login, &login)) {
        administrator_load(link->store, login.text, showing_loaded, showing);
    } else {
        showing_refuse(showing, REFUSAL_NOT_FOUND);
    }
}

/* ---- changed */

struct change {
    struct link *link;
    struct call *call;
    const Preau__Link__ChangeAdministratorRequest *request;
    struct stored_administrator found;
    struct administrator_head head;
    struct provisional_password generated; /* "": one was given, or none is wanted */
    const char *password;
};

static struct audit_author change_author(const struct change *change)
{
    return (struct audit_author){.operator_name = change->request->by, .trace = call_trace(change->call)};
}

static void change_end(struct change *change)
{
    secret_wipe(change, sizeof *change);
    memory_free(&change);
}

static void change_refuse(struct change *change, enum refusal refusal)
{
    call_refuse(change->call, refusal);
    change_end(change);
}

static void change_fail(struct change *change, const struct fault *fault)
{
    call_fail(change->call, fault);
    change_end(change);
}

static void change_answer(struct change *change, int64_t count)
{
    static const char *const words[] = {"", "disable", "enable", "password", "reset_second_factor", "add_scopes",
        "remove_scopes", "end_sessions", "follow_head", "unfollow_head"};
    Preau__Link__ChangeAdministratorReply reply = PREAU__LINK__CHANGE_ADMINISTRATOR_REPLY__INIT;
    reply.administrator = change->found.id.v;
    reply.changed = (uint32_t)count;
    reply.password = change->generated.text;
    log_event(LOG_NOTICE, "administrator_changed", F("administrator", change->found.id),
        F("change", words[change->request->change]), F("count", count));
    call_answer(change->call, &reply.base);
    change_end(change);
}

static void change_counted(void *arg, int64_t count, const struct fault *fault)
{
    struct change *change = arg;
    if (fault) {
        change_fail(change, fault);
    } else if (count < 0) {
        change_refuse(change, REFUSAL_SCOPE_LAST);
    } else {
        change_answer(change, count);
    }
}

static void change_done(void *arg, bool is_done, const struct fault *fault)
{
    struct change *change = arg;
    if (fault) {
        change_fail(change, fault);
    } else if (!is_done) {
        change_refuse(change, REFUSAL_NOT_FOUND);
    } else {
        change_answer(change, 1);
    }
}

static void change_hashed(void *arg, const char *hash, const struct fault *fault)
{
    struct change *change = arg;
    if (!hash) {
        change_fail(change, fault);
        return;
    }
    const struct administrator_password password = {
        .hash = hash,
        .is_provisional = change->generated.text[0] != '\0',
        .changed_at = clock_now(),
        .author = change_author(change),
    };
    administrator_replace_password(change->link->store, change->found.id, &password, change_done, change);
}

static void change_password(struct change *change)
{
    bool has_password = change->found.hash[0] != '\0'; /* who comes by a portal has none */
    enum refusal refusal = has_password ? password_read(change->link, change->request->password, change->found.login,
                                              &change->generated, &change->password)
                                        : REFUSAL_PORTAL_PASSWORD;
    if (refusal == REFUSAL_NONE &&
        !hashing_make(change->link->hashing_administrators, change->password, change_hashed, change)) {
        refusal = REFUSAL_BUSY;
    }
    if (refusal != REFUSAL_NONE) {
        change_refuse(change, refusal);
    }
}

static void change_scopes(struct change *change)
{
    const Preau__Link__ChangeAdministratorRequest *request = change->request;
    struct administrator_scope list[ADMINISTRATOR_SCOPES_MAX];
    struct administrator_scopes scopes = {.of = change->found.id, .list = list};
    const struct audit_author author = change_author(change);
    enum refusal refusal = scopes_read(change->found.role, request->scopes, request->n_scopes, list, &scopes.count);
    if (refusal != REFUSAL_NONE) {
        change_refuse(change, refusal);
    } else if (request->change == PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_ADD_SCOPES) {
        administrator_add_scopes(change->link->store, &author, &scopes, change_counted, change);
    } else {
        administrator_remove_scopes(change->link->store, &author, &scopes, change_counted, change);
    }
}

static void change_head_found(void *arg, const struct aaf_head *head, const struct fault *fault)
{
    struct change *change = arg;
    enum refusal refusal = fault ? REFUSAL_NONE : head_judge(head, change->found.id);
    if (fault) {
        change_fail(change, fault);
    } else if (refusal != REFUSAL_NONE) {
        change_refuse(change, refusal);
    } else {
        const struct audit_author author = change_author(change);
        aaf_head_follow(change->link->store, &author, change->found.id, &change->head, change_counted, change);
    }
}

/* Whoever comes by a portal has the schools that the portal tells. */
static void change_follow(struct change *change)
{
    bool is_local = change->found.hash[0] != '\0';
    enum refusal refusal = is_local && role_may_follow_aaf(change->found.role)
                               ? head_read(change->request->head, &change->head)
                               : REFUSAL_HEAD_UNFIT;
    if (refusal != REFUSAL_NONE) {
        change_refuse(change, refusal);
    } else {
        aaf_head_find(change->link->store, &change->head, change_head_found, change);
    }
}

static void change_reset_second_factor(struct change *change)
{
    const struct second_factor_removal removal = {
        .of = change->found.id,
        .author = change_author(change),
        .credential_at = INSTANT_NEVER,
        .changed_at = clock_now(),
    };
    second_factor_remove(change->link->store, &removal, change_done, change);
}

static void change_go(struct change *change)
{
    struct store *store = change->link->store;
    const struct audit_author author = change_author(change);
    switch (change->request->change) {
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_DISABLE:
        administrator_disable(store, &author, change->found.login, change_counted, change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_ENABLE:
        administrator_enable(store, &author, change->found.login, change_counted, change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_PASSWORD:
        change_password(change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_RESET_SECOND_FACTOR:
        change_reset_second_factor(change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_ADD_SCOPES:
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_REMOVE_SCOPES:
        change_scopes(change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_END_SESSIONS:
        administrator_end_sessions(store, &author, change->found.id, change->request->session, change_counted, change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_FOLLOW_HEAD:
        change_follow(change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_UNFOLLOW_HEAD:
        aaf_head_unfollow(store, &author, change->found.id, change_counted, change);
        return;
    case PREAU__LINK__ADMINISTRATOR_CHANGE__CHANGE_UNSPECIFIED:
    case _PREAU__LINK__ADMINISTRATOR_CHANGE_IS_INT_SIZE:
        break;
    }
    change_refuse(change, REFUSAL_MALFORMED);
}

static void change_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct change *change = arg;
    if (!administrators) {
        change_fail(change, fault);
    } else if (count == 0) {
        change_refuse(change, REFUSAL_NOT_FOUND);
    } else {
        change->found = *administrators;
        change_go(change);
    }
}

void administrator_change(struct link *link, struct call *call, const Preau__Link__ChangeAdministratorRequest *request)
{
    struct administrator_login login;
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!login_read(request->login, &login)) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    struct change *change = checked_calloc(1, sizeof *change);
    *change = (struct change){.link = link, .call = call, .request = request};
    administrator_load(link->store, login.text, change_loaded, change);
}
