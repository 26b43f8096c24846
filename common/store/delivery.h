/* The outbox of mails: what is owed, who is sending it, what became of it. */
#pragma once

#include "domain/account.h"
#include "domain/delivery_reason.h"
#include "domain/email.h"
#include "domain/identifier.h"
#include "domain/name.h"
#include "domain/school.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum delivery_kind {
    DELIVERY_NOTIFICATION,
    DELIVERY_ACTIVATION,
    DELIVERY_EMAIL_CHANGE,       /* the link, to the new address */
    DELIVERY_EMAIL_CHANGE_ASKED, /* told to the address before */
    DELIVERY_EMAIL_CHANGED,      /* told to both */
    DELIVERY_PASSWORD_RESET,     /* the school did it */
    DELIVERY_PASSWORD_CHANGED,   /* the person did */
    DELIVERY_REMINDER,           /* to a head: passwords are about to end */
    DELIVERY_GUARDIAN_RESET,     /* a guardian did, of a child */
    DELIVERY_FRANCECONNECT_LINKED,
    DELIVERY_FRANCECONNECT_UNLINKED,
    DELIVERY_ACCOUNTS_JOINED,    /* told to the addresses of both */
    DELIVERY_ACCOUNTS_SEPARATED, /* told to each */
    DELIVERY_ACCOUNT_OPENED,     /* first, by whichever way: told where the school knows the person */
    DELIVERY_MOBILE_CHANGED,     /* at the desk: confirmed, replaced or taken away */
    DELIVERY_CONTACTS_FORGOTTEN, /* by the school, with a reset: told to the address before and to AAF's */
    DELIVERY_FORGOTTEN_IDENTIFIER,
    DELIVERY_FORGOTTEN_PASSWORD,
    DELIVERY_NOT_OPENED, /* asked for help, and was never opened */
    DELIVERY_KIND_COUNT
};
/* "notification": of the table and of metrics. */
const char *delivery_kind_code(enum delivery_kind kind);

/* What the life of an account remembers of a notification that was cancelled. */
#define DELIVERY_CANCELLED_EVENT "notification_cancelled"

enum { OWED_SEALED_MAX = 128, OWED_CHILDREN_SIZE = 2048, MESSAGE_ID_SIZE = 384 };

/* A mail that was set aside, with all that its text needs. */
struct owed_mail {
    academy_code academy;
    delivery_id id;
    int64_t attempt; /* tries that began so far */
    struct instant created_at;
    enum delivery_kind kind;
    bool is_repeat;    /* a notification that follows an earlier one */
    bool is_closed;    /* the account */
    bool link_is_dead; /* used, replaced or out of date */
    bool has_moved;    /* the recipient is not, or not only, this account's any more */
    bool is_unwanted;  /* a reminder that nobody wants any more, or may have */
    char recipient[EMAIL_SIZE];
    char message_id[MESSAGE_ID_SIZE];
    academy_code batch_academy;
    batch_id batch; /* 0: of none */
    int64_t confirmation;
    struct instant link_expires_at;
    char new_email[EMAIL_SIZE]; /* that the confirmation is about; "" none */
    account_id account;
    enum account_profile profile;
    bool is_opened;           /* the person signed in once */
    bool is_by_franceconnect; /* whose first access it was */
    bool is_by_school;        /* opened with the password that it handed out */
    enum password_kind password;
    struct instant password_expires_at;
    char login[IDENTIFIER_SIZE];
    unsigned char sealed[OWED_SEALED_MAX];
    size_t sealed_length; /* 0: no password that can be read */
    char nom[NAME_SIZE], prenom[NAME_SIZE];
    char children[OWED_CHILDREN_SIZE]; /* first names, one a line */
    char school[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
    const char *reminder; /* of DELIVERY_REMINDER, lent; one a line: reminder_line.h of notifyd */
    char uai[UAI_SIZE];   /* of the school that sends it, else of one that the person belongs to; "" of none */
};

struct delivery_ref {
    academy_code academy;
    delivery_id id;
    int64_t attempt;
};

/* A try that did not succeed, as far as is known. */
struct delivery_unsent {
    struct delivery_ref delivery;
    enum delivery_reason reason;
    bool may_have_left; /* it ended without a word after all of the mail was given */
};

enum { DELIVERY_TOGETHER_MAX = 64 /* that one call sets aside, lets begin, writes down or gives back */ };

/* mails: lent for the call; NULL with the fault. */
typedef void delivery_reserved(void *arg, const struct owed_mail *mails, size_t count, const struct fault *fault);
typedef void delivery_recorded(void *arg, const struct fault *fault);

/* Sets mails that are due aside, for the lease: they wait as before, and are due to nobody else. domain: of the Message-ID
 * that a mail gets at its first time. */
void delivery_reserve(struct store *store, int64_t limit, struct duration lease, const char *domain,
    delivery_reserved *reserved, void *arg);

/* One transaction: mails that left are written down, others begin. Only what begun names, with its new attempt, may be
 * sent: the rest was cancelled meanwhile, or is another's. */
struct delivery_step {
    const struct delivery_ref *left, *begin;
    size_t left_count, begin_count;
    struct duration lease; /* of those that begin */
};
/* begun: lent for the call; NULL with the fault. */
typedef void delivery_stepped(void *arg, const struct delivery_ref *begun, size_t count, const struct fault *fault);
void delivery_step(struct store *store, const struct delivery_step *step, delivery_stepped *stepped, void *arg);

/* Mails that were set aside and did not begin: due again at another time. */
struct held_mail {
    struct delivery_ref delivery;
    struct instant due_at;
};
void delivery_hold(
    struct store *store, const struct held_mail *mails, size_t count, delivery_recorded *recorded, void *arg);

/* is_cancelled: the batch was cancelled meanwhile and no try may have delivered it, so that it ended here. */
typedef void delivery_unsent_recorded(void *arg, bool is_cancelled, const struct fault *fault);
void delivery_put_off(struct store *store, const struct delivery_unsent *unsent, struct duration pause,
    delivery_unsent_recorded *recorded, void *arg);
void delivery_failed(struct store *store, const struct delivery_unsent *unsent, delivery_recorded *recorded, void *arg);
void delivery_cancelled(struct store *store, struct delivery_ref delivery, enum delivery_reason reason,
    delivery_recorded *recorded, void *arg);

struct delivery_backlog {
    int64_t mails, sheets, help;                           /* help: requests from the sign-in page */
    struct instant oldest_mail, oldest_sheet, oldest_help; /* never: none waits */
};
typedef void delivery_backlog_loaded(void *arg, const struct delivery_backlog *backlog, const struct fault *fault);
void delivery_load_backlog(struct store *store, delivery_backlog_loaded *loaded, void *arg);
