#include "unit.h"

#include "import/record.h"

#include <stdio.h>
#include <string.h>

static const struct import_place place = {1, 7};
static const struct date today = {2025, 9, 15};

struct made {
    struct aaf_value values[32];
    struct aaf_record record;
    struct report *report;
};

static struct made *made_with(enum aaf_category category, const char *id, const struct aaf_value *values)
{
    static struct made made;
    report_free(&made.report);
    made = (struct made){.report = report_new()};
    (void)report_file(made.report, "x_Eleve_0000.xml");
    size_t count = 0;
    for (; values[count].text; count++) {
        made.values[count] = values[count];
    }
    made.record = (struct aaf_record){.category = category, .line = 7, .id = id, .values = made.values, .count = count};
    return &made;
}

static const char *told(struct made *made, size_t index)
{
    size_t count;
    const struct import_refused *refused = report_refused(made->report, &count);
    return index < count ? refused[index].code : NULL;
}

#define V(id, value)                                                                                                   \
    {                                                                                                                  \
        AAF_##id, false, value                                                                                         \
    }
#define END_OF_VALUES                                                                                                  \
    {                                                                                                                  \
        0, false, NULL                                                                                                 \
    }
#define PUPIL_2D V(PERSON_ID, "12"), V(NOM_2D, " LE  GOFF "), V(PRENOM_2D, "Maël"), V(BIRTH_DATE, "03/04/2012")

static void a_pupil_of_the_second_degree(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {PUPIL_2D, V(STRUCTURE, "490"), V(CLASSES_2D, "490$6EME 2"),
        V(LEVEL_2D, "6EME"), V(INE, "123456789ab"), V(LINKS_2D, "1$10$1$1$0$1"), V(LINKS_2D, "2$20$0$0$1$0"),
        V(LINKS_2D, "3$42$0$2$1$0"), V(LINKS_1D, "9$20"), V(MAIL_2D, "m@Example.ORG"), END_OF_VALUES};
    struct made *made = made_with(AAF_PUPIL, "12", values);
    struct import_person pupil;
    assert_true(record_pupil(&made->record, place, today, made->report, NULL, &pupil));
    assert_int_equal(record_degree(&made->record), 2);
    assert_string_equal(pupil.nom, "LE GOFF");
    assert_string_equal(pupil.search_name, "le goff mael");
    assert_string_equal(pupil.base.text, "m.legoff");
    assert_int_equal(pupil.structure, 490);
    assert_string_equal(pupil.class_label, "6EME 2");
    assert_string_equal(pupil.niveau, "6EME");
    assert_string_equal(pupil.mail.text, "m@example.org");
    assert_int_equal(pupil.linked_count, 1); /* neither the contact, nor who is in charge, nor the legacy attribute */
    assert_int_equal(pupil.linked[0], 1);
    assert_int_equal(pupil.liens[0], 10);
    assert_null(told(made, 0));
}

static void a_pupil_of_the_first_degree(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {V(PERSON_ID, "12"), V(NOM_1D, "Roux"), V(PRENOM_1D, "Lou"),
        V(BIRTH_DATE, "29/02/2020"), V(STRUCTURE, "490"), V(CLASSES_1D, "490$11$ORDINAIRE$73183$GS B"),
        V(LEVEL_1D, "1113$GS"), V(LINKS_1D, "1$20"), V(LINKS_1D, "2$38"), END_OF_VALUES};
    struct made *made = made_with(AAF_PUPIL, "12", values);
    struct import_person pupil;
    assert_true(record_pupil(&made->record, place, today, made->report, NULL, &pupil));
    assert_int_equal(record_degree(&made->record), 1);
    assert_string_equal(pupil.class_label, "GS B");
    assert_string_equal(pupil.niveau, "GS");
    assert_int_equal(pupil.linked_count, 2);
}

#define PUPIL_LINKED(...)                                                                                              \
    {                                                                                                                  \
        PUPIL_2D, V(STRUCTURE, "490"), __VA_ARGS__, END_OF_VALUES                                                      \
    }

