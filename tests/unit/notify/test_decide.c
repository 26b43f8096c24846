/* What becomes of a selection, and who was left out why. */
#include "unit.h"

#include "notify/decide.h"
#include "notify/left_out.h"

#include <stdio.h>
#include <string.h>

#define NOW ((struct instant){1788000000000000})

static struct selected_account guardian(int64_t id, const char *address)
{
    struct selected_account selected = {.is_here = true};
    selected.stored.account = account_precreated((account_id){id}, (academy_code){10}, PROFILE_RESPONSABLE, false);
    selected.stored.account.version = 1;
    snprintf(selected.notification_address, sizeof selected.notification_address, "%s", address);
    return selected;
}

static struct selected_account active(int64_t id, const char *email)
{
    struct selected_account selected = guardian(id, "");
    struct account *account = &selected.stored.account;
    account->state = STATE_ACTIVE;
    account->origin = ORIGIN_ETABLISSEMENT;
    account->password = PASSWORD_CHOSEN;
    account->notified_at = account->activated_at = (struct instant){1};
    account->notification_expires_at = (struct instant){2};
    selected.stored.email_confirmed_at = (struct instant){3};
    snprintf(selected.stored.email, sizeof selected.stored.email, "%s", email);
    snprintf(selected.notification_address, sizeof selected.notification_address, "%s", email);
    return selected;
}

static void each_is_decided_for_itself(void **state)
{
    (void)state;
    struct selected_account accounts[] = {
        guardian(1, "a@example.org"), guardian(2, ""), guardian(3, "c@example.org"), guardian(4, "not an address")};
    accounts[2].is_here = false;
    struct decision decision;
    decide(accounts, 4, ACTION_NOTIFY, DECIDE_MAIL, NOW, 3, &decision);
    assert_int_equal(decision.change_count, 1);
    assert_int_equal(decision.changes[0].after.id.v, 1);
    assert_int_equal(decision.changes[0].after.state, STATE_DISTRIBUE);
    assert_string_equal(decision.changes[0].recipient, "a@example.org");
    assert_int_equal(decision.refusals[0], REFUSAL_NONE);
    assert_int_equal(decision.refusals[1], REFUSAL_NO_EMAIL);
    assert_int_equal(decision.refusals[2], REFUSAL_NOT_IN_SCHOOL);
    assert_int_equal(decision.refusals[3], REFUSAL_NO_EMAIL);
    decision_clear(&decision);
}

static void an_address_of_another_account_is_for_sheets_alone(void **state)
{
    (void)state;
    struct selected_account account = guardian(1, "a@example.org");
    struct decision decision;
    account.address_is_anothers = true;
    decide(&account, 1, ACTION_NOTIFY, DECIDE_MAIL, NOW, 3, &decision);
    assert_int_equal(decision.refusals[0], REFUSAL_ADDRESS_SHARED);
    assert_int_equal(decision.change_count, 0);
    decision_clear(&decision);
    decide(&account, 1, ACTION_NOTIFY, DECIDE_SHEET, NOW, 3, &decision);
    assert_int_equal(decision.change_count, 1);
    decision_clear(&decision);
}

static void a_sheet_needs_no_address(void **state)
{
    (void)state;
    const struct selected_account account = guardian(1, "");
    struct decision decision;
    decide(&account, 1, ACTION_NOTIFY, DECIDE_SHEET, NOW, 3, &decision);
    assert_int_equal(decision.change_count, 1);
    assert_string_equal(decision.changes[0].recipient, "");
    decision_clear(&decision);
}

static void a_fresh_account_is_notified_and_not_reset(void **state)
{
    (void)state;
    const struct selected_account accounts[] = {guardian(1, "a@example.org"), active(2, "b@example.org")};
    struct decision decision;
    decide(accounts, 2, ACTION_NOTIFY_RESET, DECIDE_MAIL, NOW, 3, &decision);
    assert_int_equal(decision.change_count, 2);
    assert_int_equal(decision.reset_count, 1);
    assert_false(decision.resets[0]);
    assert_true(decision.resets[1]);
    decision_clear(&decision);
}

