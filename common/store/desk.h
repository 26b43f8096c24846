/* What a person's own desk shows, and what a person does there with the portal's own tables.
 *
 * What is given to a completion lives for the call. A NULL pointer comes with the fault. */
#pragma once

#include "crypto/random.h"
#include "domain/account.h"
#include "domain/email.h"
#include "domain/identifier.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* What the life of an account remembers. */
#define DESK_SESSIONS_ENDED_EVENT "sessions_ended"
#define DESK_DATA_EVENT "data_downloaded"

enum { DESK_BROWSER_SIZE = 64 };

/* Texts are "" when there is none. */
struct desk_account {
    enum account_profile profile;
    const char *login, *nom, *prenom;
    const char *email; /* that the person confirmed */
    struct instant password_at;
    bool has_password;                  /* that the person chose */
    struct instant franceconnect_since; /* not set: not linked */
    const char *mobile;                 /* that the person confirmed, E.164 */
    struct instant mobile_since;
    const char *pending_mobile; /* that waits for its code */
    const char *pending_email;  /* that waits for its link */
    struct instant pending_until;
    bool pending_came_back;
    bool has_returned; /* a child that the school gave back, whose birth date is to be given (returned.h) */
};

/* One pupil in one school; uai "" in none. */
struct desk_pupil {
    int64_t child; /* the same on all rows of one */
    const char *nom, *prenom;
    academy_code academy;
    enum degree degree;
    struct uai uai;
    const char *school, *class;
};

struct desk_session {
    int64_t number;
    unsigned char digest[DIGEST_SIZE];
    struct instant created_at, seen_at;
    char browser[DESK_BROWSER_SIZE]; /* "" of a session that began before it was kept */
};

struct desk_happening {
    struct instant at;
    const char *action, *actor; /* account_event's */
    const char *channel;        /* of a notification */
    const char *school;         /* that acted; "" none, or not known any more */
    const char *of_login;       /* of an account that was joined to this one; "" none */
};

/* account: also NULL, without a fault, when there is none. */
typedef void desk_account_loaded(void *arg, const struct desk_account *account, const struct fault *fault);
typedef void desk_pupils_loaded(void *arg, const struct desk_pupil *pupils, size_t count, const struct fault *fault);
typedef void desk_sessions_loaded(
    void *arg, const struct desk_session *sessions, size_t count, const struct fault *fault);
typedef void desk_sessions_ended(void *arg, int64_t count, const struct fault *fault);
typedef void desk_life_loaded(
    void *arg, const struct desk_happening *happenings, size_t count, const struct fault *fault);
typedef void desk_data_loaded(void *arg, const char *json, const struct fault *fault);

/* Whose desk: of every request here. */
struct desk_owner {
    academy_code academy;
    account_id id;
};

void desk_load_account(struct store *store, struct desk_owner owner, desk_account_loaded *loaded, void *arg);
/* The children of a guardian, the eldest first; of a pupil the own schools. */
void desk_load_pupils(struct store *store, struct desk_owner owner, desk_pupils_loaded *loaded, void *arg);
void desk_load_sessions(struct store *store, struct desk_owner owner, struct instant now, struct duration idle,
    desk_sessions_loaded *loaded, void *arg);
/* The one with this number, with 0 all; never that of `kept`, a digest. */
void desk_end_sessions(struct store *store, struct desk_owner owner, int64_t number,
    const unsigned char kept[DIGEST_SIZE], desk_sessions_ended *ended, void *arg);
/* Newest first. */
void desk_load_life(struct store *store, struct desk_owner owner, int64_t limit, desk_life_loaded *loaded, void *arg);
/* All that the house holds of the person. */
void desk_load_data(struct store *store, struct desk_owner owner, desk_data_loaded *loaded, void *arg);
