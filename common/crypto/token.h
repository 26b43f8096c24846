/* Texts that prove something: a session's cookie, the link of a mail. URL-safe, without padding. */
#pragma once

#include "crypto/key.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TOKEN_RANDOM_SIZE = 44, /* 32 random bytes as text, and the end */
    TOKEN_LINK_SIZE = 64,   /* number and mac as text, and the end */
    TOKEN_RETURN_SIZE = 41  /* 20 bytes in hexadecimal, and the end */
};

void token_random(char out_text[TOKEN_RANDOM_SIZE]);
/* The same of letters and digits alone, small and capital ones: for who accepts no other sign. */
void token_random_letters(char out_text[TOKEN_RANDOM_SIZE]);

/* A link's token, made from the key and the row it stands for: the same each time, so that a mail can be sent again,
 * and nothing in the store lets one make it. purpose: "activation" … ; it does not open for another one. */
void token_link_make(
    const struct key_ring *ring, const char *purpose, int academy, int64_t number, char out_text[TOKEN_LINK_SIZE]);
/* The same by one key of the ring, for what shows nobody which one it was. False: the ring has no such key. */
bool token_link_make_by(const struct key_ring *ring, uint32_t key_number, const char *purpose, int academy,
    int64_t number, char out_text[TOKEN_LINK_SIZE]);
/* False: not made by us for this purpose. */
bool token_link_read(
    const struct key_ring *ring, const char *purpose, const char *text, int *out_academy, int64_t *out_number);

/* One try of a mail, as the sender's address of its envelope names it, so that what comes back is known and cannot be
 * made by others. Short, and the same in capitals: a server may write an address anew, and leaves it 64 bytes before
 * the @. */
struct token_try {
    int academy;
    int64_t number;
    unsigned attempt; /* its rest by TOKEN_TRIES */
};
enum { TOKEN_TRIES = 256 };
void token_return_make(const struct key_ring *ring, struct token_try of, char out_text[TOKEN_RETURN_SIZE]);
/* text: of any length. False: not made by us. */
bool token_return_read(const struct key_ring *ring, const char *text, struct token_try *out_try);
