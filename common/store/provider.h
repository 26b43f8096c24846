/* Sign-ins through OpenID Connect providers, as linkd keeps them: what is under way, what ends a session there, and who
 * a portal's person is here. Of what a browser has, only digests are stored. */
#pragma once

#include "crypto/random.h"
#include "domain/administrator.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum { PROVIDER_SEALED_MAX = 66 * 1024 };

/* --- a sign-in under way --- */

struct provider_sign_in {
    const unsigned char *state, *browser; /* digests, DIGEST_SIZE bytes */
    const char *provider;
    const void *sealed;
    size_t sealed_length;
    struct instant expires_at;
};

typedef void provider_done(void *arg, const struct fault *fault);
/* Lent for the call; sealed NULL without a fault: there is none, it was used, or it waited too long. */
typedef void provider_taken(
    void *arg, const char *provider, const void *sealed, size_t length, const struct fault *fault);

void provider_sign_in_begin(
    struct store *store, const struct provider_sign_in *sign_in, provider_done *done, void *arg);
/* Whatever it gives is gone then. sealed and expires_at of `sign_in` are not looked at. */
void provider_sign_in_take(
    struct store *store, const struct provider_sign_in *sign_in, struct instant now, provider_taken *taken, void *arg);

/* --- a session at the provider --- */

/* state is the digest of the browser's token; browser is not looked at. of: whose session it is; 0: a family's. */
void provider_session_keep(
    struct store *store, administrator_id of, const struct provider_sign_in *session, provider_done *done, void *arg);
/* To sign out there, with the entry of the audit trail. */
struct provider_leaving {
    const unsigned char *token; /* DIGEST_SIZE bytes */
    struct instant now;
    const char *trace;
};
void provider_session_take(
    struct store *store, const struct provider_leaving *leaving, provider_taken *taken, void *arg);

void provider_erase_old(struct store *store, struct instant now);

/* --- a person of a portal --- */

struct portal_told {
    const char *portal, *issuer, *subject, *login, *name, *mail; /* mail may be NULL */
    academy_code academy;
    enum administrator_role role;
    const struct uai *schools;
    size_t school_count;
    bool has_whole_academy;
    const char *trace; /* of the request */
};

struct portal_known {
    administrator_id id; /* 0: without any school, and so not made */
    bool is_disabled;
    int64_t scopes;         /* 0: nothing of what was told is the academy's */
    bool has_second_factor; /* of ours */
    bool sees_more;         /* than single schools, by whomever */
    struct instant credential_at;
};

/* What it changed has its entry of the audit trail; to be signed in has not. known: lent for the call; NULL with the fault. */
typedef void portal_signed_in(void *arg, const struct portal_known *known, const struct fault *fault);
void portal_sign_in_apply(struct store *store, const struct portal_told *told, portal_signed_in *signed_in, void *arg);

/* A sign-in that is refused here, in the audit trail, if the person is known: by issuer and subject. Nobody waits for it. */
void portal_sign_in_refuse(struct store *store, const struct portal_told *told, const char *reason);
