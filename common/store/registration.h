/* A guardian who opens an account by SMS: what was typed, how far it came, who it is about. */
#pragma once

#include "domain/phone.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "runtime/log.h"
#include "store/opening.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum {
    REGISTRATION_NAME_SIZE = 2 * NAME_SIZE,
    REGISTRATION_CLAIM_MAX = 16,
    REGISTRATION_ISSUER_SIZE = 301,
    REGISTRATION_SUBJECT_SIZE = 256
};

struct registration_wish {
    const unsigned char *request; /* 16 bytes */
    const char *match_name;       /* name and first name, each by name_match_key_make */
    const char *mobile;
    struct duration lifetime; /* of the code */
    bool is_recovery;         /* by the mobile that an account confirmed: the names are those of its person */
    const char *asked_from;   /* network_of_site */
};
typedef void registration_begun(void *arg, int64_t id, const struct fault *fault);
/* Kept once for each request: a repeat gives the same number. Nobody is looked for. */
void registration_begin(
    struct store *store, const struct registration_wish *wish, registration_begun *begun, void *arg);

/* From the desk of an account in use, which keeps what is found: the names are those of its records. No number: it has none. */
struct registration_missing {
    const unsigned char *request;
    academy_code academy;
    account_id account;
    const char *mobile;
    struct duration lifetime; /* of the code */
};
void registration_begin_for(
    struct store *store, const struct registration_missing *missing, registration_begun *begun, void *arg);

/* Of who FranceConnect vouches for. */
struct registration_vouched {
    const unsigned char *request;
    const char *const *names; /* each as match_name */
    size_t name_count;
    const char *issuer, *subject;
    struct duration lifetime; /* until the mobile is given */
};
void registration_begin_vouched(
    struct store *store, const struct registration_vouched *vouched, registration_begun *begun, void *arg);

enum registration_state {
    REGISTRATION_VOUCHED, /* the mobile is to be given */
    REGISTRATION_ASKED,   /* the code is on its way, or there is nobody to send one to */
    REGISTRATION_PROVEN,
    REGISTRATION_CONFIRMED, /* children named, accounts joined */
};
struct registration {
    enum registration_state state;
    bool is_over;
    academy_code academy; /* of the account, from REGISTRATION_PROVEN on; id 0: nobody */
    account_id account;
    bool is_active;   /* the account: it was opened before */
    bool is_disputed; /* its records may be of two persons: it is nobody's */
    bool has_other;   /* from REGISTRATION_CONFIRMED on, not of a desk: of the person, in use, and left as it is */
    bool is_recovery; /* REGISTRATION_CONFIRMED follows the code: the account confirmed this mobile */
    bool is_of_desk;  /* the account is the one from whose desk it began: it ends when the children were named */
    struct instant confirmed_at;
    char mobile[PHONE_SIZE];                                                   /* E.164; "": REGISTRATION_VOUCHED */
    char issuer[REGISTRATION_ISSUER_SIZE], subject[REGISTRATION_SUBJECT_SIZE]; /* of FranceConnect; "": by SMS alone */
};
/* registration: lent for the call; NULL without a fault: there is none. */
typedef void registration_loaded(void *arg, const struct registration *registration, const struct fault *fault);
void registration_load(struct store *store, int64_t id, registration_loaded *loaded, void *arg);
/* The person and the children of all the accounts that it is about. */
void registration_load_people(struct store *store, int64_t id, opening_people_loaded *loaded, void *arg);

/* is_done: it was as it had to be for that. */
typedef void registration_moved(void *arg, bool is_done, const struct fault *fault);
/* The mobile of REGISTRATION_VOUCHED; the code follows. asked_from: network_of_site. */
void registration_give_mobile(struct store *store, int64_t id, const char *mobile, const char *asked_from,
    struct duration lifetime, registration_moved *moved, void *arg);
/* Counts a code before it is judged; not done: none may be tried any more. */
void registration_try(struct store *store, int64_t id, int64_t tries, registration_moved *moved, void *arg);
/* The code was right. mobile_validity: of what a recovery is proved by, since it was confirmed. Not done: nobody can have been sent it. */
void registration_prove(struct store *store, int64_t id, struct duration lifetime, struct duration mobile_validity,
    registration_moved *moved, void *arg);
/* The children were named: the accounts become one. */
void registration_confirm(
    struct store *store, int64_t id, struct duration lifetime, registration_moved *moved, void *arg);

/* --- codes that are due --- */

struct registration_code {
    int64_t id;
    struct phone mobile;
    int64_t attempt;              /* from 1 */
    char trace[LOG_REQUEST_SIZE]; /* the number of the request that asked for it; "": none */
    struct instant expires_at;
    bool is_notice;  /* no code: the number was an account's, and is no more */
    bool is_known;   /* else there is nobody to send it to, and it is not due any more */
    bool is_flooded; /* the number was sent as many as any is in a day: not due any more either */
};
typedef void registration_claimed(
    void *arg, const struct registration_code *codes, size_t count, const struct fault *fault);
/* limit: so many at most, within REGISTRATION_CLAIM_MAX. a_day: to one number, asked for by one; a_day_of_all: by all strangers, and as many
 * by all accounts. mobile_validity: as registration_prove. */
struct registration_claim {
    int64_t limit;
    struct duration lease;
    int64_t a_day, a_day_of_all;
    struct duration mobile_validity;
};
void registration_claim(
    struct store *store, const struct registration_claim *claim, registration_claimed *claimed, void *arg);

enum { REGISTRATION_PROVIDER_SIZE = 65 };
struct registration_backlog {
    int64_t sent;                           /* tried within the last hour, of all linkd and providers */
    int64_t delivered, undelivered;         /* of these, as they were reported */
    char lossy[REGISTRATION_PROVIDER_SIZE]; /* the provider by which most were lost; "" none */
    int64_t waiting;                        /* to be sent */
    struct instant oldest;
};
typedef void registration_counted(void *arg, const struct registration_backlog *backlog, const struct fault *fault);
void registration_count_sent(struct store *store, registration_counted *counted, void *arg);

enum registration_outcome { REGISTRATION_SENT, REGISTRATION_FAILED, REGISTRATION_AGAIN };
struct registration_told {
    enum registration_outcome outcome;
    struct instant due_at; /* of REGISTRATION_AGAIN */
    const char *provider;  /* that took it; NULL: none did */
    int64_t messages;      /* that may have left */
};
/* Nobody is told: what is lost is due again after its lease. */
void registration_note_code(struct store *store, int64_t id, const struct registration_told *told);

/* What became of a message, by the reports of who took it. */
enum registration_delivery {
    REGISTRATION_ACCEPTED,    /* by the operator */
    REGISTRATION_DELIVERED,   /* to the telephone */
    REGISTRATION_REFUSED,     /* by the operator */
    REGISTRATION_UNDELIVERED, /* the telephone did not take it, or not in time */
    REGISTRATION_DELIVERY_COUNT
};
/* "accepted" … for the store, the log and metrics. */
const char *registration_delivery_code(enum registration_delivery delivery);

struct registration_reported {
    char trace[LOG_REQUEST_SIZE]; /* the number of the request that asked for the code; "": none */
};
/* reported: lent for the call; NULL without a fault: nothing changed, it was told before or is no longer kept. */
typedef void registration_report_kept(
    void *arg, const struct registration_reported *reported, const struct fault *fault);
void registration_report(struct store *store, int64_t id, int64_t attempt, enum registration_delivery delivery,
    registration_report_kept *kept, void *arg);
void registration_erase_old(struct store *store);
