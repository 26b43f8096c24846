#include "link/academy_portal.h"

#include "link/oidc_json.h"
#include "link/oidc_metadata.h"
#include "link/oidc_token.h"
#include "link/provider_watch.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const char section[] = "academy_portal";

/* A text that goes with the portal. */
static char *own(struct academy_portal *portal, char *text)
{
    portal->owned[portal->owned_count++] = text;
    return text;
}

static bool wrong(struct fault *fault, const char *key, const char *what, const char *hint)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "%s", hint);
}

/* --- how the client makes itself known --- */

static enum oidc_authentication authentication_of(const struct config *config)
{
    static const char *const words[] = {
        [OIDC_SECRET_BASIC] = "client_secret_basic",
        [OIDC_SECRET_POST] = "client_secret_post",
        [OIDC_PRIVATE_KEY] = "private_key_jwt",
    };
    const char *word = config_text(config, CONFIG_ACADEMY_PORTAL_CLIENT_AUTHENTICATION);
    unsigned found = OIDC_SECRET_BASIC;
    while (found < OIDC_PRIVATE_KEY && strcmp(words[found], word) != 0) { /* the configuration admits no other */
        found++;
    }
    return (enum oidc_authentication)found;
}

/* A key that cannot sign is told now, not at the first sign-in. */
static bool read_key(const struct config *config, json_t **out_key, struct fault *fault)
{
    _cleanup_(secret_free) struct secret *text = NULL;
    _cleanup_(json_free) json_t *nothing = json_object();
    if (!secret_read_file(config_text(config, CONFIG_ACADEMY_PORTAL_CLIENT_KEY_FILE), &text, fault)) {
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

static bool read_client(struct academy_portal *portal, const struct config *config, struct fault *fault)
{
    struct oidc_settings *settings = &portal->settings;
    bool by_key = (settings->authentication = authentication_of(config)) == OIDC_PRIVATE_KEY;
    enum config_key file = by_key ? CONFIG_ACADEMY_PORTAL_CLIENT_KEY_FILE : CONFIG_ACADEMY_PORTAL_CLIENT_SECRET_FILE;
    if (!config_is_set(config, file)) {
        return wrong(fault, by_key ? "client_key_file" : "client_secret_file", "is to be given",
            "The portal's client_authentication needs it.");
    }
    if (by_key ? !read_key(config, &portal->key, fault)
               : !secret_read_file(config_text(config, file), &portal->secret, fault)) {
        return false;
    }
    settings->client_id = config_text(config, CONFIG_ACADEMY_PORTAL_CLIENT_ID);
    settings->client_secret = portal->secret;
    settings->client_key = portal->key;
    return settings->client_id[0] != '\0' || wrong(fault, "client_id", "is to be given", "The academy gives it.");
}

/* --- what is asked of the provider --- */

/* "openid" first, whether or not it was given. The portal's. */
static const char *scope_of(struct academy_portal *portal, const struct config *config)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    assert(out);
    (void)fputs("openid", out);
    for (const char *const *scope = config_list(config, CONFIG_ACADEMY_PORTAL_SCOPES); *scope; scope++) {
        if (strcmp(*scope, "openid") != 0) {
            (void)fprintf(out, " %s", *scope);
        }
    }
    (void)fclose(out);
    return own(portal, text);
}

static enum oidc_userinfo userinfo_of(const struct config *config)
{
    const char *word = config_text(config, CONFIG_ACADEMY_PORTAL_USERINFO);
    return strcmp(word, "always") == 0  ? OIDC_USERINFO_ALWAYS
           : strcmp(word, "never") == 0 ? OIDC_USERINFO_NEVER
                                        : OIDC_USERINFO_AUTO;
}

static bool read_settings(
    struct academy_portal *portal, const struct config *config, const struct config *whole, struct fault *fault)
{
    struct oidc_settings *settings = &portal->settings;
    const char *public_url = config_text(whole, CONFIG_PORTAL_PUBLIC_URL);
    settings->name = portal->name;
    settings->issuer = config_text(config, CONFIG_ACADEMY_PORTAL_ISSUER);
    settings->ca_file = config_text(config, CONFIG_ACADEMY_PORTAL_CA_FILE);
    settings->proxy = config_text(whole, CONFIG_LINK_PROVIDER_PROXY);
    settings->has_pkce = config_flag(config, CONFIG_ACADEMY_PORTAL_PKCE);
    settings->scope = scope_of(portal, config);
    settings->acr_values = config_text(config, CONFIG_ACADEMY_PORTAL_ACR_VALUES);
    settings->userinfo = userinfo_of(config);
    settings->wanted_claim = portal->schools_claim;
    settings->redirect_uri = own(portal, checked_printf("%s/portail/%s/retour", public_url, portal->name));
    settings->sign_out_uri = own(portal, checked_printf("%s/fin-de-session", public_url));
    settings->bound = config_duration(whole, CONFIG_LINK_PROVIDER_TIMEOUT);
    settings->skew = config_duration(whole, CONFIG_LINK_PROVIDER_CLOCK_SKEW);
    settings->keys_interval = config_duration(whole, CONFIG_LINK_PROVIDER_KEYS_INTERVAL);
    return oidc_url_is_right(settings->issuer) ||
           wrong(fault, "issuer", "is no https address", "It is written as the portal's tokens write it.");
}

/* --- what is made of the claims --- */

static bool read_functions(struct academy_portal *portal, const struct config *config, struct fault *fault)
{
    bool may_be_wide = config_flag(config, CONFIG_ACADEMY_PORTAL_WIDE_ROLES);
    for (const char *const *text = config_list(config, CONFIG_ACADEMY_PORTAL_FUNCTIONS); *text; text++) {
        struct portal_function *function = &portal->functions[portal->function_count++];
        if (!portal_function_parse(*text, function)) {
            return wrong(fault, "functions", "is no CODE=role", "Roles: directeur, delegue, integrateur, assistance.");
        }
        if (function->role == ROLE_EXPLOITANT) {
            return wrong(fault, "functions", "makes operators", "An academy does not say who operates the nation.");
        }
        if (portal_role_is_wide(function->role) && !may_be_wide) {
            return wrong(fault, "functions", "gives a role that sees the whole academy",
                "Such roles want wide_roles = oui, and a second factor at each sign-in.");
        }
    }
    bool has_claim = portal->function_claim[0] != '\0';
    return has_claim == (portal->function_count > 0) ||
           wrong(fault, "functions", "goes with function_claim", "Give both, or neither.");
}

static bool read_factors(struct academy_portal *portal, const struct config *config, struct fault *fault)
{
    for (const char *const *text = config_list(config, CONFIG_ACADEMY_PORTAL_SECOND_FACTOR); *text; text++) {
        bool is_acr = strncmp(*text, "acr=", 4) == 0;
        if ((!is_acr && strncmp(*text, "amr=", 4) != 0) || (*text)[4] == '\0') {
            return wrong(fault, "second_factor", "is neither acr=… nor amr=…", "For instance amr=otp.");
        }
        portal->factors[portal->factor_count++] = (struct portal_factor){is_acr ? "acr" : "amr", *text + 4};
    }
    return true;
}

static bool portal_open(
    struct academy_portal *portal, const struct config *config, const struct daemon_run *run, struct fault *fault)
{
    portal->schools_claim = config_text(config, CONFIG_ACADEMY_PORTAL_SCHOOLS_CLAIM);
    portal->login_claim = config_text(config, CONFIG_ACADEMY_PORTAL_LOGIN_CLAIM);
    portal->name_claim = config_text(config, CONFIG_ACADEMY_PORTAL_NAME_CLAIM);
    portal->mail_claim = config_text(config, CONFIG_ACADEMY_PORTAL_MAIL_CLAIM);
    portal->function_claim = config_text(config, CONFIG_ACADEMY_PORTAL_FUNCTION_CLAIM);
    if (!academy_parse(config_text(config, CONFIG_ACADEMY_PORTAL_ACADEMY), &portal->academy)) {
        return wrong(fault, "academy", "is no academy", "Its code (10) or its name (Lyon).");
    }
    if (!read_functions(portal, config, fault) || !read_factors(portal, config, fault) ||
        !read_client(portal, config, fault) || !read_settings(portal, config, run->config, fault)) {
        return false;
    }
    portal->oidc = oidc_open(run->loop, &portal->settings);
    return true;
}

bool academy_portals_open(const struct daemon_run *run, struct academy_portals *out_portals, struct fault *fault)
{
    size_t count = config_titled_count(run->config, section);
    oidc_begin_all();
    out_portals->list = checked_calloc(count + 1, sizeof *out_portals->list);
    for (; out_portals->count < count; out_portals->count++) {
        struct academy_portal *portal = &out_portals->list[out_portals->count];
        portal->name = config_title(run->config, section, out_portals->count);
        if (!portal_open(portal, config_titled(run->config, section, out_portals->count), run, fault)) {
            out_portals->count++; /* what it has already is closed with the others */
            return fault_add(fault, "%s \"%s\"", section, portal->name);
        }
    }
    return true;
}

static void portal_free(struct academy_portal *portal)
{
    secret_free(&portal->secret);
    json_free(&portal->key);
    for (size_t i = 0; i < portal->owned_count; i++) {
        memory_free(&portal->owned[i]);
    }
}

void academy_portals_watch(
    const struct daemon_run *run, const struct academy_portals *portals, struct provider_watch **out_watch)
{
    struct provider_watched *watched = checked_calloc(portals->count + 1, sizeof *watched);
    for (size_t i = 0; i < portals->count; i++) {
        watched[i] = (struct provider_watched){.name = portals->list[i].name, .oidc = portals->list[i].oidc};
    }
    provider_watch_new(run, "academy_portals", watched, portals->count, out_watch);
    memory_free(&watched);
}

void academy_portals_close(struct academy_portals *portals)
{
    bool are_stopped = true;
    for (size_t i = 0; i < portals->count; i++) {
        if (oidc_close(&portals->list[i].oidc)) {
            portal_free(&portals->list[i]);
        } else {
            are_stopped = false;
        }
    }
    if (are_stopped) {
        memory_free(&portals->list);
    }
    *portals = (struct academy_portals){0};
}

struct academy_portal *academy_portal_named(const struct academy_portals *portals, const char *name)
{
    for (size_t i = 0; i < portals->count; i++) {
        if (strcmp(portals->list[i].name, name) == 0) {
            return &portals->list[i];
        }
    }
    return NULL;
}
