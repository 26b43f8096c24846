#include "link/oidc_provider.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <pthread.h>
#include <string.h>

/* FranceConnect, among others, says itself that ten minutes are good (Cache-Control of its own documents). */
#define FRESH MINUTES(10)
/* A provider that cannot be read just now is still the one that it was; its keys too, but not for ever. */
#define STILL_GOOD HOURS(1)

/* An endpoint that failed so many sign-ins in a row, whoever they were, fails everybody. */
enum { FAILURES_MAX = 3 };
/* Who is silent for half of a step's time is slow; no longer than this, for libcurl waits four seconds for a connection
 * (oidc_http.c). */
#define PATIENCE SECONDS(3)

struct endpoint {
    unsigned failures; /* one after the other */
    struct fault last;
};

struct oidc_provider {
    pthread_mutex_t lock;
    bool has_metadata;
    struct oidc_metadata metadata;
    struct tick metadata_at;
    json_t *keys; /* never changed once it is here, so that it may be shared */
    struct tick keys_at;
    struct endpoint endpoints[OIDC_ENDPOINT_COUNT];
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

static bool ask(
    const struct oidc_work *work, struct http_question question, struct http_answer *out_answer, struct fault *fault)
{
    question.begun = work->begun;
    question.bound = work->settings->bound;
    if (!http_ask(work->client, &question, out_answer, fault)) {
        return false;
    }
    long status = out_answer->status;
    /* what it says when it fails, or is too busy, may be another in a moment */
    return status == 200 ||
           fault_set(fault, status >= 500 || status == 429 ? FAULT_PEER : FAULT_FORMAT, "status %ld", status);
}

/* --- the endpoints of sign-ins --- */

void oidc_provider_failed(const struct oidc_work *work, enum oidc_endpoint endpoint, const struct fault *fault)
{
    static const char *const names[OIDC_ENDPOINT_COUNT] = {
        [OIDC_TOKEN] = "token endpoint", [OIDC_USERINFO] = "userinfo"};
    struct oidc_provider *provider = work->provider;
    (void)pthread_mutex_lock(&provider->lock);
    struct endpoint *known = &provider->endpoints[endpoint];
    known->failures++;
    known->last = *fault;
    (void)fault_add(&known->last, "%s", names[endpoint]);
    (void)pthread_mutex_unlock(&provider->lock);
}

void oidc_provider_served(const struct oidc_work *work, enum oidc_endpoint endpoint)
{
    struct oidc_provider *provider = work->provider;
    (void)pthread_mutex_lock(&provider->lock);
    provider->endpoints[endpoint].failures = 0;
    (void)pthread_mutex_unlock(&provider->lock);
}

static bool endpoints_serve(struct oidc_provider *provider, struct fault *fault)
{
    bool do_serve = true;
    (void)pthread_mutex_lock(&provider->lock);
    for (size_t i = 0; i < ARRAY_LENGTH(provider->endpoints) && do_serve; i++) {
        const struct endpoint *known = &provider->endpoints[i];
        if (known->failures >= FAILURES_MAX) {
            *fault = known->last;
            do_serve = fault_add(fault, "%u sign-ins in a row", known->failures);
        }
    }
    (void)pthread_mutex_unlock(&provider->lock);
    return do_serve;
}

static bool had_time(const struct oidc_work *work, struct tick asked)
{
    struct duration half = {work->settings->bound.us / 2};
    return !duration_longer(duration_longer(half, PATIENCE) ? PATIENCE : half, clock_since(asked));
}

bool oidc_ask(const struct oidc_work *work, enum oidc_endpoint endpoint, struct http_question question,
    struct http_answer *out_answer, struct fault *fault)
{
    struct tick asked = clock_tick();
    if (ask(work, question, out_answer, fault)) {
        return true;
    }
    long status = out_answer->status; /* 0: none came */
    bool is_refusal = status >= 400 && status < 500;
    bool is_ours = fault->code == FAULT_TIMEOUT && !had_time(work, asked);
    if (!is_refusal && !is_ours) {
        oidc_provider_failed(work, endpoint, fault);
    }
    return false;
}

/* --- documents --- */

static bool read_document(const struct oidc_work *work, const char *url, json_t **out_document, struct fault *fault)
{
    _cleanup_(http_answer_clear) struct http_answer answer = {0};
    if (!ask(work, (struct http_question){.url = url}, &answer, fault)) {
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
    _cleanup_(json_free) json_t *document = NULL;
    if (!read_document(work, metadata.keys, &document, fault)) {
        return fault_add(fault, "keys");
    }
    if (json_array_size(json_object_get(document, "keys")) == 0) { /* those that are known are better */
        return fault_set(fault, FAULT_FORMAT, "keys: none in what is published");
    }
    *out_keys = TAKE(document);
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

/* --- is it to be had? --- */

bool oidc_provider_look(const struct oidc_work *work, struct fault *fault)
{
    struct oidc_metadata fresh;
    _cleanup_(json_free) json_t *keys = NULL;
    if (!fetch_metadata(work, &fresh, fault)) {
        return fault_add(fault, "discovery");
    }
    metadata_keep(work->provider, &fresh);
    return fetch_keys(work, &keys, fault) && endpoints_serve(work->provider, fault);
}
