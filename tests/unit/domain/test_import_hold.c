#include "unit.h"

#include "import_hold_settings.h"

static const struct date JULY = {2026, 7, 10};

/* Nothing of an academy or a school is ever held. */
static const struct import_hold_limits boundless = {100, 100, 100, 100, 100, 100, 100, 100, 1};

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

static void a_first_load_changes_nobody(void **state)
{
    (void)state;
    const struct import_hold_figures nothing = {0};
    assert_int_equal(judge(&nothing, MARCH), NOT_HELD);
    const struct import_hold_school new_school = school("0690001A", 0, 0);
    const struct import_hold_figures first = {.schools = &new_school, .school_count = 1};
    assert_int_equal(judge(&first, MARCH), NOT_HELD);
    /* figures that contradict themselves hold nothing either, and divide by nothing */
    const struct import_hold_figures odd = {.pupils_departed = 1000,
        .guardians_departed = 1000,
        .identities_changed = 1000,
        .moved = 1000,
        .relinked = 1000,
        .mails_gone = 1000,
        .mobiles_gone = 1000,
        .refused = 1000,
        .pupils_joined = 1000,
        .guardians_joined = 1000};
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
        tried.usual = boundless;
        tried.usual.departed_academy = share;
        tried.usual.count_min = 3;
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
    never.usual = boundless;
    const struct import_hold_school empty = {
        {"0690001A"}, .pupils = 400, .departed = 400, .moved = 400, .relinked = 400};
    /* more changed than there are: persons of both profiles may be counted twice by a careless caller */
    const struct import_hold_figures all = {.pupils = 400,
        .pupils_departed = 400,
        .guardians = 5,
        .guardians_departed = 5,
        .identities_changed = 500,
        .pupils_most = 400,
        .guardians_most = 5,
        .moved = 400,
        .relinked = 400,
        .mails_gone = 500,
        .mobiles_gone = 500,
        .refused = 500,
        .read = 500,
        .read_refused = 500,
        .headed = 500,
        .headless = 500,
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

/* Each figure, what it is a share of, and its limits, usual and of the rentrée. */
static const struct {
    enum import_hold_kind kind;
    size_t count, of, or_of; /* offsets; or_of: the two are added, unless they are the same */
    int usual, rentree;
} academy_figures[] = {
#define FIGURE(NAME) offsetof(struct import_hold_figures, NAME)
    {HOLD_PUPILS_DEPARTED,    FIGURE(pupils_departed),    FIGURE(pupils),    FIGURE(pupils),    5,  45},
    {HOLD_GUARDIANS_DEPARTED, FIGURE(guardians_departed), FIGURE(guardians), FIGURE(guardians), 5,  45},
    {HOLD_IDENTITIES_CHANGED, FIGURE(identities_changed), FIGURE(pupils),    FIGURE(guardians), 10, 10},
    {HOLD_PUPILS_MOVED,       FIGURE(moved),              FIGURE(pupils),    FIGURE(pupils),    5,  45},
    {HOLD_LINKS_CHANGED,      FIGURE(relinked),           FIGURE(pupils),    FIGURE(pupils),    5,  20},
    {HOLD_MAILS_GONE,         FIGURE(mails_gone),         FIGURE(pupils),    FIGURE(guardians), 5,  20},
    {HOLD_MOBILES_GONE,       FIGURE(mobiles_gone),       FIGURE(pupils),    FIGURE(guardians), 5,  20},
    {HOLD_RECORDS_REFUSED,    FIGURE(refused),            FIGURE(pupils),    FIGURE(guardians), 5,  45},
    {HOLD_READ_REFUSED,       FIGURE(read_refused),       FIGURE(read),      FIGURE(read),      5,  45},
    {HOLD_HEADS_GONE,         FIGURE(headless),           FIGURE(headed),    FIGURE(headed),    5,  45},
#undef FIGURE
};

static int64_t *figure_at(struct import_hold_figures *figures, size_t offset)
{
    return (int64_t *)(void *)((char *)figures + offset);
}

static void every_figure_has_a_share_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(academy_figures); i++) {
        for (int is_rentree = 0; is_rentree < 2; is_rentree++) {
            int share = is_rentree ? academy_figures[i].rentree : academy_figures[i].usual;
            for (int over = 0; over < 2; over++) {
                struct import_hold_figures figures = {0};
                bool both = academy_figures[i].of != academy_figures[i].or_of;
                *figure_at(&figures, academy_figures[i].of) = both ? 400 : 1000;
                *figure_at(&figures, academy_figures[i].or_of) = both ? 600 : 1000;
                *figure_at(&figures, academy_figures[i].count) = share * 10 + over;
                enum import_hold_kind expected = over ? academy_figures[i].kind : NOT_HELD;
                assert_int_equal(judge(&figures, is_rentree ? SEPTEMBER : MARCH), expected);
                *figure_at(&figures, academy_figures[i].count) = 19; /* few, of however many */
                *figure_at(&figures, academy_figures[i].of) = 19;
                *figure_at(&figures, academy_figures[i].or_of) = both ? 0 : 19;
                assert_int_equal(judge(&figures, is_rentree ? SEPTEMBER : MARCH), NOT_HELD);
            }
        }
    }
}

