/* What an OpenID Connect provider says, given any bytes. The first byte says of what:
 *   0 a token, of the keys below                 1 a key set, with tokens that one of its keys is to have signed
 *   2 the claims of an ID token and of userinfo  3 metadata
 *   4 one claim, which is "key"                  5 claims, which we sign and open again
 *   6 FranceConnect's claims of a person         7 an academy portal's
 *
 * The keys are the published ones of RFC 7515 (A.2 and A.3), so that everybody can sign an input. */
#include "fuzz.h"

#include "domain/latin.h"
#include "domain/name.h"
#include "link/franceconnect_person.h"
#include "link/oidc_claim.h"
#include "link/oidc_metadata.h"
#include "link/oidc_token.h"
#include "link/portal_person.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <string.h>

#define ISSUER "https://ent.test/"
#define CLIENT "preau"
#define NONCE "n-0S6_WzA2Mj"
#define ACCESS_TOKEN "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"

/* kid "ec", "rsa" of the set; what is signed bears none */
static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"EC\",\"kid\":\"ec\",\"crv\":\"P-256\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"RSA\",\"kid\":\"rsa\",\"use\":\"sig\",\"e\":\"AQAB\",\"n\":"
    "\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-"
    "UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-"
    "DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\"}]}";
static const char private_text[] =
    "{\"kty\":\"EC\",\"kid\":\"ec\",\"alg\":\"ES256\",\"crv\":\"P-256\","
    "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\",\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\","
    "\"d\":\"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI\"}";
#define JOE "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
static const char *const tokens[] = {
    "eyJhbGciOiJFUzI1NiJ9." JOE
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    "eyJhbGciOiJSUzI1NiJ9." JOE ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_"
    "lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K"
    "0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXL"
    "IhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
};

/* Never cleared: a fuzzer has no end of its own. */
static json_t *keys, *private_key;

static json_t *object(const char *bytes, size_t length)
{
    struct fault fault = {0};
    json_t *json = json_read_object(bytes, length, &fault);
    FUZZ_CLAIM(json || fault.code == FAULT_FORMAT);
    return json;
}

static void begin(void)
{
    if (!keys) {
        keys = object(keys_text, sizeof keys_text - 1);
        private_key = object(private_text, sizeof private_text - 1);
        FUZZ_CLAIM(keys && private_key);
    }
}

/* Claims come with what is signed, and with nothing else. The caller's. */
static json_t *opened(const char *token, const json_t *key_set)
{
    struct fault fault = {0};
    json_t *claims = NULL;
    enum oidc_signature signature = oidc_token_open(token, key_set, &claims, &fault);
    FUZZ_CLAIM((signature == OIDC_SIGNED) == (claims != NULL));
    FUZZ_CLAIM((signature == OIDC_SIGNED) == (fault.code == FAULT_NONE));
    FUZZ_CLAIM(!claims || json_is_object(claims));
    return claims;
}

static bool says(const json_t *claims, const char *name, const char *text)
{
    const char *told = json_text(claims, name);
    return told && strcmp(told, text) == 0;
}

/* What the corpus has signed is of these two. That a search makes a signature is out of this world; that it finds a way around one is what
 * it looks for. */
static void token(const char *text)
{
    _cleanup_(json_free) json_t *claims = opened(text, keys);
    FUZZ_CLAIM(!claims || says(claims, "iss", "joe") || says(claims, "iss", ISSUER));
}

static void key_set(const json_t *json)
{
    for (size_t i = 0; i < ARRAY_LENGTH(tokens); i++) {
        _cleanup_(json_free) json_t *claims = opened(tokens[i], json);
        FUZZ_CLAIM(!claims || says(claims, "iss", "joe"));
    }
}

