/* SAML 2.0 (guide 1.1, the transition) as a protocol of ent_peer.h: the request's ID is what is kept for the browser, the state goes along as
 * RelayState, and the assertion's ID names the answer. Nobody is asked: all that comes, comes with the browser. */
#include "link/ent_peer.h"
#include "link/saml.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"

#include <assert.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

static_assert((int)ENT_KEY_SIZE >= (int)SAML_KEY_SIZE && (int)ENT_ONCE_SIZE >= (int)SAML_ID_SIZE,
    "an identity holds what is read");
static_assert((int)ENT_RESPONSE_MAX == (int)SAML_RESPONSE_MAX, "one bound");

/* --- the configuration --- */

static void text_free(gchar **text)
{
    g_free(*text);
}

static void error_free(GError **error)
{
    if (*error) {
        g_error_free(*error);
    }
}

static bool wrong(struct fault *fault, const char *key, const char *what)
{
    (void)fault_set(fault, FAULT_CONFIG, "%s: %s", key, what);
    return fault_hint(fault, "See docs/operators/ent.md.");
}

/* A file that is no secret. The caller frees by g_free. */
static bool read_file(
    const struct config *config, enum config_key file, const char *key, gchar **out_text, struct fault *fault)
{
    _cleanup_(error_free) GError *error = NULL;
    gsize length = 0;
    if (!config_is_set(config, file)) {
        return wrong(fault, key, "is to be given");
    }
    if (!g_file_get_contents(config_text(config, file), out_text, &length, &error)) {
        return wrong(fault, key, error->message);
    }
    return strlen(*out_text) == length || wrong(fault, key, "is no text");
}

static bool read_key(const struct config *config, struct secret **out_key, struct fault *fault)
{
    if (!config_is_set(config, CONFIG_ENT_SIGNING_KEY_FILE)) {
        return wrong(fault, "signing_key_file", "is to be given");
    }
    return secret_read_file(config_text(config, CONFIG_ENT_SIGNING_KEY_FILE), out_key, fault) ||
           fault_add(fault, "signing_key_file");
}

/* Ours: the address of our metadata, unless the peer knows us by another name. */
static char *entity_id_of(const struct ent_settings *settings)
{
    const char *given = config_text(settings->section, CONFIG_ENT_ENTITY_ID);
    return given[0] != '\0' ? checked_strdup(given)
                            : checked_printf("%s/ent/%s/metadata", settings->public_url, settings->name);
}

static bool saml_open(const struct ent_settings *settings, void **out_own, struct fault *fault)
{
    _cleanup_(text_free) gchar *metadata = NULL, *certificates = NULL;
    _cleanup_(secret_free) struct secret *key = NULL;
    _cleanup_(memory_free) char *entity_id = entity_id_of(settings);
    const struct config *config = settings->section;
    *out_own = NULL;
    saml_begin();
    if (!read_file(config, CONFIG_ENT_METADATA_FILE, "metadata_file", &metadata, fault) ||
        !read_file(config, CONFIG_ENT_SIGNING_CERTIFICATE_FILE, "signing_certificate_file", &certificates, fault) ||
        !read_key(config, &key, fault)) {
        return false;
    }
    const struct saml_settings own = {
        .entity_id = entity_id,
        .back_url = settings->back_url,
        .metadata = metadata,
        .key = secret_text(key),
        .certificates = certificates,
    };
    *out_own = saml_peer_open(&own, fault);
    return *out_own != NULL;
}

static void saml_close(void *own)
{
    struct saml_peer *peer = own;
    saml_peer_close(&peer);
}

static const char *saml_metadata(void *own)
{
    return saml_peer_metadata(own);
}

/* The peer is not asked. What ends on our side is told, as of whoever shows us a certificate. */
static bool saml_look(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct fault *fault)
{
    (void)http;
    (void)attempt;
    struct instant end = saml_peer_certificate_end(own);
    _cleanup_(memory_free) char *name = checked_printf("ent/%s", settings->name);
    metric_set(METRIC_CERTIFICATE_END, (double)end.us / 1e6, name);
    return instant_before(clock_now(), end) ||
           (fault_set(fault, FAULT_CONFIG, "signing_certificate_file: is over") ||
               fault_hint(
                   fault, "Peers that look at it refuse our requests. Make another and give our metadata anew."));
}

/* --- out and back --- */

static bool saml_start(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, struct ent_departure *out_departure, struct fault *fault)
{
    (void)settings;
    (void)http;
    *out_departure = (struct ent_departure){0};
    return saml_request(own, attempt->state, &out_departure->url, &out_departure->kept, fault);
}

static bool saml_end(const struct ent_settings *settings, void *own, struct http_client *http,
    const struct ent_attempt *attempt, const struct ent_return *back, struct ent_identity *out_identity,
    struct fault *fault)
{
    (void)http;
    (void)attempt;
    struct saml_person person;
    if (!back->saml_response || !back->kept) {
        return fault_set(fault, FAULT_FORMAT, "no SAMLResponse came back");
    }
    const struct saml_answer answer = {
        .response = back->saml_response,
        .request_id = back->kept,
        .key_attribute = settings->key_attribute,
        .now = clock_now(),
        .skew = settings->skew,
    };
    if (!saml_answer_read(own, &answer, &person, fault)) {
        return false;
    }
    snprintf(out_identity->key, sizeof out_identity->key, "%s", person.key);
    snprintf(out_identity->once, sizeof out_identity->once, "%s", person.assertion_id);
    out_identity->once_until = person.until;
    return true;
}

const struct ent_protocol ent_saml = {
    .word = "saml",
    .open = saml_open,
    .close = saml_close,
    .start = saml_start,
    .end = saml_end,
    .look = saml_look,
    .metadata = saml_metadata,
};
