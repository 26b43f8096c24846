#include "../crypto/ring.h"
#include "link/sms_message.h"
#include "link/sms_report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void a_code_is_six_digits_and_always_the_same(void **state)
{
    (void)state;
    struct key_ring *keys = ring_of_keys();
    unsigned first_digits = 0, same = 0;
    char before[SMS_CODE_SIZE] = "";
    for (int64_t registration = 1; registration <= 1000; registration++) {
        char code[SMS_CODE_SIZE], again[SMS_CODE_SIZE];
        sms_code_make(keys, registration, code);
        sms_code_make(keys, registration, again);
        assert_int_equal(strspn(code, "0123456789"), SMS_CODE_SIZE - 1);
        assert_string_equal(code, again);
        same += strcmp(code, before) == 0;
        first_digits |= 1U << (code[0] - '0');
        memcpy(before, code, sizeof code);
    }
    assert_int_equal(first_digits, 0x3FF);
    assert_true(same < 3);
    key_ring_free(&keys);
}

static void another_key_makes_other_codes(void **state)
{
    (void)state;
    struct key_ring *one = ring_of_keys(), *other = ring_of_keys();
    unsigned same = 0;
    for (int64_t registration = 1; registration <= 100; registration++) {
        char code[SMS_CODE_SIZE];
        sms_code_make(one, registration, code);
        same += sms_code_is(other, registration, code);
    }
    assert_true(same < 2);
    key_ring_free(&one);
    key_ring_free(&other);
}

/* The message left before the key was replaced, or from a daemon that was restarted already: the code is right here too. */
static void a_code_outlives_a_rotation(void **state)
{
    (void)state;
    void *made = NULL;
    char old[SMS_CODE_SIZE], new[SMS_CODE_SIZE];
    assert_int_equal(ring_setup(&made), 0);
    struct ring *ring = made;
    sms_code_make(ring->keys, 7, old);
    ring_generate_next(ring, KEY_TOKENS);
    ring_load(ring);
    struct key_ring *late = ring->keys; /* of a daemon that knows the next key and does not write by it */
    ring->keys = NULL;
    ring_promote(ring, KEY_TOKENS);
    ring_load(ring);
    sms_code_make(ring->keys, 7, new);
    assert_string_not_equal(old, new);
    assert_true(sms_code_is(ring->keys, 7, old) && sms_code_is(ring->keys, 7, new));
    assert_true(sms_code_is(late, 7, old) && sms_code_is(late, 7, new));
    key_ring_free(&late);
    ring_generate(ring, KEY_TOKENS);
    ring_load(ring);
    assert_true(sms_code_is(ring->keys, 7, new));
    assert_false(sms_code_is(ring->keys, 7, old)); /* two rotations ago */
    assert_int_equal(ring_teardown(&made), 0);
}

static void a_code_is_read_as_people_type_it(void **state)
{
    (void)state;
    struct key_ring *keys = ring_of_keys();
    char code[SMS_CODE_SIZE], typed[32];
    sms_code_make(keys, 7, code);
    assert_true(sms_code_is(keys, 7, code));
    snprintf(typed, sizeof typed, " %.3s %s ", code, code + 3);
    assert_true(sms_code_is(keys, 7, typed));
    snprintf(typed, sizeof typed, "%.3s-%s", code, code + 3);
    assert_true(sms_code_is(keys, 7, typed));
    static const char *const wrong[] = {"", "     ", "abcdef", "12345"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(sms_code_is(keys, 7, wrong[i]));
    }
    snprintf(typed, sizeof typed, "%s0", code); /* one digit more */
    assert_false(sms_code_is(keys, 7, typed));
    code[5] = (char)('0' + (code[5] - '0' + 1) % 10);
    assert_false(sms_code_is(keys, 7, code));
    key_ring_free(&keys);
}

static void a_message_is_one_and_names_the_site_where_it_fits(void **state)
{
    (void)state;
    static const struct {
        const char *site, *end;
    } cases[] = {
        {"https://preau.example:8443/x",                                                                        "\n\n@preau.example #123456"},
        {"http://127.0.0.1:8080",                                                                               "\n\n@127.0.0.1 #123456"    },
        {"https://un-nom-bien-trop-long-pour-un-seul-message-d-un-telephone.academie-de-quelque-part.example/",
         "personne."                                                                                                                        },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SMS_TEXT_SIZE];
        sms_text_make("123456", MINUTES(10), cases[i].site, text);
        assert_non_null(strstr(text, "code est 123456. Il sert pendant 10 minutes."));
        size_t length = strlen(text), end = strlen(cases[i].end);
        assert_string_equal(text + length - end, cases[i].end);
        assert_true(length - 2 <= SMS_LETTERS_MAX); /* é and à take two bytes */
    }
}

/* How many letters, each of the basic table of GSM 03.38 (6.2.1), where each takes one place of a message; those behind the escape are none. */
static size_t gsm_letters(const char *text)
{
    static const char table[] =
        "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
        "abcdefghijklmnopqrstuvwxyzäöñüà";
    size_t letters = 0;
    for (size_t at = 0, length; text[at] != '\0'; at += length, letters++) {
        char letter[5] = "";
        for (length = 1; ((unsigned char)text[at + length] & 0xC0) == 0x80; length++) {
        }
        assert_true(length < sizeof letter);
        memcpy(letter, text + at, length);
        if (!strstr(table, letter)) {
            fail_msg("not of the GSM alphabet: %s", letter);
        }
    }
    return letters;
}

