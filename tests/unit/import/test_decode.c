#include "unit.h"

#include "import/aaf_decode.h"

#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct taken {
    char text[4096];
    size_t length, before_note; /* how much was given before the note was there */
    struct aaf_decode *decode;
};

static bool take(void *arg, const char *bytes, size_t length)
{
    struct taken *taken = arg;
    if (aaf_decode_note(taken->decode) == REFUSAL_NONE) {
        taken->before_note = taken->length + length;
    }
    assert_true(taken->length + length < sizeof taken->text);
    memcpy(taken->text + taken->length, bytes, length);
    taken->length += length;
    taken->text[taken->length] = '\0';
    return true;
}

/* In pieces of `step` bytes; what the decoder said in the end. */
static bool decode_in_steps(const char *bytes, size_t length, size_t step, struct taken *taken, enum refusal *out_note)
{
    *taken = (struct taken){.decode = aaf_decode_new(take, taken)};
    bool goes_on = true;
    for (size_t at = 0; at < length && goes_on; at += step) {
        goes_on = aaf_decode_feed(taken->decode, bytes + at, at + step < length ? step : length - at);
    }
    goes_on = goes_on && aaf_decode_end(taken->decode);
    *out_note = aaf_decode_note(taken->decode);
    aaf_decode_free(&taken->decode);
    return goes_on;
}

#define DECLARED(encoding) "<?xml version=\"1.0\" encoding=\"" encoding "\"?>"
#define SINGLE_QUOTED "<?xml version='1.0' encoding = 'iso-8859-15' ?>"
#define BYTES(text) text, sizeof(text) - 1

struct reading {
    const char *bytes;
    size_t length;
    const char *text;
    enum refusal note;
};

static const struct reading readings[] = {
    {BYTES("<a>plain</a>"),                                           "<a>plain</a>",                          REFUSAL_NONE                 },
    {BYTES("<a>\xC3\xA9t\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80</a>"), "<a>été € 😀</a>",                 REFUSAL_NONE                 },
    {BYTES(DECLARED("UTF-8") "Bérangère"),                          DECLARED("UTF-8") "Bérangère",         REFUSAL_NONE                 },
    {BYTES(DECLARED("utf8") "Bérangère"),                           DECLARED("utf8") "Bérangère",          REFUSAL_NONE                 },
    {BYTES("\xEF\xBB\xBF<a>é</a>"),                                  "<a>é</a>",                             REFUSAL_NONE                 },
    {BYTES("\xEF\xBB\xBF" DECLARED("UTF-8") "é"),                    DECLARED("UTF-8") "é",                  REFUSAL_NONE                 },
    {BYTES(DECLARED("ISO-8859-1") "B\xE9r"),                          DECLARED("ISO-8859-1") "Bér",           REFUSAL_NONE                 },
    {BYTES(DECLARED("ISO-8859-15") "\xA4uro \xBD"),                   DECLARED("ISO-8859-15") "€uro œ",     REFUSAL_NONE                 },
    {BYTES(SINGLE_QUOTED "\xA4"),                                     SINGLE_QUOTED "€",                     REFUSAL_NONE                 },
    {BYTES(DECLARED("windows-1252") "\x80uro \x9C l\x92"
                                    "a"),
     DECLARED("windows-1252") "€uro œ l’a",                                                               REFUSAL_NONE                 },
    {BYTES(DECLARED("ISO-8859-2") "\xB1\xE9"),                        DECLARED("ISO-8859-2") "ąé",           REFUSAL_NONE                 },
    {BYTES(DECLARED("macintosh") "\x8E"),                             DECLARED("macintosh") "é",              REFUSAL_NONE                 },
    {BYTES("\xFF\xFE<\0a\0>\0\xE9\0\x3D\xD8\x00\xDE"),                "<a>é😀",                             REFUSAL_NONE                 },
    {BYTES("\xFE\xFF\0<\0a\0>\0\xE9"),                                "<a>é",                                 REFUSAL_NONE                 },
    {BYTES("<\0?\0x\0m\0l\0?\0>\0\xE9\0"),                            "<?xml?>é",                             REFUSAL_NONE                 },
    {BYTES("\0<\0?\0x\0m\0l\0?\0>\0\xE9"),                            "<?xml?>é",                             REFUSAL_NONE                 },
    {BYTES("\xFF\xFE\0\0<\0\0\0\xE9\0\0\0"),                          "<é",                                   REFUSAL_NONE                 },
    {BYTES("\0\0\xFE\xFF\0\0\0<\0\0\0\xE9"),                          "<é",                                   REFUSAL_NONE                 },
 /* contradictions */
    {BYTES(DECLARED("UTF-8") "B\xE9r"),                               DECLARED("UTF-8") "Bér",                REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("UTF-8") "\xC3\xA9 \xE9 \x80"),                   DECLARED("UTF-8") "é é €",           REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("US-ASCII") "\xE9"),                              DECLARED("US-ASCII") "é",               REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("US-ASCII") "\xC3\xA9"),                          DECLARED("US-ASCII") "é",               REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("ISO-8859-1") "é \xE9 é"),                      DECLARED("ISO-8859-1") "é é é",       REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("ISO-8859-15") "é \xA4"),                        DECLARED("ISO-8859-15") "é €",        REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("windows-1252") "é \x80"),                       DECLARED("windows-1252") "é €",       REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("ISO-8859-1") "l\x92"
                                  "a"),
     DECLARED("ISO-8859-1") "l’a",                                                                           REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("windows-1252") "\x81"),                          DECLARED("windows-1252") "\xEF\xBF\xBD", REFUSAL_ENCODING_CONTRADICTED},
    {BYTES(DECLARED("UTF-16") "é\xE9"),                              DECLARED("UTF-16") "éé",               REFUSAL_ENCODING_CONTRADICTED},
    {BYTES("\xEF\xBB\xBF" DECLARED("ISO-8859-1") "é"),               DECLARED("ISO-8859-1") "é",             REFUSAL_ENCODING_CONTRADICTED},
    {BYTES("<a>\xE9</a>"),                                            "<a>é</a>",                             REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<?xml version=\"1.0\"?>\x93 \xE9 \x94"),                  "<?xml version=\"1.0\"?>“ é ”",     REFUSAL_ENCODING_UNDECLARED  },
 /* letters that are none: cut short, too long, beyond the last, halves of UTF-16 */
    {BYTES("<a>\xE2\x82"),                                            "<a>â‚",                              REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<a>\xE2\x82x"),                                           "<a>â‚x",                             REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<a>\xC3\xC3\xA9"),                                        "<a>Ãé",                               REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<a>\xC0\xAF"),                                            "<a>À¯",                               REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<a>\xF4\x90\x80\x80"),                                    "<a>ô\xEF\xBF\xBD€€",               REFUSAL_ENCODING_UNDECLARED  },
    {BYTES("<a>\xED\xA0\x80"),                                        "<a>í\xC2\xA0€",                      REFUSAL_ENCODING_UNDECLARED  },
    {BYTES(""),                                                       "",                                      REFUSAL_NONE                 },
    {BYTES("<"),                                                      "<",                                     REFUSAL_NONE                 },
    {BYTES("<?xml"),                                                  "<?xml",                                 REFUSAL_NONE                 },
};

