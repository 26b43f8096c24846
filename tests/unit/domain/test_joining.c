#include "domain/joining.h"

#include "unit.h"

static const struct joining fine = {.are_guardians = true, .names_agree = true};

static void two_accounts_of_one_guardian_are_joined(void **state)
{
    (void)state;
    assert_int_equal(joining_decide(&fine), REFUSAL_NONE);
}

/* Each thing that stands against it is enough. */
static void each_reason_is_enough(void **state)
{
    (void)state;
    struct joining same = fine, unfit = fine, closed = fine, pupil = fine, name = fine, child = fine, two = fine,
                   parted = fine;
    same.is_same = unfit.is_unfit = closed.is_closed = child.is_shared_child = true;
    two.has_two_identities = parted.was_parted = true;
    pupil.are_guardians = name.names_agree = false;
    assert_int_equal(joining_decide(&same), REFUSAL_JOINING_SAME);
    assert_int_equal(joining_decide(&unfit), REFUSAL_STALE);
    assert_int_equal(joining_decide(&closed), REFUSAL_ACCOUNT_CLOSED);
    assert_int_equal(joining_decide(&pupil), REFUSAL_GUARDIAN_ONLY);
    assert_int_equal(joining_decide(&name), REFUSAL_JOINING_NAMES);
    assert_int_equal(joining_decide(&child), REFUSAL_JOINING_TWO_GUARDIANS);
    assert_int_equal(joining_decide(&two), REFUSAL_JOINING_TWO_IDENTITIES);
    assert_int_equal(joining_decide(&parted), REFUSAL_JOINING_PARTED);
}

/* Nothing of how they stand to each other is told of an account that is nobody's to join. */
static void what_is_of_the_other_alone_comes_first(void **state)
{
    (void)state;
    const struct joining all = {
        .is_closed = true, .is_shared_child = true, .was_parted = true, .has_two_identities = true};
    assert_int_equal(joining_decide(&all), REFUSAL_ACCOUNT_CLOSED);
}

static void what_is_whole_is_parted(void **state)
{
    (void)state;
    assert_int_equal(joining_undo_decide(&(struct parting){.records = 2}), REFUSAL_NONE);
    assert_int_equal(joining_undo_decide(&(struct parting){.records = 2, .is_erased = true}), REFUSAL_PARTING_ERASED);
    assert_int_equal(joining_undo_decide(&(struct parting){.records = 0}), REFUSAL_PARTING_ERASED);
    assert_int_equal(joining_undo_decide(&(struct parting){.records = 2, .elsewhere = 1}), REFUSAL_PARTING_ELSEWHERE);
    assert_int_equal(joining_undo_decide(&(struct parting){.elsewhere = 1, .is_erased = true}), REFUSAL_PARTING_ERASED);
}

static void reasons_have_codes(void **state)
{
    (void)state;
    assert_string_equal(parting_reason_code(PARTING_HOMONYM), "homonym");
    assert_string_equal(parting_reason_code(PARTING_ASKED), "asked");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_accounts_of_one_guardian_are_joined),
        cmocka_unit_test(each_reason_is_enough),
        cmocka_unit_test(what_is_of_the_other_alone_comes_first),
        cmocka_unit_test(what_is_whole_is_parted),
        cmocka_unit_test(reasons_have_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
