#include "unit.h"

#include "domain/latin.h"
#include "import/file_name.h"

#include <string.h>

static const struct date today = {2026, 9, 16};

struct name_case {
    const char *name;
    enum aaf_category category;
    int part;
    enum file_kind kind;
    int year; /* 0: no date */
};

static void names_of_the_field_are_read_from_their_end(void **state)
{
    (void)state;
    static const struct name_case cases[] = {
        {"ENT2DVA-ENT16_Complet_20240916_PersEducNat_0000.xml",      AAF_STAFF,          0,      FILE_KIND_COMPLETE, 2024},
        {"ENT_0690001A_Complet_20240916_Eleve_0012.xml",             AAF_PUPIL,          12,     FILE_KIND_COMPLETE, 2024},
        {"FULL_ENTTSSERVICES_Delta_20130122_PersRelEleve_0000.xml",  AAF_GUARDIAN,       0,      FILE_KIND_DELTA,    2013},
        {"ENTTSSERVICES-saran_Complet_20130305_MefEducNat_0000.xml", AAF_COURSE,         0,      FILE_KIND_COMPLETE, 2013},
        {"ENT_TS_SERVICES_21_Complet_20140225_EtabEducNat_0001.xml", AAF_SCHOOL,         1,      FILE_KIND_COMPLETE, 2014},
        {"EnvOLE_ENT2DVA_0940072T_Complet_20180830_Eleve_0000.xml",  AAF_PUPIL,          0,      FILE_KIND_COMPLETE, 2018},
        {"ENTBFC_BESANCON_Complet_20200516_Eleve_0005.xml",          AAF_PUPIL,          5,      FILE_KIND_COMPLETE, 2020},
        {"ENT_Complet_20200101_Eleve_0000.xml",                      AAF_PUPIL,          0,      FILE_KIND_COMPLETE, 2020},
        {"x_Delta_201300408_MatiereEducNat_0000.xml",                AAF_SUBJECT,        0,      FILE_KIND_DELTA,    0   },
        {"ENT_Complet_Eleve_0000.xml",                               AAF_PUPIL,          0,      FILE_KIND_COMPLETE, 0   },
        {"_Eleve_.xml",                                              AAF_PUPIL,          -1,     FILE_KIND_UNSAID,   0   },
        {"Eleve.xml",                                                AAF_PUPIL,          -1,     FILE_KIND_UNSAID,   0   },
        {"_MatEducNat_0001.xml",                                     AAF_SUBJECT,        1,      FILE_KIND_UNSAID,   0   },
        {"ent_complet_20240916_persreleleve_0003.XML",               AAF_GUARDIAN,       3,      FILE_KIND_COMPLETE, 2024},
        {"ENT_COMPLET_20240916_ELEVE_0003.Xml",                      AAF_PUPIL,          3,      FILE_KIND_COMPLETE, 2024},
        {"ENT-Complet-20240916-Eleve-0002.xml",                      AAF_PUPIL,          2,      FILE_KIND_COMPLETE, 2024},
        {"ENT_Complet_20240916_Eleve_0002 (1).xml",                  AAF_PUPIL,          2,      FILE_KIND_COMPLETE, 2024},
        {"ENT_Complet_Eleve_20240916.xml",                           AAF_PUPIL,          -1,     FILE_KIND_COMPLETE, 2024},
        {"Collège_Complet_20240916_Eleve_0002.xml",                 AAF_PUPIL,          2,      FILE_KIND_COMPLETE, 2024},
        {"ENT_Complet_20240916_InfosEducNat_0000.xml",               AAF_CATEGORY_COUNT, 0,      FILE_KIND_COMPLETE, 2024},
        {"ENTEleve_0000.xml",                                        AAF_CATEGORY_COUNT, 0,      FILE_KIND_UNSAID,   0   },
        {"notes.XML",                                                AAF_CATEGORY_COUNT, -1,     FILE_KIND_UNSAID,   0   },
        {"(1).xml",                                                  AAF_CATEGORY_COUNT, 1,      FILE_KIND_UNSAID,   0   },
        {"_.xml",                                                    AAF_CATEGORY_COUNT, -1,     FILE_KIND_UNSAID,   0   },
        {"99999999999999999999_Eleve_999999.xml",                    AAF_PUPIL,          999999, FILE_KIND_UNSAID,   0   },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct file_name name;
        print_message("%s\n", cases[i].name);
        assert_true(file_name_read(cases[i].name, today, &name));
        assert_int_equal(name.category, cases[i].category);
        assert_int_equal(name.part, cases[i].part);
        assert_int_equal(name.kind, cases[i].kind);
        assert_int_equal(date_is_valid(name.date) ? name.date.year : 0, cases[i].year);
    }
}

static void other_files_are_no_parts(void **state)
{
    (void)state;
    struct file_name name;
    assert_false(file_name_read("ficAlimMENESR.dtd", today, &name));
    assert_false(file_name_read(".xml", today, &name));
    assert_false(file_name_read("._Eleve_0000.xml", today, &name));
    assert_false(file_name_read("Eleve.xml.part", today, &name));
    assert_false(file_name_read("", today, &name));
}