static void bytes_are_read_as_what_they_are_whatever_the_pieces(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        for (size_t step = 1; step <= readings[i].length + 1; step++) {
            struct taken taken;
            enum refusal note;
            if (!decode_in_steps(readings[i].bytes, readings[i].length, step, &taken, &note)) {
                fail_msg("reading %zu is refused in steps of %zu", i, step);
            }
            if (strcmp(taken.text, readings[i].text) != 0 || note != readings[i].note) {
                fail_msg("reading %zu in steps of %zu: %s, noted %s", i, step, taken.text, refusal_code(note));
            }
        }
    }
}

static void what_is_in_no_encoding_is_refused(void **state)
{
    (void)state;
    static const struct reading refused[] = {
        {BYTES(DECLARED("KLINGON") "a"),                NULL, REFUSAL_NONE},
        {BYTES(DECLARED("UTF-7") "a"),                  NULL, REFUSAL_NONE},
        {BYTES("\xEF\xBB\xBF" DECLARED("KLINGON") "a"), NULL, REFUSAL_NONE},
        {BYTES("\xFF\xFE<\0\x00\xD8<\0"),               NULL, REFUSAL_NONE}, /* half a pair */
        {BYTES("\xFF\xFE<\0a"),                         NULL, REFUSAL_NONE}, /* half a letter */
        {BYTES(DECLARED("ISO-8859-3") "\xA5"),          NULL, REFUSAL_NONE},
    };
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        for (size_t step = 1; step <= refused[i].length; step++) {
            struct taken taken;
            enum refusal note;
            if (decode_in_steps(refused[i].bytes, refused[i].length, step, &taken, &note)) {
                fail_msg("%zu is taken in steps of %zu: %s", i, step, taken.text);
            }
        }
    }
}

static void the_note_is_there_just_before_the_odd_letter(void **state)
{
    (void)state;
    static const char bytes[] = "<a>\n\xC3\xA9t\xC3\xA9\n\xE9\n\xE9";
    for (size_t step = 1; step <= sizeof bytes; step++) {
        struct taken taken;
        enum refusal note;
        assert_true(decode_in_steps(BYTES(bytes), step, &taken, &note));
        assert_int_equal(note, REFUSAL_ENCODING_UNDECLARED);
        assert_int_equal(taken.before_note, strlen("<a>\nété\n"));
    }
}

struct counted {
    const char *begin;
    size_t length, calls;
    bool is_lent; /* all that was given lay in the bytes that were fed */
};

static bool count(void *arg, const char *bytes, size_t length)
{
    struct counted *counted = arg;
    counted->is_lent = counted->is_lent && bytes == counted->begin + counted->length;
    counted->length += length;
    counted->calls++;
    return true;
}

