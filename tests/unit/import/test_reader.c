#include "unit.h"

#include "import/aaf_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n"
#define PUPIL                                                                                                          \
    "<addRequest>\n<operationalAttributes><attr name=\"categoriePersonne\"><value>Eleve</value></attr>"                \
    "</operationalAttributes>\n<identifier><id>12</id></identifier>\n<attributes>\n"                                   \
    "<attr name=\"sn\"><value>L&apos;H&#201;RITIER</value></attr>\n<attr name=\"ENTEleveNouveau\"><value>x</value>"    \
    "</attr>\n<attr name=\"ENTEleveClasses\"><value/></attr>\n<attr name=\"ENTElevePersRelEleve\"><value>1$10$1$1$0$1" \
    "</value><value>2$20$0$1$0$0</value></attr>\n</attributes>\n</addRequest>\n"

struct seen {
    int records, stop_after;
    enum aaf_operation operation;
    enum aaf_category category;
    int64_t line;
    size_t values;
    char id[32], name[64], links[2][64];
    bool empty_class, is_too_long, has_too_many;
};

static bool keep(void *arg, const struct aaf_record *record)
{
    struct seen *seen = arg;
    seen->records++;
    seen->operation = record->operation;
    seen->category = record->category;
    seen->line = record->line;
    seen->values = record->count;
    seen->has_too_many = record->has_too_many;
    (void)snprintf(seen->id, sizeof seen->id, "%s", record->id);
    const char *name = aaf_record_text(record, AAF_NOM_2D);
    (void)snprintf(seen->name, sizeof seen->name, "%s", name ? name : "");
    const char *class_label = aaf_record_text(record, AAF_CLASSES_2D);
    seen->empty_class = class_label && !class_label[0];
    size_t links = 0;
    for (size_t i = 0; i < record->count; i++) {
        seen->is_too_long = seen->is_too_long || record->values[i].is_too_long;
        if (record->values[i].attribute == AAF_LINKS_2D && links < 2) {
            (void)snprintf(seen->links[links], sizeof seen->links[links], "%s", record->values[i].text);
            links++;
        }
    }
    return seen->stop_after == 0 || seen->records < seen->stop_after;
}

/* In pieces of `step` bytes; what the reader said in the end. */
static bool read_in_steps(const char *xml, size_t step, struct seen *seen, struct aaf_head *out_head)
{
    struct aaf_reader *reader = aaf_reader_new(keep, seen);
    size_t length = strlen(xml);
    bool goes_on = true;
    for (size_t at = 0; at < length && goes_on; at += step) {
        goes_on = aaf_reader_feed(reader, xml + at, at + step < length ? step : length - at);
    }
    bool is_sound = goes_on && aaf_reader_end(reader);
    if (out_head) {
        *out_head = *aaf_reader_head(reader);
    }
    aaf_reader_free(&reader);
    return is_sound;
}

static bool read_whole(const char *xml, struct seen *seen)
{
    *seen = (struct seen){0};
    return read_in_steps(xml, 1 << 20, seen, NULL);
}

static void a_record_is_read_whatever_the_pieces(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 2, 7, 100, 1 << 20};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct seen seen = {0};
        assert_true(read_in_steps(HEAD "<ficAlimMENESR>\n" PUPIL PUPIL "</ficAlimMENESR>\n", steps[i], &seen, NULL));
        assert_int_equal(seen.records, 2);
        assert_int_equal(seen.operation, AAF_ADD);
        assert_int_equal(seen.category, AAF_PUPIL);
        assert_string_equal(seen.id, "12");
        assert_string_equal(seen.name, "L'HÉRITIER");
        assert_string_equal(seen.links[0], "1$10$1$1$0$1");
        assert_string_equal(seen.links[1], "2$20$0$1$0$0");
        assert_true(seen.empty_class);
        assert_int_equal(seen.values, 4);
        assert_int_equal(seen.line, 14);
    }
}

static void the_head_is_in_comments(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct aaf_head head;
    assert_true(read_in_steps(HEAD "<ficAlimMENESR>\n<!-- versionSDET=\"Annexe 4bis version 6.4\" -->\n"
                                   "<!-- codeAcademieExport=\"13\" -->\n<!-- degre=\"2D\" -->\n"
                                   "<!-- dateGenerationExport=\"16/09/2024\" -->\n</ficAlimMENESR>",
        5, &seen, &head));
    assert_string_equal(head.academy, "13");
    assert_string_equal(head.degree, "2D");
    assert_string_equal(head.date, "16/09/2024");
    assert_string_equal(head.annex, "Annexe 4bis version 6.4");
}

