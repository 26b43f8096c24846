#include "link/oidc_exchange.h"

#include "crypto/sha256.h"
#include "link/oidc_error.h"
#include "link/oidc_query.h"
#include "link/oidc_token.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

/* --- addresses --- */

char *oidc_address_out(
    const struct oidc_work *work, const char *state, const struct oidc_secrets *secrets, struct fault *fault)
{
    const struct oidc_settings *settings = work->settings;
    struct oidc_metadata metadata;
    struct oidc_query query;
    if (!oidc_provider_metadata(work, &metadata, fault)) {
        return NULL;
    }
    oidc_query_begin(&query, metadata.authorization);
    oidc_query_add(&query, "response_type", "code");
    oidc_query_add(&query, "client_id", settings->client_id);
    oidc_query_add(&query, "redirect_uri", settings->redirect_uri);
    oidc_query_add(&query, "scope", settings->scope);
    oidc_query_add(&query, "state", state);
    oidc_query_add(&query, "nonce", secrets->nonce);
    if (settings->has_pkce) {
        char challenge[SHA256_TEXT_SIZE];
        sha256_text(secrets->verifier, strlen(secrets->verifier), challenge);
        oidc_query_add(&query, "code_challenge", challenge);
        oidc_query_add(&query, "code_challenge_method", "S256");
    }
    if (settings->acr_values[0] != '\0') {
        oidc_query_add(&query, "acr_values", settings->acr_values);
    }
    return oidc_query_end(&query);
}

char *oidc_address_sign_out(const struct oidc_work *work, const char *state, const char *id_token, struct fault *fault)
{
    struct oidc_metadata metadata;
    struct oidc_query query;
    if (!oidc_provider_metadata(work, &metadata, fault)) {
        return NULL;
    }
    if (metadata.end_session[0] == '\0') {
        return checked_strdup("");
    }
    oidc_query_begin(&query, metadata.end_session);
    oidc_query_add(&query, "id_token_hint", id_token);
    oidc_query_add(&query, "post_logout_redirect_uri", work->settings->sign_out_uri);
    oidc_query_add(&query, "state", state);
    return oidc_query_end(&query);
}

/* --- the code for tokens --- */

/* RFC 7523: who we are, said to this endpoint only, for a minute, once. */
static char *assertion_make(const struct oidc_work *work, const char *endpoint, struct fault *fault)
{
    const struct oidc_settings *settings = work->settings;
    char once[TOKEN_RANDOM_SIZE];
    json_int_t now = clock_now().us / 1000000;
    token_random(once);
    _cleanup_(json_free) json_t *claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I}", "iss", settings->client_id, "sub",
        settings->client_id, "aud", endpoint, "jti", once, "iat", now, "exp", now + 60);
    return oidc_token_sign(settings->client_key, claims, fault);
}

