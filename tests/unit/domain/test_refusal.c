#include "unit.h"

#include "domain/account.h"
#include "domain/lifecycle.h"
#include "domain/refusal.h"

static void every_refusal_can_be_said_to_a_machine_and_to_a_person(void **state)
{
    (void)state;
    for (unsigned i = 1; i < REFUSAL_COUNT; i++) {
        enum refusal refusal = (enum refusal)i;
        enum refusal again = REFUSAL_NONE;
        assert_true(refusal_from_code(refusal_code(refusal), &again));
        assert_int_equal(again, refusal); /* hence no two have the same code */
        assert_in_range(refusal_status(refusal), 400, 599);
        const char *sentence = refusal_sentence(refusal);
        const char *next = refusal_next(refusal);
        assert_true(strlen(sentence) > 10 && sentence[strlen(sentence) - 1] == '.');
        assert_true(strlen(next) > 10 && next[strlen(next) - 1] == '.');
        assert_null(strchr(sentence, '\'')); /* French typography has its own apostrophe */
        assert_null(strchr(next, '\''));
    }
}

static void machine_codes_are_plain_words(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REFUSAL_COUNT; i++) {
        const char *code = refusal_code((enum refusal)i);
        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
    }
}

static void an_unknown_code_is_no_refusal(void **state)
{
    (void)state;
    enum refusal refusal = REFUSAL_BUSY;
    assert_false(refusal_from_code("", &refusal));
    assert_false(refusal_from_code("Busy", &refusal));
    assert_int_equal(refusal, REFUSAL_BUSY);
}

static void granted_is_no_refusal(void **state)
{
    (void)state;
    assert_int_equal(refusal_status(REFUSAL_NONE), 200);
    assert_string_equal(refusal_code(REFUSAL_NONE), "none");
    assert_string_equal(refusal_sentence(REFUSAL_NONE), "");
}

static void states_and_origins_bear_the_words_of_the_guide(void **state)
{
    (void)state;
    assert_string_equal(state_label(STATE_NON_DISTRIBUE), "Non distribué");
    assert_string_equal(state_label(STATE_DISTRIBUE), "Distribué");
    assert_string_equal(state_label(STATE_EN_COURS), "En cours d’activation");
    assert_string_equal(state_label(STATE_ACTIVE), "Activé");
    assert_string_equal(origin_label(ORIGIN_NON_RENSEIGNE), "Non renseigné");
    assert_string_equal(origin_label(ORIGIN_ETABLISSEMENT), "Établissement");
    assert_string_equal(origin_label(ORIGIN_FRANCECONNECT), "FranceConnect");
    assert_string_equal(origin_label(ORIGIN_RESPONSABLE), "Responsable");
    assert_string_equal(origin_label(ORIGIN_ATEN), "ATEN");
    assert_string_equal(origin_label(ORIGIN_ENT), "ENT");
}

static void every_code_reads_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < STATE_COUNT; i++) {
        enum account_state read = STATE_COUNT;
        assert_true(state_from_code(state_code((enum account_state)i), &read));
        assert_int_equal(read, i);
    }
    for (unsigned i = 0; i < ORIGIN_COUNT; i++) {
        enum account_origin read = ORIGIN_COUNT;
        assert_true(origin_from_code(origin_code((enum account_origin)i), &read));
        assert_int_equal(read, i);
    }
    for (unsigned i = 0; i < PROFILE_COUNT; i++) {
        enum account_profile read = PROFILE_COUNT;
        assert_true(profile_from_code(profile_code((enum account_profile)i), &read));
        assert_int_equal(read, i);
    }
    for (unsigned i = 0; i < PASSWORD_COUNT; i++) {
        enum password_kind read = PASSWORD_COUNT;
        assert_true(password_kind_from_code(password_kind_code((enum password_kind)i), &read));
        assert_int_equal(read, i);
    }
    for (unsigned i = 0; i < ACTION_COUNT; i++) {
        enum account_action read = ACTION_COUNT;
        assert_true(action_from_code(action_code((enum account_action)i), &read));
        assert_int_equal(read, i);
        assert_true(strlen(action_label((enum account_action)i)) > 0);
    }
    for (unsigned i = 0; i < EFFECT_COUNT; i++)
        assert_true(strlen(effect_code((enum lifecycle_effect)(1u << i))) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_refusal_can_be_said_to_a_machine_and_to_a_person),
        cmocka_unit_test(machine_codes_are_plain_words),
        cmocka_unit_test(an_unknown_code_is_no_refusal),
        cmocka_unit_test(granted_is_no_refusal),
        cmocka_unit_test(states_and_origins_bear_the_words_of_the_guide),
        cmocka_unit_test(every_code_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
