#include "unit.h"

#include "import/aaf_reader.h"
#include "runtime/arena.h"

#include <stdio.h>
#include <string.h>

enum { KEPT_MAX = 8 };

/* Copies of the records of a document: the reader is gone when they are looked at. */
struct kept {
    struct arena *arena;
    struct aaf_record records[KEPT_MAX];
    unsigned char digests[KEPT_MAX][RECORD_DIGEST_SIZE];
    size_t count;
};

static bool keep(void *arg, const struct aaf_record *record)
{
    struct kept *kept = arg;
    assert_true(kept->count < KEPT_MAX);
    aaf_record_digest(record, kept->digests[kept->count]);
    aaf_record_copy(record, kept->arena, &kept->records[kept->count++]);
    return true;
}

static void keep_all(const char *xml, struct kept *kept)
{
    *kept = (struct kept){.arena = arena_new(1 << 20)};
    struct aaf_reader *reader = aaf_reader_new(keep, kept);
    assert_true(aaf_reader_feed(reader, xml, strlen(xml)) && aaf_reader_end(reader));
    aaf_reader_free(&reader);
}

#define DOCUMENT(records) "<ficAlimMENESR>" records "</ficAlimMENESR>"
#define CATEGORY(code)                                                                                                 \
    "<operationalAttributes><attr name=\"categoriePersonne\"><value>" code "</value></attr></operationalAttributes>"
#define ID(id) "<identifier><id>" id "</id></identifier>"
#define ATTR(name, values) "<attr name=\"" name "\">" values "</attr>"
#define VALUE(text) "<value>" text "</value>"
#define ADD(attributes) "<addRequest>" CATEGORY("Eleve") ID("12") "<attributes>" attributes "</attributes></addRequest>"
#define NAMES ATTR("sn", VALUE("LE GOFF")) ATTR("givenName", VALUE("Maël"))
#define MODIFICATION(name, values) "<modification name=\"" name "\" operation=\"replace\">" values "</modification>"
#define MODIFICATIONS MODIFICATION("sn", VALUE("LE GOFF")) MODIFICATION("givenName", VALUE("Maël"))
#define MODIFY                                                                                                         \
    "<modifyRequest>" CATEGORY("Eleve") ID("12") "<modifications>" MODIFICATIONS "</modifications></modifyRequest>"

static void a_copy_says_what_the_record_said(void **state)
{
    (void)state;
    struct kept kept;
    keep_all(DOCUMENT(ADD(NAMES ATTR("mail", "<value/>")) "\n<deleteRequest>" CATEGORY("PersRelEleve")
                     ID("7") "</deleteRequest>"),
        &kept);
    assert_int_equal(kept.count, 2);
    const struct aaf_record *pupil = &kept.records[0];
    assert_int_equal(pupil->operation, AAF_ADD);
    assert_int_equal(pupil->category, AAF_PUPIL);
    assert_string_equal(pupil->id, "12");
    assert_int_equal(pupil->count, 3);
    assert_string_equal(aaf_record_text(pupil, AAF_NOM_2D), "LE GOFF");
    assert_string_equal(aaf_record_text(pupil, AAF_PRENOM_2D), "Maël");
    assert_string_equal(aaf_record_text(pupil, AAF_MAIL_2D), "");
    assert_null(aaf_record_text(pupil, AAF_MOBILE_2D));
    const struct aaf_record *guardian = &kept.records[1];
    assert_int_equal(guardian->operation, AAF_DELETE);
    assert_int_equal(guardian->category, AAF_GUARDIAN);
    assert_string_equal(guardian->id, "7");
    assert_int_equal(guardian->count, 0);
    assert_int_equal(guardian->line, 2);
    for (size_t i = 0; i < kept.count; i++) {
        unsigned char digest[RECORD_DIGEST_SIZE];
        aaf_record_digest(&kept.records[i], digest);
        assert_memory_equal(digest, kept.digests[i], sizeof digest);
    }
    arena_free(&kept.arena);
}

static void a_copy_that_has_no_room_is_empty(void **state)
{
    (void)state;
    struct kept kept;
    keep_all(DOCUMENT(ADD(NAMES)), &kept);
    struct arena *small = arena_new(16);
    struct aaf_record copy;
    aaf_record_copy(&kept.records[0], small, &copy);
    assert_true(arena_is_overflowed(small));
    assert_int_equal(copy.count, 0);
    assert_string_equal(copy.id, "");
    assert_false(aaf_record_has(&copy, AAF_NOM_2D));
    arena_free(&small);
    arena_free(&kept.arena);
}

static void an_empty_attribute_is_there_with_or_without_a_value(void **state)
{
    (void)state;
    struct kept kept;
    keep_all(DOCUMENT(ADD(ATTR("mail", "")) ADD(ATTR("mail", "<value/>")) ADD(ATTR("mail", VALUE("")))
                     ADD(ATTR("telephoneNumber", "")) ADD("")),
        &kept);
    for (size_t i = 0; i < 3; i++) {
        assert_true(aaf_record_has(&kept.records[i], AAF_MAIL_2D));
        assert_int_equal(kept.records[i].count, 1);
        assert_memory_equal(kept.digests[i], kept.digests[0], RECORD_DIGEST_SIZE);
    }
    for (size_t i = 3; i < 5; i++) {
        assert_false(aaf_record_has(&kept.records[i], AAF_MAIL_2D));
        assert_int_equal(kept.records[i].count, 0);
    }
    assert_memory_equal(kept.digests[3], kept.digests[4], RECORD_DIGEST_SIZE);
    assert_memory_not_equal(kept.digests[0], kept.digests[3], RECORD_DIGEST_SIZE);
    arena_free(&kept.arena);
}

