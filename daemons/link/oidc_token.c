#include "link/oidc_token.h"

#include "crypto/sha256.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

enum { RSA_BITS_MIN = 2048 };

static const struct algorithm {
    const char *name, *kind, *curve; /* of the key; curve NULL: RSA */
} algorithms[] = {
    {"RS256", "RSA", NULL   },
    {"PS256", "RSA", NULL   },
    {"ES256", "EC",  "P-256"},
};

static const struct algorithm *algorithm_named(const char *name)
{
    for (size_t i = 0; name && i < ARRAY_LENGTH(algorithms); i++) {
        if (strcmp(algorithms[i].name, name) == 0) {
            return &algorithms[i];
        }
    }
    return NULL;
}

static void jws_free(cjose_jws_t **jws)
{
    if (*jws) {
        cjose_jws_release(*jws);
    }
}

static void jwk_free(cjose_jwk_t **jwk)
{
    if (*jwk) {
        cjose_jwk_release(*jwk);
    }
}

/* --- what the library may be given --- */

/* base64url without padding (RFC 7515 2). Looked at before the library decodes it: cjose 0.6 stops the program (assert) where a sign of padding
 * stands within. */
static bool is_base64url(const char *text, size_t length)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return length > 0 && length % 4 != 1 && strspn(text, letters) >= length;
}

/* Three parts, none empty. */
static bool is_compact(const char *token)
{
    enum { PARTS = 3 };
    for (int part = 1; part <= PARTS; part++) {
        size_t length = strcspn(token, ".");
        if (!is_base64url(token, length) || token[length] != (part < PARTS ? '.' : '\0')) {
            return false;
        }
        token += length + 1;
    }
    return true;
}

/* --- keys --- */

static bool is_absent_or(const json_t *object, const char *name, const char *text)
{
    return !json_object_get(object, name) || json_says(object, name, text);
}

static bool key_suits(const json_t *key, const struct algorithm *algorithm, const char *kid)
{
    return json_says(key, "kty", algorithm->kind) && is_absent_or(key, "use", "sig") &&
           is_absent_or(key, "alg", algorithm->name) && (!kid || json_says(key, "kid", kid)) &&
           (!algorithm->curve || json_says(key, "crv", algorithm->curve));
}

/* The key that is meant. Without kid: the only one that suits. */
static const json_t *key_find(const json_t *keys, const struct algorithm *algorithm, const char *kid)
{
    const json_t *list = json_object_get(keys, "keys");
    const json_t *found = NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *key = json_array_get(list, i);
        if (key_suits(key, algorithm, kid)) {
            if (found) {
                return NULL; /* two: neither is meant for sure */
            }
            found = key;
        }
    }
    return found;
}

/* Only the public members: a key that a provider gives away whole is not used as it is. NULL: one of them is no text that may be decoded. */
static json_t *key_public(const json_t *key)
{
    static const char *const names[] = {"kty", "crv"};
    static const char *const numbers[] = {"n", "e", "x", "y"};
    json_t *public = json_object();
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        (void)json_object_set(public, names[i], json_object_get(key, names[i])); /* none: none is set */
    }
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        json_t *number = json_object_get(key, numbers[i]);
        if (number &&
            (!json_is_string(number) || !is_base64url(json_string_value(number), json_string_length(number)))) {
            json_decref(public);
            return NULL;
        }
        (void)json_object_set(public, numbers[i], number);
    }
    return public;
}

static cjose_jwk_t *key_import(const json_t *key)
{
    _cleanup_(json_free) json_t *public = key_public(key);
    cjose_err error;
    if (!public) {
        return NULL;
    }
    cjose_jwk_t *jwk = cjose_jwk_import_json(public, &error);
    if (jwk && cjose_jwk_get_kty(jwk, &error) == CJOSE_JWK_KTY_RSA &&
        cjose_jwk_get_keysize(jwk, &error) < RSA_BITS_MIN) {
        cjose_jwk_release(jwk);
        return NULL;
    }
    return jwk;
}

/* --- opening --- */