static void links_are_those_of_the_first_attribute_that_says_something(void **state)
{
    (void)state;
    static const struct {
        struct aaf_value values[10];
        int64_t linked; /* 0: nobody */
        const char *told;
    } cases[] = {
        {PUPIL_LINKED(V(LINKS_2D, ""),       V(LINKS_1D,             "9"),                                         V(FATHER,"8")),9, NULL},
        {PUPIL_LINKED(V(LINKS_2D,                   ""),                            V(LINKS_2D,                            "1$1$1$2$1$1"),                                                   V(LINKS_1D,"9")),1, NULL},
        {PUPIL_LINKED(V(LINKS_1D,                  ""),                          V(LINKS_1D,                                            "9")),                                                                                        9,                                                     NULL                                                                                                                                                                                  },
        {PUPIL_LINKED(V(LINKS_2D,                  "1$10$0$0$1$0"),                          V(LINKS_1D, "9"),V(MOTHER,"1")),0, NULL},
        {PUPIL_LINKED(V(LINKS_2D,                   ""),                    V(LINKS_1D,                                     ""),                                                                                                                           V(FATHER,                                                                                                                                                                                                                                            ""),                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                                         V(PARENTS, "")), 0, NULL},
        {PUPIL_LINKED(V(LINKS_2D,  ""),V(LINKS_1D,""),V(FATHER,"8")),0, "link_unqualified"},
        {PUPIL_LINKED(V(MOTHER,                      "8")),                           0,                                                 "link_unqualified"                                                                      },
        {PUPIL_LINKED(V(PARENTS,               ""),                   V(PARENTS,                                        "8")),                                                                                                                                                                                            0,"link_unqualified"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made *made = made_with(AAF_PUPIL, "12", cases[i].values);
        struct import_person pupil;
        assert_true(record_pupil(&made->record, place, today, made->report, NULL, &pupil));
        assert_int_equal(pupil.linked_count, cases[i].linked != 0);
        assert_true(cases[i].linked == 0 || pupil.linked[0] == cases[i].linked);
        assert_int_equal(pupil.told, cases[i].told != NULL);
        if (cases[i].told) {
            assert_string_equal(told(made, 0), cases[i].told);
        }
        assert_null(told(made, cases[i].told != NULL));
    }
}

struct refused_case {
    const char *code;
    struct aaf_value values[8];
};

static void pupils_that_cannot_be_taken_are_refused(void **state)
{
    (void)state;
    static const struct refused_case cases[] = {
        {"value_missing",   {V(NOM_2D, "A"), V(PRENOM_2D, "B"), END_OF_VALUES}                                       },
        {"aaf_id_mismatch", {V(PERSON_ID, "13"), END_OF_VALUES}                                                      },
        {"aaf_id_invalid",  {V(PERSON_ID, "1x"), END_OF_VALUES}                                                      },
        {"value_missing",   {V(PERSON_ID, "12"), V(NOM_2D, ""), END_OF_VALUES}                                       },
        {"name_invalid",    {V(PERSON_ID, "12"), V(NOM_2D, "--"), END_OF_VALUES}                                     },
        {"name_invalid",    {V(PERSON_ID, "12"), V(NOM_2D, "A\x7f"), END_OF_VALUES}                                  },
        {"name_invalid",    {V(PERSON_ID, "12"), V(NOM_2D, "A\u200bB"), END_OF_VALUES}                               },
        {"value_missing",   {V(PERSON_ID, "12"), V(NOM_2D, "A"), V(PRENOM_2D, "B"), V(STRUCTURE, "4"), END_OF_VALUES}},
        {"date_invalid",
         {V(PERSON_ID, "12"), V(NOM_2D, "A"), V(PRENOM_2D, "B"), V(BIRTH_DATE, "31/02/2015"), END_OF_VALUES}         },
        {"date_invalid",
         {V(PERSON_ID, "12"), V(NOM_2D, "A"), V(PRENOM_2D, "B"), V(BIRTH_DATE, "16/09/2025"), END_OF_VALUES}         },
        {"value_missing",   {PUPIL_2D, END_OF_VALUES}                                                                },
        {"school_unknown",  {PUPIL_2D, V(STRUCTURE, "x"), END_OF_VALUES}                                             },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made *made = made_with(AAF_PUPIL, "12", cases[i].values);
        struct import_person pupil;
        assert_false(record_pupil(&made->record, place, today, made->report, NULL, &pupil));
        assert_string_equal(told(made, 0), cases[i].code);
        assert_null(told(made, 1));
    }
}

static void odd_values_are_set_aside_and_the_pupil_taken(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {PUPIL_2D, V(STRUCTURE, "490"), V(CLASSES_2D, "6EME 2"), V(INE, "??"),
        V(LINKS_2D, "1$10$1"), V(MAIL_2D, "nobody"), END_OF_VALUES};
    struct made *made = made_with(AAF_PUPIL, "12", values);
    struct import_person pupil;
    assert_true(record_pupil(&made->record, place, today, made->report, NULL, &pupil));
    assert_string_equal(told(made, 0), "class_invalid");
    assert_string_equal(told(made, 1), "email_invalid");
    assert_string_equal(told(made, 2), "link_invalid");
    assert_string_equal(told(made, 3), "ine_invalid");
    assert_string_equal(pupil.class_label, "");
    assert_int_equal(pupil.linked_count, 0);
}

static void a_guardian_is_reached_by_a_mobile(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {V(PERSON_ID, "12"), V(NOM_2D, ""), V(NOM_PATRO, "Roux"),
        V(PRENOM_2D, "Marc"), V(MOBILE_2D, "+33 1 23 45 67 89"), V(MOBILE_SMS, "06 12 34 56 78"), V(PUPILS_2D, "5"),
        V(PUPILS_2D, ""), V(ADRESSE, "$$$"), END_OF_VALUES};
    struct made *made = made_with(AAF_GUARDIAN, "12", values);
    struct import_person guardian;
    assert_true(record_guardian(&made->record, place, made->report, NULL, &guardian));
    assert_string_equal(guardian.nom, "Roux");
    assert_string_equal(guardian.mobile.e164, "+33612345678");
    assert_int_equal(guardian.linked_count, 1);
    assert_string_equal(guardian.adresse, "");
    assert_null(told(made, 0));
}

static void a_name_too_long_to_be_one_is_refused(void **state)
{
    (void)state;
    char name[AAF_VALUE_MAX + 1];
    memset(name, 'A', AAF_VALUE_MAX);
    name[AAF_VALUE_MAX] = '\0';
    const struct aaf_value values[] = {
        V(PERSON_ID, "12"), {AAF_NOM_2D, true, name},
          V(PRENOM_2D, "Marc"), END_OF_VALUES
    };
    struct made *made = made_with(AAF_GUARDIAN, "12", values);
    struct import_person guardian;
    assert_false(record_guardian(&made->record, place, made->report, NULL, &guardian));
    assert_string_equal(told(made, 0), "name_invalid");
}

static void a_school_has_its_uai_and_name(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {V(SCHOOL_ID, "490"), V(UAI, "0691234X"), V(OLD_UAI, ""),
        V(SCHOOL_NAME, "CLG$JEAN MOULIN$LYON"), V(SCHOOL_TYPE, "COLLEGE"), END_OF_VALUES};
    struct made *made = made_with(AAF_SCHOOL, "490", values);
    made->values[1].text = (char[]){'0', '6', '9', '1', '2', '3', '4', uai_check_letter("0691234"), '\0'};
    struct import_school school;
    assert_true(record_school(&made->record, place, made->report, &school));
    assert_string_equal(school.name, "JEAN MOULIN");
    assert_string_equal(school.city, "LYON");
    assert_int_equal(school.kind, SCHOOL_COLLEGE);
    made->values[1].text = "0691234O";
    assert_false(record_school(&made->record, place, made->report, &school));
    assert_string_equal(told(made, 0), "uai_invalid");
}

static void a_modification_of_a_school_leaves_what_it_does_not_list(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {V(SCHOOL_MAIL, ""), V(SCHOOL_NAME, "CLG$JEAN MOULIN"), END_OF_VALUES};
    struct made *made = made_with(AAF_SCHOOL, "490", values);
    struct import_school school;
    assert_false(record_school(&made->record, place, made->report, &school));
    assert_string_equal(told(made, 0), "value_missing");
    made->record.operation = AAF_MODIFY;
    assert_true(record_school(&made->record, place, made->report, &school));
    assert_true(school.leaves.uai && school.leaves.city && school.leaves.kind);
    assert_false(school.leaves.mail || school.leaves.name);
    assert_string_equal(school.name, "JEAN MOULIN");
}

static void a_modification_of_a_school_may_list_no_wrong_value(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {V(UAI, ""), V(SCHOOL_NAME, "CLG$JEAN MOULIN$LYON"), END_OF_VALUES};
    struct made *made = made_with(AAF_SCHOOL, "490", values);
    made->record.operation = AAF_MODIFY;
    struct import_school school;
    assert_false(record_school(&made->record, place, made->report, &school));
    assert_string_equal(told(made, 0), "value_missing");
}

static int report_dropped(void **state)
{
    (void)state;
    static const struct aaf_value none[] = {END_OF_VALUES};
    report_free(&made_with(AAF_PUPIL, "", none)->report);
    return 0;
}

/* Of a pupil known by a whole record, one that lists some values: what was made of that one. */
static struct made *pupil_modified(
    const struct aaf_value *before, const struct aaf_value *lists, struct import_person *out_pupil)
{
    struct import_person known;
    struct made *made = made_with(AAF_PUPIL, "12", before);
    assert_true(record_pupil(&made->record, place, today, made->report, NULL, &known));
    assert_false(known.is_partial);
    made = made_with(AAF_PUPIL, "12", lists);
    assert_true(record_pupil(&made->record, place, today, made->report, &known, out_pupil));
    return made;
}

static void a_modification_changes_what_it_lists(void **state)
{
    (void)state;
    static const struct aaf_value before[] = {PUPIL_2D, V(STRUCTURE, "490"), V(CLASSES_2D, "490$6EME 2"),
        V(LINKS_2D, "1$10$1$1$0$1"), V(MAIL_2D, "m@example.org"), V(INE, "123456789ab"), END_OF_VALUES};
    static const struct aaf_value lists[] = {V(MAIL_2D, ""), V(CLASSES_2D, "490$5EME 1"), END_OF_VALUES};
    struct import_person pupil;
    struct made *made = pupil_modified(before, lists, &pupil);
    assert_true(pupil.is_partial);
    assert_string_equal(pupil.mail.text, "");
    assert_string_equal(pupil.class_label, "5EME 1");
    assert_string_equal(pupil.nom, "LE GOFF");
    assert_int_equal(pupil.structure, 490);
    assert_int_equal(pupil.linked_count, 1);
    assert_string_equal(pupil.ine.text, "123456789AB");
    assert_null(told(made, 0));
}

static void a_modification_that_names_a_parent_alone_leaves_the_links_and_says_so(void **state)
{
    (void)state;
    static const struct aaf_value before[] = PUPIL_LINKED(V(LINKS_2D, "1$10$1$1$0$1"));
    static const struct aaf_value lists[] = {V(FATHER, "8"), END_OF_VALUES};
    struct import_person pupil;
    struct made *made = pupil_modified(before, lists, &pupil);
    assert_int_equal(pupil.linked_count, 1);
    assert_string_equal(told(made, 0), "link_unqualified");
}

static void a_class_of_the_school_before_does_not_follow_to_another(void **state)
{
    (void)state;
    static const struct aaf_value before[] = {
        PUPIL_2D, V(STRUCTURE, "490"), V(CLASSES_2D, "490$6EME 2"), END_OF_VALUES};
    static const struct aaf_value lists[] = {V(STRUCTURE, "491"), END_OF_VALUES};
    struct import_person pupil;
    (void)pupil_modified(before, lists, &pupil);
    assert_int_equal(pupil.structure, 491);
    assert_string_equal(pupil.class_label, "");
}

/* All four, and nothing less: case, accents and spaces aside. */
static void records_of_one_guardian_have_one_key(void **state)
{
    (void)state;
    static const struct aaf_value one[] = {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"), V(PRENOM_2D, "Maël"),
        V(MAIL_2D, "M.legoff@example.org"), V(MOBILE_2D, "+33 6 39 98 00 01"), END_OF_VALUES};
    static const struct aaf_value same[] = {V(PERSON_ID, "12"), V(NOM_1D, "Le Goff"), V(PRENOM_1D, "MAEL"),
        V(MAIL_1D, "m.legoff@EXAMPLE.org"), V(MOBILE_1D, "0639980001"), END_OF_VALUES};
    static const struct aaf_value others[][6] = {
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"),  V(PRENOM_2D, "Maëlle"), V(MAIL_2D, "m.legoff@example.org"),
         V(MOBILE_2D, "0639980001"), END_OF_VALUES},
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFFE"), V(PRENOM_2D, "Maël"),   V(MAIL_2D, "m.legoff@example.org"),
         V(MOBILE_2D, "0639980001"), END_OF_VALUES},
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"),  V(PRENOM_2D, "Maël"),   V(MAIL_2D, "legoff@example.org"),
         V(MOBILE_2D, "0639980001"), END_OF_VALUES},
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"),  V(PRENOM_2D, "Maël"),   V(MAIL_2D, "m.legoff@example.org"),
         V(MOBILE_2D, "0639980002"), END_OF_VALUES},
    };
    struct import_person first;
    struct import_person guardian;
    struct made *made = made_with(AAF_GUARDIAN, "12", one);
    assert_true(record_guardian(&made->record, place, made->report, NULL, &first));
    assert_true(first.has_match_key);
    made = made_with(AAF_GUARDIAN, "12", same);
    assert_true(record_guardian(&made->record, place, made->report, NULL, &guardian));
    assert_memory_equal(first.match_key, guardian.match_key, sizeof first.match_key);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        made = made_with(AAF_GUARDIAN, "12", others[i]);
        assert_true(record_guardian(&made->record, place, made->report, NULL, &guardian));
        assert_true(guardian.has_match_key);
        assert_memory_not_equal(first.match_key, guardian.match_key, sizeof first.match_key);
    }
}