static void check_id_token(const json_t *claims, const struct oidc_expected *expected)
{
    struct fault fault = {0};
    int64_t end = 0;
    if (!oidc_id_token_check(claims, expected, &fault)) {
        FUZZ_CLAIM(fault.code == FAULT_FORMAT);
        return;
    }
    FUZZ_CLAIM(says(claims, "iss", ISSUER) && says(claims, "nonce", NONCE) && json_says(claims, "aud", CLIENT));
    FUZZ_CLAIM(!expected->acr || says(claims, "acr", expected->acr));
    FUZZ_CLAIM(!json_object_get(claims, "azp") || says(claims, "azp", CLIENT));
    FUZZ_CLAIM(json_seconds(claims, "exp", &end) && end > (expected->now.us - expected->skew.us) / 1000000);
    const char *subject = json_text(claims, "sub");
    FUZZ_CLAIM(subject && subject[0] != '\0' && strlen(subject) < OIDC_SUBJECT_SIZE && !strpbrk(subject, "\r\n"));
}

static void check_userinfo(const json_t *claims, const struct oidc_expected *expected)
{
    struct fault fault = {0};
    if (!oidc_userinfo_check(claims, expected, &fault)) {
        FUZZ_CLAIM(fault.code == FAULT_FORMAT);
        return;
    }
    FUZZ_CLAIM(says(claims, "iss", ISSUER) || (!expected->is_whole_userinfo && !json_object_get(claims, "iss")));
    FUZZ_CLAIM(json_says(claims, "aud", CLIENT) || (!expected->is_whole_userinfo && !json_object_get(claims, "aud")));
}

static void check_claims(const json_t *claims)
{
    struct oidc_expected expected = {
        .issuer = ISSUER,
        .client_id = CLIENT,
        .nonce = NONCE,
        .access_token = ACCESS_TOKEN,
        .now = {INT64_C(1788249600000000)},
        .skew = SECONDS(60),
    };
    check_id_token(claims, &expected);
    check_userinfo(claims, &expected);
    expected.acr = "eidas1";
    expected.is_whole_userinfo = true;
    check_id_token(claims, &expected);
    check_userinfo(claims, &expected);
}

static void metadata(const json_t *document)
{
    struct oidc_metadata read;
    struct fault fault = {0};
    if (!oidc_metadata_read(document, ISSUER, &read, &fault)) {
        FUZZ_CLAIM(fault.code == FAULT_FORMAT || fault.code == FAULT_MISSING);
        return;
    }
    FUZZ_CLAIM(oidc_url_is_right(read.authorization) && oidc_url_is_right(read.token) && oidc_url_is_right(read.keys));
    FUZZ_CLAIM(read.userinfo[0] == '\0' || oidc_url_is_right(read.userinfo));
    FUZZ_CLAIM(read.end_session[0] == '\0' || oidc_url_is_right(read.end_session));
}

static void one_claim(const json_t *claims)
{
    char value[12];
    struct fault fault = {0};
    memset(value, 'x', sizeof value);
    bool is_read = oidc_claim_one(claims, "key", value, sizeof value, &fault);
    FUZZ_CLAIM(memchr(value, '\0', sizeof value));
    FUZZ_CLAIM(is_read ? value[0] != '\0' : fault.code == FAULT_LIMIT || fault.code == FAULT_MISSING);
}

static void signed_by_us(const json_t *claims)
{
    struct fault fault = {0};
    _cleanup_(memory_free) char *text = oidc_token_sign(private_key, claims, &fault);
    FUZZ_CLAIM(text);
    if (strlen(text) <= OIDC_TOKEN_MAX) {
        _cleanup_(json_free) json_t *read = opened(text, keys);
        FUZZ_CLAIM(read && json_equal(read, claims));
    }
}

/* Each is a match key, and there once. Last name and given names together may be longer than a name, which no key is. */
static void names_are_keys(const struct franceconnect_person *person)
{
    struct name_key key;
    FUZZ_CLAIM(person->name_count <= FRANCECONNECT_NAMES_MAX);
    for (size_t i = 0; i < person->name_count; i++) {
        const char *name = person->names[i];
        FUZZ_CLAIM(memchr(name, '\0', REGISTRATION_NAME_SIZE) && name[0] != '\0');
        FUZZ_CLAIM(strlen(name) >= NAME_SIZE || (name_match_key_make(name, &key) && strcmp(key.text, name) == 0));
        for (size_t k = 0; k < i; k++) {
            FUZZ_CLAIM(strcmp(person->names[k], name) != 0);
        }
    }
}

