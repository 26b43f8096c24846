/* OpenID Connect (guide 1.1, the transition) as a protocol of ent_peer.h, over the same client as academies' portals and FranceConnect
 * (oidc_exchange.h): the nonce and the verifier of PKCE are what is kept for the browser, and the key is a claim. No session of ours stands
 * on it, and the peer's own is not touched. */
#include "link/ent_peer.h"
#include "link/oidc_claim.h"
#include "link/oidc_client.h"
#include "link/oidc_error.h"
#include "link/oidc_exchange.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

/* Changes with its own lock only (oidc_provider.h). */
struct own {
    struct oidc_settings settings;
    struct oidc_client client;
    struct oidc_provider *provider;
    char *name;
};

/* --- the configuration --- */

static const struct oidc_client_keys client_keys = {
    .issuer = CONFIG_ENT_ISSUER,
    .ca_file = CONFIG_ENT_CA_FILE,
    .client_id = CONFIG_ENT_CLIENT_ID,
    .client_authentication = CONFIG_ENT_CLIENT_AUTHENTICATION,
    .client_secret_file = CONFIG_ENT_CLIENT_SECRET_FILE,
    .client_key_file = CONFIG_ENT_CLIENT_KEY_FILE,
    .pkce = CONFIG_ENT_PKCE,
    .scopes = CONFIG_ENT_SCOPES,
    .userinfo = CONFIG_ENT_USERINFO,
};

static void oidc_ent_close(void *address)
{
    struct own *own = address;
    oidc_client_clear(&own->client);
    oidc_provider_free(&own->provider);
    memory_free(&own->name);
    memory_free(&own);
}

/* Whom the key names: OpenID Connect's subject where no claim is told. */
static const char *claim_of(const struct ent_settings *settings)
{
    return settings->key_attribute[0] != '\0' ? settings->key_attribute : "sub";
}

static bool oidc_ent_open(const struct ent_settings *settings, void **out_own, struct fault *fault)
{
    struct own *own = checked_calloc(1, sizeof *own);
    *out_own = NULL;
    own->name = checked_printf("ent/%s", settings->name);
    own->provider = oidc_provider_new();
    own->settings = (struct oidc_settings){
        .name = own->name,
        .proxy = settings->proxy,
        .acr_values = "",
        .wanted_claim = claim_of(settings),
        .redirect_uri = settings->back_url,
        .sign_out_uri = settings->public_url, /* never asked for */
        .bound = settings->bound,
        .skew = settings->skew,
        .keys_interval = settings->keys_interval,
    };
    if (!oidc_client_read(settings->section, &client_keys, &own->settings, &own->client, fault)) {
        oidc_ent_close(own);
        return false;
    }
    *out_own = own;
    return true;
}

static struct oidc_work work_of(const struct own *own, struct http_client *http, const struct ent_attempt *attempt)
{
    return (struct oidc_work){&own->settings, own->provider, http, attempt->begun};
}

/* --- out --- */

/* "NONCE VERIFIER": neither has a space. */
static char *kept_make(const struct oidc_secrets *secrets)
{
    return checked_printf("%s %s", secrets->nonce, secrets->verifier);
}

static bool kept_read(const char *kept, struct oidc_secrets *out_secrets)
{
    enum { LENGTH = TOKEN_RANDOM_SIZE - 1 };
    if (!kept || strlen(kept) != 2 * LENGTH + 1 || kept[LENGTH] != ' ') {
        return false;
    }
    snprintf(out_secrets->nonce, sizeof out_secrets->nonce, "%.*s", (int)LENGTH, kept);
    snprintf(out_secrets->verifier, sizeof out_secrets->verifier, "%s", kept + LENGTH + 1);
    return true;
}

static bool oidc_ent_start(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct ent_departure *out_departure, struct fault *fault)
{
    (void)settings;
    struct oidc_secrets secrets;
    const struct oidc_work work = work_of(own, http, attempt);
    *out_departure = (struct ent_departure){0};
    oidc_secrets_make(&secrets);
    out_departure->url = oidc_address_out(&work, attempt->state, &secrets, fault);
    if (out_departure->url) {
        out_departure->kept = kept_make(&secrets);
    }
    secret_wipe(&secrets, sizeof secrets);
    return out_departure->url != NULL;
}

/* --- back --- */

/* What the peer sends in the place of a code (RFC 6749 4.1.2.1). */
static bool refused(const char *error, struct fault *fault)
{
    switch (oidc_error_read(error)) {
    case OIDC_ERROR_CANCELLED:
        return fault_set(fault, FAULT_BUSY, "the person gave up, or may not");
    case OIDC_ERROR_AWAY:
        return fault_set(fault, FAULT_PEER, "%s", error);
    case OIDC_ERROR_OTHER:
        break;
    }
    return fault_set(fault, FAULT_FORMAT, "refused: %s", oidc_error_is_word(error) ? error : "unreadable");
}

static bool exchange(const struct oidc_work *work, const struct oidc_return *back, const char *claim,
    char out_key[ENT_KEY_SIZE], struct fault *fault)
{
    _cleanup_(json_free) json_t *claims = NULL;
    _cleanup_(secret_text_free) char *id_token = NULL;
    if (!oidc_exchange(work, back, &claims, &id_token, fault)) {
        /* a provider that leaves out what must be there is wrong; MISSING is the key's */
        fault->code = fault->code == FAULT_MISSING ? FAULT_FORMAT : fault->code;
        return false;
    }
    return oidc_claim_one(claims, claim, out_key, ENT_KEY_SIZE, fault);
}

static bool oidc_ent_end(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, const struct ent_return *back, struct ent_identity *out_identity,
    struct fault *fault)
{
    struct oidc_secrets secrets;
    const struct oidc_work work = work_of(own, http, attempt);
    *out_identity = (struct ent_identity){.key = ""};
    if (back->error) {
        return refused(back->error, fault);
    }
    if (!back->code || !kept_read(back->kept, &secrets)) {
        return fault_set(fault, FAULT_FORMAT, "no code came back");
    }
    const struct oidc_return told = {.code = back->code, .issuer = back->issuer, .secrets = &secrets};
    bool is_known = exchange(&work, &told, claim_of(settings), out_identity->key, fault);
    secret_wipe(&secrets, sizeof secrets);
    return is_known;
}

static bool oidc_ent_look(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct fault *fault)
{
    (void)settings;
    const struct oidc_work work = work_of(own, http, attempt);
    return oidc_provider_look(&work, fault);
}

const struct ent_protocol ent_oidc = {
    .word = "oidc",
    .open = oidc_ent_open,
    .close = oidc_ent_close,
    .start = oidc_ent_start,
    .end = oidc_ent_end,
    .look = oidc_ent_look,
};
