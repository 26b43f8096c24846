/* Provisional passwords, made and sealed, of accounts that are created. */
#pragma once

#include "crypto/key.h"
#include "domain/types.h"
#include "runtime/attributes.h"

#include <stddef.h>

struct provisional_sealer;

/* keys: borrowed. One thread. */
NEVER_NULL MUST_USE struct provisional_sealer *provisional_sealer_new(const struct key_ring *keys);
void provisional_sealer_free(struct provisional_sealer **sealer);

/* An import_seal; arg: a struct provisional_sealer. */
size_t provisional_seal(void *arg, academy_code academy, account_id account, unsigned char *out_sealed);
