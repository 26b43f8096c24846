/* Argon2id: what was stored stays readable, and nothing else opens. */
#include "ring.h"

#include "crypto/password_hash.h"
#include "crypto/random.h"

#include <string.h>

static const struct password_cost cheap = {.memory = 64 * 1024, .operations = 2};

static void only_the_same_password_opens_it(void **state)
{
    (void)state;
    static const char *const others[] = {
        "", "cheval agrafe pil", "cheval agrafe pile ", "Cheval agrafe pile", "cheval agrafe pile\n"};
    char hash[PASSWORD_HASH_SIZE];
    assert_true(password_hash_make("cheval agrafe pile", &cheap, hash));
    assert_int_equal(strncmp(hash, "$argon2id$v=19$m=64,t=2,p=1$", 28), 0);
    assert_null(strstr(hash, "cheval"));
    assert_true(password_hash_verify("cheval agrafe pile", hash));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(password_hash_verify(others[i], hash));
    }
}

static void letters_beyond_ascii_and_long_ones_count_whole(void **state)
{
    (void)state;
    char text[513], hash[PASSWORD_HASH_SIZE];
    memset(text, 'a', sizeof text - 1);
    text[512] = '\0';
    assert_true(password_hash_make(text, &cheap, hash));
    assert_true(password_hash_verify(text, hash));
    text[511] = 'b';
    assert_false(password_hash_verify(text, hash));
    assert_true(password_hash_make("élève", &cheap, hash));
    assert_true(password_hash_verify("élève", hash));
    assert_false(password_hash_verify("eleve", hash));
}

static void two_of_the_same_password_differ(void **state)
{
    (void)state;
    char one[PASSWORD_HASH_SIZE], two[PASSWORD_HASH_SIZE];
    assert_true(password_hash_make("cheval agrafe pile", &cheap, one));
    assert_true(password_hash_make("cheval agrafe pile", &cheap, two));
    assert_string_not_equal(one, two);
}

static void one_made_before_opens(void **state)
{
    (void)state;
    static const char stored[] =
        "$argon2id$v=19$m=64,t=2,p=1$1ViDSo4cLHgolYMbxHiDLA$L9MJuHqZfAEIotg3RWwUh/hh3dyysWNY1FlTofSbe5o";
    assert_true(password_hash_verify("Préau 2026", stored));
    assert_false(password_hash_verify("Préau 2027", stored));
}

static void what_is_no_hash_opens_for_nobody(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "$", "$argon2id$", "$argon2id$v=19$m=64,t=2,p=1$$", "cheval agrafe pile",
        "$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHRzYWx0c2FsdA$aGFzaA", "$2y$10$abcdefghijklmnopqrstuu"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(password_hash_verify("", texts[i]));
        assert_false(password_hash_verify("cheval agrafe pile", texts[i]));
        assert_true(password_hash_is_outdated(texts[i], &cheap));
    }
}

static void other_costs_than_todays_are_told(void **state)
{
    (void)state;
    const struct password_cost more_memory = {.memory = 128 * 1024, .operations = 2},
                               more_passes = {.memory = 64 * 1024, .operations = 3};
    char hash[PASSWORD_HASH_SIZE];
    assert_true(password_hash_make("cheval agrafe pile", &cheap, hash));
    assert_false(password_hash_is_outdated(hash, &cheap));
    assert_true(password_hash_is_outdated(hash, &more_memory));
    assert_true(password_hash_is_outdated(hash, &more_passes));
}

static void costs_that_cannot_be_paid_are_told(void **state)
{
    (void)state;
    const struct password_cost none = {.memory = 0, .operations = 0}, endless = {.memory = SIZE_MAX, .operations = 2};
    char hash[PASSWORD_HASH_SIZE];
    assert_false(password_hash_make("cheval agrafe pile", &none, hash));
    assert_false(password_hash_make("cheval agrafe pile", &endless, hash));
    password_hash_waste("cheval agrafe pile", &cheap);
}

static int begin(void **state)
{
    (void)state;
    return crypto_begin() ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_same_password_opens_it),
        cmocka_unit_test(letters_beyond_ascii_and_long_ones_count_whole),
        cmocka_unit_test(two_of_the_same_password_differ),
        cmocka_unit_test(one_made_before_opens),
        cmocka_unit_test(what_is_no_hash_opens_for_nobody),
        cmocka_unit_test(other_costs_than_todays_are_told),
        cmocka_unit_test(costs_that_cannot_be_paid_are_told),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
