/* What was joined, for the operator; and two accounts that became one parted again: load → may they be two? → apply, with the entry of the
 * audit trail. */
#include "crypto/provisional_password.h"
#include "domain/identifier.h"
#include "link/delivery_wanted.h"
#include "link/joining.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/joining.h"
#include "store/opening.h"
#include "store/sqlstate.h"

#include <stdio.h>
#include <string.h>

enum { LISTED_DEFAULT = 50, LISTED_MAX = 1000 };

/* ---- listed */

/* One, packed, with what its pointers point to. */
struct packed_join {
    Preau__Link__Join join;
    struct stored_joining stored;
};

static void join_pack(const struct stored_joining *stored, struct packed_join *out_packed)
{
    out_packed->stored = *stored;
    Preau__Link__Join *join = &out_packed->join;
    preau__link__join__init(join);
    join->id = stored->id;
    join->from_login = out_packed->stored.from_login;
    join->into_login = out_packed->stored.into_login;
    join->evidence = out_packed->stored.evidence;
    join->joined_at = stored->joined_at.us;
    join->undone_at = instant_is_set(stored->undone_at) ? stored->undone_at.us : 0;
    join->undone_by = out_packed->stored.undone_by;
    join->undone_reason = out_packed->stored.undone_reason;
    join->records = (uint32_t)stored->records;
}

static void listed(void *arg, const struct stored_joining *joinings, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!joinings) {
        call_fail(call, fault);
        return;
    }
    Preau__Link__ListJoinsReply reply = PREAU__LINK__LIST_JOINS_REPLY__INIT;
    struct packed_join *joins = checked_calloc(count + 1, sizeof *joins);
    Preau__Link__Join **list = checked_calloc(count + 1, sizeof(Preau__Link__Join *));
    for (size_t i = 0; i < count; i++) {
        join_pack(&joinings[i], &joins[i]);
        list[i] = &joins[i].join;
    }
    reply.joins = list;
    reply.n_joins = count;
    call_answer(call, &reply.base);
    memory_free(&list);
    memory_free(&joins);
}

void joining_show_all(struct link *link, struct call *call, const Preau__Link__ListJoinsRequest *request)
{
    struct identifier login = {""};
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
    } else if (request->login[0] != '\0' && !identifier_normalise(request->login, &login)) {
        call_refuse(call, REFUSAL_NOT_FOUND);
    } else {
        uint32_t limit = request->limit == 0 ? LISTED_DEFAULT : request->limit;
        joining_list(link->store, login.text, limit < LISTED_MAX ? limit : LISTED_MAX, listed, call);
    }
}

/* ---- parted */

struct parting_call {
    struct link *link;
    struct call *call;
    const Preau__Link__SeparateAccountsRequest *request;
    struct joining_undo found;
    unsigned rounds;
};

static void parting_load(struct parting_call *parting);

static void parting_refuse(struct parting_call *parting, enum refusal refusal)
{
    call_refuse(parting->call, refusal);
    memory_free(&parting);
}

static void parting_fail(struct parting_call *parting, const struct fault *fault)
{
    call_fail(parting->call, fault);
    memory_free(&parting);
}

/* They are parted, now or before. */
static void resets_loaded(void *arg, const struct identifier *logins, size_t count, const struct fault *fault)
{
    struct parting_call *parting = arg;
    if (!logins) {
        parting_fail(parting, fault);
        return;
    }
    Preau__Link__SeparateAccountsReply reply = PREAU__LINK__SEPARATE_ACCOUNTS_REPLY__INIT;
    reply.from_login = parting->found.from_login;
    reply.into_login = parting->found.into_login;
    reply.reason = parting->found.undone_reason;
    struct identifier *held = checked_calloc(count + 1, sizeof *held);
    char **list = checked_calloc(count + 1, sizeof(char *));
    for (size_t i = 0; i < count; i++) {
        held[i] = logins[i];
        list[i] = held[i].text;
    }
    reply.reset_logins = list;
    reply.n_reset_logins = count;
    call_answer(parting->call, &reply.base);
    memory_free(&list);
    memory_free(&held);
    memory_free(&parting);
}

static enum parting_reason reason_of(const struct parting_call *parting)
{
    return (enum parting_reason)(parting->request->reason - 1);
}

static void parting_answer(struct parting_call *parting)
{
    joining_load_resets(parting->link->store, parting->request->join, resets_loaded, parting);
}

static void parted(void *arg, bool is_done, const struct fault *fault)
{
    struct parting_call *parting = arg;
    if (fault && fault->code == FAULT_BUSY) {
        parting_refuse(parting, REFUSAL_BUSY);
    } else if (fault && !fault_is_stale(fault)) {
        parting_fail(parting, fault);
    } else if (is_done) {
        log_event(LOG_NOTICE, "accounts_separated", F("join", parting->request->join));
        delivery_wanted_tell(parting->link, (academy_code){0});
        snprintf(parting->found.undone_reason, JOINING_WORD_SIZE, "%s", parting_reason_code(reason_of(parting)));
        parting_answer(parting);
    } else if (++parting->rounds < ROUNDS_MAX) {
        parting_load(parting);
    } else {
        parting_refuse(parting, REFUSAL_STALE);
    }
}

/* Whoever joined them knows the password of the account that opens again: it is replaced by one that nobody has. Its person chooses another by the
 * link of a forgotten one, or is given one by the school. */
static size_t stranger_shut_out(const struct parting_call *parting, unsigned char *out_sealed)
{
    struct provisional_password password;
    size_t length = provisional_password_renew(
        parting->link->keys, parting->found.from.academy, parting->found.from.id, &password, out_sealed);
    secret_wipe(&password, sizeof password);
    return length;
}

static void parting_apply(struct parting_call *parting)
{
    unsigned char sealed[OPENING_SEALED_MAX];
    const struct audit_author author = {.operator_name = parting->request->by, .trace = call_trace(parting->call)};
    struct joining_end end = {.joining = parting->request->join,
        .author = &author,
        .reason = reason_of(parting),
        .records = parting->found.rules.records};
    if (end.reason == PARTING_STRANGER) {
        end.sealed = sealed;
        end.sealed_length = stranger_shut_out(parting, sealed);
    }
    joining_part(parting->link->store, &end, parted, parting);
}

static void undo_loaded(void *arg, const struct joining_undo *undo, const struct fault *fault)
{
    struct parting_call *parting = arg;
    if (!undo) {
        if (fault) {
            parting_fail(parting, fault);
        } else {
            parting_refuse(parting, REFUSAL_NOT_FOUND);
        }
        return;
    }
    parting->found = *undo;
    if (undo->is_undone) { /* as the first time */
        parting_answer(parting);
        return;
    }
    enum refusal refusal = joining_undo_decide(&undo->rules);
    if (refusal != REFUSAL_NONE) {
        parting_refuse(parting, refusal);
        return;
    }
    parting_apply(parting);
}

static void parting_load(struct parting_call *parting)
{
    joining_load_undo(parting->link->store, parting->request->join, undo_loaded, parting);
}

void joining_end(struct link *link, struct call *call, const Preau__Link__SeparateAccountsRequest *request)
{
    bool is_reasoned = (int)request->reason > 0 && (int)request->reason <= PARTING_REASON_COUNT;
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!is_reasoned || request->by[0] == '\0' || strlen(request->by) >= JOINING_BY_SIZE) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct parting_call *parting = checked_calloc(1, sizeof *parting);
    *parting = (struct parting_call){.link = link, .call = call, .request = request};
    parting_load(parting);
}
