/* A person chooses a password, or has FranceConnect in its place: what opening an account, changing a password and recovering one have in common.
 *
 *   load the account and its people → check (the kind's own) → decide → hash → apply, with the answer → answer
 *
 * A repeat of a request that was applied gets the stored answer; an account that changed meanwhile is loaded again. */
#pragma once

#include "bus/service.h"
#include "domain/email.h"
#include "domain/lifecycle.h"
#include "domain/password.h"
#include "link/franceconnect_person.h"
#include "link/link.h"
#include "store/attempt.h"
#include "store/opening.h"
#include "store/password_link.h"
#include "values.pb-c.h"

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

struct choice;

struct choice_kind {
    enum account_action action;
    /* Looks at what was asked, and ends by choice_go_on, choice_refuse or choice_fail, now or later. */
    void (*check)(struct choice *choice);
    /* Packs the answer into at most OPENING_ANSWER_MAX bytes; gives how many. */
    size_t (*answer)(const struct choice *choice, unsigned char *out_answer);
};

/* Who FranceConnect vouches for. */
struct choice_vouched {
    const char *issuer;
    struct franceconnect_person *person;
};

struct choice {
    struct link *link;
    struct call *call;
    const struct choice_kind *kind;
    const ProtobufCMessage *request;
    academy_code academy;
    account_id id;
    const char *chosen;            /* the password to be; NULL: `vouched` stands for it */
    struct choice_vouched vouched; /* its person is the choice's own */
    const char *peer;              /* the ENT or ATEN that vouches for the person; NULL: none */
    struct opening_account account;
    struct provisional_password provisional; /* the account's, "" when it has none */
    struct opening_person *people;
    size_t people_count;
    struct email email;         /* to be confirmed by a link; "": none */
    struct attempt attempt;     /* that the check counts */
    struct password_link proof; /* number 0: none */
    struct lifecycle_outcome outcome;
    char hash[OPENING_HASH_SIZE];
    unsigned char sealed[OPENING_SEALED_MAX]; /* the password in the place of the account's */
    size_t sealed_length;                     /* 0: that stays */
    struct instant changed_at;                /* of the password, when it will have been */
    unsigned char answer[OPENING_ANSWER_MAX];
    size_t answer_length;
    unsigned rounds;
};

/* The caller must be the account itself. Strings are borrowed from the request. */
void choice_begin(struct link *link, struct call *call, const struct choice_kind *kind, const ProtobufCMessage *request,
    const Preau__AccountRef *account, const char *chosen);
/* Whoever calls: by a mailed link, which the kind's check judges. */
void choice_begin_by_link(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, academy_code academy, const struct password_link *proof, const char *chosen);
/* Whoever calls: by FranceConnect, whose identity becomes the account's. Takes vouched->person. */
void choice_begin_vouched(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, const struct password_link *proof, academy_code academy,
    const struct choice_vouched *vouched);
/* Whoever calls: an ENT or ATEN vouched for the person, which the kind's check judges. peer: lives as long as the link. */
void choice_begin_by_peer(struct link *link, struct call *call, const struct choice_kind *kind,
    const ProtobufCMessage *request, academy_code academy, const struct password_link *proof, const char *peer,
    const char *chosen);
void choice_go_on(struct choice *choice);
/* It was done before: answers, and changes nothing. */
void choice_done(struct choice *choice);
void choice_refuse(struct choice *choice, enum refusal refusal);
void choice_fail(struct choice *choice, const struct fault *fault);

/* Is the call from the account itself? */
bool caller_is_account(const struct call *call, const Preau__AccountRef *account);