static void the_declared_encoding_is_obeyed(void **state)
{
    (void)state;
    static const char *const encodings[] = {"ISO-8859-1", "ISO-8859-15", "windows-1252"};
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        char xml[800];
        struct seen seen = {0};
        (void)snprintf(xml, sizeof xml,
            "<?xml version=\"1.0\" encoding=\"%s\"?><ficAlimMENESR><addRequest><attributes><attr name=\"sn\"><value>"
            "B\xe9rang\xe8re</value></attr></attributes></addRequest></ficAlimMENESR>",
            encodings[i]);
        assert_true(read_in_steps(xml, 9, &seen, NULL));
        assert_string_equal(seen.name, "Bérangère");
    }
}

static void modifications_and_deletions_are_told_apart(void **state)
{
    (void)state;
    struct seen seen;
    assert_true(
        read_whole("<ficAlimMENESR><modifyRequest><identifier><id>3</id></identifier><modifications><modification "
                   "name=\"sn\" operation=\"replace\"><value>X</value></modification></modifications>"
                   "</modifyRequest></ficAlimMENESR>",
            &seen));
    assert_int_equal(seen.operation, AAF_MODIFY);
    assert_string_equal(seen.name, "X");
    assert_true(read_whole(
        "<ficAlimMENESR><deleteRequest><identifier><id>3</id></identifier></deleteRequest></ficAlimMENESR>", &seen));
    assert_int_equal(seen.operation, AAF_DELETE);
}

static void what_is_not_sound_is_said_so(void **state)
{
    (void)state;
    static const char *const hostile[] = {
        "",
        "plain text",
        HEAD,
        HEAD "<ficAlimMENESR>\n" PUPIL,
        HEAD "<ficAlimMENESR>\n" PUPIL "</ficAlimMENESR><ficAlimMENESR/>",
        HEAD "<ficAlimMENESR><addRequest></ficAlimMENESR>",
        "<html/>",
        "<ficAlimMENESR>&klingon;</ficAlimMENESR>",
        HEAD "<ficAlimMENESR>&klingon;</ficAlimMENESR>",
        "<ficAlimMENESR a=\"&eacute;\"/>",
        HEAD "<ficAlimMENESR a=\"&eacute;\"/>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY eacute \"e\">]><ficAlimMENESR>&eacute;</ficAlimMENESR>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY a \"a\"><!ENTITY b \"&a;&a;\">]><ficAlimMENESR>&b;</ficAlimMENESR>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY a \"aaaa\">]><ficAlimMENESR>&a;</ficAlimMENESR>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY a \"aaaa\">]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><ficAlimMENESR>&x;</ficAlimMENESR>",
        "<!DOCTYPE ficAlimMENESR [<!ENTITY % p SYSTEM \"http://127.0.0.1/x\"> %p;]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR SYSTEM \"x.dtd\" [%p;]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR [<!ATTLIST attr name CDATA \"sn\">]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR [<!ATTLIST attr name (a|b) \"a\">]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR [<!ELEMENT attr ANY>]><ficAlimMENESR/>",
        "<!DOCTYPE ficAlimMENESR [<!NOTATION n SYSTEM \"x\">]><ficAlimMENESR/>",
        "<ficAlimMENESR>\x01</ficAlimMENESR>",
        "<?xml version=\"1.0\" encoding=\"KLINGON\"?><ficAlimMENESR/>",
    };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct seen seen = {0};
        if (read_in_steps(hostile[i], 1 << 20, &seen, NULL) || read_in_steps(hostile[i], 1, &seen, NULL)) {
            fail_msg("taken for sound: %s", hostile[i]);
        }
    }
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char xml[8192] = "<ficAlimMENESR>";
    for (int i = 0; i < 100; i++) {
        strcat(xml, "<a>");
    }
    for (int i = 0; i < 100; i++) {
        strcat(xml, "</a>");
    }
    strcat(xml, "</ficAlimMENESR>");
    struct seen seen;
    assert_false(read_whole(xml, &seen));
}

static void long_values_and_many_are_set_aside(void **state)
{
    (void)state;
    enum { SIZE = 4 << 20 };
    char *xml = malloc(SIZE);
    assert_non_null(xml);
    size_t used = (size_t)snprintf(xml, SIZE, "<ficAlimMENESR><addRequest><attributes><attr name=\"sn\"><value>");
    memset(xml + used, 'A', 1 << 20);
    used += 1 << 20;
    used += (size_t)snprintf(xml + used, SIZE - used, "</value></attr><attr name=\"mail\">");
    for (int i = 0; i < AAF_VALUES_MAX + 10; i++) {
        used += (size_t)snprintf(xml + used, SIZE - used, "<value>x</value>");
    }
    (void)snprintf(xml + used, SIZE - used, "</attr></attributes></addRequest></ficAlimMENESR>");
    struct seen seen;
    assert_true(read_whole(xml, &seen));
    assert_true(seen.is_too_long);
    assert_true(seen.has_too_many);
    assert_int_equal(seen.values, AAF_VALUES_MAX);
    free(xml);
}