/* Who we are, in the form or beside it. secret: unused with OIDC_PRIVATE_KEY. user and password: the caller's, wiped. */
static bool authenticate(const struct oidc_work *work, const char *endpoint, const struct secret *secret,
    struct oidc_query *form, char **out_user, char **out_password, struct fault *fault)
{
    const struct oidc_settings *settings = work->settings;
    if (settings->authentication == OIDC_SECRET_BASIC) {
        /* RFC 6749 2.3.1: both are written as in a form first */
        *out_user = oidc_query_escape(settings->client_id);
        *out_password = oidc_query_escape(secret_text(secret));
        return true;
    }
    oidc_query_add(form, "client_id", settings->client_id);
    if (settings->authentication == OIDC_SECRET_POST) {
        oidc_query_add(form, "client_secret", secret_text(secret));
        return true;
    }
    _cleanup_(secret_text_free) char *assertion = assertion_make(work, endpoint, fault);
    if (assertion) {
        oidc_query_add(form, "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        oidc_query_add(form, "client_assertion", assertion);
    }
    return assertion != NULL;
}

/* What a provider says no with when it does not take us for its client: by the standard, and some by the other word. It looks
 * at the code afterwards (RFC 6749 4.1.3). */
static bool is_of_client(const char *error)
{
    return error && (strcmp(error, "invalid_client") == 0 || strcmp(error, "unauthorized_client") == 0);
}

/* What the provider said no with, if it is a word that may stand in a log (RFC 6749 5.2). *out_is_unknown: it does not take
 * us for its client. */
static bool tokens_refused(const struct http_answer *answer, bool *out_is_unknown, struct fault *fault)
{
    enum fault_code code = fault->code;
    struct fault ignored;
    _cleanup_(json_free) json_t *json = json_read_object(answer->body, answer->length, &ignored);
    const char *error = json_text(json, "error");
    *out_is_unknown = is_of_client(error);
    return fault_set(fault, code, "token endpoint: status %ld, %s", answer->status,
        error && oidc_error_is_word(error) ? error : "no reason");
}

static bool ask_tokens_by(const struct oidc_work *work, const char *endpoint, const struct oidc_return *back,
    const struct secret *secret, json_t **out_tokens, bool *out_is_unknown, struct fault *fault)
{
    struct oidc_query form;
    _cleanup_(secret_text_free) char *user = NULL;
    _cleanup_(secret_text_free) char *password = NULL;
    _cleanup_(http_answer_clear) struct http_answer answer = {0};
    oidc_query_begin(&form, "");
    oidc_query_add(&form, "grant_type", "authorization_code");
    oidc_query_add(&form, "code", back->code);
    oidc_query_add(&form, "redirect_uri", work->settings->redirect_uri);
    if (work->settings->has_pkce) {
        oidc_query_add(&form, "code_verifier", back->secrets->verifier);
    }
    bool is_known = authenticate(work, endpoint, secret, &form, &user, &password, fault);
    _cleanup_(secret_text_free) char *text = oidc_query_end(&form);
    const struct http_question question = {.url = endpoint, .form = text, .user = user, .password = password};
    if (!is_known || !oidc_ask(work, OIDC_TOKEN, question, &answer, fault)) {
        return answer.body ? tokens_refused(&answer, out_is_unknown, fault) : fault_add(fault, "token endpoint");
    }
    *out_tokens = json_read_object(answer.body, answer.length, fault);
    if (!*out_tokens) {
        oidc_provider_failed(work, OIDC_TOKEN, fault);
        return fault_add(fault, "token endpoint");
    }
    return true;
}

/* Asked once: a code that was given and not answered for may be used up, and asking again would make the provider take
 * back what it gave (RFC 6749 4.1.2). Who is not known as its client has not spent the code: while the provider changes our
 * secret, one of both is the right one. */
static bool ask_tokens(const struct oidc_work *work, const char *endpoint, const struct oidc_return *back,
    json_t **out_tokens, struct fault *fault)
{
    const struct oidc_settings *settings = work->settings;
    bool is_unknown = false;
    return ask_tokens_by(work, endpoint, back, settings->client_secret, out_tokens, &is_unknown, fault) ||
           (is_unknown && settings->other_secret &&
               ask_tokens_by(work, endpoint, back, settings->other_secret, out_tokens, &is_unknown, fault));
}

/* --- tokens for claims --- */

/* Keys are renewed without notice: what no known key signed is tried once more with those of now. */
static bool open_token(const struct oidc_work *work, const char *token, json_t **out_claims, struct fault *fault)
{
    enum oidc_signature signature = OIDC_KEY_UNKNOWN;
    for (int is_again = 0; is_again < 2 && signature != OIDC_SIGNED; is_again++) {
        _cleanup_(json_free) json_t *keys = NULL;
        if (!oidc_provider_keys(work, is_again, &keys, fault)) {
            return false;
        }
        signature = oidc_token_open(token, keys, out_claims, fault);
    }
    return signature == OIDC_SIGNED;
}

static bool userinfo_is_wanted(
    const struct oidc_settings *settings, const struct oidc_metadata *metadata, const json_t *claims)
{
    bool is_missing = settings->wanted_claim && !json_object_get(claims, settings->wanted_claim);
    bool is_asked_for =
        settings->userinfo == OIDC_USERINFO_ALWAYS || (settings->userinfo == OIDC_USERINFO_AUTO && is_missing);
    /* where only a signed one will do, one that has no address fails */
    return settings->has_signed_userinfo || (metadata->userinfo[0] != '\0' && is_asked_for);
}

static bool userinfo_is_signed(const struct http_answer *answer)
{
    return strcmp(answer->type, "application/jwt") == 0;
}

static bool read_userinfo(
    const struct oidc_work *work, const struct http_answer *answer, json_t **out_claims, struct fault *fault)
{
    if (userinfo_is_signed(answer)) {
        return open_token(work, answer->body, out_claims, fault);
    }
    if (work->settings->has_signed_userinfo) {
        return fault_set(fault, FAULT_FORMAT, "not signed");
    }
    *out_claims = json_read_object(answer->body, answer->length, fault);
    return *out_claims != NULL;
}

static bool ask_userinfo(const struct oidc_work *work, const struct http_question *question,
    const struct oidc_expected *expected, json_t **out_claims, struct fault *fault)
{
    _cleanup_(http_answer_clear) struct http_answer answer = {0};
    if (!oidc_ask(work, OIDC_USERINFO, *question, &answer, fault)) {
        return false;
    }
    if (!read_userinfo(work, &answer, out_claims, fault)) { /* no browser has a say in it */
        if (fault->code != FAULT_TIMEOUT) {                 /* of keys that it sent for, when little time was left */
            oidc_provider_failed(work, OIDC_USERINFO, fault);
        }
        return false;
    }
    oidc_provider_served(work, OIDC_USERINFO);
    return !userinfo_is_signed(&answer) || oidc_userinfo_check(*out_claims, expected, fault);
}

/* Adds to the ID token's claims what userinfo says beyond them, of the same person (OpenID Connect Core 5.3.2). */
static bool add_userinfo(const struct oidc_work *work, const char *url, const struct oidc_expected *expected,
    json_t *claims, struct fault *fault)
{
    _cleanup_(json_free) json_t *more = NULL;
    const struct http_question question = {.url = url, .bearer = expected->access_token};
    if (!ask_userinfo(work, &question, expected, &more, fault)) {
        return fault_add(fault, "userinfo");
    }
    const char *subject = json_text(more, "sub");
    if (!subject || strcmp(subject, json_text(claims, "sub")) != 0) {
        return fault_set(fault, FAULT_FORMAT, "userinfo: of somebody else");
    }
    return json_object_update_missing(claims, more) == 0;
}

/* 1*VSCHAR (RFC 6749 A.11): a stranger sends no provider what it may break down on. */
static bool code_is_right(const char *code, struct fault *fault)
{
    for (const char *byte = code; *byte; byte++) {
        if ((unsigned char)*byte < ' ' || (unsigned char)*byte > '~') {
            return fault_set(fault, FAULT_FORMAT, "way back: no code that a provider makes");
        }
    }
    return true;
}

/* Who answers must be the one that was asked: a provider that is told another's code (mix-up) is not told ours. */
static bool issuer_is_right(
    const struct oidc_settings *settings, const struct oidc_metadata *metadata, const char *told, struct fault *fault)
{
    if (told ? strcmp(told, settings->issuer) != 0 : metadata->tells_issuer) {
        return fault_set(fault, FAULT_FORMAT, "way back: of another issuer");
    }
    return true;
}

static bool read_tokens(const struct oidc_work *work, const struct oidc_metadata *metadata,
    const struct oidc_return *back, const json_t *tokens, json_t **out_claims, struct fault *fault)
{
    const struct oidc_settings *settings = work->settings;
    const char *id_token = json_text(tokens, "id_token");
    const char *access_token = json_text(tokens, "access_token");
    if (!id_token || !access_token) {
        /* no news of the endpoint: there are some that refuse a code in this way */
        return fault_set(fault, FAULT_MISSING, "token endpoint: a token is missing");
    }
    oidc_provider_served(work, OIDC_TOKEN);
    _cleanup_(json_free) json_t *claims = NULL;
    if (!open_token(work, id_token, &claims, fault)) {
        return false;
    }
    const struct oidc_expected expected = {.issuer = settings->issuer,
        .client_id = settings->client_id,
        .nonce = back->secrets->nonce,
        .access_token = access_token,
        .acr = settings->acr,
        .is_whole_userinfo = settings->has_signed_userinfo,
        .now = clock_now(),
        .skew = settings->skew};
    if (!oidc_id_token_check(claims, &expected, fault) ||
        (userinfo_is_wanted(settings, metadata, claims) &&
            !add_userinfo(work, metadata->userinfo, &expected, claims, fault))) {
        return false;
    }
    *out_claims = TAKE(claims);
    return true;
}

bool oidc_exchange(const struct oidc_work *work, const struct oidc_return *back, json_t **out_claims,
    char **out_id_token, struct fault *fault)
{
    struct oidc_metadata metadata;
    _cleanup_(json_free) json_t *tokens = NULL;
    if (!oidc_provider_metadata(work, &metadata, fault) ||
        !issuer_is_right(work->settings, &metadata, back->issuer, fault) || !code_is_right(back->code, fault) ||
        !ask_tokens(work, metadata.token, back, &tokens, fault) ||
        !read_tokens(work, &metadata, back, tokens, out_claims, fault)) {
        return false;
    }
    *out_id_token = checked_strdup(json_text(tokens, "id_token"));
    return true;
}