static void every_figure_of_a_school_has_a_share_of_its_own(void **state)
{
    (void)state;
    static const struct {
        enum import_hold_kind kind;
        size_t count; /* offset */
        int usual, rentree;
    } school_figures[] = {
        {HOLD_SCHOOL_DEPARTED,      offsetof(struct import_hold_school, departed), 40, 100},
        {HOLD_SCHOOL_MOVED,         offsetof(struct import_hold_school, moved),    40, 100},
        {HOLD_SCHOOL_LINKS_CHANGED, offsetof(struct import_hold_school, relinked), 30, 60 },
    };
    for (size_t i = 0; i < COUNT_OF(school_figures); i++) {
        for (int64_t count = 1; count <= 100; count++) {
            struct import_hold_school one = {{"0690001A"}, .pupils = 100};
            *(int64_t *)(void *)((char *)&one + school_figures[i].count) = count;
            const struct import_hold_figures figures = {.pupils = 40000, .schools = &one, .school_count = 1};
            enum import_hold_kind kind = school_figures[i].kind;
            assert_int_equal(judge(&figures, MARCH), count > school_figures[i].usual ? kind : NOT_HELD);
            assert_int_equal(judge(&figures, SEPTEMBER), count > school_figures[i].rentree ? kind : NOT_HELD);
        }
    }
}

static void the_worst_that_befalls_a_school_speaks_for_it(void **state)
{
    (void)state;
    struct import_hold_school one = {{"0690001A"}, .pupils = 100, .departed = 50, .moved = 60, .relinked = 55};
    const struct import_hold_figures figures = {.pupils = 40000, .schools = &one, .school_count = 1};
    assert_int_equal(judge(&figures, MARCH), HOLD_SCHOOL_MOVED);
    one.departed = 70;
    assert_int_equal(judge(&figures, MARCH), HOLD_SCHOOL_DEPARTED);
    one.relinked = 71;
    assert_int_equal(judge(&figures, MARCH), HOLD_SCHOOL_LINKS_CHANGED);
    one.departed = one.moved = one.relinked = 71; /* the same: in order */
    assert_int_equal(judge(&figures, MARCH), HOLD_SCHOOL_DEPARTED);
}

/* One load of `read` records, of which `refused` are, where `known` persons are known. */
static enum import_hold_kind judge_load(int64_t known, int64_t read, int64_t refused, struct date date)
{
    const struct import_hold_figures figures = {
        .pupils = known / 2, .guardians = known - known / 2, .read = read, .read_refused = refused};
    return judge(&figures, date);
}

static void what_is_refused_of_a_first_load_is_a_share_of_what_was_read(void **state)
{
    (void)state;
    assert_int_equal(judge_load(0, 1000, 50, MARCH), NOT_HELD);
    assert_int_equal(judge_load(0, 1000, 51, MARCH), HOLD_READ_REFUSED);
    assert_int_equal(judge_load(0, 1000, 450, SEPTEMBER), NOT_HELD);
    assert_int_equal(judge_load(0, 1000, 451, SEPTEMBER), HOLD_READ_REFUSED);
    assert_int_equal(judge_load(0, 19, 19, MARCH), NOT_HELD);
    /* a few are known: it is the first load still */
    assert_int_equal(judge_load(10, 1000, 900, MARCH), HOLD_READ_REFUSED);
    /* records that never were accepted are refused every night again */
    assert_int_equal(judge_load(900, 1000, 100, MARCH), NOT_HELD);
    assert_int_equal(judge_load(900, 1800, 900, MARCH), NOT_HELD);
}

/* `nights` of the same share of departures, in permille, against the most of them all. */
static int nights_until_held(int permille, int nights)
{
    int64_t pupils = 400000;
    for (int night = 1; night <= nights; night++) {
        int64_t departed = pupils * permille / 1000;
        const struct import_hold_figures figures = {
            .pupils = pupils, .pupils_departed = departed, .pupils_most = 400000};
        enum import_hold_kind kind = judge(&figures, MARCH);
        if (kind != NOT_HELD) {
            assert_int_equal(kind, night == 1 ? HOLD_PUPILS_DEPARTED : HOLD_PUPILS_DWINDLED);
            return night;
        }
        pupils -= departed;
    }
    return 0;
}

static void many_small_losses_are_a_large_one(void **state)
{
    (void)state;
    assert_int_equal(nights_until_held(51, 8), 1);
    assert_int_equal(nights_until_held(45, 8), 2);
    assert_int_equal(nights_until_held(20, 8), 3);
    assert_int_equal(nights_until_held(3, 14), 0);
}