/* A value that no buffer would hold is only too long for its record; one that no tag may have is not sound. */
static void ten_megabytes_are_read_at_constant_memory(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *letter, *end;
        bool is_sound;
    } huge[] = {
        {"<attr name=\"sn\"><value>",             "A",            "</value></attr>",    true },
        {"<attr name=\"sn\"><value>",             "é",           "</value></attr>",    true },
        {"<attr name=\"sn\"><value>",             "&#233;",       "</value></attr>",    true },
        {"<attr name=\"sn\"><value><![CDATA[",    "A",            "]]></value></attr>", false},
        {"<attr name=\"sn\"><value>",             "&amp;eacute;", "</value></attr>",    true },
        {"<attr name=\"",                         "A",            "\"><value/></attr>", false},
        {"<attr name=\"sn\"><value/></attr><!--", "A",            "-->",                false},
    };
    enum { BYTES = 12 << 20 };
    for (size_t i = 0; i < sizeof huge / sizeof huge[0]; i++) {
        char *xml = malloc(BYTES + 1000);
        assert_non_null(xml);
        size_t used = (size_t)sprintf(xml, "<ficAlimMENESR><addRequest><attributes>%s", huge[i].begin);
        size_t length = strlen(huge[i].letter);
        for (; used < BYTES; used += length) {
            memcpy(xml + used, huge[i].letter, length);
        }
        (void)sprintf(xml + used, "%s</attributes></addRequest></ficAlimMENESR>", huge[i].end);
        struct seen seen = {0};
        bool is_sound = read_in_steps(xml, 1 << 17, &seen, NULL);
        free(xml);
        if (is_sound != huge[i].is_sound || seen.is_too_long != huge[i].is_sound) {
            fail_msg("%s%s: sound %d, too long %d", huge[i].begin, huge[i].letter, is_sound, seen.is_too_long);
        }
    }
}

/* libxml2 keeps each name for as long as the file lasts, up to a limit at which it stops without a word. */
static void where_libxml2_stops_nothing_is_sound(void **state)
{
    (void)state;
    enum { NAMES = 24000, LENGTH = 1000, SIZE = NAMES * (LENGTH + 20) + 100 };
    char *xml = malloc(SIZE);
    assert_non_null(xml);
    size_t used = (size_t)sprintf(xml, "<ficAlimMENESR><addRequest>");
    for (int i = 0; i < NAMES; i++) {
        used += (size_t)sprintf(xml + used, "<x%09d", i);
        memset(xml + used, 'a', LENGTH);
        used += LENGTH;
        used += (size_t)sprintf(xml + used, "/>");
    }
    (void)sprintf(xml + used, "</addRequest></oops> & < no XML");
    struct seen seen = {0};
    assert_false(read_in_steps(xml, 1 << 17, &seen, NULL));
    free(xml);
}

static void the_handler_may_have_enough(void **state)
{
    (void)state;
    struct seen seen = {.stop_after = 1};
    struct aaf_reader *reader = aaf_reader_new(keep, &seen);
    const char *xml = HEAD "<ficAlimMENESR>\n" PUPIL PUPIL "</ficAlimMENESR>\n";
    assert_false(aaf_reader_feed(reader, xml, strlen(xml)));
    assert_false(aaf_reader_end(reader));
    assert_true(aaf_reader_is_stopped(reader));
    assert_int_equal(seen.records, 1);
    aaf_reader_free(&reader);
}

static void what_is_wrong_has_its_line(void **state)
{
    (void)state;
    struct seen seen = {0};
    struct aaf_reader *reader = aaf_reader_new(keep, &seen);
    const char *xml = "<ficAlimMENESR>\n\n<a>\n</b>\n</ficAlimMENESR>\n";
    assert_false(aaf_reader_feed(reader, xml, strlen(xml)) && aaf_reader_end(reader));
    assert_false(aaf_reader_is_stopped(reader));
    assert_int_equal(aaf_reader_line(reader), 4);
    aaf_reader_free(&reader);
}

static void every_attribute_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < AAF_ATTRIBUTE_COUNT; i++) {
        char xml[400];
        struct seen seen;
        (void)snprintf(xml, sizeof xml,
            "<ficAlimMENESR><addRequest><attributes><attr name=\"%s\"><value>v</value></attr></attributes></addRequest>"
            "</ficAlimMENESR>",
            aaf_attribute_name((enum aaf_attribute)i));
        assert_true(read_whole(xml, &seen));
        assert_int_equal(seen.values, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_is_read_whatever_the_pieces),
        cmocka_unit_test(the_head_is_in_comments),
        cmocka_unit_test(the_declared_encoding_is_obeyed),
        cmocka_unit_test(modifications_and_deletions_are_told_apart),
        cmocka_unit_test(what_is_not_sound_is_said_so),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(long_values_and_many_are_set_aside),
        cmocka_unit_test(ten_megabytes_are_read_at_constant_memory),
        cmocka_unit_test(where_libxml2_stops_nothing_is_sound),
        cmocka_unit_test(the_handler_may_have_enough),
        cmocka_unit_test(what_is_wrong_has_its_line),
        cmocka_unit_test(every_attribute_is_found_by_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
