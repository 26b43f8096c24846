#include "unit.h"

#include "domain/csv.h"
#include "domain/import_csv.h"
#include "domain/import_figures.h"

static void cells_stand_between_semicolons_and_lines_end_with_cr_lf(void **state)
{
    (void)state;
    char row[64];
    const char *const cells[] = {"a", "", NULL, "é"};
    assert_int_equal(csv_row_write(cells, 4, row, sizeof row), strlen("a;;;é\r\n"));
    assert_string_equal(row, "a;;;é\r\n");
}

static void what_would_break_a_row_is_quoted(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } cases[] = {
        {"a;b",  "\"a;b\"\r\n"   },
        {"a\"b", "\"a\"\"b\"\r\n"},
        {"a\nb", "\"a\nb\"\r\n"  },
        {"a\rb", "\"a\rb\"\r\n"  },
        {" a",   "\" a\"\r\n"    },
        {"a ",   "\"a \"\r\n"    },
        {"a,b",  "a,b\r\n"       },
        {"\"",   "\"\"\"\"\r\n"  },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char row[64];
        assert_int_equal(csv_row_write(&cases[i].cell, 1, row, sizeof row), strlen(cases[i].written));
        assert_string_equal(row, cases[i].written);
    }
}

static void nothing_begins_as_a_formula(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } cases[] = {
        {"=1+1",       "'=1+1\r\n"            },
        {"+33",        "'+33\r\n"             },
        {"-1",         "'-1\r\n"              },
        {"@SUM(A1)",   "'@SUM(A1)\r\n"        },
        {"\t=1",       "\"'\t=1\"\r\n"        },
        {"\r=1",       "\"'\r=1\"\r\n"        },
        {"\n=1",       "\"'\n=1\"\r\n"        },
        {"＝1+1",     "'＝1+1\r\n"          },
        {"＋1",       "'＋1\r\n"            },
        {"－1",       "'－1\r\n"            },
        {"＠SUM(A1)", "'＠SUM(A1)\r\n"      },
        {"=\"a\";b",   "\"'=\"\"a\"\";b\"\r\n"},
        {"1=1",        "1=1\r\n"              },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char row[64];
        (void)csv_row_write(&cases[i].cell, 1, row, sizeof row);
        assert_string_equal(row, cases[i].written);
    }
}

static void what_does_not_fit_is_measured(void **state)
{
    (void)state;
    const char *const cells[] = {"abc", "d;e"};
    const size_t whole = strlen("abc;\"d;e\"\r\n");
    for (size_t size = 0; size <= whole + 1; size++) {
        char row[32];
        memset(row, '#', sizeof row);
        assert_int_equal(csv_row_write(cells, 2, row, size), whole);
        assert_int_equal(row[size], '#');
        if (size > 0) {
            assert_int_equal(strlen(row), size - 1);
            assert_memory_equal(row, "abc;\"d;e\"\r\n", size - 1);
        }
    }
}

static void an_import_s_rows_have_nine_columns(void **state)
{
    (void)state;
    char row[256];
    (void)import_csv_heading(row, sizeof row);
    assert_string_equal(
        row, CSV_BYTE_ORDER_MARK "fichier;ligne;catégorie;identifiant;attribut;code;valeur;constat;à faire\r\n");
    const struct import_csv_record record = {
        "f.xml", 12, "Eleve", "7", "INE", "ine_invalid", "=1", "Faux.", "Corrigez ; déposez."};
    (void)import_csv_row(&record, row, sizeof row);
    assert_string_equal(row, "f.xml;12;Eleve;7;INE;ine_invalid;'=1;Faux.;\"Corrigez ; déposez.\"\r\n");
    const struct import_csv_record bare = {.file = "f.xml", .code = "xml_invalid"};
    (void)import_csv_row(&bare, row, sizeof row);
    assert_string_equal(row, "f.xml;;;;;xml_invalid;;;\r\n");
}

static void an_import_s_figures_say_of_which_import_and_school(void **state)
{
    (void)state;
    char row[256];
    (void)import_csv_figures_heading(row, sizeof row);
    assert_string_equal(row,
        CSV_BYTE_ORDER_MARK "intégration;début;durée en secondes;intégration précédente;UAI;"
                            "établissement;catégorie;compteur;libellé;nombre;nombre précédent\r\n");
    struct import_csv_figure figure = {.run = 7,
        .previous_run = 6,
        .started = "2026-09-17 08:20:01",
        .duration = {12345678},
        .uai = "",
        .school = "",
        .category = "Eleve",
        .what = "read",
        .count = 1200,
        .previous = 0,
        .is_compared = true};
    (void)import_csv_figure_row(&figure, row, sizeof row);
    assert_string_equal(row, "7;2026-09-17 08:20:01;12,3;6;;;Eleve;read;Élèves, lues;1200;0\r\n");
    figure = (struct import_csv_figure){.run = 7,
        .started = "2026-09-17 08:20:01",
        .duration = {-1},
        .uai = "0690001X",
        .school = "=A;B",
        .category = "account",
        .what = "added",
        .count = 1};
    (void)import_csv_figure_row(&figure, row, sizeof row);
    assert_string_equal(row, "7;2026-09-17 08:20:01;;;0690001X;\"'=A;B\";account;added;Comptes, créés;1;\r\n");
}

static void row_append(void *arg, const char *row, size_t length)
{
    char *all = arg;
    assert_true(strlen(all) + length < 2000);
    (void)strncat(all, row, length);
}

static void a_sheet_is_the_whole_then_each_school_with_its_name(void **state)
{
    (void)state;
    static const struct import_count now[] = {
        {"Eleve", "read",  12},
        {"Eleve", "added", 2 }
    };
    static const struct import_count before[] = {
        {"Eleve", "read", 10}
    };
    static const struct import_count of_school = {"Eleve", "read", 5};
    char all[2000] = "";
    char heading[256];
    struct import_csv_sheet sheet = {
        .figure = {.run = 7, .previous_run = 6, .started = "S", .duration = {1000000}, .is_compared = true},
        .take = row_append,
        .arg = all,
    };
    import_csv_sheet_begin(&sheet, now, 2, before, 1);
    import_csv_sheet_school(&sheet, "0690001X", "Jean Moulin", &of_school);
    import_csv_sheet_school(&sheet, "0690001X", "", &of_school);
    import_csv_sheet_school(&sheet, "0690002Y", "", &of_school);
    size_t length = import_csv_figures_heading(heading, sizeof heading);
    assert_memory_equal(all, heading, length);
    assert_string_equal(all + length,
        "7;S;1,0;6;;;Eleve;read;Élèves, lues;12;10\r\n7;S;1,0;6;;;Eleve;added;Élèves, ajoutées;2;0\r\n"
        "7;S;1,0;6;0690001X;Jean Moulin;Eleve;read;Élèves, lues;5;\r\n"
        "7;S;1,0;6;0690001X;Jean Moulin;Eleve;read;Élèves, lues;5;\r\n"
        "7;S;1,0;6;0690002Y;;Eleve;read;Élèves, lues;5;\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_between_semicolons_and_lines_end_with_cr_lf),
        cmocka_unit_test(what_would_break_a_row_is_quoted),
        cmocka_unit_test(nothing_begins_as_a_formula),
        cmocka_unit_test(what_does_not_fit_is_measured),
        cmocka_unit_test(an_import_s_rows_have_nine_columns),
        cmocka_unit_test(an_import_s_figures_say_of_which_import_and_school),
        cmocka_unit_test(a_sheet_is_the_whole_then_each_school_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
