#include "unit.h"

#include "import/file_name.h"
#include "import/parts.h"

#include <string.h>

enum { NAMES_MAX = 8 };

/* The index, from 1, of the file that is told; PARTS_WHOLE: none. */
static int gap_of(const char *const *names)
{
    struct parts *parts = parts_new();
    for (int i = 0; names[i]; i++) {
        struct file_name name;
        assert_true(file_name_read(names[i], (struct date){2026, 9, 16}, &name));
        parts_add(parts, names[i], name.series_length, name.part, i + 1);
    }
    int file = parts_after_gap(parts);
    parts_free(&parts);
    return file;
}

static void a_number_that_is_missing_is_seen_in_its_series(void **state)
{
    (void)state;
    static const struct {
        const char *names[NAMES_MAX];
        int told;
    } cases[] = {
        {{NULL},                                                                                 PARTS_WHOLE},
        {{"Eleve_0000.xml", "Eleve_0001.xml", NULL},                                             PARTS_WHOLE},
        {{"Eleve_0002.xml", "Eleve_0000.xml", "Eleve_0001.xml", NULL},                           PARTS_WHOLE},
        {{"Eleve_0000.xml", "Eleve_0000.xml", "Eleve_0001.xml", NULL},                           PARTS_WHOLE},
        {{"Eleve_0000.xml", "ELEVE_0001.XML", "Eleve_0002 (1).xml", NULL},                       PARTS_WHOLE},
        {{"A_Eleve_0000.xml", "B_Eleve_0000.xml", "A_PersRelEleve_0000.xml", NULL},              PARTS_WHOLE},
        {{"Eleve_0001.xml", NULL},                                                               1          },
        {{"Eleve_0000.xml", "Eleve_0002.xml", NULL},                                             2          },
        {{"A_Eleve_0000.xml", "A_Eleve_0002.xml", "B_Eleve_0000.xml", "B_Eleve_0001.xml", NULL}, 2          },
        {{"A_20260915_Eleve_0000.xml", "A_20260916_Eleve_0001.xml", NULL},                       2          },
        {{"PersRelEleve_0000.xml", "Eleve_0001.xml", NULL},                                      2          },
        {{"Eleve_0000.xml", "Eleve_999999.xml", NULL},                                           2          },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%zu\n", i);
        assert_int_equal(gap_of(cases[i].names), cases[i].told);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_that_is_missing_is_seen_in_its_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
