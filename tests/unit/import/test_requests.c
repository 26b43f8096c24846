/* Requests that are known by their bytes are passed over: which must never be seen by anybody. */
#include "unit.h"

#include "import/aaf_cut.h"
#include "import/aaf_reader.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CATEGORY(code)                                                                                                 \
    "<operationalAttributes><attr name=\"categoriePersonne\"><value>" code "</value></attr></operationalAttributes>"
#define ID(id) "<identifier><id>" id "</id></identifier>"
#define ATTR(name, value) "<attr name=\"" name "\"><value>" value "</value></attr>"
#define PARTS(id, attributes) CATEGORY("Eleve") ID(id) "\n<attributes>" attributes "</attributes>"
#define PUPIL(id, attributes) "<addRequest>\n" PARTS(id, attributes) "</addRequest>\n"
#define GUARDIAN(id, attributes)                                                                                       \
    "<addRequest>" CATEGORY("PersRelEleve") ID(id) "<attributes>" attributes "</attributes></addRequest>"
#define NAMES(name) ATTR("ENTPersonStructRattach", "77") ATTR("sn", name) ATTR("givenName", "Maël")

/* --- cutting --- */

enum { PIECES_MAX = 20 };

struct pieces {
    char *bytes;
    size_t length;
    size_t requests[PIECES_MAX][2]; /* from, to */
    size_t count;
    size_t rests;
    int left; /* pieces to take before enough; negative: all */
};

static bool always(void *arg)
{
    (void)arg;
    return true;
}

static bool rest_take(void *arg, const char *bytes, size_t length)
{
    struct pieces *pieces = arg;
    pieces->rests++;
    memcpy(pieces->bytes + pieces->length, bytes, length);
    pieces->length += length;
    return true;
}

static bool request_take(void *arg, const char *bytes, size_t blank, size_t length)
{
    struct pieces *pieces = arg;
    assert_true(pieces->count < PIECES_MAX);
    pieces->requests[pieces->count][0] = pieces->length + blank;
    pieces->requests[pieces->count++][1] = pieces->length + length;
    return rest_take(arg, bytes, length) && --pieces->left != 0;
}

static bool cut_in_steps(const char *text, size_t step, struct pieces *pieces)
{
    struct aaf_cut *cut = aaf_cut_new(&(struct aaf_cut_handler){always, rest_take, request_take, pieces});
    size_t length = strlen(text);
    bool goes_on = true;
    pieces->length = 0;
    pieces->count = 0;
    for (size_t at = 0; at < length && goes_on; at += step) {
        goes_on = aaf_cut_feed(cut, text + at, at + step < length ? step : length - at);
    }
    goes_on = goes_on && aaf_cut_end(cut);
    aaf_cut_free(&cut);
    return goes_on;
}

static void a_file_is_cut_alike_whatever_the_pieces(void **state)
{
    (void)state;
    static const char text[] = "<root>\n<addRequest>q</addRequest> <addRequest a='b'\n/></addRequest><addRequests/>"
                               "<addRequest\n>qqq</addReques></addRequest>\n\n<addRequest>it ends here</addReq";
    struct pieces whole = {.bytes = malloc(sizeof text), .left = -1};
    struct pieces pieces = {.bytes = malloc(sizeof text), .left = -1};
    assert_true(whole.bytes && pieces.bytes && cut_in_steps(text, sizeof text, &whole));
    assert_int_equal(whole.count, 3);
    assert_memory_equal(text + whole.requests[0][0], "<addRequest>q</addRequest>", 26);
    for (size_t step = 1; step < sizeof text; step++) {
        assert_true(cut_in_steps(text, step, &pieces));
        assert_int_equal(pieces.length, sizeof text - 1);
        assert_memory_equal(pieces.bytes, text, sizeof text - 1);
        assert_int_equal(pieces.count, whole.count);
        assert_memory_equal(pieces.requests, whole.requests, whole.count * sizeof whole.requests[0]);
    }
    free(whole.bytes);
    free(pieces.bytes);
}

static void who_has_enough_is_given_no_more(void **state)
{
    (void)state;
    static const char text[] = "<addRequest>1</addRequest><addRequest>2</addRequest>";
    for (size_t step = 1; step < sizeof text; step++) {
        char bytes[sizeof text];
        struct pieces pieces = {.bytes = bytes, .left = 1};
        assert_false(cut_in_steps(text, step, &pieces));
        assert_int_equal(pieces.count, 1);
        assert_int_equal(pieces.length, (sizeof text - 1) / 2);
    }
}