static enum oidc_signature refuse(struct fault *fault, enum oidc_signature signature, const char *why)
{
    (void)fault_set(fault, FAULT_CRYPTO, "token: %s", why);
    return signature;
}

static enum oidc_signature verify(cjose_jws_t *jws, const json_t *keys, struct fault *fault)
{
    const json_t *header = cjose_jws_get_protected(jws);
    const struct algorithm *algorithm = algorithm_named(json_text(header, "alg"));
    const json_t *kid = json_object_get(header, "kid");
    cjose_err error;
    if (!algorithm) {
        return refuse(fault, OIDC_NOT_SIGNED, "an algorithm that is not taken");
    }
    if (json_object_get(header, "crit") || json_object_get(header, "b64") || (kid && !json_is_string(kid))) {
        return refuse(fault, OIDC_NOT_SIGNED, "a header that is not understood");
    }
    const json_t *key = key_find(keys, algorithm, json_string_value(kid));
    if (!key) {
        return refuse(fault, OIDC_KEY_UNKNOWN, "its key is not among the provider's");
    }
    _cleanup_(jwk_free) cjose_jwk_t *jwk = key_import(key);
    if (!jwk) {
        return refuse(fault, OIDC_NOT_SIGNED, "its key is weak or cannot be read");
    }
    return cjose_jws_verify(jws, jwk, &error) ? OIDC_SIGNED : refuse(fault, OIDC_NOT_SIGNED, "the signature is wrong");
}

enum oidc_signature oidc_token_open(const char *token, const json_t *keys, json_t **out_claims, struct fault *fault)
{
    size_t length = strlen(token);
    cjose_err error;
    uint8_t *text = NULL;
    size_t text_length = 0;
    if (length > OIDC_TOKEN_MAX) {
        (void)fault_set(fault, FAULT_LIMIT, "token: larger than %d bytes", (int)OIDC_TOKEN_MAX);
        return OIDC_NOT_SIGNED;
    }
    _cleanup_(jws_free) cjose_jws_t *jws = is_compact(token) ? cjose_jws_import(token, length, &error) : NULL;
    if (!jws) {
        return refuse(fault, OIDC_NOT_SIGNED, "no signed token");
    }
    enum oidc_signature signature = verify(jws, keys, fault);
    if (signature != OIDC_SIGNED) {
        return signature;
    }
    if (!cjose_jws_get_plaintext(jws, &text, &text_length, &error)) {
        return refuse(fault, OIDC_NOT_SIGNED, "nothing in it");
    }
    *out_claims = json_read_object((const char *)text, text_length, fault);
    return *out_claims ? OIDC_SIGNED : OIDC_NOT_SIGNED;
}

/* --- what the claims must say --- */

static bool wrong(struct fault *fault, const char *what)
{
    return fault_set(fault, FAULT_FORMAT, "token: %s", what);
}

/* Several audiences are to say whose the token is (azp), and azp is us wherever it stands. */
static bool audience_is_us(const json_t *claims, const char *client_id)
{
    const json_t *audience = json_object_get(claims, "aud");
    const json_t *party = json_object_get(claims, "azp");
    bool are_several = json_is_array(audience) && json_array_size(audience) > 1;
    return json_says(claims, "aud", client_id) && (!are_several || party) &&
           (!party || (json_is_string(party) && json_says(claims, "azp", client_id)));
}

static bool dates_hold(const json_t *claims, const struct oidc_expected *expected, struct fault *fault)
{
    int64_t now = expected->now.us / 1000000;
    int64_t skew = expected->skew.us / 1000000;
    int64_t at = 0;
    if (!json_seconds(claims, "exp", &at) || at + skew <= now) {
        return wrong(fault, "expired, or without end");
    }
    if (!json_seconds(claims, "iat", &at) || at - skew > now) {
        return wrong(fault, "issued in the future, or at no time");
    }
    if (json_object_get(claims, "nbf") && (!json_seconds(claims, "nbf", &at) || at - skew > now)) {
        return wrong(fault, "not good yet");
    }
    return true;
}

