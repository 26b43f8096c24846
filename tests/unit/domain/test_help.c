/* What is mailed to who asks for help, for the whole product of profile, state, password, address and wish: never what the
 * life cycle refuses afterwards, never a secret to an address that nobody confirmed. */
#include "unit.h"

#include "domain/help.h"
#include "domain/lifecycle.h"

#define NOW 1000000
#define NONE HELP_MAIL_NONE
#define LOGIN HELP_MAIL_IDENTIFIER
#define LINK HELP_MAIL_PASSWORD
#define CONFIRM HELP_MAIL_ACTIVATION
#define CLOSED_YET HELP_MAIL_NOT_OPENED

/* Non distribué, Distribué, En cours, Activé: with a confirmed address. */
// clang-format off
static const enum help_mail wanted_mails[HELP_COUNT][STATE_COUNT] = {
    [HELP_IDENTIFIER] = {NONE, NONE, NONE, LOGIN},
    [HELP_PASSWORD] = {NONE, CLOSED_YET, CONFIRM, LINK},
    [HELP_ACTIVATION] = {NONE, CLOSED_YET, CONFIRM, LOGIN},
};
// clang-format on

static bool is_granted(const struct account *account, enum account_action action)
{
    struct lifecycle_outcome outcome;
    return lifecycle_decide(account, action, (struct instant){NOW}, NOTIFICATION_MONTHS_DEFAULT, &outcome) ==
           REFUSAL_NONE;
}

static void check_one(const struct account *account, bool has_address, enum help_wanted wanted)
{
    enum help_mail mail = help_mail_for(account, has_address, wanted);
    enum help_mail due = account->closed ? NONE : wanted_mails[wanted][account->state];
    if ((due == LOGIN || due == LINK) && !has_address) {
        due = NONE;
    }
    if (due == LINK && account->password == PASSWORD_NONE) {
        due = NONE;
    }
    if (mail != due) {
        fail_msg("%s, %s, password %s, address %d, wants %s: mail %d, not %d", profile_code(account->profile),
            state_code(account->state), password_kind_code(account->password), has_address, help_code(wanted),
            (int)mail, (int)due);
    }
    assert_true(mail != LINK || is_granted(account, ACTION_RECOVER_PASSWORD));
    assert_true(mail != CONFIRM || is_granted(account, ACTION_RESEND_ACTIVATION));
    assert_true(mail != CLOSED_YET || instant_is_set(account->notification_expires_at));
}

static int check_passwords(struct account account)
{
    int checked = 0;
    for (int password = 0; password < PASSWORD_COUNT; password++) {
        account.password = (enum password_kind)password;
        if (!account_is_consistent(&account)) {
            continue;
        }
        for (int wanted = 0; wanted < HELP_COUNT; wanted++) {
            check_one(&account, false, (enum help_wanted)wanted);
            check_one(&account, true, (enum help_wanted)wanted);
            checked++;
        }
    }
    return checked;
}

static struct account account_of(int profile, int state, bool is_closed)
{
    struct account account =
        account_precreated((account_id){7}, (academy_code){10}, (enum account_profile)profile, true);
    account.state = (enum account_state)state;
    account.closed = is_closed;
    if (state != STATE_NON_DISTRIBUE) {
        account.origin = ORIGIN_ETABLISSEMENT;
        account.notified_at = (struct instant){NOW - 2};
        account.notification_expires_at = (struct instant){NOW + 2};
    }
    if (state == STATE_ACTIVE) {
        account.activated_at = (struct instant){NOW - 1};
    }
    return account;
}

static void every_account_is_mailed_what_helps_and_no_more(void **state)
{
    (void)state;
    int checked = 0;
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        for (int of = 0; of < STATE_COUNT; of++) {
            checked += check_passwords(account_of(profile, of, false));
            checked += check_passwords(account_of(profile, of, true));
        }
    }
    assert_true(checked > 40);
}

static void wishes_have_codes(void **state)
{
    (void)state;
    for (int wanted = 0; wanted < HELP_COUNT; wanted++) {
        enum help_wanted read = HELP_COUNT;
        assert_true(help_from_code(help_code((enum help_wanted)wanted), &read));
        assert_int_equal(read, wanted);
    }
    enum help_wanted untouched = HELP_ACTIVATION;
    assert_false(help_from_code("account", &untouched));
    assert_int_equal(untouched, HELP_ACTIVATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_account_is_mailed_what_helps_and_no_more),
        cmocka_unit_test(wishes_have_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
