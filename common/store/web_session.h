/* Sessions of the portal: who a browser's cookie stands for. Only a digest of the cookie is stored. */
#pragma once

#include "crypto/random.h"
#include "crypto/token.h"
#include "domain/administrator.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct store;

enum web_stage {
    WEB_OPEN,         /* signed in */
    WEB_OPENING,      /* right provisional password: the account is to be opened */
    WEB_NEW_PASSWORD, /* made by another (the school, who gave the access): one's own is to be chosen */
    WEB_CODE,         /* of an administrator: right password, the second factor is to be given */
    WEB_ENROLMENT,    /* of an administrator: the second factor is required and to be set up */
    WEB_STAGE_COUNT
};

enum { WEB_NAME_SIZE = 200 };

struct web_session {
    enum web_stage stage;
    academy_code academy; /* of the account */
    account_id account;   /* 0: an administrator's */
    administrator_id administrator;
    enum administrator_role role; /* of the administrator */
    struct instant credential_at; /* when the password (or second factor) was made: the session ends with it */
    char csrf[TOKEN_RANDOM_SIZE];
    char name[WEB_NAME_SIZE]; /* of the administrator; the account's identifier */
    /* of the browser, for the list of one's own sessions; NULL: not kept, and when loaded */
    const char *address, *browser;
};

struct web_session_bounds {
    struct duration idle_family, idle_administrator;
};

/* session: NULL when there is none, with fault NULL; lent for the call. */
typedef void web_session_loaded(void *arg, const struct web_session *session, const struct fault *fault);
/* fault: NULL when done. */
typedef void web_session_done(void *arg, const struct fault *fault);
typedef void web_session_purged(void *arg, int64_t open, const struct fault *fault);

void web_session_load(struct store *store, const unsigned char digest[DIGEST_SIZE], struct instant now,
    const struct web_session_bounds *bounds, web_session_loaded *loaded, void *arg);
/* before: digest of the session that it replaces; NULL: none. */
void web_session_begin(struct store *store, const unsigned char digest[DIGEST_SIZE], const struct web_session *session,
    struct instant now, struct instant expires_at, const unsigned char *before, web_session_done *done, void *arg);
/* By who was signed in: an administrator's, with the entry of the audit trail. */
void web_session_end(
    struct store *store, const unsigned char digest[DIGEST_SIZE], const char *trace, web_session_done *done, void *arg);
void web_session_purge(struct store *store, struct instant now, web_session_purged *purged, void *arg);
