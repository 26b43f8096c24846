#include "link/registration_token.h"

static const char purpose[] = "registration";

void registration_token_make(const struct key_ring *keys, int64_t registration, char out_token[TOKEN_LINK_SIZE])
{
    token_link_make(keys, purpose, 0, registration, out_token);
}

bool registration_token_read(const struct key_ring *keys, const char *token, int64_t *out_registration)
{
    int academy;
    return token_link_read(keys, purpose, token, &academy, out_registration);
}