static void sound_bytes_are_not_copied(void **state)
{
    (void)state;
    enum { SIZE = 1 << 16 };
    char *bytes = malloc(SIZE);
    assert_non_null(bytes);
    for (size_t at = 0; at < SIZE; at += 8) {
        memcpy(bytes + at, "abc é\nd.", 8);
        bytes[at + 7] = '.';
    }
    struct counted counted = {.begin = bytes};
    struct aaf_decode *decode = aaf_decode_new(count, &counted);
    assert_true(aaf_decode_feed(decode, bytes, 8)); /* the head, by which the encoding is told, is */
    counted.is_lent = true;
    assert_true(aaf_decode_feed(decode, bytes + 8, SIZE - 8));
    assert_true(counted.is_lent);
    assert_true(counted.calls <= 3);
    assert_int_equal(counted.length, SIZE);
    aaf_decode_free(&decode);
    free(bytes);
}

static bool refuse_all(void *arg, const char *bytes, size_t length)
{
    (void)bytes;
    (void)length;
    ++*(int *)arg;
    return false;
}

static void who_had_enough_is_given_no_more(void **state)
{
    (void)state;
    int calls = 0;
    struct aaf_decode *decode = aaf_decode_new(refuse_all, &calls);
    assert_false(aaf_decode_feed(decode, BYTES("<a>abc")));
    assert_false(aaf_decode_feed(decode, BYTES("abc")));
    assert_false(aaf_decode_end(decode));
    assert_int_equal(calls, 1);
    aaf_decode_free(&decode);
}

/* iconv's word for each byte; 0: it has none. */
static unsigned iconv_letter(iconv_t converter, unsigned char byte)
{
    char in[1] = {(char)byte};
    unsigned char bytes[2] = {0};
    char *from = in;
    char *to = (char *)bytes;
    size_t in_left = 1;
    size_t out_left = sizeof bytes;
    (void)iconv(converter, NULL, NULL, NULL, NULL);
    return iconv(converter, &from, &in_left, &to, &out_left) == (size_t)-1 ? 0 : bytes[0] | (unsigned)bytes[1] << 8;
}

static void the_tables_are_those_of_iconv(void **state)
{
    (void)state;
    iconv_t windows = iconv_open("UTF-16LE", "WINDOWS-1252");
    iconv_t latin = iconv_open("UTF-16LE", "ISO-8859-15");
    assert_true(windows != (iconv_t)-1 && latin != (iconv_t)-1);
    for (unsigned byte = 0x80; byte <= 0xFF; byte++) {
        unsigned letter = iconv_letter(windows, (unsigned char)byte);
        assert_int_equal(aaf_decode_windows_1252((unsigned char)byte), letter ? letter : 0xFFFD);
        if (byte >= 0xA0) {
            assert_int_equal(aaf_decode_latin_9((unsigned char)byte), iconv_letter(latin, (unsigned char)byte));
        }
    }
    (void)iconv_close(windows);
    (void)iconv_close(latin);
}

/* More than any of its buffers holds, by each of its ways. */
static void long_texts_come_whole(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        size_t head_length;
        const char *letter;
        size_t letter_length, written;
    } longs[] = {
        {BYTES(DECLARED("ISO-8859-1")), BYTES("\xE9"),     2},
        {BYTES(DECLARED("ISO-8859-2")), BYTES("\xB1"),     2},
        {BYTES("\xFF\xFE"),             BYTES("\xAC\x20"), 3},
        {BYTES(DECLARED("UTF-8")),      BYTES("é"),       2},
    };
    enum { LETTERS = 40000 };
    for (size_t i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        size_t length = longs[i].head_length + LETTERS * longs[i].letter_length;
        char *bytes = malloc(length);
        assert_non_null(bytes);
        memcpy(bytes, longs[i].head, longs[i].head_length);
        for (size_t at = longs[i].head_length; at < length; at += longs[i].letter_length) {
            memcpy(bytes + at, longs[i].letter, longs[i].letter_length);
        }
        struct counted counted = {0};
        struct aaf_decode *decode = aaf_decode_new(count, &counted);
        assert_true(aaf_decode_feed(decode, bytes, length) && aaf_decode_end(decode));
        size_t head = longs[i].head_length == 2 ? 0 : longs[i].head_length; /* a mark is no text */
        assert_int_equal(counted.length, head + LETTERS * longs[i].written);
        aaf_decode_free(&decode);
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_are_read_as_what_they_are_whatever_the_pieces),
        cmocka_unit_test(what_is_in_no_encoding_is_refused),
        cmocka_unit_test(the_note_is_there_just_before_the_odd_letter),
        cmocka_unit_test(sound_bytes_are_not_copied),
        cmocka_unit_test(who_had_enough_is_given_no_more),
        cmocka_unit_test(the_tables_are_those_of_iconv),
        cmocka_unit_test(long_texts_come_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