static bool subject_is_right(const json_t *claims)
{
    const char *subject = json_text(claims, "sub");
    size_t length = subject ? strlen(subject) : 0;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)subject[i] < ' ' || subject[i] == 0x7F) {
            return false;
        }
    }
    return length > 0 && length < OIDC_SUBJECT_SIZE;
}

static bool at_hash_holds(const json_t *claims, const char *access_token)
{
    char half[SHA256_HALF_TEXT_SIZE];
    if (!json_object_get(claims, "at_hash")) {
        return true; /* optional in the code flow */
    }
    sha256_half_text(access_token, strlen(access_token), half);
    return json_is_string(json_object_get(claims, "at_hash")) && json_says(claims, "at_hash", half);
}

static bool says_text(const json_t *claims, const char *name, const char *text)
{
    const char *told = json_text(claims, name);
    return told && strcmp(told, text) == 0;
}

bool oidc_id_token_check(const json_t *claims, const struct oidc_expected *expected, struct fault *fault)
{
    if (!says_text(claims, "iss", expected->issuer)) {
        return wrong(fault, "of another issuer");
    }
    if (!audience_is_us(claims, expected->client_id)) {
        return wrong(fault, "for somebody else");
    }
    if (!dates_hold(claims, expected, fault)) {
        return false;
    }
    if (!says_text(claims, "nonce", expected->nonce)) {
        return wrong(fault, "of another sign-in (nonce)");
    }
    if (!at_hash_holds(claims, expected->access_token)) {
        return wrong(fault, "of another access token (at_hash)");
    }
    if (expected->acr && !says_text(claims, "acr", expected->acr)) {
        return wrong(fault, "of another level (acr)");
    }
    return subject_is_right(claims) || wrong(fault, "without a subject");
}

/* What must be right where it is told; and told, where a whole one is expected. */
static bool is_told(const json_t *claims, const char *name, const struct oidc_expected *expected)
{
    return expected->is_whole_userinfo || json_object_get(claims, name);
}

bool oidc_userinfo_check(const json_t *claims, const struct oidc_expected *expected, struct fault *fault)
{
    int64_t end = 0;
    int64_t now = (expected->now.us - expected->skew.us) / 1000000;
    if (is_told(claims, "iss", expected) && !says_text(claims, "iss", expected->issuer)) {
        return wrong(fault, "userinfo of another issuer");
    }
    if (is_told(claims, "aud", expected) && !json_says(claims, "aud", expected->client_id)) {
        return wrong(fault, "userinfo for somebody else");
    }
    if (is_told(claims, "exp", expected) && (!json_seconds(claims, "exp", &end) || end <= now)) {
        return wrong(fault, "userinfo expired");
    }
    return true;
}

/* --- signing --- */

static void header_free(cjose_header_t **header)
{
    if (*header) {
        cjose_header_release(*header);
    }
}

char *oidc_token_sign(const json_t *key, const json_t *claims, struct fault *fault)
{
    cjose_err error;
    const char *kid = json_text(key, "kid");
    const struct algorithm *algorithm = algorithm_named(json_text(key, "alg"));
    const char *compact = NULL;
    _cleanup_(json_free) json_t *copy = json_deep_copy(key);
    _cleanup_(jwk_free) cjose_jwk_t *jwk = cjose_jwk_import_json(copy, &error);
    _cleanup_(header_free) cjose_header_t *header = cjose_header_new(&error);
    _cleanup_(memory_free) char *text = json_dumps(claims, JSON_COMPACT);
    if (!algorithm || !jwk || !header || !text || !cjose_header_set(header, CJOSE_HDR_ALG, algorithm->name, &error) ||
        (kid && !cjose_header_set(header, CJOSE_HDR_KID, kid, &error))) {
        (void)fault_set(fault, FAULT_CONFIG, "the client's key cannot sign");
        return NULL;
    }
    _cleanup_(jws_free) cjose_jws_t *jws = cjose_jws_sign(jwk, header, (const uint8_t *)text, strlen(text), &error);
    if (!jws || !cjose_jws_export(jws, &compact, &error)) {
        (void)fault_set(fault, FAULT_CONFIG, "the client's key cannot sign");
        return NULL;
    }
    return checked_strdup(compact);
}
