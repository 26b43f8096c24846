/* Lists of accounts: their order, their pages, their rows for spreadsheets. */
#include "unit.h"

#include "domain/name.h"
#include "notify/list_csv.h"
#include "notify/list_layout.h"
#include "notify/list_order.h"
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- order */

static struct handout_row guardian(
    int64_t account, const char *nom, int64_t pupil, const char *pupil_nom, const char *pupil_prenom, const char *class)
{
    const struct handout_pupil child = {
        .degree = 1, .number = pupil, .nom = pupil_nom, .prenom = pupil_prenom, .class = class, .level = ""};
    struct handout_row row = {
        .nom = nom,
        .prenom = "Anne",
        .pupil = child,
        .related = "",
        .sheet_class = class,
        .login = "a.anne",
        .email = "",
        .unconfirmed_email = "",
        .mobile = "",
    };
    row.academy.v = 10;
    row.id.v = account;
    return row;
}

static struct handout handout_of(struct handout_row *rows, size_t count)
{
    return (struct handout){.rows = rows, .count = count};
}

static void classes_come_in_order_of_number_and_the_lack_of_one_last(void **state)
{
    (void)state;
    static const char *const ordered[] = {"6A", "6B", "06C", "10A", "CE1", "CE2", "cm1", "CM2", ""};
    for (size_t i = 1; i < sizeof ordered / sizeof ordered[0]; i++) {
        assert_true(list_class_compare(ordered[i - 1], ordered[i]) < 0);
        assert_true(list_class_compare(ordered[i], ordered[i - 1]) > 0);
    }
    assert_int_equal(list_class_compare("6A", "6A"), 0);
    assert_int_not_equal(list_class_compare("6A", "6a"), 0);
}

static void pupils_come_as_french_sorts_names(void **state)
{
    (void)state;
    struct handout_row rows[] = {
        guardian(1, "X", 1, "Le Goff", "Zoé", "6A"),
        guardian(2, "X", 2, "Legac", "Léa", "6A"),
        guardian(3, "X", 3, "Élie", "Tom", "6A"),
        guardian(4, "X", 4, "Elie", "Tom", "6A"),
        guardian(5, "X", 5, "Zola", "Ali", "5A"),
        guardian(6, "X", 6, "D’Almeida", "Ali", "6A"),
        guardian(7, "X", 7, "Œuf", "Ali", "6A"),
    };
    static const int64_t wanted[] = {5, 6, 4, 3, 1, 2, 7};
    struct handout handout = handout_of(rows, 7);
    struct list_order order;
    list_order_by_class(&handout, "", &order);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(order.lines[i].row->id.v, wanted[i]);
    }
    assert_int_equal(order.class_count, 2);
    assert_string_equal(order.classes[1].label, "6A");
    assert_int_equal(order.classes[1].first, 1);
    list_order_clear(&order);
}

static void a_sheet_is_ticked_once_and_elsewhere_it_is_said_where(void **state)
{
    (void)state;
    struct handout_row rows[] = {
        guardian(1, "Petit", 11, "Petit", "Léa", "6A"),
        guardian(1, "Petit", 12, "Petit", "Tom", "6A"),
        guardian(1, "Petit", 13, "Petit", "Zoé", "4B"),
        guardian(2, "Roux", 11, "Petit", "Léa", "6A"),
    };
    for (size_t i = 0; i < 3; i++) {
        rows[i].sheet_class = "4B";
    }
    struct handout handout = handout_of(rows, 4);
    struct list_order order;
    list_order_by_class(&handout, "", &order);
    assert_int_equal(order.count, 4);
    assert_int_equal(order.lines[0].mark, LIST_MARK_HERE);      /* Zoé, 4B */
    assert_int_equal(order.lines[1].mark, LIST_MARK_ELSEWHERE); /* Léa */
    assert_int_equal(order.lines[2].mark, LIST_MARK_HERE);      /* Léa's other guardian */
    assert_int_equal(order.lines[3].mark, LIST_MARK_ABOVE);     /* Tom */
    assert_int_equal(order.classes[1].pupils, 2);
    assert_int_equal(order.classes[1].accounts, 2);
    list_order_clear(&order);
}

