/* The links of mails. They hold no date: what they open knows in the store how long it is open. */
#include "ring.h"

#include "crypto/token.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define RING_TEST(name) cmocka_unit_test_setup_teardown(name, ring_setup, ring_teardown)

static bool reads(const struct ring *ring, const char *text)
{
    int academy = -1;
    int64_t number = -1;
    bool read = token_link_read(ring->keys, "activation", text, &academy, &number);
    assert_true(read || (academy == -1 && number == -1)); /* nothing of a false one comes out */
    return read;
}

static void it_gives_back_what_it_stands_for(void **state)
{
    struct ring *ring = *state;
    static const struct {
        int academy;
        int64_t number;
    } cases[] = {
        {1,   1        },
        {10,  1234     },
        {999, INT64_MAX},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TOKEN_LINK_SIZE], again[TOKEN_LINK_SIZE];
        int academy = 0;
        int64_t number = 0;
        token_link_make(ring->keys, "activation", cases[i].academy, cases[i].number, text);
        token_link_make(ring->keys, "activation", cases[i].academy, cases[i].number, again);
        assert_string_equal(text, again); /* so that a mail can be sent again */
        assert_true(token_link_read(ring->keys, "activation", text, &academy, &number));
        assert_int_equal(academy, cases[i].academy);
        assert_true(number == cases[i].number);
        assert_int_equal(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 40);
        assert_int_equal(strlen(text), 40);
    }
}

static void it_opens_for_its_purpose_only(void **state)
{
    struct ring *ring = *state;
    static const char *const purposes[] = {"", "activatio", "activation2", "password", "Activation"};
    char text[TOKEN_LINK_SIZE];
    int academy = 0;
    int64_t number = 0;
    token_link_make(ring->keys, "activation", 10, 1234, text);
    for (size_t i = 0; i < sizeof purposes / sizeof purposes[0]; i++) {
        assert_false(token_link_read(ring->keys, purposes[i], text, &academy, &number));
    }
}

static void no_character_may_be_another(void **state)
{
    struct ring *ring = *state;
    char text[TOKEN_LINK_SIZE], longer[TOKEN_LINK_SIZE + 4];
    token_link_make(ring->keys, "activation", 10, 1234, text);
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++) {
        char right = text[i];
        for (int other = 1; other < 256; other++) {
            text[i] = (char)other;
            assert_true(reads(ring, text) == (text[i] == right));
        }
        text[i] = right;
    }
    for (size_t i = 0; i < length; i++) {
        char cut[TOKEN_LINK_SIZE] = "";
        memcpy(cut, text, i);
        assert_false(reads(ring, cut));
    }
    static const char *const ends[] = {"A", "AAAA", "=", " ", "\n", "%20"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        snprintf(longer, sizeof longer, "%s%s", text, ends[i]);
        assert_false(reads(ring, longer));
    }
    assert_true(reads(ring, text));
}

static void after_a_rotation_old_links_work_until_their_key_goes(void **state)
{
    struct ring *ring = *state;
    char old[TOKEN_LINK_SIZE], new[TOKEN_LINK_SIZE];
    token_link_make(ring->keys, "activation", 10, 1234, old);
    ring_generate(ring, KEY_TOKENS);
    ring_load(ring);
    token_link_make(ring->keys, "activation", 10, 1234, new);
    assert_string_not_equal(old, new);
    assert_true(reads(ring, old) && reads(ring, new));
    ring_remove(ring, "tokens-1.key");
    ring_load(ring);
    assert_false(reads(ring, old));
    assert_true(reads(ring, new));
}

static bool returns(const struct ring *ring, const char *text)
{
    struct token_try of = {-1, -1, 0};
    bool read = token_return_read(ring->keys, text, &of);
    assert_true(read || of.academy == -1); /* nothing of a false one comes out */
    return read;
}

/* As some servers write an address back. */
static void in_capitals(char *text)
{
    for (char *one = text; *one != '\0'; one++) {
        *one = (char)toupper((unsigned char)*one);
    }
}

static void a_try_of_a_mail_is_named_in_64_letters_of_either_case(void **state)
{
    struct ring *ring = *state;
    static const struct token_try tries[] = {
        {1,   1,                      1  },
        {10,  1234,                   255},
        {999, (INT64_C(1) << 40) - 1, 0  },
    };
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        char text[TOKEN_RETURN_SIZE];
        struct token_try of;
        token_return_make(ring->keys, tries[i], text);
        assert_int_equal(strlen(text), TOKEN_RETURN_SIZE - 1);
        assert_int_equal(strspn(text, "0123456789abcdef"), TOKEN_RETURN_SIZE - 1);
        for (int capitals = 0; capitals < 2; capitals++) {
            assert_true(token_return_read(ring->keys, text, &of));
            assert_int_equal(of.academy, tries[i].academy);
            assert_true(of.number == tries[i].number);
            assert_int_equal(of.attempt, tries[i].attempt);
            in_capitals(text);
        }
    }
}

static void a_try_cannot_be_named_by_others(void **state)
{
    struct ring *ring = *state;
    char text[TOKEN_RETURN_SIZE], longer[TOKEN_RETURN_SIZE + 4], link[TOKEN_LINK_SIZE];
    token_return_make(ring->keys, (struct token_try){10, 1234, 1}, text);
    for (size_t i = 0; text[i] != '\0'; i++) {
        char right = text[i];
        for (int other = 1; other < 256; other++) {
            text[i] = (char)other;
            assert_true(returns(ring, text) == (tolower(other) == right));
        }
        text[i] = right;
        char cut[TOKEN_RETURN_SIZE] = "";
        memcpy(cut, text, i);
        assert_false(returns(ring, cut));
    }
    snprintf(longer, sizeof longer, "%s0", text);
    assert_false(returns(ring, longer));
    token_link_make(ring->keys, "return", 10, 1234, link); /* of as many letters */
    assert_false(returns(ring, link));
    ring_generate(ring, KEY_TOKENS);
    ring_load(ring);
    assert_true(returns(ring, text)); /* it may come back days later */
    ring_remove(ring, "tokens-1.key");
    ring_load(ring);
    assert_false(returns(ring, text));
}

static void random_ones_are_43_characters_that_do_not_repeat(void **state)
{
    (void)state;
    char one[TOKEN_RANDOM_SIZE], two[TOKEN_RANDOM_SIZE];
    token_random(one);
    token_random(two);
    assert_int_equal(strlen(one), 43);
    assert_int_equal(strlen(two), 43);
    assert_string_not_equal(one, two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RING_TEST(it_gives_back_what_it_stands_for),
        RING_TEST(it_opens_for_its_purpose_only),
        RING_TEST(no_character_may_be_another),
        RING_TEST(after_a_rotation_old_links_work_until_their_key_goes),
        RING_TEST(a_try_of_a_mail_is_named_in_64_letters_of_either_case),
        RING_TEST(a_try_cannot_be_named_by_others),
        RING_TEST(random_ones_are_43_characters_that_do_not_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
