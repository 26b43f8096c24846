/* Secrets at rest that must be read again: provisional passwords (a head may read them until they are changed),
 * documents.
 *
 * XChaCha20-Poly1305 under the newest sealing key. `place` says where the sealed bytes belong ("credential:10:1234"):
 * put elsewhere, they do not open. Format: 1 byte version, 4 bytes key number, 24 bytes nonce, ciphertext, 16 bytes
 * tag. */
#pragma once

#include "crypto/key.h"

#include <stdbool.h>
#include <stddef.h>

enum { SEAL_OVERHEAD = 1 + 4 + 24 + 16 };

/* out_sealed: length + SEAL_OVERHEAD bytes. */
void seal_make(const struct key_ring *ring, const char *place, const void *bytes, size_t length, void *out_sealed);

/* out_bytes: length - SEAL_OVERHEAD bytes. False: not sealed by us, for this place, with a key that we hold. */
bool seal_open(const struct key_ring *ring, const char *place, const void *sealed, size_t length, void *out_bytes);

/* "credential:<academy>:<account>" */
enum { SEAL_PLACE_SIZE = 64 };
void seal_place(char out_place[SEAL_PLACE_SIZE], const char *what, int academy, long long number);