static void a_class_asked_for_leaves_nobody_out(void **state)
{
    (void)state;
    struct handout_row rows[] = {
        guardian(1, "Petit", 11, "Petit", "Léa", "6A"),
        guardian(1, "Petit", 12, "Petit", "Zoé", "4B"),
        guardian(2, "Roux", 13, "Roux", "Tom", "5C"),
    };
    struct handout handout = handout_of(rows, 3);
    struct list_order order;
    list_order_by_class(&handout, "6A", &order);
    assert_int_equal(order.class_count, 2);
    assert_string_equal(order.classes[0].label, "5C");
    assert_string_equal(order.classes[1].label, "6A");
    list_order_clear(&order);
}

/* --- pages */

static void a_pupil_is_not_parted_by_a_page_unless_higher_than_one(void **state)
{
    (void)state;
    struct handout_row rows[] = {guardian(1, "A", 1, "A", "A", ""), guardian(2, "B", 1, "A", "A", ""),
        guardian(3, "C", 2, "B", "B", ""), guardian(4, "D", 2, "B", "B", ""), guardian(5, "E", 3, "C", "C", "")};
    struct list_line lines[5];
    struct list_page pages[5];
    for (size_t i = 0; i < 5; i++) {
        lines[i] = (struct list_line){.row = &rows[i]};
    }
    const float heights[] = {10, 10, 10, 10, 10};
    assert_int_equal(list_paginate(lines, heights, 5, 30, pages), 2);
    assert_int_equal(pages[0].count, 2);
    assert_int_equal(pages[1].first, 2);
    assert_int_equal(pages[1].count, 3);
    assert_int_equal(list_paginate(lines, heights, 5, 15, pages), 5); /* a page holds one line */
    assert_int_equal(list_paginate(lines, heights, 5, 50, pages), 1);
    assert_int_equal(list_paginate(lines, heights, 0, 50, pages), 0);
}

/* --- CSV */

static char *csv_of(struct handout_row *rows, size_t count, enum account_profile profile, size_t accounts_wanted)
{
    struct handout handout = handout_of(rows, count);
    struct list_order order;
    size_t length, accounts;
    list_order_by_name(&handout, &order);
    char *text = list_csv_render(&order, profile, &length, &accounts);
    assert_int_equal(length, strlen(text));
    assert_int_equal(accounts, accounts_wanted);
    list_order_clear(&order);
    return text;
}

static void a_spreadsheet_has_a_row_an_account(void **state)
{
    (void)state;
    struct handout_row rows[] = {
        guardian(2, "ROUX", 13, "Roux", "Tom", "6A"),
        guardian(1, "PETIT", 11, "Petit", "Léa", "6A"),
        guardian(1, "PETIT", 12, "Petit", "Zoé", "6A"),
    };
    rows[0].mobile = "+33612345678";
    rows[0].email = "=cmd@example.org";
    rows[0].state = STATE_ACTIVE;
    char *text = csv_of(rows, 3, PROFILE_RESPONSABLE, 2);
    assert_non_null(strstr(text, "\xEF\xBB\xBFNom;Prénom;Élèves rattachés;Classes;"));
    assert_non_null(strstr(text, "\r\nPETIT;Anne;Léa PETIT, Zoé PETIT;6A;;a.anne;"));
    assert_non_null(strstr(text, "\r\nROUX;Anne;Tom ROUX;6A;;a.anne;Activé;"));
    assert_non_null(strstr(text, ";'=cmd@example.org;ONDE;;06 12 34 56 78;"));
    memory_free(&text);
}

static void many_long_rows_are_whole(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    char name[NAME_SIZE];
    memset(name, 'W', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    struct handout_row *rows = calloc(MANY, sizeof *rows);
    for (int i = 0; i < MANY; i++) {
        rows[i] = guardian(i + 1, name, i + 1, name, name, name);
    }
    char *text = csv_of(rows, MANY, PROFILE_ELEVE, MANY);
    size_t lines = 0;
    for (const char *at = text; (at = strstr(at, "\r\n")); at += 2) {
        lines++;
    }
    assert_int_equal(lines, MANY + 1);
    memory_free(&text);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classes_come_in_order_of_number_and_the_lack_of_one_last),
        cmocka_unit_test(pupils_come_as_french_sorts_names),
        cmocka_unit_test(a_sheet_is_ticked_once_and_elsewhere_it_is_said_where),
        cmocka_unit_test(a_class_asked_for_leaves_nobody_out),
        cmocka_unit_test(a_pupil_is_not_parted_by_a_page_unless_higher_than_one),
        cmocka_unit_test(a_spreadsheet_has_a_row_an_account),
        cmocka_unit_test(many_long_rows_are_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
