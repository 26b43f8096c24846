/* Digests taken piece by piece: of a record of AAF (16 bytes are enough to tell a change), of an archive
 * (32). */
#pragma once

#include <stddef.h>

enum { RECORD_DIGEST_SIZE = 16, ARCHIVE_DIGEST_SIZE = 32 };

struct digest {
    _Alignas(64) unsigned char state[384]; /* libsodium's crypto_generichash_state */
    size_t size;
};

/* size: RECORD_DIGEST_SIZE or ARCHIVE_DIGEST_SIZE. */
void digest_begin(struct digest *digest, size_t size);
void digest_add(struct digest *digest, const void *bytes, size_t length);
/* A text with its length, so that "ab","c" and "a","bc" differ; NULL differs from "". */
void digest_add_text(struct digest *digest, const char *text);
void digest_end(struct digest *digest, unsigned char *out_bytes);
