#include "unit.h"

#include "domain/import_hold.h"

static const struct date MARCH = {2026, 3, 10};
static const struct date JULY = {2026, 7, 10};
static const struct date SEPTEMBER = {2026, 9, 2};

/* Those of the configuration. */
static const struct import_hold_settings settings = {
    .usual = {.departed_academy = 5,   .departed_school = 40,        .changed_academy = 10, .count_min = 20},
    .rentree = {.departed_academy = 45,        .departed_school = 100,                                    .changed_academy = 10, .count_min = 20},
    .rentree_season = {.begins = {8, 15},.ends = {10, 15}},
};

static const enum import_hold_kind NOT_HELD = HOLD_KIND_COUNT;

/* The kind of the only reason, or NOT_HELD. */
static enum import_hold_kind judge(const struct import_hold_figures *figures, struct date date)
{
    struct import_hold hold = import_hold_judge(figures, &settings, date);
    assert_in_range(hold.count, 0, 1);
    return hold.count > 0 ? hold.reasons[0].kind : NOT_HELD;
}

static struct import_hold_figures pupils(int64_t departed, int64_t of)
{
    return (struct import_hold_figures){.pupils = of, .pupils_departed = departed};
}

static struct import_hold_school school(const char *uai, int64_t departed, int64_t of)
{
    struct import_hold_school made = {.pupils = of, .departed = departed};
    (void)snprintf(made.uai.text, sizeof made.uai.text, "%s", uai);
    return made;
}

static void a_first_load_is_never_held(void **state)
{
    (void)state;
    const struct import_hold_figures nothing = {0};
    assert_int_equal(judge(&nothing, MARCH), NOT_HELD);
    const struct import_hold_school new_school = school("0690001A", 0, 0);
    const struct import_hold_figures first = {.schools = &new_school, .school_count = 1};
    assert_int_equal(judge(&first, MARCH), NOT_HELD);
    /* figures that contradict themselves hold nothing either, and divide by nothing */
    const struct import_hold_figures odd = {
        .pupils_departed = 1000, .guardians_departed = 1000, .identities_changed = 1000};
    assert_int_equal(judge(&odd, MARCH), NOT_HELD);
}

