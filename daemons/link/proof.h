/* An administrator who is signed in, or half, proves who it is once more before something of its own changes.
 *
 *   load the administrator → the session is of the password that still stands → start (the kind's own)
 *   → a password or a code, tries counted before they are judged → go_on (the kind's own) → answer */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"
#include "link/recovery.h"
#include "store/administrator.h"

#include <stdbool.h>

struct proof;

struct proof_kind {
    /* Each ends by proof_by_…, proof_go_on, proof_refuse, proof_fail or an answer and proof_end, now or later. */
    void (*start)(struct proof *proof);
    void (*go_on)(struct proof *proof);
};

/* What the request brings; texts live as long as the call. */
struct proof_asked {
    const ProtobufCMessage *request;
    const char *address;
    int64_t credential_at; /* of the session */
};

struct proof {
    struct link *link;
    struct call *call;
    const struct proof_kind *kind;
    struct proof_asked asked;
    struct stored_administrator found;
    struct attempt attempt;
    const char *typed; /* the password or code that is being judged */
    bool was_recovery;
    /* of what is being changed */
    struct instant changed_at;
    struct recovery_codes codes;
    struct recovery_digests digests;
};

void proof_begin(struct link *link, struct call *call, const struct proof_kind *kind, const struct proof_asked *asked);
void proof_by_password(struct proof *proof, const char *password);
/* Of the second factor that stands, or a recovery code. */
void proof_by_code(struct proof *proof, const char *code);
/* By what proof_of asks for. */
void proof_by_own(struct proof *proof, const char *typed);

void proof_refuse(struct proof *proof, enum refusal refusal);
void proof_fail(struct proof *proof, const struct fault *fault);
/* What the store says of a change. False: not made, and answered; another one came between, or the fault. */
bool proof_is_done(struct proof *proof, bool is_done, const struct fault *fault);
void proof_end(struct proof *proof); /* after the answer */
/* Whose deed it is, for the audit trail. */
struct audit_author proof_author(const struct proof *proof);

enum administrator_proof proof_of(const struct stored_administrator *administrator);
/* Where the sign-in of this administrator stands. */
struct administrator_standing standing_of(const struct stored_administrator *administrator);
/* next: what comes once `proved`. Texts are the administrator's. */
void standing_pack(struct stored_administrator *administrator, struct instant credential_at, bool proved,
    Preau__Link__AdministratorStanding *out_standing);
