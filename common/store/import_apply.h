/* A staged delivery becomes the house's data (import_apply.sql), in the session's open transaction. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

enum { IMPORT_SEALED_MAX = 256 };

/* Writes what the store keeps of a new account's provisional password, at most IMPORT_SEALED_MAX bytes; gives how many.
 */
typedef size_t import_seal(void *arg, academy_code academy, account_id account, unsigned char *out_sealed);

/* All but the commit. */
MUST_USE bool import_apply(
    struct session *session, academy_code academy, import_seal *seal, void *arg, struct fault *fault);
