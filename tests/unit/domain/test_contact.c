#include "unit.h"

#include "domain/email.h"
#include "domain/phone.h"

struct phone_case {
    const char *typed;
    const char *e164; /* NULL: no number */
    enum phone_kind kind;
};

static const struct phone_case numbers[] = {
    {"+33 6 12 34 56 78",    "+33612345678",  PHONE_MOBILE },
    {"0612345678",           "+33612345678",  PHONE_MOBILE },
    {"06.12.34.56.78",       "+33612345678",  PHONE_MOBILE },
    {"06-12-34-56-78",       "+33612345678",  PHONE_MOBILE },
    {"06\xC2\xA0"
     "12\xE2\x80\xAF"
     "34 56 78",        "+33612345678",  PHONE_MOBILE },
    {"0033612345678",        "+33612345678",  PHONE_MOBILE },
    {"+33 (0)6 12 34 56 78", "+33612345678",  PHONE_MOBILE },
    {"612345678",            "+33612345678",  PHONE_MOBILE },
    {"0712345678",           "+33712345678",  PHONE_FIXED  }, /* 071 is not open to mobiles */
    {"0767123456",           "+33767123456",  PHONE_MOBILE },
    {"+33 9 87 65 43 21",    "+33987654321",  PHONE_FIXED  },
    {"0478123456",           "+33478123456",  PHONE_FIXED  },
    {"0690123456",           "+590690123456", PHONE_MOBILE },
    {"+33 6 90 12 34 56",    "+590690123456", PHONE_MOBILE },
    {"+590 690 12 34 56",    "+590690123456", PHONE_MOBILE },
    {"+590 0690 12 34 56",   "+590690123456", PHONE_MOBILE },
    {"0590123456",           "+590590123456", PHONE_FIXED  },
    {"0694123456",           "+594694123456", PHONE_MOBILE },
    {"0696123456",           "+596696123456", PHONE_MOBILE },
    {"0697123456",           "+596697123456", PHONE_MOBILE },
    {"0692123456",           "+262692123456", PHONE_MOBILE },
    {"0639123456",           "+262639123456", PHONE_MOBILE },
    {"0709123456",           "+596709123456", PHONE_MOBILE },
    {"0709012345",           "+590709012345", PHONE_MOBILE },
    {"0709212345",           "+262709212345", PHONE_MOBILE },
    {"0709312345",           "+594709312345", PHONE_MOBILE },
    {"0709362345",           "+262709362345", PHONE_MOBILE },
    {"0508551234",           "+508551234",    PHONE_MOBILE },
    {"+508 41 12 34",        "+508411234",    PHONE_FIXED  },
    {"+687 75 12 34",        "+687751234",    PHONE_MOBILE },
    {"+689 87 12 34 56",     "+68987123456",  PHONE_MOBILE },
    {"+681 82 12 34",        "+681821234",    PHONE_MOBILE },
    {"+41781375558",         "+41781375558",  PHONE_FOREIGN},
    {"0041781375558",        "+41781375558",  PHONE_FOREIGN},
    {"+493958876206",        "+493958876206", PHONE_FOREIGN},
    {"0000000000",           NULL,            0            },
    {"016",                  NULL,            0            },
    {"9999999999 -",         NULL,            0            },
    {"06123456",             NULL,            0            },
    {"061234567890",         NULL,            0            },
    {"06 12 34 56 7x",       NULL,            0            },
    {"06+12345678",          NULL,            0            },
    {"++33612345678",        NULL,            0            },
    {"+33012345678",         NULL,            0            },
    {"+1234567890123456",    NULL,            0            },
    {"+33",                  NULL,            0            },
    {"+",                    NULL,            0            },
    {"",                     NULL,            0            },
    {"   ",                  NULL,            0            },
};

static void numbers_as_people_and_aaf_write_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct phone phone;
        if (phone_parse(numbers[i].typed, &phone) != (numbers[i].e164 != NULL))
            fail_msg("\"%s\"", numbers[i].typed);
        if (numbers[i].e164 == NULL)
            continue;
        assert_string_equal(phone.e164, numbers[i].e164);
        assert_int_equal(phone_kind(&phone), numbers[i].kind);
        assert_int_equal(phone_is_mobile(&phone), numbers[i].kind == PHONE_MOBILE);
        assert_int_equal(phone_may_receive_sms(&phone), numbers[i].kind != PHONE_FIXED);
        struct phone again;
        assert_true(phone_parse(phone.e164, &again));
        assert_true(phone_is_same(&phone, &again));
    }
}

static void shown_numbers_read_back_and_masked_ones_do_not(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"+33612345678",  "06 12 34 56 78", "•• •• •• •• 78"},
        {"+590690123456", "06 90 12 34 56", "•• •• •• •• 56"},
        {"+508411234",    "+508411234",     "•• •• •• •• 34"},
        {"+41781375558",  "+41781375558",   "•• •• •• •• 58"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct phone phone;
        struct phone again;
        char text[PHONE_TEXT_SIZE];
        assert_true(phone_parse(cases[i][0], &phone));
        phone_display(&phone, text);
        assert_string_equal(text, cases[i][1]);
        assert_true(phone_parse(text, &again) && phone_is_same(&phone, &again));
        phone_mask(&phone, text);
        assert_string_equal(text, cases[i][2]);
    }
}

/* A small generator of its own, so that a failure can be had again. */
static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

