/* How many mails one domain may have at once and in a minute, and what a slow one leaves to the others. */
#include "unit.h"

#include "notify/ahead.h"
#include "notify/mail_pace.h"
#include "runtime/memory.h"

#include <stdio.h>

static const struct instant start = {1788000000000000};

static bool begins(struct mail_pace *pace, const char *recipient, struct instant now)
{
    struct instant due_at = INSTANT_NEVER;
    bool may = mail_pace_begin(pace, recipient, now, &due_at);
    assert_true(may || instant_before(now, due_at));
    return may;
}

static void without_bounds_all_go(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(4, (struct mail_pace_limits){0, 0});
    for (int i = 0; i < 1000; i++) {
        assert_true(begins(pace, "a@un.example", start));
    }
    mail_pace_free(&pace);
}

static void a_domain_has_so_many_at_once_whatever_its_letters(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(8, (struct mail_pace_limits){0, 0});
    mail_pace_limit(pace, "Un.example", (struct mail_pace_limits){2, 0});
    assert_true(begins(pace, "a@un.example", start));
    assert_true(begins(pace, "b@UN.EXAMPLE", start));
    assert_false(begins(pace, "c@un.example", start));
    assert_true(begins(pace, "c@deux.example", start));
    mail_pace_end(pace, "a@un.example", SECONDS(1));
    assert_true(begins(pace, "c@un.example", start));
    assert_false(begins(pace, "d@un.example", start));
    mail_pace_free(&pace);
}

static void those_that_wait_are_called_one_after_another(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(8, (struct mail_pace_limits){0, 60});
    struct instant last = INSTANT_NEVER, due_at;
    int gone = 0;
    while (mail_pace_begin(pace, "a@un.example", start, &due_at)) {
        gone++;
    }
    assert_in_range(gone, 1, 2);
    for (int i = 0; i < 100; i++) {
        assert_false(mail_pace_begin(pace, "a@un.example", start, &due_at));
        assert_true(!instant_is_set(last) || instant_since(due_at, last).us == 1000000);
        last = due_at;
    }
    mail_pace_free(&pace);
}

/* Each asks again when it was told to: what leaves in a minute is the pace, and nobody waits for ever. */
static void the_pace_of_a_minute_is_kept_and_used(void **state)
{
    (void)state;
    enum { COUNT = 300, A_MINUTE = 60 };
    struct mail_pace *pace = mail_pace_new(8, (struct mail_pace_limits){0, A_MINUTE});
    struct instant due[COUNT];
    int gone = 0, in_minute = 0;
    for (int i = 0; i < COUNT; i++) {
        due[i] = start;
    }
    for (int second = 0; second < 360 && gone < COUNT; second++) {
        struct instant now = instant_add(start, SECONDS(second));
        if (second % 60 == 0) {
            assert_true(in_minute <= A_MINUTE + 2);
            assert_true(second == 0 || in_minute >= A_MINUTE - 2);
            in_minute = 0;
        }
        for (int i = 0; i < COUNT; i++) {
            if (instant_is_set(due[i]) && !instant_before(now, due[i]) &&
                mail_pace_begin(pace, "a@un.example", now, &due[i])) {
                mail_pace_end(pace, "a@un.example", MILLISECONDS(10));
                due[i] = INSTANT_NEVER;
                gone++;
                in_minute++;
            }
        }
    }
    assert_int_equal(gone, COUNT);
    mail_pace_free(&pace);
}

static void a_slow_domain_leaves_half_to_the_others(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(4, (struct mail_pace_limits){0, 0});
    assert_true(begins(pace, "a@lent.example", start));
    mail_pace_end(pace, "a@lent.example", SECONDS(30));
    const struct instant soon = instant_add(start, SECONDS(31)), later = instant_add(start, SECONDS(41));
    assert_true(begins(pace, "a@lent.example", soon) && begins(pace, "a@lent.example", soon));
    assert_false(begins(pace, "a@lent.example", soon));                                          /* others may come */
    assert_true(begins(pace, "a@lent.example", later) && begins(pace, "a@lent.example", later)); /* none did */
    assert_true(begins(pace, "a@vif.example", later));
    mail_pace_end(pace, "a@vif.example", MILLISECONDS(20));
    assert_false(begins(pace, "b@lent.example", later));
    for (int i = 0; i < 3; i++) {
        mail_pace_end(pace, "a@lent.example", SECONDS(30));
    }
    assert_true(begins(pace, "b@lent.example", later));
    assert_false(begins(pace, "c@lent.example", later));
    assert_true(begins(pace, "a@vif.example", later));
    mail_pace_end(pace, "b@lent.example", MILLISECONDS(20)); /* quick again */
    assert_true(begins(pace, "c@lent.example", later));
    assert_true(begins(pace, "d@lent.example", later));
    mail_pace_free(&pace);
}

