/* Is this the password of this identifier? Asked at a sign-in, and of the second account of who is signed in: counted, timed and answered in
 * one way. One calculation of Argon2 is made whether or not somebody is there. */
#pragma once

#include "domain/refusal.h"
#include "link/link.h"
#include "link/tries.h"
#include "store/opening.h"

struct credentials {
    struct identifier login;
    struct opening_account account;
    bool is_of_paper; /* the password is the provisional one */
    int64_t device;   /* of the browser, known or new */
};

/* credentials: lent for the call, to be wiped by nobody else; NULL with a refusal (wrong_credentials, too_many_attempts, busy) or the
 * fault. Right ones are forgotten as tries. */
typedef void credentials_checked(
    void *arg, const struct credentials *credentials, enum refusal refusal, const struct fault *fault);

/* tried->login: as typed. password is borrowed until the answer. */
void credentials_check(struct link *link, const struct tried_sign_in *tried, const char *password,
    credentials_checked *checked, void *arg);