/* As many as would each be looked through to no end: what is given is looked at about once. */
static void requests_without_an_end_cost_no_more_than_their_bytes(void **state)
{
    (void)state;
    static const char *const without[] = {"<addRequest />", "<addRequest></addRequest >", "<addRequest>q"};
    enum { BYTES = 8 << 20 };
    char *text = malloc(BYTES + 1);
    struct pieces pieces = {.bytes = malloc(BYTES), .left = -1};
    assert_true(text && pieces.bytes);
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        size_t length = strlen(without[i]);
        size_t used = 0;
        for (; used + length <= BYTES; used += length) {
            memcpy(text + used, without[i], length);
        }
        text[used] = '\0';
        pieces.rests = 0;
        assert_true(cut_in_steps(text, 100000, &pieces));
        assert_int_equal(pieces.length, used);
        assert_int_equal(pieces.count, 0);
        assert_true(pieces.rests < BYTES / 10000);
    }
    free(text);
    free(pieces.bytes);
}

/* Longer than any request: given as it comes, and what follows is cut again. */
static void a_huge_request_is_none(void **state)
{
    (void)state;
    enum { HUGE = 3 * AAF_REQUEST_MAX };
    static const char begin[] = "<addRequest>", end[] = "</addRequest>\n<addRequest>small</addRequest>";
    size_t size = sizeof begin + HUGE + sizeof end;
    char *text = malloc(size);
    struct pieces pieces = {.bytes = malloc(size), .left = -1};
    assert_true(text && pieces.bytes);
    memcpy(text, begin, sizeof begin - 1);
    memset(text + sizeof begin - 1, 'q', HUGE);
    memcpy(text + sizeof begin - 1 + HUGE, end, sizeof end);
    for (size_t step = 1000; step < size; step *= 7) {
        assert_true(cut_in_steps(text, step, &pieces));
        assert_int_equal(pieces.count, 1);
        assert_memory_equal(pieces.bytes + pieces.requests[0][0], "<addRequest>small</addRequest>", 30);
        assert_int_equal(pieces.length, strlen(text));
        assert_memory_equal(pieces.bytes, text, pieces.length);
    }
    free(text);
    free(pieces.bytes);
}

static void lines_are_counted(void **state)
{
    (void)state;
    static char bytes[40000];
    for (size_t length = 0; length < sizeof bytes; length = length * 3 / 2 + 1) {
        int64_t lines = 0;
        for (size_t i = 0; i < length; i++) {
            bytes[i] = i % 7 == 3 || length % 2 == 0 ? '\n' : 'q'; /* all of them, or some */
            lines += bytes[i] == '\n';
        }
        assert_int_equal(aaf_lines(bytes, length), lines);
    }
}

/* --- passing over --- */

enum { RECORDS_MAX = 16, TEXT_SIZE = 200 };

/* What a reading said, record by record. */
struct reading {
    char texts[RECORDS_MAX][TEXT_SIZE];
    unsigned char digests[RECORDS_MAX][RECORD_DIGEST_SIZE];
    bool has_digest[RECORDS_MAX];
    int64_t lines[RECORDS_MAX]; /* 0: passed over */
    size_t count, passed;
    const struct reading *known; /* what is in it is passed over, */
    unsigned known_mask;         /* as far as its bits say */
    bool is_sound;
    int64_t line;
    struct aaf_notes notes;
    struct aaf_unknown unknown; /* the first one */
};

/* Without the line: of who is passed over it is not told. */
static void text_of(char out_text[TEXT_SIZE], enum aaf_category category, const char *id, const char *structure)
{
    (void)snprintf(out_text, TEXT_SIZE, "%s %s at %s", aaf_category_code(category), id, structure ? structure : "");
}

static enum aaf_seen is_known(void *arg, const struct aaf_request *request)
{
    struct reading *reading = arg;
    for (size_t i = 0; reading->known && i < reading->known->count; i++) {
        if (reading->known->has_digest[i] && (reading->known_mask >> i & 1) != 0 &&
            memcmp(reading->known->digests[i], request->digest, sizeof request->digest) == 0) {
            assert_true(reading->count < RECORDS_MAX);
            text_of(reading->texts[reading->count++], request->category, request->id, request->structure);
            reading->passed++;
            return AAF_SEEN;
        }
    }
    return AAF_SEEN_NOT;
}

static bool keep(void *arg, const struct aaf_record *record)
{
    struct reading *reading = arg;
    assert_true(reading->count < RECORDS_MAX);
    size_t at = reading->count++;
    text_of(reading->texts[at], record->category, record->id,
        record->category == AAF_PUPIL ? aaf_record_text(record, AAF_STRUCTURE) : NULL);
    reading->has_digest[at] = record->has_request_digest;
    memcpy(reading->digests[at], record->request_digest, RECORD_DIGEST_SIZE);
    reading->lines[at] = record->line;
    return true;
}

