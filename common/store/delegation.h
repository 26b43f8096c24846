/* What administrators give of their schools to members of staff. */
#pragma once

#include "domain/administrator.h"
#include "runtime/fault.h"
#include "store/administrator.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

struct delegation_place {
    academy_code academy;
    const char *uai;
};

/* What the giver is in the school: is_here false when it has not the school by other than a gift. */
typedef void delegation_standing_loaded(
    void *arg, bool is_here, enum administrator_role role, const struct fault *fault);
void delegation_load_standing(struct store *store, administrator_id giver, const struct delegation_place *place,
    delegation_standing_loaded *loaded, void *arg);

/* Texts live for the call. */
struct delegation {
    int64_t id;
    const char *login, *name, *giver;
    bool may[PROFILE_COUNT];
    struct instant from_at, until_at, given_at;
    bool counts;    /* nobody of the two is disabled, and the giver has the school */
    bool renewable; /* whom delegation_renew_password is for */
};
typedef void delegations_loaded(
    void *arg, const struct delegation *delegations, size_t count, const struct fault *fault);
void delegation_list(struct store *store, const struct delegation_place *place, delegations_loaded *loaded, void *arg);

/* text: a login or a mail address, in small letters. */
struct delegation_found {
    administrator_id id; /* 0: nobody */
    enum administrator_role role;
    bool is_disabled;
    char login[ADMINISTRATOR_LOGIN_SIZE];
    char name[ADMINISTRATOR_NAME_SIZE];
};
typedef void delegation_found_loaded(void *arg, const struct delegation_found *found, const struct fault *fault);
void delegation_find(struct store *store, const char *text, delegation_found_loaded *loaded, void *arg);

/* profile: a code, or NULL: all. */
struct delegation_given {
    administrator_id giver;
    struct delegation_place place;
    const char *profile;
    struct instant from_at, until_at;
    const char *from_day, *until_day; /* the same, for the audit trail: the last day is still in it */
    const char *trace;                /* of the request */
};
/* What is done has its entry of the audit trail. id: 0 when it was not done, or with the fault. */
typedef void delegation_done(void *arg, int64_t id, const struct fault *fault);
void delegation_give(
    struct store *store, const struct delegation_given *given, administrator_id to, delegation_done *done, void *arg);
/* To a new administrator of role delegue; 0: the login is taken. mail may be NULL. */
struct delegation_person {
    const char *login, *name, *mail, *hash;
};
void delegation_give_new(struct store *store, const struct delegation_given *given,
    const struct delegation_person *person, delegation_done *done, void *arg);
void delegation_take_back(struct store *store, const struct audit_author *author, const struct delegation_place *place,
    int64_t id, delegation_done *done, void *arg);
/* Another first password for who never signed in and has nothing but this school. login: without a fault, NULL: not
 * for this one. */
struct delegation_renewal {
    struct audit_author author;
    struct delegation_place place;
    int64_t id;
    const char *hash;
    struct instant changed_at;
};
typedef void delegation_renewed(void *arg, const char *login, const char *name, const struct fault *fault);
void delegation_renew_password(
    struct store *store, const struct delegation_renewal *renewal, delegation_renewed *renewed, void *arg);
void delegation_erase_old(struct store *store);
