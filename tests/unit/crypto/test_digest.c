/* Digests against other makers' (RFC 7693 by Python's hashlib), random bytes and UUIDs. */
#include "ring.h"

#include "crypto/digest.h"
#include "crypto/random.h"
#include "crypto/sha256.h"

#include <stdio.h>
#include <string.h>

static void expect_hex(const unsigned char *bytes, size_t length, const char *hex)
{
    char text[2 * ARCHIVE_DIGEST_SIZE + 1];
    for (size_t i = 0; i < length; i++) {
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    }
    assert_string_equal(text, hex);
}

static void digests_are_blake2b(void **state)
{
    (void)state;
    unsigned char bytes[ARCHIVE_DIGEST_SIZE];
    struct digest digest;
    digest_make("abc", 3, bytes);
    expect_hex(bytes, 32, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    digest_make("", 0, bytes);
    expect_hex(bytes, 32, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add(&digest, "abc", 3);
    digest_end(&digest, bytes);
    expect_hex(bytes, 16, "cf4ab791c62b8d2b2109c90275287816");
    /* each text with its length in four bytes, little-endian, all ones for none */
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add_text(&digest, "ab");
    digest_add_text(&digest, NULL);
    digest_add_text(&digest, "");
    digest_end(&digest, bytes);
    expect_hex(bytes, 16, "f0ca8eb177d83fc4fa8fa807cf9991b7");
}

static void sha256_is_fips_180s(void **state)
{
    (void)state;
    unsigned char bytes[SHA256_SIZE];
    sha256_make("abc", 3, bytes);
    expect_hex(bytes, sizeof bytes, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_make("", 0, bytes);
    expect_hex(bytes, sizeof bytes, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void pieces_are_as_the_whole(void **state)
{
    (void)state;
    unsigned char bytes[1000], whole[DIGEST_SIZE], pieces[DIGEST_SIZE];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)i;
    }
    digest_make(bytes, sizeof bytes, whole);
    for (size_t step = 1; step < 300; step += 37) {
        struct digest digest;
        digest_begin(&digest, ARCHIVE_DIGEST_SIZE);
        for (size_t at = 0; at < sizeof bytes; at += step) {
            digest_add(&digest, bytes + at, at + step < sizeof bytes ? step : sizeof bytes - at);
        }
        digest_end(&digest, pieces);
        assert_memory_equal(pieces, whole, sizeof whole);
    }
}

static void digest_of_texts(const char *a, const char *b, unsigned char out_bytes[RECORD_DIGEST_SIZE])
{
    struct digest digest;
    digest_begin(&digest, RECORD_DIGEST_SIZE);
    digest_add_text(&digest, a);
    digest_add_text(&digest, b);
    digest_end(&digest, out_bytes);
}

static void texts_keep_their_borders(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"ab",  "c"  },
        {"a",   "bc" },
        {"",    "abc"},
        {NULL,  "abc"},
        {"abc", ""   },
        {"abc", NULL },
    };
    enum { PAIRS = sizeof pairs / sizeof pairs[0] };
    unsigned char digests[PAIRS][RECORD_DIGEST_SIZE];
    for (size_t i = 0; i < PAIRS; i++) {
        digest_of_texts(pairs[i][0], pairs[i][1], digests[i]);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(digests[i], digests[j], RECORD_DIGEST_SIZE);
        }
    }
}

static void uuids_are_of_version_4_and_read_back(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        unsigned char uuid[UUID_SIZE], again[UUID_SIZE];
        char text[UUID_TEXT_SIZE];
        uuid_make(uuid);
        assert_int_equal(uuid[6] >> 4, 4);
        assert_int_equal(uuid[8] >> 6, 2);
        uuid_write(uuid, text);
        assert_int_equal(strlen(text), 36);
        assert_true(uuid_read(text, again));
        assert_memory_equal(uuid, again, UUID_SIZE);
    }
}

static void what_is_no_uuid_leaves_the_result_alone(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "0123", "01234567-89ab-4cde-8f01-23456789abc",
        "0123456789ab4cde8f0123456789abcd", "01234567-89ab-4cde-8f01-23456789abcg",
        "01234567-89ab-4cde-8f01-23456789abcd0", "------------------------------------",
        "0123456-789ab-4cde-8f01-23456789abcd", "0123456789ab4cde8f0123456789abcd----"};
    unsigned char uuid[UUID_SIZE] = {7}, before[UUID_SIZE] = {7};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (uuid_read(texts[i], uuid)) {
            fail_msg("\"%s\" was read", texts[i]);
        }
        assert_memory_equal(uuid, before, UUID_SIZE);
    }
    assert_true(uuid_read("01234567-89AB-4cde-8f01-23456789abcd", uuid)); /* capitals too: RFC 9562, 4 */
    assert_int_equal(uuid[5], 0xab);
}

static void random_bytes_fill_all_and_comparison_sees_all(void **state)
{
    (void)state;
    unsigned char one[64] = {0}, two[64] = {0};
    random_fill(one, sizeof one);
    random_fill(two, sizeof two);
    assert_false(bytes_are_same(one, two, sizeof one));
    memcpy(two, one, sizeof one);
    assert_true(bytes_are_same(one, two, sizeof one));
    for (size_t i = 0; i < sizeof one; i++) {
        two[i] ^= 1;
        assert_false(bytes_are_same(one, two, sizeof one));
        two[i] ^= 1;
    }
}

static int begin(void **state)
{
    (void)state;
    return crypto_begin() && crypto_begin() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digests_are_blake2b),
        cmocka_unit_test(sha256_is_fips_180s),
        cmocka_unit_test(pieces_are_as_the_whole),
        cmocka_unit_test(texts_keep_their_borders),
        cmocka_unit_test(uuids_are_of_version_4_and_read_back),
        cmocka_unit_test(what_is_no_uuid_leaves_the_result_alone),
        cmocka_unit_test(random_bytes_fill_all_and_comparison_sees_all),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
