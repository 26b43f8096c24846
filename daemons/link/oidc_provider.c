#include "link/oidc_provider.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <pthread.h>
#include <string.h>

/* FranceConnect, among others, says itself that ten minutes are good (Cache-Control of its own documents). */
#define FRESH MINUTES(10)
/* A provider that cannot be read just now is still the one that it was; its keys too, but not for ever. */
#define STILL_GOOD HOURS(1)

struct oidc_provider {
    pthread_mutex_t lock;
    bool has_metadata;
    struct oidc_metadata metadata;
    struct tick metadata_at;
    json_t *keys; /* never changed once it is here, so that it may be shared */
    struct tick keys_at;
};

struct oidc_provider *oidc_provider_new(void)
{
    struct oidc_provider *provider = checked_calloc(1, sizeof *provider);
    pthread_mutex_init(&provider->lock, NULL);
    return provider;
}

void oidc_provider_free(struct oidc_provider **provider)
{
    if (*provider) {
        json_decref((*provider)->keys);
        pthread_mutex_destroy(&(*provider)->lock);
        memory_free(provider);
    }
}

static bool is_younger(struct tick then, struct duration age)
{
    return duration_longer(age, clock_since(then));
}

bool oidc_ask(
    const struct oidc_work *work, struct http_question question, struct http_answer *out_answer, struct fault *fault)
{
    question.begun = work->begun;
    question.bound = work->settings->bound;
    if (!http_ask(work->client, &question, out_answer, fault)) {
        return false;
    }
    long status = out_answer->status;
    if (status == 200) {
        return true;
    }
    http_answer_clear(out_answer);
    /* what it says when it fails, or is too busy, may be another in a moment */
    return fault_set(fault, status >= 500 || status == 429 ? FAULT_PEER : FAULT_FORMAT, "status %ld", status);
}

static bool read_document(const struct oidc_work *work, const char *url, json_t **out_document, struct fault *fault)
{
    _cleanup_(http_answer_clear) struct http_answer answer = {0};
    if (!oidc_ask(work, (struct http_question){.url = url}, &answer, fault)) {
        return false;
    }
    *out_document = json_read_object(answer.body, answer.length, fault);
    return *out_document != NULL;
}

/* --- metadata --- */

static bool fetch_metadata(const struct oidc_work *work, struct oidc_metadata *out_metadata, struct fault *fault)
{
    _cleanup_(json_free) json_t *document = NULL;
    const char *issuer = work->settings->issuer;
    size_t length = strlen(issuer);
    /* OpenID Connect Discovery 4: a slash at the issuer's end is not doubled */
    _cleanup_(memory_free) char *url = checked_printf(
        "%.*s/.well-known/openid-configuration", (int)(length - (length > 0 && issuer[length - 1] == '/')), issuer);
    return read_document(work, url, &document, fault) && oidc_metadata_read(document, issuer, out_metadata, fault);
}

static void metadata_keep(struct oidc_provider *provider, const struct oidc_metadata *fresh)
{
    (void)pthread_mutex_lock(&provider->lock);
    provider->metadata = *fresh;
    provider->metadata_at = clock_tick();
    provider->has_metadata = true;
    (void)pthread_mutex_unlock(&provider->lock);
}

bool oidc_provider_metadata(const struct oidc_work *work, struct oidc_metadata *out_metadata, struct fault *fault)
{
    struct oidc_provider *provider = work->provider;
    struct oidc_metadata fresh;
    (void)pthread_mutex_lock(&provider->lock);
    bool is_fresh = provider->has_metadata && is_younger(provider->metadata_at, FRESH);
    bool may_serve = provider->has_metadata && is_younger(provider->metadata_at, STILL_GOOD);
    *out_metadata = provider->metadata;
    (void)pthread_mutex_unlock(&provider->lock);
    if (is_fresh) {
        return true;
    }
    if (!fetch_metadata(work, &fresh, fault)) {
        return may_serve || fault_add(fault, "discovery");
    }
    metadata_keep(provider, &fresh);
    *out_metadata = fresh;
    return true;
}

bool oidc_provider_look(const struct oidc_work *work, struct fault *fault)
{
    struct oidc_metadata fresh;
    if (!fetch_metadata(work, &fresh, fault)) {
        return fault_add(fault, "discovery");
    }
    metadata_keep(work->provider, &fresh);
    return true;
}

bool oidc_provider_has_sign_out(struct oidc_provider *provider)
{
    (void)pthread_mutex_lock(&provider->lock);
    bool has = provider->has_metadata && provider->metadata.end_session[0] != '\0';
    (void)pthread_mutex_unlock(&provider->lock);
    return has;
}

/* --- keys --- */

/* Each thread has its own copy: jansson's counts of references are not for several threads. */
static json_t *keys_copy(struct oidc_provider *provider, struct duration age, struct tick *out_at)
{
    (void)pthread_mutex_lock(&provider->lock);
    json_t *copy = provider->keys && is_younger(provider->keys_at, age) ? json_deep_copy(provider->keys) : NULL;
    *out_at = provider->keys_at;
    (void)pthread_mutex_unlock(&provider->lock);
    return copy;
}

static void keys_keep(struct oidc_provider *provider, const json_t *keys)
{
    json_t *copy = json_deep_copy(keys);
    (void)pthread_mutex_lock(&provider->lock);
    json_decref(provider->keys);
    provider->keys = copy;
    provider->keys_at = clock_tick();
    (void)pthread_mutex_unlock(&provider->lock);
}

static bool fetch_keys(const struct oidc_work *work, json_t **out_keys, struct fault *fault)
{
    struct oidc_metadata metadata;
    if (!oidc_provider_metadata(work, &metadata, fault)) {
        return false;
    }
    if (!read_document(work, metadata.keys, out_keys, fault)) {
        return fault_add(fault, "keys");
    }
    keys_keep(work->provider, *out_keys);
    return true;
}

bool oidc_provider_keys(const struct oidc_work *work, bool is_again, json_t **out_keys, struct fault *fault)
{
    struct tick at;
    struct duration age = is_again ? work->settings->keys_interval : FRESH;
    *out_keys = keys_copy(work->provider, age, &at);
    if (*out_keys || fetch_keys(work, out_keys, fault)) {
        return true;
    }
    *out_keys = is_again ? NULL : keys_copy(work->provider, STILL_GOOD, &at);
    return *out_keys != NULL;
}
