// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "link/birth_dates.h"

#include <stdio.h>

enum { CHILDREN_MAX = 4 };

/* What a guardian types: one entry a child, in any order. */
struct typed {
    Preau__Link__OpenAccountRequest request;
    Preau__Link__ChildBirthDate entries[CHILDREN_MAX], *list[CHILDREN_MAX];
    Preau__Child children[CHILDREN_MAX];
    char dates[CHILDREN_MAX][16];
};

static void type_child(struct typed *typed, const struct opening_person *child, const char *date)
{
    size_t at = typed->request.n_children++;
    preau__child__init(&typed->children[at]);
    typed->children[at].academy = (uint32_t)child->academy.v;
    typed->children[at].degree = (uint32_t)child->degree;
    typed->children[at].aaf_id = child->aaf_id;
    preau__link__child_birth_date__init(&typed->entries[at]);
    snprintf(typed->dates[at], sizeof typed->dates[at], "%s", date);
    typed->entries[at].child = &typed->children[at];
    typed->entries[at].birth_date = typed->dates[at];
    typed->list[at] = &typed->entries[at];
    typed->request.children = typed->list;
}

static struct typed nothing_typed(void)
{
    struct typed typed = {0};
    preau__link__open_account_request__init(&typed.request);
    return typed;
}

static const struct opening_person family[] = {
    {.academy = {10}, .degree = 1, .aaf_id = 100               },
    { .is_child = true, .academy = {10},    .degree = 1,   .aaf_id = 1, .birth_date = {2015, 4, 3}},
    { .is_child = true, .academy = {10},    .degree = 2, .aaf_id = 1, .birth_date = {2010, 12, 31}},
};

enum { FAMILY = sizeof family / sizeof family[0] };

static enum refusal check(const struct typed *typed)
{
    return birth_dates_check(PROFILE_RESPONSABLE, family, FAMILY, &typed->request);
}

static void a_guardian_must_know_every_child(void **state)
{
    (void)state;
    struct typed right = nothing_typed();
    type_child(&right, &family[2], "31/12/2010");
    type_child(&right, &family[1], "3-4-2015");
    assert_int_equal(check(&right), REFUSAL_NONE);

    for (size_t wrong = 1; wrong < FAMILY; wrong++) {
        struct typed typed = nothing_typed();
        type_child(&typed, &family[1], wrong == 1 ? "04/04/2015" : "03/04/2015");
        type_child(&typed, &family[2], wrong == 2 ? "30/12/2010" : "31/12/2010");
        assert_int_equal(check(&typed), REFUSAL_BIRTH_DATE_WRONG);
    }
}

/* The same number in the other degree is another child. */
static void dates_are_not_exchanged_between_children(void **state)
{
    (void)state;
    struct typed typed = nothing_typed();
    type_child(&typed, &family[1], "31/12/2010");
    type_child(&typed, &family[2], "03/04/2015");
    assert_int_equal(check(&typed), REFUSAL_BIRTH_DATE_WRONG);
}

static void a_child_that_was_not_asked_for_makes_the_page_stale(void **state)
{
    (void)state;
    struct typed typed = nothing_typed();
    type_child(&typed, &family[1], "03/04/2015");
    assert_int_equal(check(&typed), REFUSAL_STALE);
    struct typed none = nothing_typed();
    assert_int_equal(check(&none), REFUSAL_STALE);
}

static void what_is_no_date_is_told_apart(void **state)
{
    (void)state;
    struct typed typed = nothing_typed();
    type_child(&typed, &family[1], "31/02/2015");
    type_child(&typed, &family[2], "31/12/2010");
    assert_int_equal(check(&typed), REFUSAL_DATE_INVALID);
}

static void a_guardian_without_children_has_nothing_to_open(void **state)
{
    (void)state;
    const struct typed none = nothing_typed();
    assert_int_equal(birth_dates_check(PROFILE_RESPONSABLE, family, 1, &none.request), REFUSAL_ACCOUNT_CLOSED);
    assert_int_equal(birth_dates_check(PROFILE_RESPONSABLE, family, 0, &none.request), REFUSAL_ACCOUNT_CLOSED);
}

static void a_pupil_gives_its_own(void **state)
{
    (void)state;
    static const struct opening_person pupil = {
        .academy = {10},
          .degree = 2, .aaf_id = 7, .birth_date = { 2010, 1, 2}
    };
    struct {
        const char *text;
        enum refusal refusal;
    } const cases[] = {
        {"02/01/2010", REFUSAL_NONE            },
        {"02012010",   REFUSAL_NONE            },
        {"01/02/2010", REFUSAL_BIRTH_DATE_WRONG},
        {"",           REFUSAL_DATE_INVALID    },
        {"2 janvier",  REFUSAL_DATE_INVALID    },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct typed typed = nothing_typed();
        char text[16];
        snprintf(text, sizeof text, "%s", cases[i].text);
        typed.request.birth_date = text;
        assert_int_equal(birth_dates_check(PROFILE_ELEVE, &pupil, 1, &typed.request), cases[i].refusal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_guardian_must_know_every_child),
        cmocka_unit_test(dates_are_not_exchanged_between_children),
        cmocka_unit_test(a_child_that_was_not_asked_for_makes_the_page_stale),
        cmocka_unit_test(what_is_no_date_is_told_apart),
        cmocka_unit_test(a_guardian_without_children_has_nothing_to_open),
        cmocka_unit_test(a_pupil_gives_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