static void the_kind_is_a_word_and_not_a_piece_of_one(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum file_kind kind;
    } cases[] = {
        {"ENT2DVA.20260916.Complet.tgz",           FILE_KIND_COMPLETE},
        {"ent2dva.20260916.complet.tgz",           FILE_KIND_COMPLETE},
        {"Delta69-ENTTSSERVICES.20130218.tgz",     FILE_KIND_DELTA   },
        {"Complet69-ENTTSSERVICES.20130218.tgz",   FILE_KIND_COMPLETE},
        {"anon-delta.tgz",                         FILE_KIND_DELTA   },
        {"ENT_DELTA.zip",                          FILE_KIND_DELTA   },
        {"CollegeDelta.20260916.tgz",              FILE_KIND_UNSAID  },
        {"deltaplane.tgz",                         FILE_KIND_UNSAID  },
        {"Incomplet.tgz",                          FILE_KIND_UNSAID  },
        {"Deltaé.tgz",                            FILE_KIND_UNSAID  },
        {"Delta_College_Complet_20240916.tgz",     FILE_KIND_COMPLETE},
        {"Complet_20240916_et_Delta_20240917.tgz", FILE_KIND_DELTA   },
        {"0690001a.tar.gz",                        FILE_KIND_UNSAID  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        assert_int_equal(file_name_kind(cases[i].name), cases[i].kind);
    }
}

static void the_date_of_a_name_is_its_last_that_may_be_one(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int day; /* 0: none */
    } cases[] = {
        {"ENT2DVA.20260916.Complet.tgz",        16}, /* today */
        {"ENT2DVA.20260917.Complet.tgz",        0 }, /* tomorrow is not believed */
        {"ENT2DVA.20990101.20260915.tgz",       15},
        {"Complet_20260914_Delta_20260915.tgz", 15},
        {"ENT_69001234_20260915.tgz",           15}, /* no date */
        {"ENT_20260915_69001234.tgz",           15},
        {"ENT_16092026.tgz",                    0 }, /* the French order */
        {"ENT_19121231.tgz",                    0 }, /* before all AAF */
        {"ENT_20260230.tgz",                    0 },
        {"ENT_202609151.tgz",                   0 },
        {"20260915",                            15},
        {"",                                    0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        print_message("%s\n", cases[i].name);
        struct date date = file_name_date(cases[i].name, today);
        assert_int_equal(date_is_valid(date) ? date.day : 0, cases[i].day);
    }
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
    assert_true(file_name_is_partial(".x.zip"));
    assert_true(file_name_is_partial("x.zip.PART"));
    assert_true(file_name_is_partial("x.zip.filepart"));
    assert_true(file_name_is_partial("x.tmp"));
    assert_false(file_name_is_partial("x.part.zip"));
}

static void what_is_shown_is_printable_and_keeps_its_end(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"Élève_0000.xml",     "Élève_0000.xml"},
        {"\xC9leve_0000.xml",    "?leve_0000.xml"  },
        {"a\nb\x1B[31m\x7F.xml", "a?b?[31m?.xml"   },
        {"a\xE2\x80\xAElmx.xml", "a?lmx.xml"       }, /* text turned round */
        {"a\xC2\x85z.xml",       "a?z.xml"         },
        {"\xED\xA0\x80.xml",     "???.xml"         }, /* half of a pair */
        {"",                     ""                },
    };
    char shown[FILE_NAME_SHOWN_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        file_name_show(cases[i][0], shown);
        assert_string_equal(shown, cases[i][1]);
    }
    char name[10001];
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 16, "_Eleve_0007.xml", 16);
    file_name_show(name, shown);
    assert_int_equal(strlen(shown), FILE_NAME_SHOWN_SIZE - 1);
    assert_string_equal(shown + FILE_NAME_SHOWN_SIZE - 16, "_Eleve_0007.xml");
    for (size_t i = 0; i < sizeof name - 17; i += 2) {
        memcpy(name + i, "é", 2);
    }
    for (size_t begin = 0; begin < 2; begin++) { /* once it would be cut within a letter */
        file_name_show(name + begin, shown);
        assert_true(utf8_is_valid(shown) && !strchr(shown + 4, '?'));
    }
}

static void a_degree_in_the_name_is_a_word_of_its_own(void **state)
{
    (void)state;
    assert_int_equal(file_name_degree("ENT2DVA.20260916.Complet.tgz"), 2);
    assert_int_equal(file_name_degree("ENT1D.20260916.Delta.tgz"), 1);
    assert_int_equal(file_name_degree("ent2dva-ent16_Delta_20240916_Eleve_0000.xml"), 2);
    assert_int_equal(file_name_degree("ENT_12D_Delta.tgz"), 0);
    assert_int_equal(file_name_degree("Delta69-ENTTSSERVICES.20130218.tgz"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_the_field_are_read_from_their_end),
        cmocka_unit_test(other_files_are_no_parts),
        cmocka_unit_test(the_kind_is_a_word_and_not_a_piece_of_one),
        cmocka_unit_test(the_date_of_a_name_is_its_last_that_may_be_one),
        cmocka_unit_test(archives_are_known_by_their_end),
        cmocka_unit_test(what_is_shown_is_printable_and_keeps_its_end),
        cmocka_unit_test(a_degree_in_the_name_is_a_word_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
