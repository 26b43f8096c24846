/* What happens on an account has its words for the person, and for the head, whatever it is. */
#include "domain/lifecycle.h"
#include "portal/account_deed.h"
#include "portal/life_words.h"
#include "unit.h"

/* Not of the life cycle: what statements and daemons remember besides. */
static const char *const others[] = {"created", "notification_cancelled", "password_shown", "birth_date_refused",
    "email_change_cancelled", "child_disclaimed", "child_restored", "child_proved", "merge_undone", "sessions_ended",
    "data_downloaded"};

static void each_action_has_its_words(void **state)
{
    (void)state;
    for (int action = 0; action < ACTION_COUNT; action++) {
        const char *code = action_code((enum account_action)action);
        if (action != ACTION_EXPORT && !life_words(code)) { /* a list changes nothing and is not remembered */
            fail_msg("%s", code);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_non_null(life_words(others[i]));
    }
}

static void each_action_has_its_words_for_the_head(void **state)
{
    (void)state;
    for (int action = 0; action < ACTION_COUNT; action++) {
        const char *code = action_code((enum account_action)action);
        if (action != ACTION_EXPORT && !account_deed(code)) {
            fail_msg("%s", code);
        }
    }
    assert_null(account_deed("of_a_later_version"));
}

static void a_code_that_is_not_known_is_not_shown(void **state)
{
    (void)state;
    assert_null(life_words("of_a_later_version"));
    assert_null(life_words(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_action_has_its_words),
        cmocka_unit_test(each_action_has_its_words_for_the_head),
        cmocka_unit_test(a_code_that_is_not_known_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