static void a_guardian_without_mail_or_mobile_has_no_key(void **state)
{
    (void)state;
    static const struct aaf_value without[][5] = {
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"), V(PRENOM_2D, "Maël"), V(MAIL_2D,   "m@example.org"), END_OF_VALUES},
        {V(PERSON_ID, "12"), V(NOM_2D, "LE GOFF"), V(PRENOM_2D, "Maël"), V(MOBILE_2D, "0639980001"),    END_OF_VALUES},
    };
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        struct import_person guardian;
        struct made *made = made_with(AAF_GUARDIAN, "12", without[i]);
        assert_true(record_guardian(&made->record, place, made->report, NULL, &guardian));
        assert_false(guardian.has_match_key);
    }
}

#define HEAD_1D V(PERSON_ID, "12"), V(NOM_1D, " Le  Goff "), V(PRENOM_1D, "Maël"), V(MAIL_1D, "M.LeGoff@ac-lyon.fr")

static bool head_of(struct made *made, struct import_head *out_head)
{
    return record_head(&made->record, place, made->report, out_head);
}

static void a_head_is_named_by_either_attribute_in_either_grammar(void **state)
{
    (void)state;
    static const struct aaf_value first[] = {HEAD_1D, V(FUNCTIONS, "490$DIR$DIRECTION D'ECOLE$0001$DIRECTEUR"),
        V(FUNCTIONS, "491$ENS$ENSEIGNEMENT$0002$ENSEIGNANT"), V(DIRECTED, "490"), END_OF_VALUES};
    struct import_head head;
    struct made *made = made_with(AAF_STAFF, "12", first);
    assert_true(head_of(made, &head));
    assert_int_equal(head.aaf_id, 12);
    assert_string_equal(head.nom, "Le Goff");
    assert_string_equal(head.prenom, "Maël");
    assert_string_equal(head.mail.text, "M.LeGoff@ac-lyon.fr");
    assert_int_equal(head.functions.count, 1);
    assert_int_equal(head.functions.structures[0], 490);
    assert_int_equal(head.directs.count, 1);
    assert_false(head.is_partial);
    static const struct aaf_value second[] = {V(PERSON_ID, "12"), V(NOM_2D, "GIRARD"), V(PRENOM_2D, "Ève"),
        V(MAIL_2D, "pas une adresse"), V(FUNCTIONS, "490$DIR$DIRECTION$1$PRINCIPAL"),
        V(FUNCTIONS, "490$DIR$DIRECTION$2$X"), V(FUNCTIONS, "492$DIR$$$"), V(DIRECTED, ""), END_OF_VALUES};
    made = made_with(AAF_STAFF, "12", second);
    assert_true(head_of(made, &head));
    assert_int_equal(head.functions.count, 2); /* two posts at one school are one school */
    assert_int_equal(head.functions.structures[1], 492);
    assert_int_equal(head.directs.count, 0);
    assert_string_equal(head.mail.text, "");
    assert_string_equal(told(made, 0), "email_invalid");
}

