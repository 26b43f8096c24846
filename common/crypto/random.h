/* Random bytes for keys, tokens and provisional passwords, and what random things need. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* libsodium, once, before anything else of this room; safe to repeat. False: it does not work here, nothing may go on.
 */
bool crypto_begin(void);

void random_fill(void *out_bytes, size_t length);

enum { UUID_SIZE = 16, UUID_TEXT_SIZE = 37 };
/* Version 4, RFC 9562. */
void uuid_make(unsigned char out_uuid[UUID_SIZE]);
void uuid_write(const unsigned char uuid[UUID_SIZE], char out_text[UUID_TEXT_SIZE]);
/* False: not one; out_uuid is untouched. */
bool uuid_read(const char *text, unsigned char out_uuid[UUID_SIZE]);

/* In a time that does not tell where they differ. */
bool bytes_are_same(const void *a, const void *b, size_t length);

enum { DIGEST_SIZE = 32 };
/* BLAKE2b: of a session's cookie for the store, of an archive's bytes. */
void digest_make(const void *bytes, size_t length, unsigned char out_digest[DIGEST_SIZE]);
