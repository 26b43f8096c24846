/* The accounts of a school that an administrator chose, with all that a list of them shows (guide 5.4). Read only. */
#pragma once

#include "domain/account.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/selection.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct store;

/* A pupil of the school and the account: the pupil's own, or that of one of the guardians. */
struct handout_row {
    academy_code academy;
    account_id id;
    const char *nom, *prenom; /* whose account it is */
    struct handout_pupil {
        int64_t degree, number; /* of the school's academy */
        const char *nom, *prenom;
        const char *class, *level;
    } pupil;
    const char *related;     /* of a pupil's account, the guardians: first name, tab, name, one a line; else "" */
    const char *sheet_class; /* of this school's, under which the account's sheet is sorted */
    const char *login;
    enum account_state state;
    enum account_origin origin;
    const char *email;             /* where a notification goes; "" none */
    bool is_own_email;             /* the person's own, confirmed; else AAF's */
    bool email_is_anothers;        /* as well: nothing is sent there */
    const char *unconfirmed_email; /* given by the person, not confirmed yet; "" none */
    const char *mobile;            /* E.164; "" none */
    struct instant notified_at, activated_at;
    struct instant expires_at; /* of a provisional password that was handed out; never: the person chose one */
};

struct handout {
    struct arena *arena; /* of the texts */
    char school[SCHOOL_NAME_SIZE], city[SCHOOL_NAME_SIZE];
    struct handout_row *rows; /* one at least; in no order */
    size_t count;
};

/* handout: the receiver's, who frees it; NULL when no account asked for is in a school that the administrator may
 * administer, or with the fault. */
typedef void handout_loaded(void *arg, struct handout *handout, const struct fault *fault);
/* asked: request and method are not needed. */
void handout_load(struct store *store, const struct selection_asked *asked, enum account_profile profile,
    handout_loaded *loaded, void *arg);
void handout_free(struct handout **handout);