static void of_other_staff_only_the_number_counts(void **state)
{
    (void)state;
    static const struct aaf_value teacher[] = {
        V(PERSON_ID, "13"), V(FUNCTIONS, "490$ENS$ENSEIGNEMENT$0002$ENSEIGNANT"), V(DIRECTED, ""), END_OF_VALUES};
    struct import_head head;
    struct made *made = made_with(AAF_STAFF, "12", teacher); /* without a name, and of another number inside */
    assert_true(head_of(made, &head));
    assert_int_equal(head.aaf_id, 12);
    assert_int_equal(head.functions.count + head.directs.count, 0);
    assert_string_equal(head.nom, "");
    made = made_with(AAF_STAFF, "douze", teacher);
    assert_false(head_of(made, &head));
    assert_string_equal(told(made, 0), "aaf_id_invalid");
}

static void a_headship_that_is_not_readable_gives_nothing_and_is_told(void **state)
{
    (void)state;
    static const struct aaf_value values[] = {
        HEAD_1D, V(FUNCTIONS, "DUPONT$DIR$$$"), V(DIRECTED, "490$1"), V(DIRECTED, "491"), END_OF_VALUES};
    struct import_head head;
    struct made *made = made_with(AAF_STAFF, "12", values);
    assert_true(head_of(made, &head));
    assert_int_equal(head.functions.count, 0);
    assert_int_equal(head.directs.count, 1);
    size_t count;
    const struct import_refused *refused = report_refused(made->report, &count);
    assert_int_equal(count, 2);
    assert_string_equal(refused[0].code, "headship_invalid");
    assert_string_equal(refused[0].attribute, "ENTPersonFonctions");
    assert_null(refused[0].value); /* it may be a name */
    assert_string_equal(refused[1].value, "490$1");
}

