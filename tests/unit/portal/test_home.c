/* The home page of a school: what it calls the head for, and when the academies' data come. */
#include "portal/import_clock.h"
#include "portal/todo.h"
#include "runtime/clock.h"
#include "unit.h"

#include <time.h>

/* UTC */
static struct instant at(int month, int day, int hour, int minute)
{
    struct tm tm = {.tm_year = 126, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    return (struct instant){(int64_t)timegm(&tm) * 1000000};
}

static int paris(void **state)
{
    (void)state;
    struct fault fault;
    return clock_zone_set("Europe/Paris", &fault) ? 0 : -1;
}

static const struct import_clock morning = {
    .times = {{8, 20}},
      .count = 1, .late_after = {      36 * 3600 * INT64_C(1000000)      },
      .summer = { {7, 1},       {8, 20}}
};
static const struct import_clock twice = {
    .times = {{13, 0},                      {8, 20}},
      .count = 2, .late_after = {36 * 3600 * INT64_C(1000000)},
      .summer = {{7, 1},                     {8, 20}       }
};

static void a_correction_counts_after_the_next_night(void **state)
{
    (void)state;
    /* In November Paris is an hour ahead. At 7:00 the archive of 8:20 is already written: it is tomorrow's that counts. */
    assert_int_equal(import_clock_correction(&morning, at(11, 3, 6, 0)).us, at(11, 4, 7, 20).us);
    assert_int_equal(import_clock_correction(&morning, at(11, 3, 22, 59)).us, at(11, 4, 7, 20).us);
    assert_int_equal(import_clock_correction(&morning, at(11, 3, 23, 0)).us, at(11, 5, 7, 20).us);
    assert_int_equal(import_clock_correction(&twice, at(11, 3, 9, 0)).us, at(11, 4, 7, 20).us);
    assert_int_equal(import_clock_next(&morning, at(11, 3, 6, 0)).us, at(11, 3, 7, 20).us);
    assert_int_equal(import_clock_next(&twice, at(11, 3, 9, 0)).us, at(11, 3, 12, 0).us);
}

static void data_are_overdue_after_their_time_but_not_in_summer(void **state)
{
    (void)state;
    struct instant integrated = at(11, 3, 7, 21);
    assert_false(import_clock_is_overdue(&morning, integrated, at(11, 4, 7, 20)));
    assert_false(import_clock_is_overdue(&morning, integrated, at(11, 4, 19, 21)));
    assert_true(import_clock_is_overdue(&morning, integrated, at(11, 4, 19, 22)));
    assert_false(import_clock_is_overdue(&morning, at(6, 30, 6, 21), at(8, 20, 12, 0)));
    assert_true(import_clock_is_overdue(&morning, at(6, 30, 6, 21), at(8, 21, 12, 0)));
}

static const struct todo *todo_named(const char *code)
{
    for (size_t i = 0; todo_at(i); i++) {
        if (strcmp(todo_at(i)->code, code) == 0) {
            return todo_at(i);
        }
    }
    fail_msg("nothing to do is called %s", code);
    return NULL;
}

static void each_thing_to_do_has_its_count_and_its_list(void **state)
{
    (void)state;
    const struct home_counts counts = {
        .by_state = {1, 2, 3, 4},
        .to_notify_by_mail = 10,
        .to_notify_by_sheet = 20,
        .runs_out = 30,
        .has_run_out = 40,
        .came_back = 50,
        .without_contact = 60
    };
    static const struct {
        const char *code, *query;
        int64_t guardians, pupils;
    } wanted[] = {
        {"a-notifier-courriel", "etat=non_distribue&courriel=avec", 10, 10},
        {"a-notifier-feuille",  "etat=non_distribue&courriel=sans", 20, 20},
        {"echeance-proche",     "echeance=14",                      30, 30},
        {"echeance-passee",     "echeance=0",                       40, 40},
        {"courriel-revenu",     "courriel=revenu",                  50, 50},
        {"en-cours",            "etat=en_cours",                    3,  0 },
        {"sans-contact",        "courriel=sans&mobile=sans",        60, 0 },
    };
    const size_t count = sizeof wanted / sizeof wanted[0];
    for (size_t i = 0; i < count; i++) {
        const struct todo *todo = todo_named(wanted[i].code);
        assert_string_equal(todo->query, wanted[i].query);
        assert_int_equal(todo_count(todo, PROFILE_RESPONSABLE, &counts), wanted[i].guardians);
        assert_int_equal(todo_count(todo, PROFILE_ELEVE, &counts), wanted[i].pupils);
    }
    assert_null(todo_at(count));
}

static void the_days_that_are_said_are_those_that_are_counted(void **state)
{
    (void)state;
    char days[16];
    const struct todo *todo = todo_named("echeance-proche");
    snprintf(days, sizeof days, "%d jours", TODO_SOON_DAYS);
    assert_non_null(strstr(todo->one, days));
    assert_non_null(strstr(todo->several, days));
    snprintf(days, sizeof days, "echeance=%d", TODO_SOON_DAYS);
    assert_string_equal(todo->query, days);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correction_counts_after_the_next_night),
        cmocka_unit_test(data_are_overdue_after_their_time_but_not_in_summer),
        cmocka_unit_test(each_thing_to_do_has_its_count_and_its_list),
        cmocka_unit_test(the_days_that_are_said_are_those_that_are_counted),
    };
    return cmocka_run_group_tests(tests, paris, NULL);
}
