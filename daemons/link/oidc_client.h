/* An OpenID Connect client as a section of the configuration declares it: who the provider is, what it calls us, how we prove it. */
#pragma once

#include "link/oidc.h"
#include "runtime/config.h"

/* The section's own keys for it. */
struct oidc_client_keys {
    enum config_key issuer, ca_file, client_id, client_authentication, client_secret_file, client_key_file, pkce,
        scopes, userinfo;
};

/* What settings borrow of it. */
struct oidc_client {
    char *scope;
    struct secret *secret, *other_secret;
    json_t *key;
};

/* Fills of the settings what the section says, and leaves the rest. What was read before a fault is in the client too: it is cleared either
 * way. Faults: CONFIG, with the key and a hint. */
MUST_USE bool oidc_client_read(const struct config *section, const struct oidc_client_keys *keys,
    struct oidc_settings *settings, struct oidc_client *out_client, struct fault *fault);
void oidc_client_clear(struct oidc_client *client);

/* A file of secrets: one, and on a second line another one that the provider may know us by instead, while they change; empty lines
 * do not count. *out_other: NULL when there is none. The caller's to free, after a fault too. Faults: CONFIG, and those of secret_read_file. */
MUST_USE bool oidc_client_secrets_read(
    const char *file, struct secret **out_secret, struct secret **out_other, struct fault *fault);