static void a_head_of_more_schools_than_there_is_room_for_is_told(void **state)
{
    (void)state;
    static char texts[IMPORT_LINKS_MAX + 1][8];
    struct aaf_value values[IMPORT_LINKS_MAX + 5] = {V(PERSON_ID, "12"), V(NOM_1D, "A"), V(PRENOM_1D, "B")};
    struct made *made = made_with(AAF_STAFF, "12", values);
    struct aaf_value many[IMPORT_LINKS_MAX + 4];
    memcpy(many, values, 3 * sizeof many[0]);
    for (size_t i = 0; i <= IMPORT_LINKS_MAX; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "%zu", 490 + i);
        many[3 + i] = (struct aaf_value){AAF_DIRECTED, false, texts[i]};
    }
    made->record.values = many;
    made->record.count = IMPORT_LINKS_MAX + 4;
    struct import_head head;
    assert_true(head_of(made, &head));
    assert_int_equal(head.directs.count, IMPORT_LINKS_MAX);
    assert_string_equal(told(made, 0), "headship_invalid");
    assert_null(told(made, 1));
}

static void a_head_that_cannot_be_taken_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct aaf_value values[6];
        const char *code;
    } cases[] = {
        {{V(NOM_1D, "A"), V(PRENOM_1D, "B"), V(DIRECTED, "490"), END_OF_VALUES},                           "value_missing"  },
        {{V(PERSON_ID, "13"), V(NOM_1D, "A"), V(PRENOM_1D, "B"), V(DIRECTED, "490"), END_OF_VALUES},       "aaf_id_mismatch"},
        {{V(PERSON_ID, "12"), V(PRENOM_1D, "B"), V(DIRECTED, "490"), END_OF_VALUES},                       "value_missing"  },
        {{V(PERSON_ID, "12"), V(NOM_1D, "A"), V(PRENOM_1D, "--"), V(DIRECTED, "490"), END_OF_VALUES},      "name_invalid"   },
        {{V(PERSON_ID, "12"), V(NOM_2D, "A\u202e"), V(PRENOM_2D, "B"), V(DIRECTED, "490"), END_OF_VALUES},
         "name_invalid"                                                                                                     },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct import_head head;
        struct made *made = made_with(AAF_STAFF, "12", cases[i].values);
        assert_false(head_of(made, &head));
        assert_string_equal(told(made, 0), cases[i].code);
    }
    static const struct aaf_value sound[] = {HEAD_1D, V(DIRECTED, "490"), END_OF_VALUES};
    struct import_head head;
    struct made *made = made_with(AAF_STAFF, "12", sound);
    made->record.has_too_many = true;
    assert_false(head_of(made, &head));
    assert_string_equal(told(made, 0), "too_large");
}

