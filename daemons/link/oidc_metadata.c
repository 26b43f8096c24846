#include "link/oidc_metadata.h"

#include "runtime/cleanup.h"

#include <string.h>

struct address {
    const char *name;
    char *to; /* OIDC_URL_SIZE bytes */
    bool is_required;
};

bool oidc_url_is_right(const char *url)
{
    static const char scheme[] = "https://";
    size_t length = strlen(url);
    if (length >= OIDC_URL_SIZE || strncmp(url, scheme, sizeof scheme - 1) != 0 || !url[sizeof scheme - 1]) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)url[i] <= ' ' || (unsigned char)url[i] >= 0x7F || strchr("\"<>\\^`{|}", url[i])) {
            return false;
        }
    }
    return true;
}

static bool read_address(const json_t *document, const struct address *address, struct fault *fault)
{
    const char *url = json_text(document, address->name);
    if (!url) {
        return !address->is_required || fault_set(fault, FAULT_MISSING, "metadata: no %s", address->name);
    }
    if (!oidc_url_is_right(url)) {
        return fault_set(fault, FAULT_FORMAT, "metadata: %s is no https address", address->name);
    }
    memcpy(address->to, url, strlen(url) + 1);
    return true;
}

bool oidc_metadata_read(
    const json_t *document, const char *issuer, struct oidc_metadata *out_metadata, struct fault *fault)
{
    struct oidc_metadata metadata = {""};
    const struct address addresses[] = {
        {"authorization_endpoint", metadata.authorization, true },
        {"token_endpoint",         metadata.token,         true },
        {"jwks_uri",               metadata.keys,          true },
        {"userinfo_endpoint",      metadata.userinfo,      false},
        {"end_session_endpoint",   metadata.end_session,   false},
    };
    if (!json_says(document, "issuer", issuer)) {
        return fault_set(fault, FAULT_FORMAT, "metadata: of another issuer");
    }
    for (size_t i = 0; i < ARRAY_LENGTH(addresses); i++) {
        if (!read_address(document, &addresses[i], fault)) {
            return false;
        }
    }
    metadata.tells_issuer = json_is_true(json_object_get(document, "authorization_response_iss_parameter_supported"));
    *out_metadata = metadata;
    return true;
}
