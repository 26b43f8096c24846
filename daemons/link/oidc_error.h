/* Error codes of a provider (RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6). Pure. */
#pragma once

#include <stdbool.h>

enum oidc_error {
    OIDC_ERROR_CANCELLED, /* by the person, or by the provider's own rules */
    OIDC_ERROR_AWAY,      /* the provider cannot just now */
    OIDC_ERROR_OTHER      /* mostly something that both sides have agreed on differently */
};
enum oidc_error oidc_error_read(const char *error);
/* A word of theirs, that may stand in a log: anybody can write one into the address of a way back. */
bool oidc_error_is_word(const char *error);
