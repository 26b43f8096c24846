/* What ties the steps of a registration together: the browser's alone. */
#pragma once

#include "crypto/token.h"

#include <stdbool.h>
#include <stdint.h>

void registration_token_make(const struct key_ring *keys, int64_t registration, char out_token[TOKEN_LINK_SIZE]);
/* False: not one of ours. */
bool registration_token_read(const struct key_ring *keys, const char *token, int64_t *out_registration);
