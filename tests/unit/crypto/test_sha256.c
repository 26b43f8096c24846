/* SHA-256 in the forms of PKCE and of at_hash, against the examples of their specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "crypto/random.h"
#include "crypto/sha256.h"

#include <string.h>

static void of(const char *text, char out_text[SHA256_TEXT_SIZE])
{
    assert_true(crypto_begin());
    sha256_text(text, strlen(text), out_text);
}

static void the_challenge_is_that_of_rfc_7636(void **state)
{
    (void)state;
    char text[SHA256_TEXT_SIZE];
    of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", text); /* appendix B */
    assert_string_equal(text, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

static void nothing_has_a_digest_too(void **state)
{
    (void)state;
    char text[SHA256_TEXT_SIZE];
    of("", text);
    assert_string_equal(text, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

static void at_hash_is_that_of_openid_connect_core(void **state)
{
    (void)state;
    char half[SHA256_HALF_TEXT_SIZE];
    static const char token[] = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"; /* appendix A.3 */
    sha256_half_text(token, strlen(token), half);
    assert_string_equal(half, "77QmUPtjPfzWtF2AnpK9RQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_challenge_is_that_of_rfc_7636),
        cmocka_unit_test(nothing_has_a_digest_too),
        cmocka_unit_test(at_hash_is_that_of_openid_connect_core),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