static void what_says_the_same_has_the_same_digest(void **state)
{
    (void)state;
    static const char *const same[] = {
        DOCUMENT(ADD(NAMES)),
        DOCUMENT("\n\n" ADD(NAMES)),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFF")) ATTR("ENTEleveRegime", VALUE("EXTERNE LIBRE"))
                ATTR("givenName", VALUE("Ma&#235;l")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("<![CDATA[LE]]> GOFF")) ATTR("givenName", VALUE("Ma&euml;l")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFF")) ATTR("givenName", VALUE("Ma&amp;euml;l")))),
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>" DOCUMENT(
            ADD(ATTR("sn", VALUE("LE GOFF")) ATTR("givenName", VALUE("Ma\xEBl")))),
    };
    struct kept first;
    keep_all(same[0], &first);
    for (size_t i = 1; i < sizeof same / sizeof same[0]; i++) {
        struct kept kept;
        keep_all(same[i], &kept);
        if (kept.count != 1 || memcmp(kept.digests[0], first.digests[0], RECORD_DIGEST_SIZE) != 0) {
            fail_msg("another digest: %s", same[i]);
        }
        arena_free(&kept.arena);
    }
    arena_free(&first.arena);
}

static void what_says_anything_else_has_another_digest(void **state)
{
    (void)state;
    static const char *const others[] = {
        DOCUMENT(ADD(NAMES)),
        DOCUMENT(MODIFY),
        DOCUMENT("<addRequest>" CATEGORY("PersRelEleve") ID("12") "<attributes>" NAMES "</attributes></addRequest>"),
        DOCUMENT("<addRequest>" CATEGORY("Eleve") ID("13") "<attributes>" NAMES "</attributes></addRequest>"),
        DOCUMENT(ADD("")),
        DOCUMENT(ADD(ATTR("givenName", VALUE("Maël")) ATTR("sn", VALUE("LE GOFF")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFFM")) ATTR("givenName", VALUE("aël")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFF")) ATTR("ENTPersonPrenom", VALUE("Maël")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFF") VALUE("")) ATTR("givenName", VALUE("Maël")))),
        DOCUMENT(ADD(ATTR("sn", VALUE("LE GOFF ")) ATTR("givenName", VALUE("Maël")))),
        DOCUMENT(ADD(NAMES ATTR("mail", "<value/>"))),
        DOCUMENT(ADD(NAMES ATTR("mail", "<value/><value/>"))),
    };
    enum { COUNT = sizeof others / sizeof others[0] };
    unsigned char digests[COUNT][RECORD_DIGEST_SIZE];
    for (size_t i = 0; i < COUNT; i++) {
        struct kept kept;
        keep_all(others[i], &kept);
        assert_int_equal(kept.count, 1);
        memcpy(digests[i], kept.digests[0], RECORD_DIGEST_SIZE);
        arena_free(&kept.arena);
        for (size_t j = 0; j < i; j++) {
            if (memcmp(digests[i], digests[j], RECORD_DIGEST_SIZE) == 0) {
                fail_msg("the same digest: %s and %s", others[j], others[i]);
            }
        }
    }
}

/* The digest knows an attribute by a number that follows from its name. */
static void no_two_attributes_have_the_same_number(void **state)
{
    (void)state;
    unsigned char digests[AAF_ATTRIBUTE_COUNT][RECORD_DIGEST_SIZE];
    for (size_t i = 0; i < AAF_ATTRIBUTE_COUNT; i++) {
        char xml[600];
        struct kept kept;
        (void)snprintf(
            xml, sizeof xml, DOCUMENT(ADD(ATTR("%s", VALUE("x")))), aaf_attribute_name((enum aaf_attribute)i));
        keep_all(xml, &kept);
        memcpy(digests[i], kept.digests[0], RECORD_DIGEST_SIZE);
        arena_free(&kept.arena);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(digests[i], digests[j], RECORD_DIGEST_SIZE);
        }
    }
}

static void name_of_length(size_t length, struct kept *kept)
{
    char letters[AAF_VALUE_MAX + 100];
    char xml[sizeof letters + 300];
    assert_true(length % 2 == 1 && length < sizeof letters);
    letters[0] = 'x';
    for (size_t at = 1; at < length; at += 2) {
        memcpy(letters + at, "é", 2);
    }
    letters[length] = '\0';
    (void)snprintf(xml, sizeof xml, DOCUMENT(ADD(ATTR("sn", VALUE("%s")))), letters);
    keep_all(xml, kept);
}

static void a_text_that_is_cut_ends_with_a_whole_letter_and_is_not_that_text(void **state)
{
    (void)state;
    struct kept whole;
    struct kept cut;
    name_of_length(AAF_VALUE_MAX - 1, &whole);
    name_of_length(AAF_VALUE_MAX + 51, &cut);
    const struct aaf_value *value = &cut.records[0].values[0];
    assert_true(value->is_too_long);
    assert_false(whole.records[0].values[0].is_too_long);
    assert_string_equal(value->text, whole.records[0].values[0].text);
    assert_memory_not_equal(cut.digests[0], whole.digests[0], RECORD_DIGEST_SIZE);
    arena_free(&whole.arena);
    arena_free(&cut.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_says_what_the_record_said),
        cmocka_unit_test(a_copy_that_has_no_room_is_empty),
        cmocka_unit_test(an_empty_attribute_is_there_with_or_without_a_value),
        cmocka_unit_test(what_says_the_same_has_the_same_digest),
        cmocka_unit_test(what_says_anything_else_has_another_digest),
        cmocka_unit_test(no_two_attributes_have_the_same_number),
        cmocka_unit_test(a_text_that_is_cut_ends_with_a_whole_letter_and_is_not_that_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
