/* Provisional passwords: drawn, and sealed in the place where an account's is kept. */
#pragma once

#include "crypto/key.h"
#include "domain/password.h"
#include "domain/types.h"

void provisional_password_generate(struct provisional_password *out_password);

/* Another one for an account, and how it is kept: PASSWORD_PROVISIONAL_SIZE + SEAL_OVERHEAD bytes at most; gives how many. The
 * caller wipes the password. */
size_t provisional_password_renew(const struct key_ring *keys, academy_code academy, account_id id,
    struct provisional_password *out_password, unsigned char *out_sealed);
