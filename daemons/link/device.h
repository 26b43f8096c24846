/* A browser that gave the right password of a login once carries a token that says so. Its tries are counted by themselves,
 * so that nobody without it keeps the person out, were they behind the same address; the password is asked all the same.
 * The token is a mac over the login: for another login it is none. */
#pragma once

#include "crypto/token.h"
#include "runtime/clock.h"

/* who: "person", "administrator". number: of the browser, by which it is counted: when it first signed in. */
void device_make(const struct key_ring *keys, const char *who, const char *login, struct instant now,
    char out_token[TOKEN_LINK_SIZE]);
bool device_read(
    const struct key_ring *keys, const char *who, const char *login, const char *token, int64_t *out_number);
