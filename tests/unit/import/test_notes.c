#include "unit.h"

#include "import/aaf_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct read {
    char name[64];
    enum aaf_category category;
    struct aaf_notes notes;
    struct aaf_unknown unknown[4];
};

static bool take(void *arg, const struct aaf_record *record)
{
    struct read *read = arg;
    const char *name = aaf_record_text(record, AAF_NOM_2D);
    (void)snprintf(read->name, sizeof read->name, "%s", name ? name : "");
    read->category = record->category;
    return true;
}

static bool read_in_steps(const char *xml, size_t length, size_t step, struct read *read)
{
    *read = (struct read){0};
    struct aaf_reader *reader = aaf_reader_new(take, read);
    bool goes_on = true;
    for (size_t at = 0; at < length && goes_on; at += step) {
        goes_on = aaf_reader_feed(reader, xml + at, at + step < length ? step : length - at);
    }
    goes_on = goes_on && aaf_reader_end(reader);
    read->notes = *aaf_reader_notes(reader);
    for (size_t i = 0; i < read->notes.unknown_count && i < 4; i++) {
        read->unknown[i] = read->notes.unknown[i];
    }
    aaf_reader_free(&reader);
    return goes_on;
}

#define DECLARED(encoding) "<?xml version=\"1.0\" encoding=\"" encoding "\"?>\n"
#define DOCTYPE "<!DOCTYPE ficAlimMENESR SYSTEM \"ficAlimMENESR.dtd\">\n"
#define NAMED(name)                                                                                                    \
    "<ficAlimMENESR>\n<addRequest>\n<attributes>\n<attr name=\"sn\"><value>" name "</value></attr>\n"                  \
    "<attr name=\"mail\"><value>\xC3\xA9</value></attr>\n</attributes>\n</addRequest>\n</ficAlimMENESR>\n"

struct odd {
    const char *xml, *name;
    enum refusal encoding;
    int64_t encoding_line, html_line;
};

static const struct odd odds[] = {
    {NAMED("LE GOFF"),                                                       "LE GOFF",     REFUSAL_NONE,                  0, 0},
    {NAMED("M &amp; Mme"),                                                   "M & Mme",     REFUSAL_NONE,                  0, 0},
    {DECLARED("UTF-8") DOCTYPE NAMED("B\xC3\xA9"),                           "Bé",         REFUSAL_NONE,                  0, 0},
    {DECLARED("UTF-8") NAMED("B\xE9r"),                                      "Bér",        REFUSAL_ENCODING_CONTRADICTED, 5, 0},
    {NAMED("B\xE9r"),                                                        "Bér",        REFUSAL_ENCODING_UNDECLARED,   4, 0},
    {"<!--\r\n\r\n-->" NAMED("l\x92"
                             "a"),
     "l’a",                                                                               REFUSAL_ENCODING_UNDECLARED,   6, 0},
    {DECLARED("ISO-8859-15") NAMED("\xA4"),                                  "€",         REFUSAL_ENCODING_CONTRADICTED, 6, 0},
    {DECLARED("UTF-16") NAMED("B\xC3\xA9"),                                  "Bé",         REFUSAL_ENCODING_CONTRADICTED, 1, 0},
    {NAMED("B&eacute;r"),                                                    "Bér",        REFUSAL_NONE,                  0, 4},
    {DECLARED("UTF-8") DOCTYPE NAMED("B&eacute;r&euro;"),                    "Bér€",     REFUSAL_NONE,                  0, 6},
    {"<?xml version=\"1.0\" standalone=\"yes\"?>" NAMED("B&eacute;r"),       "Bér",        REFUSAL_NONE,                  0, 4},
    {"<ficAlimMENESR>&eacute;\n" NAMED("B&amp;eacute;r") "</ficAlimMENESR>", "",            REFUSAL_NONE,                  0, 1},
    {NAMED("B&amp;eacute;r &amp;#233; &amp; x"),                             "Bér é & x", REFUSAL_NONE,                  0, 4},
    {NAMED("B&#38;eacute;r"),                                                "Bér",        REFUSAL_NONE,                  0, 4},
    {NAMED("<![CDATA[B&eacute;r]]>"),                                        "Bér",        REFUSAL_NONE,                  0, 4},
    {NAMED("B\xE9r&eacute;"),                                                "Béré",      REFUSAL_ENCODING_UNDECLARED,   4, 4},
};

static void what_is_odd_is_read_and_noted_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof odds / sizeof odds[0]; i++) {
        size_t length = strlen(odds[i].xml);
        for (size_t step = 1; step <= length; step++) {
            struct read read;
            if (!read_in_steps(odds[i].xml, length, step, &read)) {
                fail_msg("not sound in steps of %zu: %s", step, odds[i].xml);
            }
            if (strcmp(read.name, odds[i].name) != 0 || read.notes.encoding != odds[i].encoding ||
                read.notes.encoding_line != odds[i].encoding_line || read.notes.html_entity_line != odds[i].html_line) {
                fail_msg("in steps of %zu: %s, read as %s, %s of line %d, HTML of line %d", step, odds[i].xml,
                    read.name, refusal_code(read.notes.encoding), (int)read.notes.encoding_line,
                    (int)read.notes.html_entity_line);
            }
        }
    }
}

