/* What is offered to a family that calls, for the whole product of profile, state, password and situation. */
#include "unit.h"

#include "domain/assistance.h"
#include "domain/lifecycle.h"

#define NOW 1000000
#define NONE ASSISTANCE_NONE
#define NOTIFY ASSISTANCE_NOTIFY
#define AGAIN ASSISTANCE_NOTIFY_AGAIN
#define TELL ASSISTANCE_TELL_IDENTIFIER
#define SHOW ASSISTANCE_SHOW_PASSWORD
#define RESET ASSISTANCE_RESET_AND_NOTIFY
#define RESEND ASSISTANCE_RESEND
#define ELSEWHERE ASSISTANCE_RESEND_ELSEWHERE
#define OPENING ASSISTANCE_EMAIL_AT_OPENING
#define DESK ASSISTANCE_EMAIL_AT_DESK
#define SOURCE ASSISTANCE_CORRECT_EMAIL
#define CHILDREN ASSISTANCE_CORRECT_CHILD_DATES
#define OWN ASSISTANCE_CORRECT_OWN_DATE
#define MOBILE ASSISTANCE_CORRECT_MOBILE
#define FRANCE ASSISTANCE_CORRECT_MOBILE_FRANCE

/* Of a row, PROVISIONAL_LOST and CHOSEN_LOST stand for a password not yet changed; the other way round once it is. */
// clang-format off
static const enum assistance offered[PROFILE_COUNT][STATE_COUNT][SITUATION_COUNT] = {
    [PROFILE_RESPONSABLE] = {
        /* never notified, link, identifier, provisional, chosen, activation, address, birth date, SMS, FranceConnect */
        [STATE_NON_DISTRIBUE] = {NOTIFY, NONE, NONE, NONE, NONE, NONE, OPENING, CHILDREN, MOBILE, FRANCE},
        [STATE_DISTRIBUE] = {NONE, AGAIN, TELL, SHOW, NONE, NONE, OPENING, CHILDREN, MOBILE, FRANCE},
        [STATE_EN_COURS] = {NONE, AGAIN, TELL, SHOW, NONE, RESEND, ELSEWHERE, CHILDREN, MOBILE, FRANCE},
        [STATE_ACTIVE] = {NONE, AGAIN, TELL, SHOW, NONE, NONE, DESK, NONE, NONE, FRANCE},
    },
    [PROFILE_ELEVE] = {
        [STATE_NON_DISTRIBUE] = {NOTIFY, NONE, NONE, NONE, NONE, NONE, SOURCE, NONE, NONE, NONE},
        [STATE_DISTRIBUE] = {NONE, AGAIN, TELL, SHOW, NONE, NONE, SOURCE, OWN, NONE, NONE},
        [STATE_EN_COURS] = {NONE, AGAIN, TELL, SHOW, NONE, NONE, NONE, NONE, NONE, NONE}, /* no pupil's account is */
        [STATE_ACTIVE] = {NONE, AGAIN, TELL, SHOW, NONE, NONE, DESK, NONE, NONE, NONE},
    },
};
// clang-format on

static enum assistance wanted(const struct account *account, enum situation situation)
{
    enum assistance when_unchanged = offered[account->profile][account->state][situation];
    if (when_unchanged == SHOW && instant_is_set(account->notification_expires_at) &&
        account->notification_expires_at.us <= NOW) {
        when_unchanged = ASSISTANCE_RENEW;
    }
    if (account->closed) {
        return NONE;
    }
    if (account->password != PASSWORD_PROVISIONAL && account->state != STATE_NON_DISTRIBUE) {
        return situation == SITUATION_PROVISIONAL_LOST ? NONE
               : situation == SITUATION_CHOSEN_LOST    ? RESET
                                                       : when_unchanged;
    }
    return when_unchanged;
}

static void check_one(const struct account *account)
{
    for (int situation = 0; situation < SITUATION_COUNT; situation++) {
        enum assistance got = assistance_for(account, (enum situation)situation, (struct instant){NOW});
        enum assistance want = wanted(account, (enum situation)situation);
        if (got != want) {
            fail_msg("%s, %s, password %s%s: \"%s\" is offered %d, not %d", profile_code(account->profile),
                state_code(account->state), password_kind_code(account->password), account->closed ? ", closed" : "",
                situation_label((enum situation)situation), (int)got, (int)want);
        }
    }
}

static void every_account_is_offered_what_the_guide_says(void **state)
{
    (void)state;
    static const struct instant ends[] = {{0}, {NOW - 1}, {NOW}, {NOW + 1}}; /* of the provisional password; 0: never */
    int checked = 0;
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        for (int of = 0; of < STATE_COUNT; of++) {
            for (int password = 0; password < PASSWORD_COUNT; password++) {
                for (int rest = 0; rest < 2 * (int)COUNT_OF(ends); rest++, checked++) {
                    check_one(&(struct account){.profile = (enum account_profile)profile,
                        .state = (enum account_state)of,
                        .password = (enum password_kind)password,
                        .notification_expires_at = ends[rest / 2],
                        .closed = rest % 2});
                }
            }
        }
    }
    assert_int_equal(checked, PROFILE_COUNT * STATE_COUNT * PASSWORD_COUNT * 2 * (int)COUNT_OF(ends));
}

/* The page may offer no action that the life cycle refuses. */
static void what_is_offered_the_life_cycle_grants(void **state)
{
    (void)state;
    static const struct {
        enum assistance assistance;
        enum account_action action;
    } acts[] = {
        {NOTIFY,    ACTION_NOTIFY           },
        {AGAIN,     ACTION_NOTIFY           },
        {TELL,      ACTION_NOTIFY           },
        {SHOW,      ACTION_NOTIFY           },
        {RESET,     ACTION_NOTIFY_RESET     },
        {RESEND,    ACTION_RESEND_ACTIVATION},
        {ELSEWHERE, ACTION_RESEND_ACTIVATION},
    };
    size_t count;
    const struct lifecycle_rule *rules = lifecycle_rules(&count);
    for (size_t i = 0; i < count * COUNT_OF(acts); i++) {
        const struct lifecycle_rule *rule = &rules[i / COUNT_OF(acts)];
        if (rule->action != acts[i % COUNT_OF(acts)].action || rule->refusal == REFUSAL_NONE) {
            continue;
        }
        for (int cell = 0; cell < PROFILE_COUNT * STATE_COUNT * SITUATION_COUNT; cell++) {
            int profile = cell / (STATE_COUNT * SITUATION_COUNT);
            int of = cell / SITUATION_COUNT % STATE_COUNT;
            bool is_refused = rule->profiles & PROFILE_BIT(profile) && rule->states & STATE_BIT(of);
            assert_false(
                is_refused && offered[profile][of][cell % SITUATION_COUNT] == acts[i % COUNT_OF(acts)].assistance);
        }
    }
}

static void each_situation_has_its_own_words(void **state)
{
    (void)state;
    for (int a = 0; a < SITUATION_COUNT; a++) {
        assert_true(strlen(situation_label((enum situation)a)) > 10);
        for (int b = 0; b < a; b++) {
            assert_string_not_equal(situation_code((enum situation)a), situation_code((enum situation)b));
            assert_string_not_equal(situation_label((enum situation)a), situation_label((enum situation)b));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_account_is_offered_what_the_guide_says),
        cmocka_unit_test(what_is_offered_the_life_cycle_grants),
        cmocka_unit_test(each_situation_has_its_own_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
