#include "unit.h"

#include "import/file_name.h"

struct name_case {
    const char *name;
    enum aaf_category category;
    int part;
    bool is_delta;
    int year; /* 0: no date */
};

static void names_of_the_field_are_read_from_their_end(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml",      AAF_STAFF,          0,  false, 2024},
        {"ENT_0690001A_Complet_20240916_Eleve_0012.xml",             AAF_PUPIL,          12, false, 2024},
        {"FULL_ENTTSSERVICES_Delta_20130122_PersRelEleve_0000.xml",  AAF_GUARDIAN,       0,  true,  2013},
        {"ENT_TS_SERVICES_21_Complet_20140225_EtabEducNat_0001.xml", AAF_SCHOOL,         1,  false, 2014},
        {"x_Complet_201300408_MatiereEducNat_0000.xml",              AAF_SUBJECT,        0,  false, 0   },
        {"ENT_Complet_Eleve_0000.xml",                               AAF_PUPIL,          0,  false, 0   },
        {"_Eleve_.xml",                                              AAF_PUPIL,          -1, false, 0   },
        {"notes.XML",                                                AAF_CATEGORY_COUNT, -1, false, 0   },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_name name;
        assert_true(file_name_read(cases[i].name, &name));
        assert_int_equal(name.category, cases[i].category);
        assert_int_equal(name.part, cases[i].part);
        assert_int_equal(name.is_delta, cases[i].is_delta);
        assert_int_equal(date_is_valid(name.date) ? name.date.year : 0, cases[i].year);
    }
}

static void other_files_are_no_parts(void **state)
{
    (void)state;
    struct file_name name;
    assert_false(file_name_read("ficAlimMENESR.dtd", &name));
    assert_false(file_name_read(".xml", &name));
    assert_false(file_name_read("._Eleve_0000.xml", &name));
    assert_false(file_name_read("Eleve.xml.part", &name));
}

static void archives_are_known_by_their_end(void **state)
{
    (void)state;
    assert_true(file_name_is_archive("ENT1D.20250915.Complet.tgz"));
    assert_true(file_name_is_archive("0690001a.TAR.GZ"));
    assert_true(file_name_is_archive("x.zip"));
    assert_false(file_name_is_archive(".x.zip"));
    assert_false(file_name_is_archive("x.tgz.part"));
    assert_false(file_name_is_archive(".tgz"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_the_field_are_read_from_their_end),
        cmocka_unit_test(other_files_are_no_parts),
        cmocka_unit_test(archives_are_known_by_their_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