static void utf_16_is_read_whatever_the_pieces(void **state)
{
    (void)state;
    static const char ascii[] = "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" NAMED("B~r");
    char xml[2 * sizeof ascii];
    size_t length = 2;
    memcpy(xml, "\xFF\xFE", 2);
    for (const char *at = ascii; *at; at++) {
        xml[length++] = *at == '~' ? '\xE9' : (unsigned char)*at >= 0x80 ? '?' : *at;
        xml[length++] = '\0';
    }
    for (size_t step = 1; step <= length; step++) {
        struct read read;
        assert_true(read_in_steps(xml, length, step, &read));
        assert_string_equal(read.name, "Bér");
        assert_int_equal(read.notes.encoding, REFUSAL_NONE);
    }
}

static void many_entities_are_no_bomb(void **state)
{
    (void)state;
    enum { COUNT = 300000 };
    static const char entity[] = "&eacute;";
    char *xml = malloc(COUNT * sizeof entity + 400);
    assert_non_null(xml);
    size_t length = (size_t)sprintf(xml, "<ficAlimMENESR><addRequest><attributes><attr name=\"mail\"><value>");
    for (int i = 0; i < COUNT; i++) {
        memcpy(xml + length, entity, sizeof entity - 1);
        length += sizeof entity - 1;
    }
    length += (size_t)sprintf(xml + length, "</value></attr><attr name=\"sn\"><value>X</value></attr></attributes>"
                                            "</addRequest></ficAlimMENESR>");
    struct read read;
    assert_true(read_in_steps(xml, length, 1 << 17, &read));
    assert_string_equal(read.name, "X");
    free(xml);
}

#define REQUEST(request, operational, code, attribute)                                                                 \
    "<" request ">\n<operationalAttributes><attr name=\"" operational "\"><value>" code                                \
    "</value></attr></operationalAttributes>\n" attribute "\n</" request ">\n"

static void unknown_attributes_are_counted_by_category(void **state)
{
    (void)state;
    static const char xml[] = "<ficAlimMENESR>\n" REQUEST("addRequest", "categoriePersonne", "Eleve",
        "<attributes><attr name=\"ENTEleveNouveau\"><value>x</value></attr><attr name=\"ENTEleveRegime\"/>"
        "</attributes>") REQUEST("addRequest", "categoriePersonne", "Eleve",
        "<attributes><attr name=\"ENTEleveNouveau\"><value>x</value><value>y</value></attr></attributes>")
        REQUEST("modifyRequest", "categoriePersonne", "PersRelEleve",
            "<modifications><modification name=\"ENTEleveNouveau\" operation=\"replace\"><value/>"
            "</modification></modifications>") "</ficAlimMENESR>";
    for (size_t step = 1; step < sizeof xml; step++) {
        struct read read;
        assert_true(read_in_steps(xml, sizeof xml - 1, step, &read));
        assert_int_equal(read.notes.unknown_count, 2);
        assert_string_equal(read.unknown[0].name, "ENTEleveNouveau");
        assert_int_equal(read.unknown[0].category, AAF_PUPIL);
        assert_int_equal(read.unknown[0].count, 2);
        assert_int_equal(read.unknown[0].line, 4);
        assert_int_equal(read.unknown[1].category, AAF_GUARDIAN);
        assert_int_equal(read.unknown[1].count, 1);
        assert_int_equal(read.unknown[1].line, 12);
    }
}

static void the_operational_names_tell_the_category_and_no_other(void **state)
{
    (void)state;
    static const struct {
        const char *xml;
        enum aaf_category category;
        size_t unknown;
    } named[] = {
        {REQUEST("addRequest", "categoriePersonne",  "PersEducNat", ""), AAF_STAFF,          0},
        {REQUEST("addRequest", "categorieStructure", "EtabEducNat", ""), AAF_SCHOOL,         0},
        {REQUEST("addRequest", "categorieMatiere",   "MatEducNat",  ""), AAF_SUBJECT,        0},
        {REQUEST("addRequest", "categorieMef",       "MefEducNat",  ""), AAF_COURSE,         0},
        {REQUEST("addRequest", "categorieNouvelle",  "Eleve",       ""), AAF_CATEGORY_COUNT, 1},
        {REQUEST("addRequest", "categoriePersonne",  "Nouvelle",    ""), AAF_CATEGORY_COUNT, 0},
    };
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        char xml[400];
        int length = snprintf(xml, sizeof xml, "<ficAlimMENESR>%s</ficAlimMENESR>", named[i].xml);
        struct read read;
        assert_true(read_in_steps(xml, (size_t)length, 7, &read));
        assert_int_equal(read.category, named[i].category);
        assert_int_equal(read.notes.unknown_count, named[i].unknown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_odd_is_read_and_noted_with_its_line),
        cmocka_unit_test(utf_16_is_read_whatever_the_pieces),
        cmocka_unit_test(many_entities_are_no_bomb),
        cmocka_unit_test(unknown_attributes_are_counted_by_category),
        cmocka_unit_test(the_operational_names_tell_the_category_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
