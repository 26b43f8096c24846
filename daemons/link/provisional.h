/* The provisional password of an account: sealed at rest, compared as people type it. */
#pragma once

#include "crypto/key.h"
#include "domain/password.h"
#include "runtime/fault.h"
#include "store/opening.h"

#include <stdbool.h>

/* Faults: CRYPTO, when it was sealed by a key that is gone, or for another account. */
MUST_USE bool provisional_open(const struct key_ring *keys, const struct opening_account *account,
    struct provisional_password *out_password, struct fault *fault);

/* What the person typed is that password; in a time that does not tell where they differ. */
bool provisional_is_same(const struct provisional_password *password, const char *typed);