static void a_modification_of_staff_leaves_what_it_does_not_list(void **state)
{
    (void)state;
    static const struct aaf_value functions[] = {V(FUNCTIONS, "490$ENS$x$y$z"), END_OF_VALUES};
    struct import_head head;
    struct made *made = made_with(AAF_STAFF, "12", functions);
    made->record.operation = AAF_MODIFY;
    assert_true(head_of(made, &head));
    assert_false(head.functions.is_left);
    assert_true(head.directs.is_left && head.leaves.nom && head.leaves.prenom && head.leaves.mail && head.is_partial);
    static const struct aaf_value both[] = {V(FUNCTIONS, ""), V(DIRECTED, ""), END_OF_VALUES};
    made = made_with(AAF_STAFF, "12", both);
    made->record.operation = AAF_MODIFY;
    assert_true(head_of(made, &head));
    assert_false(
        head.functions.is_left || head.directs.is_left || head.is_partial); /* heads nothing any more, whoever it is */
}

static void records_that_accounts_do_not_need_are_checked_by_their_number(void **state)
{
    (void)state;
    static const struct aaf_value none[] = {END_OF_VALUES};
    struct made *made = made_with(AAF_STAFF, "12", none);
    assert_true(record_other(&made->record, place, made->report));
    made = made_with(AAF_STAFF, "x", none);
    assert_false(record_other(&made->record, place, made->report));
    assert_string_equal(told(made, 0), "aaf_id_invalid");
    made = made_with(AAF_COURSE, "1031000F11A", none);
    assert_true(record_other(&made->record, place, made->report));
    made = made_with(AAF_SUBJECT, "", none);
    assert_false(record_other(&made->record, place, made->report));
    assert_string_equal(told(made, 0), "value_missing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pupil_of_the_second_degree),
        cmocka_unit_test(a_pupil_of_the_first_degree),
        cmocka_unit_test(links_are_those_of_the_first_attribute_that_says_something),
        cmocka_unit_test(pupils_that_cannot_be_taken_are_refused),
        cmocka_unit_test(odd_values_are_set_aside_and_the_pupil_taken),
        cmocka_unit_test(a_guardian_is_reached_by_a_mobile),
        cmocka_unit_test(a_name_too_long_to_be_one_is_refused),
        cmocka_unit_test(a_school_has_its_uai_and_name),
        cmocka_unit_test(a_modification_of_a_school_leaves_what_it_does_not_list),
        cmocka_unit_test(a_modification_of_a_school_may_list_no_wrong_value),
        cmocka_unit_test(a_modification_changes_what_it_lists),
        cmocka_unit_test(a_modification_that_names_a_parent_alone_leaves_the_links_and_says_so),
        cmocka_unit_test(a_class_of_the_school_before_does_not_follow_to_another),
        cmocka_unit_test(records_of_one_guardian_have_one_key),
        cmocka_unit_test(a_guardian_without_mail_or_mobile_has_no_key),
        cmocka_unit_test(a_head_is_named_by_either_attribute_in_either_grammar),
        cmocka_unit_test(of_other_staff_only_the_number_counts),
        cmocka_unit_test(a_headship_that_is_not_readable_gives_nothing_and_is_told),
        cmocka_unit_test(a_head_of_more_schools_than_there_is_room_for_is_told),
        cmocka_unit_test(a_head_that_cannot_be_taken_is_refused),
        cmocka_unit_test(a_modification_of_staff_leaves_what_it_does_not_list),
        cmocka_unit_test(records_that_accounts_do_not_need_are_checked_by_their_number),
    };
    return cmocka_run_group_tests(tests, NULL, report_dropped);
}