static void who_comes_makes_good_who_left(void **state)
{
    (void)state;
    struct import_hold_figures figures = {
        .pupils = 960, .pupils_departed = 40, .pupils_joined = 30, .pupils_most = 1000};
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
    figures.pupils_joined = 29;
    assert_int_equal(judge(&figures, MARCH), HOLD_PUPILS_DWINDLED);
    assert_int_equal(judge(&figures, SEPTEMBER), NOT_HELD);
    figures = (struct import_hold_figures){
        .guardians = 960, .guardians_departed = 40, .guardians_joined = 30, .guardians_most = 1000};
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
    figures.guardians_joined = 0;
    assert_int_equal(judge(&figures, MARCH), HOLD_GUARDIANS_DWINDLED);
    figures.guardians_most = 0; /* none is remembered */
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
    figures.guardians_most = 500; /* more than ever */
    assert_int_equal(judge(&figures, MARCH), NOT_HELD);
}

static void a_loss_of_this_day_is_not_told_twice(void **state)
{
    (void)state;
    const struct import_hold_figures figures = {.pupils = 900,
        .pupils_departed = 100,
        .pupils_most = 1000,
        .guardians = 900,
        .guardians_departed = 100,
        .guardians_most = 1000};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    assert_int_equal(hold.count, 2);
    assert_int_equal(hold.reasons[0].kind, HOLD_PUPILS_DEPARTED);
    assert_int_equal(hold.reasons[1].kind, HOLD_GUARDIANS_DEPARTED);
}

static void memory_does_not_reach_from_after_the_rentree_into_it(void **state)
{
    (void)state;
    static const struct {
        struct date date, begins;
    } cases[] = {
        {{2026, 3, 10},  {2026, 2, 24} },
        {{2026, 8, 14},  {2026, 7, 31} },
        {{2026, 8, 15},  {2026, 8, 1}  }, /* within it the larger share holds, whatever it is a share of */
        {{2026, 9, 2},   {2026, 8, 19} },
        {{2026, 10, 15}, {2026, 10, 1} },
        {{2026, 10, 16}, {2026, 10, 16}},
        {{2026, 10, 20}, {2026, 10, 16}},
        {{2026, 10, 30}, {2026, 10, 16}},
        {{2026, 10, 31}, {2026, 10, 17}},
        {{2024, 3, 10},  {2024, 2, 25} },
        {{2026, 1, 5},   {2025, 12, 22}},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct instant begins = import_hold_memory_begins(&settings, cases[i].date);
        assert_int_equal(begins.us, date_start(cases[i].begins).us);
    }
    struct import_hold_settings short_one = settings;
    short_one.memory = HOURS(12);
    assert_int_equal(import_hold_memory_begins(&short_one, MARCH).us, date_start(MARCH).us);
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

/* All at once, and more schools than there is room for. */
static void everything_at_once_has_room(void **state)
{
    (void)state;
    enum { MANY = 40 };
    struct import_hold_school schools[MANY];
    for (int i = 0; i < MANY; i++)
        schools[i] = school("0690001A", 100, 100);
    const struct import_hold_figures figures = {.pupils = 1000,
        .guardians = 1000,
        .pupils_most = 9000,
        .guardians_most = 9000,
        .identities_changed = 2000,
        .moved = 1000,
        .relinked = 1000,
        .mails_gone = 2000,
        .mobiles_gone = 2000,
        .refused = 2000,
        .read = 3000,
        .read_refused = 3000,
        .headed = 1000,
        .headless = 1000,
        .schools = schools,
        .school_count = MANY};
    struct import_hold hold = import_hold_judge(&figures, &settings, MARCH);
    assert_int_equal(hold.count, IMPORT_HOLD_REASONS_MAX);
    assert_int_equal(hold.reasons[0].kind, HOLD_PUPILS_DWINDLED);
    assert_int_equal(hold.reasons[8].kind, HOLD_READ_REFUSED);
    assert_int_equal(hold.reasons[9].kind, HOLD_HEADS_GONE);
    assert_int_equal(hold.reasons[10].kind, HOLD_SCHOOL_DEPARTED);
    assert_int_equal(hold.schools_left_out, MANY - (IMPORT_HOLD_REASONS_MAX - 10));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_load_changes_nobody),
        cmocka_unit_test(a_share_is_exceeded_strictly),
        cmocka_unit_test(every_small_figure_is_judged_as_the_share_says),
        cmocka_unit_test(few_people_hold_nothing),
        cmocka_unit_test(a_share_of_a_hundred_never_holds),
        cmocka_unit_test(identities_are_those_of_pupils_and_guardians_together),
        cmocka_unit_test(one_school_is_enough_but_not_at_the_rentree),
        cmocka_unit_test(reasons_are_bounded_and_the_worst_schools_come_first),
        cmocka_unit_test(schools_alike_are_in_the_order_of_their_number),
        cmocka_unit_test(every_figure_has_a_share_of_its_own),
        cmocka_unit_test(every_figure_of_a_school_has_a_share_of_its_own),
        cmocka_unit_test(the_worst_that_befalls_a_school_speaks_for_it),
        cmocka_unit_test(what_is_refused_of_a_first_load_is_a_share_of_what_was_read),
        cmocka_unit_test(many_small_losses_are_a_large_one),
        cmocka_unit_test(who_comes_makes_good_who_left),
        cmocka_unit_test(a_loss_of_this_day_is_not_told_twice),
        cmocka_unit_test(memory_does_not_reach_from_after_the_rentree_into_it),
        cmocka_unit_test(everything_at_once_has_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