static void nobody_waits_longer_than_an_hour_and_not_all_at_once(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(4, (struct mail_pace_limits){0, 1});
    struct instant due_at;
    int quarters[4] = {0};
    assert_true(begins(pace, "a@un.example", start));
    for (int i = 0; i < 1000; i++) {
        assert_false(mail_pace_begin(pace, "a@un.example", start, &due_at));
        int64_t minutes = instant_since(due_at, start).us / 60000000;
        assert_in_range(minutes, 0, 60);
        quarters[minutes / 15 < 3 ? minutes / 15 : 3]++;
    }
    for (int i = 0; i < 4; i++) {
        assert_in_range(quarters[i], 150, 350);
    }
    mail_pace_free(&pace);
}

static void more_domains_than_are_known_are_not_bound(void **state)
{
    (void)state;
    struct mail_pace *pace = mail_pace_new(64, (struct mail_pace_limits){1, 0});
    char recipient[64];
    for (int i = 0; i < 2000; i++) {
        snprintf(recipient, sizeof recipient, "a@d%d.example", i);
        assert_true(begins(pace, recipient, start));
    }
    for (int i = 0; i < 2000; i++) {
        snprintf(recipient, sizeof recipient, "a@d%d.example", i);
        mail_pace_end(pace, recipient, MILLISECONDS(20));
    }
    assert_true(begins(pace, "a@neuf.example", start));
    assert_false(begins(pace, "b@neuf.example", start)); /* in a place that was free again */
    mail_pace_free(&pace);
}

static void what_is_set_aside_lasts_a_quarter_of_a_second(void **state)
{
    (void)state;
    assert_int_equal(ahead_of(0, (struct duration){0}, 4, 64), 4);
    assert_int_equal(ahead_of(1, SECONDS(10), 4, 64), 4); /* a slow server: what its connections hold */
    assert_int_equal(ahead_of(40, SECONDS(1), 4, 64), 10);
    assert_int_equal(ahead_of(4, MILLISECONDS(5), 4, 64), 64); /* and never more than that */
    assert_int_equal(ahead_of(1, SECONDS(1), 80, 64), 64);
}

static void a_new_domain_takes_the_place_of_the_one_unused_for_longest(void **state)
{
    (void)state;
    enum { KNOWN = 512 };
    struct mail_pace *pace = mail_pace_new(64, (struct mail_pace_limits){0, 60});
    char recipient[64];
    for (int i = 0; i < KNOWN; i++) {
        snprintf(recipient, sizeof recipient, "a@d%d.example", i);
        assert_true(begins(pace, recipient, start));
        mail_pace_end(pace, recipient, MILLISECONDS(20));
    }
    struct instant later = instant_add(start, SECONDS(10));
    for (int i = 0; i < 2; i++) { /* all that its pace allows at once */
        assert_true(begins(pace, "a@d0.example", later));
        mail_pace_end(pace, "a@d0.example", MILLISECONDS(20));
    }
    later = instant_add(later, MILLISECONDS(100));
    assert_true(begins(pace, "a@neuf.example", later));
    assert_false(begins(pace, "a@d0.example", later));
    mail_pace_free(&pace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_bounds_all_go),
        cmocka_unit_test(a_domain_has_so_many_at_once_whatever_its_letters),
        cmocka_unit_test(those_that_wait_are_called_one_after_another),
        cmocka_unit_test(the_pace_of_a_minute_is_kept_and_used),
        cmocka_unit_test(a_slow_domain_leaves_half_to_the_others),
        cmocka_unit_test(nobody_waits_longer_than_an_hour_and_not_all_at_once),
        cmocka_unit_test(more_domains_than_are_known_are_not_bound),
        cmocka_unit_test(what_is_set_aside_lasts_a_quarter_of_a_second),
        cmocka_unit_test(a_new_domain_takes_the_place_of_the_one_unused_for_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
