// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "crypto/random.h"
#include "domain/text.h"
#include "link/recovery.h"
#include "link/totp.h"

#include <string.h>

/* RFC 6238, appendix B: the secret of its SHA-1 vectors, and the last six digits of its codes of eight. */
static const struct totp_secret rfc = {"12345678901234567890"};
static const struct {
    int64_t seconds;
    const char *code;
} vectors[] = {
    {59,          "287082"},
    {1111111109,  "081804"},
    {1111111111,  "050471"},
    {1234567890,  "005924"},
    {2000000000,  "279037"},
    {20000000000, "353130"},
};

static struct instant at(int64_t seconds)
{
    return (struct instant){seconds * 1000000};
}

static void the_vectors_of_the_rfc_are_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        int64_t step = 0;
        assert_true(totp_check(&rfc, vectors[i].code, at(vectors[i].seconds), &step));
        assert_int_equal(step, vectors[i].seconds / TOTP_STEP_SECONDS);
    }
}

/* One step before and after; the step told is the code's, wherever the clock is. */
static void a_code_is_good_for_one_step_around(void **state)
{
    (void)state;
    const int64_t length = TOTP_STEP_SECONDS;
    const int64_t begins = 1111111110 / length * length;
    for (int64_t skew = -3 * length; skew < 4 * length; skew++) {
        int64_t step = 0;
        bool is_near = skew >= -length && skew < 2 * length;
        assert_int_equal(totp_check(&rfc, "050471", at(begins + skew), &step), is_near);
        assert_int_equal(step, is_near ? begins / length : 0);
    }
}

static void blanks_do_not_matter_and_all_else_does(void **state)
{
    (void)state;
    int64_t step = 0;
    assert_true(totp_check(&rfc, " 050 471\n", at(1111111111), &step));
    static const char *const wrong[] = {
        "", "05047", "0504711", "050472", "05047l", "-50471", "+050471", "0x5047", "050471;"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(totp_check(&rfc, wrong[i], at(1111111111), &step));
    }
}

static void a_secret_is_written_as_applications_read_it(void **state)
{
    (void)state;
    char text[TOTP_BASE32_SIZE];
    char uri[TOTP_URI_SIZE];
    totp_secret_write(&rfc, text);
    assert_string_equal(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    totp_uri_write(&rfc, "s.durand@ac-lyon.fr", uri);
    assert_string_equal(uri, "otpauth://totp/Pr%C3%A9au:s.durand%40ac-lyon.fr?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                             "&issuer=Pr%C3%A9au");
}

static void secrets_differ(void **state)
{
    (void)state;
    struct totp_secret one;
    struct totp_secret other;
    totp_secret_make(&one);
    totp_secret_make(&other);
    assert_memory_not_equal(one.bytes, other.bytes, sizeof one.bytes);
}

static void recovery_codes_lead_to_their_digests_however_typed(void **state)
{
    (void)state;
    struct recovery_codes codes;
    struct recovery_digests digests;
    unsigned char digest[DIGEST_SIZE];
    recovery_make((administrator_id){7}, &codes, &digests);
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        char plain[RECOVERY_SIZE] = "";
        size_t length = 0;
        for (const char *one = codes.text[i]; *one != '\0'; one++) {
            if (*one != '-') {
                plain[length++] = text_lower(*one);
            }
        }
        assert_int_equal(length, RECOVERY_LETTERS);
        assert_true(recovery_digest((administrator_id){7}, codes.text[i], digest));
        assert_memory_equal(digest, digests.of[i], DIGEST_SIZE);
        assert_true(recovery_digest((administrator_id){7}, plain, digest));
        assert_memory_equal(digest, digests.of[i], DIGEST_SIZE);
        assert_true(recovery_digest((administrator_id){8}, plain, digest));
        assert_memory_not_equal(digest, digests.of[i], DIGEST_SIZE);
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(codes.text[i], codes.text[other]);
        }
    }
}

static void what_is_no_recovery_code_has_no_digest(void **state)
{
    (void)state;
    unsigned char digest[DIGEST_SIZE];
    static const char *const wrong[] = {
        "", "123456", "ABCD-EFGH-IJKL-MNO", "ABCD-EFGH-IJKL-MNOPQ", "ABCD-EFGH-IJKL-MNO0", "ÀBCD-EFGH-IJKL-MNOP"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(recovery_digest((administrator_id){7}, wrong[i], digest));
    }
}

static int begin(void **state)
{
    (void)state;
    return crypto_begin() && totp_begin() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_are_accepted),
        cmocka_unit_test(a_code_is_good_for_one_step_around),
        cmocka_unit_test(blanks_do_not_matter_and_all_else_does),
        cmocka_unit_test(a_secret_is_written_as_applications_read_it),
        cmocka_unit_test(secrets_differ),
        cmocka_unit_test(recovery_codes_lead_to_their_digests_however_typed),
        cmocka_unit_test(what_is_no_recovery_code_has_no_digest),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
