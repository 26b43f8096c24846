/* What the page of one account shows (guide 6), of what a school may know. Read only.
 *
 * What is given to a completion lives for the call. A NULL pointer comes with the fault. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/account.h"
#include "store/listing.h"

#include <stddef.h>

struct store;

/* One record of AAF. Texts are "" when it has none. */
struct account_record {
    enum degree degree;
    const char *civilite, *nom, *prenom;
    struct date birth_date; /* of a pupil; else not valid */
    const char *mail, *mobile;
    bool mail_is_anothers; /* another account's as well: nothing is sent there */
    const char *address;   /* lines parted by $ */
    const char *postal_code, *town, *country;
    struct instant changed_at;
};

struct account_person {
    struct stored_account stored;
    const char *own_mobile; /* proved by the person; "" none */
    struct instant created_at, last_sign_in_at;
    const char *opened_by;                /* the ENT or ATEN, by its name in the configuration; "" none */
    const struct account_record *records; /* the first one's address is that of a notification */
    size_t record_count;                  /* at least 1 */
    const char *came_back;                /* the address from which the last mail came back; "" none did */
    struct instant came_back_at;
    const char *came_back_why; /* code of delivery_reason.h */
    int64_t elsewhere;         /* children who do not go to this school: how many is all that it may know */
};

/* A child, or a guardian, with the account that it has; id 0: none. */
struct account_relative {
    const char *nom, *prenom;
    academy_code academy;
    account_id id;
    const char *state;  /* code; "" without an account */
    const char *school; /* of a child, and what follows too */
    const char *class;  /* "" none */
    struct date birth_date;
    struct instant changed_at; /* of its record */
};

struct account_happening {
    struct instant at;
    const char *action, *actor; /* account_event's */
    const char *administrator;  /* "" one of another school, or none */
    const char *channel;        /* of a notification */
    const char *of_login;       /* of the other account of two that were joined or parted; "" none */
};

/* The account of a page, and for which school it is. */
struct account_asked {
    const struct listed_school *school;
    academy_code academy;
    account_id id;
};

/* person: also NULL, without a fault, when the account is none of the school's. */
typedef void account_person_loaded(void *arg, const struct account_person *person, const struct fault *fault);
typedef void account_relatives_loaded(
    void *arg, const struct account_relative *relatives, size_t count, const struct fault *fault);
typedef void account_happenings_loaded(
    void *arg, const struct account_happening *happenings, size_t count, const struct fault *fault);

void account_page_load(
    struct store *store, const struct account_asked *asked, account_person_loaded *loaded, void *arg);
void account_page_load_children(
    struct store *store, const struct account_asked *asked, account_relatives_loaded *loaded, void *arg);
void account_page_load_guardians(
    struct store *store, const struct account_asked *asked, account_relatives_loaded *loaded, void *arg);
/* The account of the school to which this one was joined: id 0, none. */
typedef void account_joined_loaded(void *arg, academy_code academy, account_id id, const struct fault *fault);
void account_page_load_joined(
    struct store *store, const struct account_asked *asked, account_joined_loaded *loaded, void *arg);
/* Newest first. */
void account_page_load_happenings(
    struct store *store, const struct account_asked *asked, account_happenings_loaded *loaded, void *arg);