static void read_in_steps(
    const char *xml, size_t step, const struct reading *known, unsigned known_mask, struct reading *out_reading)
{
    *out_reading = (struct reading){.known = known, .known_mask = known_mask};
    struct aaf_reader *reader = aaf_reader_new(keep, out_reading);
    aaf_reader_ask(reader, is_known);
    size_t length = strlen(xml);
    bool goes_on = true;
    for (size_t at = 0; at < length && goes_on; at += step) {
        goes_on = aaf_reader_feed(reader, xml + at, at + step < length ? step : length - at);
    }
    out_reading->is_sound = goes_on && aaf_reader_end(reader);
    out_reading->notes = *aaf_reader_notes(reader);
    if (out_reading->notes.unknown_count > 0) {
        out_reading->unknown = out_reading->notes.unknown[0];
    }
    out_reading->line = aaf_reader_line(reader);
    aaf_reader_free(&reader);
}

// clang-format off
/* `passed`: how many of `records` are passed over when they come again. */
static const struct {
    const char *xml;
    size_t records, passed;
} files[] = {
  /* as AAF writes it */
    {"<?xml version=\"1.0\"?>\n<!DOCTYPE ficAlimMENESR SYSTEM \"x\">\n<ficAlimMENESR>\n" PUPIL("1",   NAMES("A"))
            PUPIL("2",                             NAMES("B")) GUARDIAN("3",                              NAMES("C")) "\r\n" GUARDIAN("4", "") "</ficAlimMENESR>\n",
     4, 4},
    {"<ficAlimMENESR>" PUPIL("1",                                                                                              NAMES("&#201;L&amp;ODIE &lt;q&gt;")) "</ficAlimMENESR>",                                                                                                                                            1,                                                                                                                                                                       1                                                 },
    {"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><ficAlimMENESR>" PUPIL("1",                                                                                               ATTR("sn",                                                                    "\xC9lodie q"))
            PUPIL("1",                  ATTR("sn","\xC9lodie q")) "</ficAlimMENESR>",
     2, 2},
    {"<ficAlimMENESR><addRequest ><operationalAttributes>\t<attr name=\"categoriePersonne\" "
     ">\n<value>Eleve</value></attr>"
     "</operationalAttributes>" ID("1") "</addRequest></ficAlimMENESR>",
     1,                                                                                                                                            1                                                                                                                                                                                                },
 /* others' records, and what is no request to add */
    {"<ficAlimMENESR><addRequest>" CATEGORY("PersEducNat") ID("1") "</addRequest><deleteRequest>" CATEGORY("Eleve")
            ID("1") "</deleteRequest></ficAlimMENESR>",
     2, 0},
    {"<ficAlimMENESR><modifyRequest>" PARTS("1",                                                      NAMES("A")) "</modifyRequest></ficAlimMENESR>", 1,                                                     0                                                                                                                                                                                                                                },
 /* what the notes tell of must be told again */
    {"<ficAlimMENESR>" PUPIL("1",                                                                   NAMES("&eacute;")) PUPIL("2",                 NAMES("A")) "</ficAlimMENESR>",                                                     2,                                                                                                                                                                                                                                       1                                                                                                                                                          },
    {"<ficAlimMENESR>" PUPIL("1",                                                               NAMES("&amp;eacute;")) PUPIL("2",                 NAMES("A")) "</ficAlimMENESR>",                                                     2,                               1                                                                                                                                                                                                                                                                                                                                                                                },
    {"<ficAlimMENESR>" PUPIL("1",                                                                         ATTR("ENTEleveNouveau",                                "x")) PUPIL("2",                        NAMES("A")) "</ficAlimMENESR>",2,                                                                                                                                                                                                                                                                                                                                                                                                                                               1},
    {"<ficAlimMENESR>" PUPIL("2",                                                                     NAMES("A")) PUPIL("1",                          NAMES("\xE9")) "</ficAlimMENESR>",                     2, 2       },
 /* what is a request to the eye and none to a parser */
    {"<ficAlimMENESR><!--" PUPIL("1",                                                                 NAMES("A")) "-->" PUPIL("1",                    NAMES("A")) "</ficAlimMENESR>",                        1,                                                                                                                                                                                                                                       1},
    {"<ficAlimMENESR><!--<addRequest>" PARTS("1",                                                     "") "-->" PUPIL("2",                            "") "</ficAlimMENESR>",                                1,                               1},
    {"<ficAlimMENESR><![CDATA[" PUPIL("1",                                                            NAMES("A")) "]]>" PUPIL("2",                    NAMES("A")) "</ficAlimMENESR>",                        1,                               1},
    {"<ficAlimMENESR><?x " PUPIL("1",                                                                   NAMES("A")) "?>" PUPIL("1",                     NAMES("A")) "</ficAlimMENESR>",                        1,                               1                                                                                                                                                                                                                                      },
    {"<ficAlimMENESR><other>" PUPIL("1",                                                              NAMES("A")) "</other>" PUPIL("1",               NAMES("A")) "</ficAlimMENESR>",                        2, 1},
 /* what ends elsewhere than it seems */
    {"<ficAlimMENESR><addRequest>" PARTS("1",                                                         ATTR("sn",                                      "<![CDATA[</addRequest>]]>")) "</addRequest>" PUPIL(
         "2",                                                                                "") "</ficAlimMENESR>",
     2,                                                                                                                                                                                                         1},
    {"<ficAlimMENESR><addRequest>" PARTS("1",                                                                                               "<!-- </addRequest> -->") "</addRequest>" PUPIL(
         "2",                                                                                                       "") "</ficAlimMENESR>",
     2,                               1                                                                                                                                                                                                        },
    {"<ficAlimMENESR><addRequest>" PARTS("1",                                                                                               "") "</addRequest ><addRequest>" PARTS("1",                                                                                                       "") "</addRequest>" PUPIL(
         "2",                    "") "</ficAlimMENESR>",
     3,                                                                                                                                                                                                         1},
    {"<ficAlimMENESR><addRequest>" PARTS("1",                                                                                              "") "</addRequest >\n" PUPIL("1",                                                                                                                                            "") "</ficAlimMENESR>",                                                                                                                                                           2,                                                    0                                                                                                                                                                                                        },
    {"<ficAlimMENESR><addRequest/>" PUPIL("1", "") "</ficAlimMENESR>", 2, 1},
    {"<ficAlimMENESR><addRequest />" PUPIL("1", "") "</ficAlimMENESR>", 2, 0},
    {"<ficAlimMENESR><addRequest><addRequest>" PARTS("1",                                                                                               "") "</addRequest>" PARTS("2",                                                                                           "") "</addRequest>" PUPIL(
         "3",                     "") "</ficAlimMENESR>",
     2,                                                                                                                                                                                                                                                                                                                                                                                                                                                  1},
 /* what says otherwise than it seems */
    {"<ficAlimMENESR><addRequest><!--" PARTS("1",                                                                                              "") "-->" PARTS("2",                                                                                                                                            "") "</addRequest></ficAlimMENESR>",                                                                                                                                                       1,                   0                                                                                                                                                                                                                                                                                                                                                                                                                                                 },
    {"<ficAlimMENESR><addRequest>" CATEGORY("Eleve") CATEGORY("PersRelEleve") ID("1") "</addRequest></ficAlimMENESR>",
     1,                                                                                                                                            0                                                                                 },
    {"<ficAlimMENESR><addRequest>" CATEGORY("Eleve") ID("1") ID("2") "</addRequest></ficAlimMENESR>", 1,                                              0                                                    },
    {"<ficAlimMENESR>" PUPIL("1",                                                                      "<!-- " NAMES("A") "-->" ATTR("ENTPersonStructRattach",                                                                                                                   "78")) "</ficAlimMENESR>",                                                                                                                                                                                                      1,
     0},
    {"<ficAlimMENESR>" PUPIL("&#49;",                                                                                              "") "</ficAlimMENESR>",                                                                                                                                           1,                                                      0                                                                     },
    {"<ficAlimMENESR>" PUPIL("1",                                                                                               "<attr name='ENTPersonStructRattach'><value>78</value></attr>") "</ficAlimMENESR>",                                                                                                                                             1,
     0                                                                                                                                                                                                                                      },
 /* what is not sound, behind what is */
    {"<ficAlimMENESR>\n" PUPIL("1",                                                                                              NAMES("A")) PUPIL("2",                                                                                                                                            NAMES("B")) "\n\n</x>",                                                                                                                                                                     2,                                2},
    {"<ficAlimMENESR>\n" PUPIL("1",                                                                                              NAMES("A")) "<addRequest>" PARTS("2",                                                                                                                                            "<b></c>") "</addRequest>",                                                                                                                                                                     1,                                                                                                                                                                                                                                     1},
    {"<ficAlimMENESR>\n" PUPIL("1",                                                                                              NAMES("A")) "\n<addRequest>" PARTS("2",                                                                                                                                            ""),                                                                                                                                                                     1,1                                                                                                                                                                },
    {"<ficAlimMENESR>\n" PUPIL("1",                                                                                              NAMES("A")) "</ficAlimMENESR>" PUPIL("1",                                                                                                                                            NAMES("A")),                                                                                                              1,1},
};
// clang-format on