static void any_bytes_are_refused_or_give_a_number_that_reads_back(void **state)
{
    (void)state;
    static const char characters[] = "0123456789+ .-()/x\xC2\xA0";
    uint32_t seed = 42;
    size_t taken = 0;
    for (int round = 0; round < 200000; round++) {
        char typed[24];
        size_t length = next_random(&seed) % (sizeof typed - 1);
        for (size_t i = 0; i < length; i++)
            typed[i] = characters[next_random(&seed) % (sizeof characters - 1)];
        typed[length] = '\0';
        struct phone phone;
        struct phone again;
        if (!phone_parse(typed, &phone))
            continue;
        taken++;
        if (!phone_parse(phone.e164, &again) || !phone_is_same(&phone, &again))
            fail_msg("\"%s\" gave %s", typed, phone.e164);
    }
    assert_true(taken > 100);
}

static void addresses_are_taken_or_refused_by_their_shape(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"jean.dupont@exemple.fr",           "jean.dupont@exemple.fr"          },
        {"  Jean.Dupont@Exemple.FR\r\n",     "Jean.Dupont@exemple.fr"          },
        {"a+b_c'd@sous.domaine-x.education", "a+b_c'd@sous.domaine-x.education"},
        {"x@xn--cole-9oa.fr",                "x@xn--cole-9oa.fr"               },
        {"jean.dupont@htomail.com",          "jean.dupont@htomail.com"         },
        {"",                                 NULL                              },
        {"@",                                NULL                              },
        {"jean",                             NULL                              },
        {"jean@",                            NULL                              },
        {"@exemple.fr",                      NULL                              },
        {"jean@exemple",                     NULL                              },
        {"jean@@exemple.fr",                 NULL                              },
        {"jean@exemple@exemple.fr",          NULL                              },
        {"jean dupont@exemple.fr",           NULL                              },
        {"jean@exem ple.fr",                 NULL                              },
        {"jean@exemple..fr",                 NULL                              },
        {"jean@.exemple.fr",                 NULL                              },
        {"jean@exemple.fr.",                 NULL                              },
        {"jean@-exemple.fr",                 NULL                              },
        {"jean@exemple-.fr",                 NULL                              },
        {"jean@exemple.f",                   NULL                              },
        {"jean@192.168.0.1",                 NULL                              },
        {".jean@exemple.fr",                 NULL                              },
        {"jean.@exemple.fr",                 NULL                              },
        {"je..an@exemple.fr",                NULL                              },
        {"Jean <jean@exemple.fr>",           NULL                              },
        {"jean,luc@exemple.fr",              NULL                              },
        {"jean;luc@exemple.fr",              NULL                              },
        {"\"jean\"@exemple.fr",              NULL                              },
        {"jean\nBcc: x@exemple.fr",          NULL                              },
        {"jean\x01@exemple.fr",              NULL                              },
        {"jérôme@exemple.fr",              NULL                              },
        {"jean@école.fr",                   NULL                              },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct email email;
        if (email_parse(cases[i][0], &email) != (cases[i][1] != NULL))
            fail_msg("\"%s\"", cases[i][0]);
        if (cases[i][1] != NULL)
            assert_string_equal(email.text, cases[i][1]);
    }
}

static void addresses_are_bounded_as_smtp_bounds_them(void **state)
{
    (void)state;
    char typed[400];
    struct email email;
    memset(typed, 'a', 64);
    memcpy(typed + 64, "@exemple.fr", 12);
    assert_true(email_parse(typed, &email));
    memset(typed, 'a', 65);
    memcpy(typed + 65, "@exemple.fr", 12);
    assert_false(email_parse(typed, &email));
    typed[0] = 'x';
    typed[1] = '@';
    for (size_t i = 2; i < 300; i++)
        typed[i] = i % 50 == 49 ? '.' : 'a';
    memcpy(typed + 251, ".fr", 4); /* 254 bytes */
    assert_true(email_parse(typed, &email));
    memcpy(typed + 251, "a.fr", 5);
    assert_false(email_parse(typed, &email));
    memset(typed, 'a', sizeof typed);
    typed[1] = '@';
    memcpy(typed + 66, ".fr", 4); /* a label of 64 */
    assert_false(email_parse(typed, &email));
}

static void case_does_not_make_another_mailbox(void **state)
{
    (void)state;
    struct email a;
    struct email b;
    assert_true(email_parse("Jean@exemple.fr", &a) && email_parse("jEAN@EXEMPLE.fr", &b));
    assert_true(email_is_same(&a, &b));
    assert_true(email_parse("jean@exemple.fre", &b));
    assert_false(email_is_same(&a, &b));
    assert_false(email_is_same(&b, &a));
}

static void a_masked_address_shows_first_letters_only(void **state)
{
    (void)state;
    struct email email;
    char text[EMAIL_MASK_SIZE];
    assert_true(email_parse("jean.dupont@sous.exemple.fr", &email));
    email_mask(&email, text);
    assert_string_equal(text, "j•••@s•••.fr");
    assert_true(email_parse("a@b.fr", &email));
    email_mask(&email, text);
    assert_string_equal(text, "a•••@b•••.fr");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_as_people_and_aaf_write_them),
        cmocka_unit_test(shown_numbers_read_back_and_masked_ones_do_not),
        cmocka_unit_test(any_bytes_are_refused_or_give_a_number_that_reads_back),
        cmocka_unit_test(addresses_are_taken_or_refused_by_their_shape),
        cmocka_unit_test(addresses_are_bounded_as_smtp_bounds_them),
        cmocka_unit_test(case_does_not_make_another_mailbox),
        cmocka_unit_test(a_masked_address_shows_first_letters_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
