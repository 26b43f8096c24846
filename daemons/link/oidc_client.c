#include "link/oidc_client.h"

#include "link/oidc_json.h"
#include "link/oidc_metadata.h"
#include "link/oidc_token.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static bool wrong(struct fault *fault, const char *key, const char *what, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "%s", hint);
}

/* --- how the client makes itself known --- */

static enum oidc_authentication authentication_of(const char *word)
{
    static const char *const words[] = {
        [OIDC_SECRET_BASIC] = "client_secret_basic",
        [OIDC_SECRET_POST] = "client_secret_post",
        [OIDC_PRIVATE_KEY] = "private_key_jwt",
    };
    unsigned found = OIDC_SECRET_BASIC;
    while (found < OIDC_PRIVATE_KEY && strcmp(words[found], word) != 0) { /* the configuration admits no other */
        found++;
    }
    return (enum oidc_authentication)found;
}

/* The next line that is not empty, and *text behind it. NULL: there is none. */
static struct secret *next_line(const char **text)
{
    const char *line = *text + strspn(*text, "\r\n");
    size_t length = strcspn(line, "\r\n");
    *text = line + length;
    return length > 0 ? secret_new(line, length) : NULL;
}

bool oidc_client_secrets_read(
    const char *file, struct secret **out_secret, struct secret **out_other, struct fault *fault)
{
    _cleanup_(secret_free) struct secret *all = NULL, *third = NULL;
    if (!secret_read_file(file, &all, fault)) {
        return false;
    }
    const char *rest = secret_text(all);
    *out_secret = next_line(&rest);
    *out_other = next_line(&rest);
    third = next_line(&rest);
    return (*out_secret && !third) ||
           wrong(fault, "client_secret_file", third ? "has more than two lines" : "is empty",
               "It holds the secret, and on a second line another one while the provider changes it.");
}

/* A key that cannot sign is told now, not at the first sign-in. */
static bool read_key(const char *file, json_t **out_key, struct fault *fault)
{
    _cleanup_(secret_free) struct secret *text = NULL;
    _cleanup_(json_free) json_t *nothing = json_object();
    if (!secret_read_file(file, &text, fault)) {
        return false;
    }
    *out_key = json_read_object(secret_text(text), secret_length(text), fault);
    if (*out_key) {
        _cleanup_(memory_free) char *trial = oidc_token_sign(*out_key, nothing, fault);
        if (trial) {
            return true;
        }
    }
    return wrong(fault, "client_key_file", "no private JWK that signs",
        "It is a private JWK for RS256, PS256 or ES256, with its alg: see docs/operators/portail-academique.md.");
}

static bool read_proof(const struct config *section, const struct oidc_client_keys *keys,
    struct oidc_settings *settings, struct oidc_client *client, struct fault *fault)
{
    settings->authentication = authentication_of(config_text(section, keys->client_authentication));
    bool by_key = settings->authentication == OIDC_PRIVATE_KEY;
    enum config_key file = by_key ? keys->client_key_file : keys->client_secret_file;
    if (!config_is_set(section, file)) {
        return wrong(fault, by_key ? "client_key_file" : "client_secret_file", "is to be given",
            "This client_authentication needs it.");
    }
    if (by_key ? !read_key(config_text(section, file), &client->key, fault)
               : !oidc_client_secrets_read(config_text(section, file), &client->secret, &client->other_secret, fault)) {
        return false;
    }
    settings->client_secret = client->secret;
    settings->other_secret = client->other_secret;
    settings->client_key = client->key;
    settings->client_id = config_text(section, keys->client_id);
    return settings->client_id[0] != '\0' || wrong(fault, "client_id", "is to be given", "The provider gives it.");
}

/* --- what is asked of the provider --- */

/* "openid" first, whether or not it was given. The caller frees. */
static char *scope_of(const char *const *scopes)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out);
    (void)fputs("openid", out);
    for (const char *const *scope = scopes; *scope; scope++) {
        if (strcmp(*scope, "openid") != 0) {
            (void)fprintf(out, " %s", *scope);
        }
    }
    (void)fclose(out);
    return text;
}

static enum oidc_userinfo userinfo_of(const char *word)
{
    return strcmp(word, "always") == 0  ? OIDC_USERINFO_ALWAYS
           : strcmp(word, "never") == 0 ? OIDC_USERINFO_NEVER
                                        : OIDC_USERINFO_AUTO;
}

bool oidc_client_read(const struct config *section, const struct oidc_client_keys *keys, struct oidc_settings *settings,
    struct oidc_client *out_client, struct fault *fault)
{
    *out_client = (struct oidc_client){.scope = scope_of(config_list(section, keys->scopes))};
    settings->issuer = config_text(section, keys->issuer);
    settings->ca_file = config_text(section, keys->ca_file);
    settings->has_pkce = config_flag(section, keys->pkce);
    settings->scope = out_client->scope;
    settings->userinfo = userinfo_of(config_text(section, keys->userinfo));
    if (!oidc_url_is_right(settings->issuer)) {
        return wrong(fault, "issuer", "is no https address", "It is written as the provider's tokens write it.");
    }
    return read_proof(section, keys, settings, out_client, fault);
}

void oidc_client_clear(struct oidc_client *client)
{
    secret_free(&client->secret);
    secret_free(&client->other_secret);
    json_free(&client->key);
    memory_free(&client->scope);
}