static void same_but_for_reading(const char *xml, const struct reading *first, const struct reading *again)
{
    if (again->is_sound != first->is_sound || again->line != first->line || again->count != first->count ||
        again->notes.encoding != first->notes.encoding || again->notes.encoding_line != first->notes.encoding_line ||
        again->notes.html_entity_line != first->notes.html_entity_line ||
        again->notes.unknown_count != first->notes.unknown_count || again->unknown.line != first->unknown.line ||
        again->unknown.count != first->unknown.count) {
        fail_msg("sound %d, %d; line %d, %d; %d records, %d: %s", first->is_sound, again->is_sound, (int)first->line,
            (int)again->line, (int)first->count, (int)again->count, xml);
    }
    for (size_t i = 0; i < first->count; i++) {
        assert_string_equal(again->texts[i], first->texts[i]);
        assert_true(again->lines[i] == 0 || again->lines[i] == first->lines[i]);
    }
}

static void what_is_passed_over_is_as_if_it_were_read(void **state)
{
    (void)state;
    static const size_t steps[] = {1, 2, 3, 5, 11, 64, 1 << 20};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct reading first;
        struct reading again;
        read_in_steps(files[i].xml, 1 << 20, NULL, 0, &first);
        for (unsigned mask = 1; mask < 1u << first.count; mask++) {
            read_in_steps(files[i].xml, steps[mask % (sizeof steps / sizeof steps[0])], &first, mask, &again);
            same_but_for_reading(files[i].xml, &first, &again);
        }
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            read_in_steps(files[i].xml, steps[s], &first, UINT_MAX, &again);
            same_but_for_reading(files[i].xml, &first, &again);
            if (first.count != files[i].records || again.passed != files[i].passed) {
                fail_msg("%d records, %d passed over, in steps of %d: %s", (int)first.count, (int)again.passed,
                    (int)steps[s], files[i].xml);
            }
        }
    }
}

