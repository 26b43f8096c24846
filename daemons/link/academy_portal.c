#include "link/academy_portal.h"

#include "link/provider_watch.h"
#include "runtime/memory.h"

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

/* --- what is asked of the provider --- */

static const struct oidc_client_keys client_keys = {
    .issuer = CONFIG_ACADEMY_PORTAL_ISSUER,
    .ca_file = CONFIG_ACADEMY_PORTAL_CA_FILE,
    .client_id = CONFIG_ACADEMY_PORTAL_CLIENT_ID,
    .client_authentication = CONFIG_ACADEMY_PORTAL_CLIENT_AUTHENTICATION,
    .client_secret_file = CONFIG_ACADEMY_PORTAL_CLIENT_SECRET_FILE,
    .client_key_file = CONFIG_ACADEMY_PORTAL_CLIENT_KEY_FILE,
    .pkce = CONFIG_ACADEMY_PORTAL_PKCE,
    .scopes = CONFIG_ACADEMY_PORTAL_SCOPES,
    .userinfo = CONFIG_ACADEMY_PORTAL_USERINFO,
};

static bool read_settings(
    struct academy_portal *portal, const struct config *config, const struct config *whole, struct fault *fault)
{
    struct oidc_settings *settings = &portal->settings;
    const char *public_url = config_text(whole, CONFIG_PORTAL_PUBLIC_URL);
    settings->name = portal->name;
    settings->proxy = config_text(whole, CONFIG_LINK_PROVIDER_PROXY);
    settings->acr_values = config_text(config, CONFIG_ACADEMY_PORTAL_ACR_VALUES);
    settings->wanted_claim = portal->schools_claim;
    settings->redirect_uri = own(portal, checked_printf("%s/portail/%s/retour", public_url, portal->name));
    settings->sign_out_uri = own(portal, checked_printf("%s/fin-de-session", public_url));
    settings->bound = config_duration(whole, CONFIG_LINK_PROVIDER_TIMEOUT);
    settings->skew = config_duration(whole, CONFIG_LINK_PROVIDER_CLOCK_SKEW);
    settings->keys_interval = config_duration(whole, CONFIG_LINK_PROVIDER_KEYS_INTERVAL);
    return oidc_client_read(config, &client_keys, settings, &portal->client, fault);
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
        !read_settings(portal, config, run->config, fault)) {
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
    oidc_client_clear(&portal->client);
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
