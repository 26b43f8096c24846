#include "link/oidc_error.h"

#include "runtime/cleanup.h"

#include <string.h>

enum oidc_error oidc_error_read(const char *error)
{
    static const struct {
        const char *error;
        enum oidc_error kind;
    } known[] = {
        {"access_denied",           OIDC_ERROR_CANCELLED},
        {"login_required",          OIDC_ERROR_CANCELLED},
        {"interaction_required",    OIDC_ERROR_CANCELLED},
        {"consent_required",        OIDC_ERROR_CANCELLED},
        {"temporarily_unavailable", OIDC_ERROR_AWAY     },
        {"server_error",            OIDC_ERROR_AWAY     },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        if (strcmp(error, known[i].error) == 0) {
            return known[i].kind;
        }
    }
    return OIDC_ERROR_OTHER;
}

bool oidc_error_is_word(const char *error)
{
    return strlen(error) < 64 && error[strspn(error, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
}