/* Each letter that changes makes it another one: or the request is not what it was. */
static void any_other_byte_is_another_request(void **state)
{
    (void)state;
    static const char xml[] = "<ficAlimMENESR>" PUPIL("1", NAMES("A")) "</ficAlimMENESR>";
    struct reading first;
    read_in_steps(xml, sizeof xml, NULL, 0, &first);
    assert_true(first.has_digest[0]);
    size_t begin = (size_t)(strstr(xml, "<addRequest>") - xml);
    size_t end = (size_t)(strstr(xml, "</addRequest>") - xml) + strlen("</addRequest>");
    for (size_t at = begin; at < end; at++) {
        char other[sizeof xml];
        struct reading again;
        memcpy(other, xml, sizeof xml);
        other[at] ^= 1;
        read_in_steps(other, sizeof other, &first, UINT_MAX, &again);
        assert_int_equal(again.passed, 0);
    }
}

static enum aaf_seen enough(void *arg, const struct aaf_request *request)
{
    (void)request;
    (*(int *)arg)++;
    return AAF_SEEN_STOP;
}

static bool unasked(void *arg, const struct aaf_record *record)
{
    (void)arg;
    (void)record;
    fail_msg("read after all");
    return true;
}

static void who_is_asked_may_have_enough(void **state)
{
    (void)state;
    static const char xml[] = "<ficAlimMENESR>\n" PUPIL("1", NAMES("A")) PUPIL("2", NAMES("A")) "</ficAlimMENESR>";
    int asked = 0;
    struct aaf_reader *reader = aaf_reader_new(unasked, &asked);
    aaf_reader_ask(reader, enough);
    assert_false(aaf_reader_feed(reader, xml, strlen(xml)));
    assert_false(aaf_reader_end(reader));
    assert_true(aaf_reader_is_stopped(reader));
    assert_int_equal(asked, 1);
    aaf_reader_free(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_cut_alike_whatever_the_pieces),
        cmocka_unit_test(who_has_enough_is_given_no_more),
        cmocka_unit_test(requests_without_an_end_cost_no_more_than_their_bytes),
        cmocka_unit_test(a_huge_request_is_none),
        cmocka_unit_test(lines_are_counted),
        cmocka_unit_test(what_is_passed_over_is_as_if_it_were_read),
        cmocka_unit_test(any_other_byte_is_another_request),
        cmocka_unit_test(who_is_asked_may_have_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