static void the_confirmed_address_comes_first(void **state)
{
    (void)state;
    const struct selected_account account = active(2, "b@example.org");
    const struct {
        enum decide_channel channel;
        const char *recipient;
    } wanted[] = {
        {DECIDE_MAIL,  "b@example.org"},
        {DECIDE_SHEET, ""             },
    };
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        struct decision decision;
        decide(&account, 1, ACTION_NOTIFY_RESET, wanted[i].channel, NOW, 3, &decision);
        assert_string_equal(decision.changes[0].recipient, wanted[i].recipient);
        decision_clear(&decision);
    }
}

static void an_address_that_is_not_confirmed_gets_nothing(void **state)
{
    (void)state;
    struct selected_account account = active(2, "stranger@example.org");
    account.stored.email_confirmed_at = INSTANT_NEVER;
    snprintf(account.notification_address, sizeof account.notification_address, "aaf@example.org");
    struct decision decision;
    decide(&account, 1, ACTION_NOTIFY_RESET, DECIDE_MAIL, NOW, 3, &decision);
    assert_string_equal(decision.changes[0].recipient, "aaf@example.org");
    decision_clear(&decision);
}

/* A new sheet of one that is not surprises nobody. */
static void a_reset_is_told_of_an_account_that_is_in_use(void **state)
{
    (void)state;
    static const enum account_action actions[] = {ACTION_NOTIFY_RESET, ACTION_RESET_PASSWORD, ACTION_NOTIFY};
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        struct selected_account accounts[] = {active(1, "a@example.org"), guardian(2, "b@example.org")};
        struct account *handed_out = &accounts[1].stored.account;
        handed_out->state = STATE_DISTRIBUE;
        handed_out->origin = ORIGIN_ETABLISSEMENT;
        handed_out->notified_at = (struct instant){1};
        handed_out->notification_expires_at = (struct instant){2};
        struct decision decision;
        decide(accounts, 2, actions[i], DECIDE_SHEET, NOW, 3, &decision);
        assert_int_equal(decision.changes[0].is_told, actions[i] != ACTION_NOTIFY);
        assert_false(decision.changes[1].is_told);
        decision_clear(&decision);
    }
}

static void who_is_left_out_stands_under_the_reason(void **state)
{
    (void)state;
    const struct selected_account accounts[] = {guardian(1, ""), guardian(2, ""), guardian(3, ""), guardian(4, "")};
    const enum refusal refusals[] = {REFUSAL_NO_EMAIL, REFUSAL_NONE, REFUSAL_ACCOUNT_CLOSED, REFUSAL_NO_EMAIL};
    struct left_out left_out;
    left_out_group(accounts, refusals, 4, &left_out);
    assert_int_equal(left_out.count, 2);
    assert_string_equal(left_out.groups[0]->refusal, "account_closed");
    assert_int_equal(left_out.groups[0]->n_accounts, 1);
    assert_int_equal(left_out.groups[0]->accounts[0]->id, 3);
    assert_string_equal(left_out.groups[1]->refusal, "no_email");
    assert_int_equal(left_out.groups[1]->n_accounts, 2);
    assert_int_equal(left_out.groups[1]->accounts[0]->id, 1);
    assert_int_equal(left_out.groups[1]->accounts[1]->id, 4);
    assert_int_equal(left_out.groups[1]->accounts[1]->academy, 10);
    left_out_clear(&left_out);
    left_out_group(accounts, refusals + 1, 1, &left_out);
    assert_int_equal(left_out.count, 0);
    left_out_clear(&left_out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_decided_for_itself),
        cmocka_unit_test(an_address_of_another_account_is_for_sheets_alone),
        cmocka_unit_test(a_sheet_needs_no_address),
        cmocka_unit_test(a_fresh_account_is_notified_and_not_reset),
        cmocka_unit_test(the_confirmed_address_comes_first),
        cmocka_unit_test(an_address_that_is_not_confirmed_gets_nothing),
        cmocka_unit_test(a_reset_is_told_of_an_account_that_is_in_use),
        cmocka_unit_test(who_is_left_out_stands_under_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
