/* What forms bring: selections, actions, tokens, refusals at their field. */
#include "crypto/random.h"
#include "portal/csrf_token.h"
#include "portal/form.h"
#include "portal/head_action.h"
#include "portal/selection.h"
#include "unit.h"

static struct selection selection;

static int fresh_selection(void **state)
{
    (void)state;
    memset(&selection, 0, sizeof selection);
    return crypto_begin() ? 0 : -1;
}

static void a_selection_is_read_and_written_alike(void **state)
{
    (void)state;
    char text[4 * SELECTION_TEXT_SIZE];
    assert_int_equal(selection_add(&selection, "10-2,24-9000000000,10-1"), SELECTION_READ);
    assert_int_equal(selection.count, 3);
    assert_int_equal(selection.ids[2], 9000000000);
    selection_write(&selection, text);
    assert_string_equal(text, "10-1,10-2,24-9000000000");
}

static void an_account_is_selected_once(void **state)
{
    (void)state;
    assert_int_equal(selection_add(&selection, "10-1,10-1"), SELECTION_READ);
    assert_int_equal(selection_add(&selection, "10-1"), SELECTION_READ);
    assert_int_equal(selection_add(&selection, "11-1"), SELECTION_READ);
    assert_int_equal(selection.count, 2);
}

static void what_a_page_showed_is_taken_out_of_what_was_ticked(void **state)
{
    (void)state;
    static struct selection shown;
    char text[4 * SELECTION_TEXT_SIZE];
    shown.count = 0;
    assert_int_equal(selection_add(&selection, "11-5,10-7,10-1,10-3"), SELECTION_READ);
    assert_int_equal(selection_add(&shown, "10-7,10-8,11-5"), SELECTION_READ);
    assert_true(selection_has(&selection, (academy_code){11}, (account_id){5}));
    selection_remove(&selection, &shown);
    selection_write(&selection, text);
    assert_string_equal(text, "10-1,10-3");
    assert_false(selection_has(&selection, (academy_code){11}, (account_id){5}));
    assert_false(selection_has(&selection, (academy_code){10}, (account_id){2}));
}

static void what_is_no_account_is_told(void **state)
{
    (void)state;
    static const char *const wrong[] = {",", "10-1,", ",10-1", "10-1,,10-2", "10-1;10-2", "10-1 ,10-2", "x", "10-"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(selection_add(&selection, wrong[i]), SELECTION_WRONG);
    }
    assert_int_equal(selection_add(&selection, ""), SELECTION_READ);
}

static void a_selection_has_a_bound(void **state)
{
    (void)state;
    for (int i = 1; i <= SELECTION_MAX; i++) {
        assert_int_equal(selection_add_account(&selection, (academy_code){10}, (account_id){i}), SELECTION_READ);
    }
    assert_int_equal(selection_add(&selection, "10-5001"), SELECTION_FULL);
    assert_int_equal(selection_add(&selection, "10-5000"), SELECTION_READ);
}

static void every_action_is_found_by_its_code(void **state)
{
    (void)state;
    for (size_t i = 0; head_action_at(i); i++) {
        assert_ptr_equal(head_action_find(head_action_at(i)->code), head_action_at(i));
    }
    assert_null(head_action_find("supprimer"));
    assert_null(head_action_find(""));
    assert_null(head_action_find(NULL));
}

static void a_token_is_of_one_cookie(void **state)
{
    (void)state;
    char one[CSRF_SIZE];
    char again[CSRF_SIZE];
    char other[CSRF_SIZE];
    csrf_of_cookie("AAAA", one);
    csrf_of_cookie("AAAA", again);
    csrf_of_cookie("AAAB", other);
    assert_true(csrf_is_same(one, again));
    assert_false(csrf_is_same(one, other));
    assert_null(strstr(one, "AAAA"));
}

static void no_token_is_no_proof(void **state)
{
    (void)state;
    assert_false(csrf_is_same("", ""));
    assert_false(csrf_is_same("abc", NULL));
    assert_false(csrf_is_same("abc", ""));
    assert_false(csrf_is_same("abc", "ab"));
    assert_false(csrf_is_same("abc", "abcd"));
}

static void refusals_are_shown_where_they_arose(void **state)
{
    (void)state;
    assert_int_equal(form_field_of(REFUSAL_PASSWORD_TOO_SHORT), FIELD_PASSWORD);
    assert_int_equal(form_field_of(REFUSAL_PASSWORD_HAS_NAME), FIELD_PASSWORD);
    assert_int_equal(form_field_of(REFUSAL_PASSWORD_NOT_NEW), FIELD_PASSWORD);
    assert_int_equal(form_field_of(REFUSAL_PASSWORDS_DIFFER), FIELD_AGAIN);
    assert_int_equal(form_field_of(REFUSAL_EMAIL_INVALID), FIELD_EMAIL);
    assert_int_equal(form_field_of(REFUSAL_BIRTH_DATE_WRONG), FIELD_BIRTH_DATE);
    assert_int_equal(form_field_of(REFUSAL_DATE_INVALID), FIELD_BIRTH_DATE);
    assert_int_equal(form_field_of(REFUSAL_TOO_MANY_ATTEMPTS), FIELD_NONE);
    assert_int_equal(form_field_of(REFUSAL_NONE), FIELD_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_selection_is_read_and_written_alike, fresh_selection),
        cmocka_unit_test_setup(an_account_is_selected_once, fresh_selection),
        cmocka_unit_test_setup(what_a_page_showed_is_taken_out_of_what_was_ticked, fresh_selection),
        cmocka_unit_test_setup(what_is_no_account_is_told, fresh_selection),
        cmocka_unit_test_setup(a_selection_has_a_bound, fresh_selection),
        cmocka_unit_test(every_action_is_found_by_its_code),
        cmocka_unit_test_setup(a_token_is_of_one_cookie, fresh_selection),
        cmocka_unit_test(no_token_is_no_proof),
        cmocka_unit_test(refusals_are_shown_where_they_arose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