static void a_message_is_of_the_gsm_alphabet_and_one_part_whatever_the_host(void **state)
{
    (void)state;
    char site[300], text[SMS_TEXT_SIZE];
    size_t longest = 0;
    bool names_host = true;
    for (int length = 1; length <= 253; length++) { /* as long as a host may be (RFC 1035) */
        snprintf(site, sizeof site, "https://%0*d.example/", length, 0);
        sms_text_make("123456", MINUTES(60), site, text);
        size_t letters = gsm_letters(text);
        assert_true(letters <= SMS_LETTERS_MAX);
        longest = letters > longest ? letters : longest;
        assert_true(names_host || !strchr(text, '@')); /* none again once one had no room */
        names_host = strchr(text, '@') != NULL;
    }
    assert_int_equal(longest, SMS_LETTERS_MAX); /* the last that has room fills it */
    assert_false(names_host);
}

static void a_host_of_other_letters_is_left_out(void **state)
{
    (void)state;
    static const char *const sites[] = {"https://[2001:db8::1]:8443/", "https://préau.example/",
        "https://œuvres.example", "https://a|b.example", "https://a_b.example", "https:///x", "https://", ""};
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        char text[SMS_TEXT_SIZE];
        sms_text_make("123456", MINUTES(10), sites[i], text);
        assert_true(gsm_letters(text) <= SMS_LETTERS_MAX);
        assert_null(strchr(text, '@'));
        assert_non_null(strstr(text, "personne."));
    }
}

/* --- delivery reports --- */

static void a_report_says_of_which_try_and_what(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        enum sms_report_kind kind;
        enum registration_delivery delivery;
    } cases[] = {
        {"1",  SMS_REPORT_NEWS,      REGISTRATION_DELIVERED  },
        {"2",  SMS_REPORT_NEWS,      REGISTRATION_UNDELIVERED},
        {"8",  SMS_REPORT_NEWS,      REGISTRATION_ACCEPTED   },
        {"16", SMS_REPORT_NEWS,      REGISTRATION_REFUSED    },
        {"4",  SMS_REPORT_NO_NEWS,   0                       },
        {"",   SMS_REPORT_MALFORMED, 0                       },
        {"%d", SMS_REPORT_MALFORMED, 0                       },
        {"3",  SMS_REPORT_MALFORMED, 0                       },
        {"1/", SMS_REPORT_MALFORMED, 0                       },
        {"-1", SMS_REPORT_MALFORMED, 0                       },
    };
    struct key_ring *keys = ring_of_keys();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char path[SMS_REPORT_PATH_SIZE], asked[SMS_REPORT_PATH_SIZE + 8];
        struct sms_report report = {0};
        sms_report_path(keys, INT64_C(1) << 40, 3, path);
        snprintf(asked, sizeof asked, "%s%s", path, cases[i].type);
        assert_int_equal(sms_report_read(keys, asked, &report), cases[i].kind);
        if (cases[i].kind == SMS_REPORT_NEWS) {
            assert_int_equal(report.delivery, cases[i].delivery);
            assert_true(report.registration == INT64_C(1) << 40 && report.attempt == 3);
        }
    }
    key_ring_free(&keys);
}

static void nobody_makes_up_a_report(void **state)
{
    (void)state;
    struct key_ring *keys = ring_of_keys(), *others = ring_of_keys();
    char path[SMS_REPORT_PATH_SIZE], asked[2 * SMS_REPORT_PATH_SIZE];
    struct sms_report report;
    sms_report_path(others, 7, 1, path); /* with a key of their own */
    snprintf(asked, sizeof asked, "%s1", path);
    assert_int_equal(sms_report_read(keys, asked, &report), SMS_REPORT_FORGED);
    sms_report_path(keys, 7, 1, path);
    for (size_t i = 0; path[i] != '\0'; i++) { /* any letter changed */
        snprintf(asked, sizeof asked, "%s1", path);
        asked[i] = asked[i] == 'A' ? 'B' : 'A';
        assert_int_equal(sms_report_read(keys, asked, &report), SMS_REPORT_FORGED);
    }
    static const char *const none[] = {
        "", "/", "/report", "/report/", "/report//1", "/report/x", "/status", "/report/../1"};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_int_equal(sms_report_read(keys, none[i], &report), SMS_REPORT_FORGED);
    }
    memset(asked, 'A', sizeof asked - 1);
    memcpy(asked, "/report/", 8);
    asked[sizeof asked - 1] = '\0';
    assert_int_equal(sms_report_read(keys, asked, &report), SMS_REPORT_FORGED);
    token_link_make(keys, "registration", 1, 7, path); /* what the browser has opens nothing here */
    snprintf(asked, sizeof asked, "/report/%s/1", path);
    assert_int_equal(sms_report_read(keys, asked, &report), SMS_REPORT_FORGED);
    key_ring_free(&keys);
    key_ring_free(&others);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_says_of_which_try_and_what),
        cmocka_unit_test(nobody_makes_up_a_report),
        cmocka_unit_test(a_code_is_six_digits_and_always_the_same),
        cmocka_unit_test(another_key_makes_other_codes),
        cmocka_unit_test(a_code_outlives_a_rotation),
        cmocka_unit_test(a_code_is_read_as_people_type_it),
        cmocka_unit_test(a_message_is_one_and_names_the_site_where_it_fits),
        cmocka_unit_test(a_message_is_of_the_gsm_alphabet_and_one_part_whatever_the_host),
        cmocka_unit_test(a_host_of_other_letters_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