/* Who is told with a last name is known by it and each given name, as many as are read. */
static void is_known_by(const struct franceconnect_person *person, const char *nom, const json_t *given)
{
    struct name_key key;
    size_t read = 0;
    for (size_t i = 0; nom && name_match_key_make(nom, &key) && i < json_array_size(given); i++) {
        const char *prenom = json_string_value(json_array_get(given, i));
        if (prenom && name_match_key_make(prenom, &key) && read++ < FRANCECONNECT_GIVEN_MAX) {
            FUZZ_CLAIM(franceconnect_person_is(person, nom, prenom));
        }
    }
}

static void franceconnect_person(const json_t *claims)
{
    struct franceconnect_person person;
    const json_t *given = json_object_get(claims, "given_name_array");
    const char *subject = json_text(claims, "sub");
    memset(&person, 'x', sizeof person);
    franceconnect_person_read(claims, &person);
    FUZZ_CLAIM(memchr(person.subject, '\0', sizeof person.subject));
    FUZZ_CLAIM(strncmp(person.subject, subject ? subject : "", sizeof person.subject - 1) == 0);
    names_are_keys(&person);
    is_known_by(&person, json_text(claims, "family_name"), given);
    is_known_by(&person, json_text(claims, "preferred_username"), given);
}

static void portal_person_of(const struct academy_portal *portal, const json_t *claims)
{
    struct portal_person person;
    struct email mail;
    enum refusal refusal = portal_person_read(portal, claims, &person);
    FUZZ_CLAIM(refusal == REFUSAL_NONE || (refusal == REFUSAL_PORTAL_FUNCTION && portal->function_count > 0));
    if (refusal != REFUSAL_NONE) {
        return;
    }
    FUZZ_CLAIM(strncmp(person.login, "lyon:", 5) == 0 && strlen(person.login) > 5);
    FUZZ_CLAIM(person.name[0] != '\0' && utf8_is_valid(person.name));
    FUZZ_CLAIM(person.mail.text[0] == '\0' || email_parse(person.mail.text, &mail));
    FUZZ_CLAIM(person.schools.count == 0 || !portal_role_is_wide(person.role));
    for (size_t i = 0; i < person.schools.count; i++) {
        FUZZ_CLAIM(uai_is_valid(person.schools.list[i].text));
    }
}

/* With a table of functions and without: everybody is the head of the schools told then, and nothing more. */
static void portal_person(const json_t *claims)
{
    struct academy_portal portal = {
        .name = "lyon",
        .schools_claim = "schools",
        .login_claim = "login",
        .name_claim = "name",
        .mail_claim = "email",
        .function_claim = "",
        .factors = {{"acr", "eidas2"}, {"amr", "otp"}},
        .factor_count = 2,
    };
    portal_person_of(&portal, claims);
    FUZZ_CLAIM(portal_function_parse("DIR=directeur", &portal.functions[0]));
    FUZZ_CLAIM(portal_function_parse("DSI=integrateur", &portal.functions[1]));
    portal.function_claim = "function";
    portal.function_count = 2;
    portal_person_of(&portal, claims);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static void (*const readers[])(const json_t *) = {
        key_set, check_claims, metadata, one_claim, signed_by_us, franceconnect_person, portal_person};
    begin();
    if (length == 0) {
        return 0;
    }
    if (bytes[0] == '0') {
        _cleanup_(memory_free) char *text = checked_strndup((const char *)bytes + 1, length - 1);
        token(text);
        return 0;
    }
    _cleanup_(json_free) json_t *json = object((const char *)bytes + 1, length - 1);
    if (json) {
        readers[(size_t)(bytes[0] - '1') % ARRAY_LENGTH(readers)](json);
    }
    return 0;
}