static void a_share_is_exceeded_strictly(void **state)
{
    (void)state;
    static const struct {
        int64_t departed, of;
        struct date date;
        bool is_held;
    } cases[] = {
        {2000,         40000,          {2026, 3, 10},  false}, /* 5 % */
        {2001,         40000,          {2026, 3, 10},  true },
        {49,           999,            {2026, 3, 10},  false}, /* 4.9 % */
        {50,           999,            {2026, 3, 10},  true }, /* 5.005 % */
        {40000,        40000,          {2026, 3, 10},  true },
        {18000,        40000,          {2026, 9, 2},   false}, /* 45 % */
        {18001,        40000,          {2026, 9, 2},   true },
        {2001,         40000,          {2026, 8, 14},  true },
        {2001,         40000,          {2026, 8, 15},  false},
        {2001,         40000,          {2026, 10, 15}, false},
        {2001,         40000,          {2026, 10, 16}, true },
        {2001,         40000,          {2026, 7, 10},  true }, /* nobody leaves in July */
        {500000000000, 10000000000000, {2026, 3, 10},  false},
        {500000000001, 10000000000000, {2026, 3, 10},  true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct import_hold_figures of_pupils = pupils(cases[i].departed, cases[i].of);
        const struct import_hold_figures of_guardians = {
            .guardians = cases[i].of, .guardians_departed = cases[i].departed};
        assert_int_equal(judge(&of_pupils, cases[i].date), cases[i].is_held ? HOLD_PUPILS_DEPARTED : NOT_HELD);
        assert_int_equal(judge(&of_guardians, cases[i].date), cases[i].is_held ? HOLD_GUARDIANS_DEPARTED : NOT_HELD);
    }
}

/* Against the definition, over all small figures and shares. */
static void every_small_figure_is_judged_as_the_share_says(void **state)
{
    (void)state;
    struct import_hold_settings tried = settings;
    for (int share = 0; share <= 100; share += share < 10 ? 1 : 15) {
        tried.usual = (struct import_hold_limits){share, 100, 100, 3};
        for (int of = 0; of <= 60; of++) {
            for (int departed = 0; departed <= of; departed++) {
                const struct import_hold_figures figures = pupils(departed, of);
                bool expected = departed >= 3 && departed * 100 > of * share;
                size_t reasons = import_hold_judge(&figures, &tried, MARCH).count;
                if (reasons != (expected ? 1 : 0))
                    fail_msg("%d of %d at %d %%: %zu reasons", departed, of, share, reasons);
            }
        }
    }
}

static void few_people_hold_nothing(void **state)
{
    (void)state;
    const struct import_hold_figures one_short = pupils(19, 20);
    const struct import_hold_figures enough = pupils(20, 20);
    assert_int_equal(judge(&one_short, MARCH), NOT_HELD);
    assert_int_equal(judge(&enough, MARCH), HOLD_PUPILS_DEPARTED);
    const struct import_hold_school schools[] = {school("0690001A", 19, 20), school("0690002B", 20, 20)};
    struct import_hold_figures of_school = {
        .pupils = 40000, .pupils_departed = 19, .schools = schools, .school_count = 1};
    assert_int_equal(judge(&of_school, MARCH), NOT_HELD);
    of_school.schools++;
    assert_int_equal(judge(&of_school, MARCH), HOLD_SCHOOL_DEPARTED);
}

static void a_share_of_a_hundred_never_holds(void **state)
{
    (void)state;
    struct import_hold_settings never = settings;
    never.usual = (struct import_hold_limits){100, 100, 100, 1};
    const struct import_hold_school empty = school("0690001A", 400, 400);
    /* more changed than there are: persons of both profiles may be counted twice by a careless caller */
    const struct import_hold_figures all = {.pupils = 400,
        .pupils_departed = 400,
        .guardians = 5,
        .guardians_departed = 5,
        .identities_changed = 500,
        .schools = &empty,
        .school_count = 1};
    assert_int_equal(import_hold_judge(&all, &never, MARCH).count, 0);
}

static void identities_are_those_of_pupils_and_guardians_together(void **state)
{
    (void)state;
    struct import_hold_figures figures = {.pupils = 400, .guardians = 600, .identities_changed = 100};
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
    figures.identities_changed = 101;
    assert_int_equal(judge(&figures, MARCH), HOLD_IDENTITIES_CHANGED);
    assert_int_equal(judge(&figures, SEPTEMBER), HOLD_IDENTITIES_CHANGED);
}

static void one_school_is_enough_but_not_at_the_rentree(void **state)
{
    (void)state;
    struct import_hold_school schools[] = {school("0690001A", 40, 100), school("0690002B", 10, 500)};
    const struct import_hold_figures figures = {
        .pupils = 40000, .pupils_departed = 51, .schools = schools, .school_count = COUNT_OF(schools)};
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
    schools[0].departed = 41;
    assert_int_equal(judge(&figures, MARCH), HOLD_SCHOOL_DEPARTED);
    assert_int_equal(judge(&figures, JULY), HOLD_SCHOOL_DEPARTED);
    schools[0].departed = 100;
    assert_int_equal(judge(&figures, SEPTEMBER), NOT_HELD);
}

static void reasons_are_bounded_and_the_worst_schools_come_first(void **state)
{
    (void)state;
    enum { MANY = 40 };
    struct import_hold_school schools[MANY];
    for (int i = 0; i < MANY; i++) {
        char uai[UAI_SIZE];
        int turned = (i * 7) % MANY; /* in no order */
        (void)snprintf(uai, sizeof uai, "069%04dA", turned);
        schools[i] = school(uai, 50 + turned, 100);
    }
    const struct import_hold_figures figures = {.pupils = 4000,
        .pupils_departed = 2780,
        .guardians = 100,
        .guardians_departed = 100,
        .schools = schools,
        .school_count = MANY};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    assert_int_equal(hold.count, IMPORT_HOLD_REASONS_MAX);
    assert_int_equal(hold.schools_left_out, MANY - (IMPORT_HOLD_REASONS_MAX - 2));
    assert_int_equal(hold.reasons[0].kind, HOLD_PUPILS_DEPARTED);
    assert_int_equal(hold.reasons[1].kind, HOLD_GUARDIANS_DEPARTED);
    for (int i = 2; i < IMPORT_HOLD_REASONS_MAX; i++) {
        char uai[UAI_SIZE];
        (void)snprintf(uai, sizeof uai, "069%04dA", MANY - 1 - (i - 2));
        assert_string_equal(hold.reasons[i].uai.text, uai);
        assert_int_equal(hold.reasons[i].count, 50 + MANY - 1 - (i - 2));
    }
    char text[IMPORT_HOLD_TEXT_SIZE];
    import_hold_explain(&hold, text);
    assert_non_null(strstr(text, "\nEt 26 autres établissements."));
}

static void schools_alike_are_in_the_order_of_their_number(void **state)
{
    (void)state;
    const struct import_hold_school schools[] = {school("0690003C", 50, 100), school("0690001A", 50, 100),
        school("0690009D", 100, 200), school("0690002B", 50, 100)};
    const struct import_hold_figures figures = {.pupils = 40000, .schools = schools, .school_count = COUNT_OF(schools)};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    static const char *const order[] = {"0690009D", "0690001A", "0690002B", "0690003C"};
    assert_int_equal(hold.count, COUNT_OF(order));
    for (size_t i = 0; i < COUNT_OF(order); i++)
        assert_string_equal(hold.reasons[i].uai.text, order[i]);
}

static void reasons_are_told_in_french(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    struct import_hold_school one = school("0690001A", 51, 120);
    struct import_hold_figures figures = {.pupils = 40000,
        .pupils_departed = 12345,
        .guardians = 1234567,
        .guardians_departed = 61729,
        .identities_changed = 0,
        .schools = &one,
        .school_count = 1};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    import_hold_explain(&hold, text);
    assert_string_equal(text, "12\u202f345 des 40\u202f000 élèves (31\u00a0%) ne sont plus dans la livraison\u00a0; au "
                              "plus 5\u00a0% de départs "
                              "attendus hors rentrée.\n"
                              "61\u202f729 des 1\u202f234\u202f567 responsables (6\u00a0%) ne sont plus dans la "
                              "livraison\u00a0; au plus 5\u00a0% "
                              "de départs attendus hors rentrée.\n"
                              "Établissement 0690001A\u00a0: 51 des 120 élèves (43\u00a0%) ne sont plus dans la "
                              "livraison\u00a0; au plus 40\u00a0% "
                              "de départs attendus hors rentrée.");
    figures = (struct import_hold_figures){.pupils = 100, .guardians = 100, .identities_changed = 200};
    hold = import_hold_judge(&figures, &settings, SEPTEMBER);
    import_hold_explain(&hold, text);
    assert_string_equal(text, "200 des 200 personnes connues (100\u00a0%) changent de nom, de prénom ou de date de "
                              "naissance\u00a0; au plus 10\u00a0% de changements attendus pendant la rentrée.");
}

static void one_alone_is_told_in_the_singular(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    struct import_hold_settings strict = settings;
    strict.usual.count_min = 1;
    const struct import_hold_figures figures = pupils(1, 1);
    struct import_hold hold = import_hold_judge(&figures, &strict, MARCH);
    hold.schools_left_out = 1;
    import_hold_explain(&hold, text);
    assert_string_equal(text,
        "1 sur 1 élève (100\u00a0%) n’est plus dans la livraison\u00a0; au plus 5\u00a0% de départs "
        "attendus hors rentrée.\nEt 1 autre établissement.");
    hold = (struct import_hold){0};
    import_hold_explain(&hold, text);
    assert_string_equal(text, "");
}

static void the_longest_explanation_has_room(void **state)
{
    (void)state;
    char text[IMPORT_HOLD_TEXT_SIZE];
    struct import_hold hold = {.count = IMPORT_HOLD_REASONS_MAX, .schools_left_out = 60000};
    for (size_t i = 0; i < IMPORT_HOLD_REASONS_MAX; i++)
        hold.reasons[i] = (struct import_hold_reason){
            HOLD_IDENTITIES_CHANGED, {"0690001A"}, 12345678901234, 12345678901234, 99, true};
    import_hold_explain(&hold, text);
    assert_non_null(strstr(text, "Et 60\u202f000 autres établissements."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_load_is_never_held),
        cmocka_unit_test(a_share_is_exceeded_strictly),
        cmocka_unit_test(every_small_figure_is_judged_as_the_share_says),
        cmocka_unit_test(few_people_hold_nothing),
        cmocka_unit_test(a_share_of_a_hundred_never_holds),
        cmocka_unit_test(identities_are_those_of_pupils_and_guardians_together),
        cmocka_unit_test(one_school_is_enough_but_not_at_the_rentree),
        cmocka_unit_test(reasons_are_bounded_and_the_worst_schools_come_first),
        cmocka_unit_test(schools_alike_are_in_the_order_of_their_number),
        cmocka_unit_test(reasons_are_told_in_french),
        cmocka_unit_test(one_alone_is_told_in_the_singular),
        cmocka_unit_test(the_longest_explanation_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
