#include "link/franceconnect.h"

#include "link/oidc_client.h"
#include "link/oidc_metadata.h"
#include "link/provider_watch.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

struct franceconnect {
    struct oidc_settings settings;
    struct secret *secret, *other_secret;
    char *scope, *redirect_uri, *sign_out_uri;
    struct oidc *oidc;
};

static bool wrong(struct fault *fault, const char *key, const char *what)
{
    (void)fault_set(fault, FAULT_CONFIG, "franceconnect.%s: %s", key, what);
    return fault_hint(fault, "See docs/operators/franceconnect.md.");
}

/* "openid" and what was given. The caller frees. */
static char *scope_of(const struct config *config)
{
    char *text = checked_strdup("openid");
    for (const char *const *scope = config_list(config, CONFIG_FRANCECONNECT_SCOPES); *scope; scope++) {
        if (strcmp(*scope, "openid") != 0) {
            char *longer = checked_printf("%s %s", text, *scope);
            memory_free(&text);
            text = longer;
        }
    }
    return text;
}

static void settings_make(struct franceconnect *franceconnect, const struct config *config)
{
    const char *public_url = config_text(config, CONFIG_PORTAL_PUBLIC_URL);
    franceconnect->scope = scope_of(config);
    franceconnect->redirect_uri = checked_printf("%s/franceconnect/retour", public_url);
    franceconnect->sign_out_uri = checked_printf("%s/franceconnect/fin", public_url);
    franceconnect->settings = (struct oidc_settings){
        .name = FRANCECONNECT_NAME,
        .issuer = config_text(config, CONFIG_FRANCECONNECT_ISSUER),
        .ca_file = config_text(config, CONFIG_FRANCECONNECT_CA_FILE),
        .proxy = config_text(config, CONFIG_LINK_PROVIDER_PROXY),
        .client_id = config_text(config, CONFIG_FRANCECONNECT_CLIENT_ID),
        .authentication = OIDC_SECRET_POST,
        .client_secret = franceconnect->secret,
        .other_secret = franceconnect->other_secret,
        .has_pkce = false,
        .scope = franceconnect->scope,
        .acr_values = "eidas1",
        .acr = "eidas1",
        .userinfo = OIDC_USERINFO_ALWAYS,
        .has_signed_userinfo = true,
        .redirect_uri = franceconnect->redirect_uri,
        .sign_out_uri = franceconnect->sign_out_uri,
        .bound = config_duration(config, CONFIG_LINK_PROVIDER_TIMEOUT),
        .skew = config_duration(config, CONFIG_LINK_PROVIDER_CLOCK_SKEW),
        .keys_interval = config_duration(config, CONFIG_LINK_PROVIDER_KEYS_INTERVAL),
    };
}

static bool check(const struct config *config, struct fault *fault)
{
    if (!oidc_url_is_right(config_text(config, CONFIG_FRANCECONNECT_ISSUER))) {
        return wrong(fault, "issuer", "is no https address");
    }
    if (config_text(config, CONFIG_FRANCECONNECT_CLIENT_ID)[0] == '\0') {
        return wrong(fault, "client_id", "is to be given");
    }
    if (!config_is_set(config, CONFIG_FRANCECONNECT_CLIENT_SECRET_FILE)) {
        return wrong(fault, "client_secret_file", "is to be given");
    }
    return config_titled_count(config, "sms_provider") > 0 ||
           wrong(fault, "issuer", "wants a section sms_provider: an identity is linked by a code sent to a mobile");
}

bool franceconnect_open(const struct daemon_run *run, struct franceconnect **out_franceconnect, struct fault *fault)
{
    const struct config *config = run->config;
    if (config_text(config, CONFIG_FRANCECONNECT_ISSUER)[0] == '\0') {
        *out_franceconnect = NULL;
        return true;
    }
    struct franceconnect *franceconnect = *out_franceconnect = checked_calloc(1, sizeof *franceconnect);
    if (!check(config, fault) || !oidc_client_secrets_read(config_text(config, CONFIG_FRANCECONNECT_CLIENT_SECRET_FILE),
                                     &franceconnect->secret, &franceconnect->other_secret, fault)) {
        return false;
    }
    settings_make(franceconnect, config);
    franceconnect->oidc = oidc_open(run->loop, &franceconnect->settings);
    return true;
}

void franceconnect_watch(
    const struct daemon_run *run, const struct franceconnect *franceconnect, struct provider_watch **out_watch)
{
    const struct provider_watched watched = {.name = FRANCECONNECT_NAME, .oidc = franceconnect_oidc(franceconnect)};
    provider_watch_new(run, "franceconnect", &watched, franceconnect ? 1 : 0, out_watch);
}

void franceconnect_close(struct franceconnect **address)
{
    struct franceconnect *franceconnect = *address;
    bool is_closed = !franceconnect || oidc_close(&franceconnect->oidc); /* who waits for it is told, by *address */
    *address = NULL;
    if (!franceconnect || !is_closed) { /* a thread still uses it: left to the end of the process */
        return;
    }
    secret_free(&franceconnect->secret);
    secret_free(&franceconnect->other_secret);
    memory_free(&franceconnect->scope);
    memory_free(&franceconnect->redirect_uri);
    memory_free(&franceconnect->sign_out_uri);
    memory_free(&franceconnect);
}

struct oidc *franceconnect_oidc(const struct franceconnect *franceconnect)
{
    return franceconnect ? franceconnect->oidc : NULL;
}

const char *franceconnect_issuer(const struct franceconnect *franceconnect)
{
    return franceconnect->settings.issuer;
}

enum refusal franceconnect_refusal(enum refusal refusal)
{
    static const struct {
        enum refusal of_portal, here;
    } words[] = {
        {REFUSAL_PORTAL_UNAVAILABLE,  REFUSAL_FRANCECONNECT_UNAVAILABLE },
        {REFUSAL_PORTAL_ANSWER_WRONG, REFUSAL_FRANCECONNECT_ANSWER_WRONG},
        {REFUSAL_PORTAL_SIGN_IN_OVER, REFUSAL_FRANCECONNECT_OVER        },
        {REFUSAL_PORTAL_CANCELLED,    REFUSAL_FRANCECONNECT_CANCELLED   },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (words[i].of_portal == refusal) {
            return words[i].here;
        }
    }
    return refusal;
}
