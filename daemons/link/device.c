#include "link/device.h"

#include <stdio.h>

enum { PURPOSE_SIZE = 160 };

static void purpose_of(const char *who, const char *login, char out_purpose[PURPOSE_SIZE])
{
    snprintf(out_purpose, PURPOSE_SIZE, "device:%s:%.100s", who, login);
}

void device_make(const struct key_ring *keys, const char *who, const char *login, struct instant now,
    char out_token[TOKEN_LINK_SIZE])
{
    char purpose[PURPOSE_SIZE];
    purpose_of(who, login, purpose);
    token_link_make(keys, purpose, 0, now.us, out_token);
}

bool device_read(
    const struct key_ring *keys, const char *who, const char *login, const char *token, int64_t *out_number)
{
    char purpose[PURPOSE_SIZE];
    int academy;
    purpose_of(who, login, purpose);
    return login[0] != '\0' && token_link_read(keys, purpose, token, &academy, out_number);
}
