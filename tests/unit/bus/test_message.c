/* What is read from a peer, and what is not. */
#include "trial.h"

#include "bus/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Packs it, and reads it again; gives the name of what is wrong. */
static const char *read_again(Preau__Trial__TwiceRequest *message)
{
    static unsigned char bytes[1 << 20];
    size_t length = protobuf_c_message_get_packed_size(&message->base);
    assert_true(length <= sizeof bytes);
    protobuf_c_message_pack(&message->base, bytes);
    const char *wrong = NULL;
    ProtobufCMessage *read = message_read(&preau__trial__twice_request__descriptor, bytes, length, &wrong);
    assert_true((read == NULL) == (wrong != NULL));
    if (read) {
        protobuf_c_message_free_unpacked(read, NULL);
    }
    return wrong;
}

static const char *read_text(const char *text)
{
    char copy[80];
    snprintf(copy, sizeof copy, "%s", text);
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.text = copy;
    return read_again(&message);
}

static void texts_are_utf8_without_control_characters(void **state)
{
    (void)state;
    assert_null(read_text(""));
    assert_null(read_text("Élève d’été œuf €\nseconde ligne 🎒"));
    assert_string_equal(read_text("tab\t"), "text");
    assert_string_equal(read_text("return\r"), "text");
    assert_string_equal(read_text("escape \x1b[31m"), "text");
    assert_string_equal(read_text("delete \x7f"), "text");
    assert_string_equal(read_text("C1 \xc2\x9b"), "text");
    assert_string_equal(read_text("latin \xe9t\xe9"), "text");
    assert_string_equal(read_text("overlong \xc0\xaf"), "text");
    assert_string_equal(read_text("surrogate \xed\xa0\x80"), "text");
    assert_string_equal(read_text("cut \xe2\x82"), "text");
}

static void a_text_longer_than_64_kib_is_refused(void **state)
{
    (void)state;
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.text = malloc(65538);
    assert_non_null(message.text);
    memset(message.text, 'a', 65537);
    message.text[65536] = '\0';
    assert_null(read_again(&message));
    message.text[65536] = 'a';
    message.text[65537] = '\0';
    assert_string_equal(read_again(&message), "text");
    free(message.text);
}

static void a_nul_within_a_text_is_refused(void **state)
{
    (void)state;
    static const unsigned char bytes[] = {0x12, 3, 'a', 0, 'b'};          /* field 2, text */
    static const unsigned char inner[] = {0x32, 5, 0x0a, 3, 'a', 0, 'b'}; /* field 6, part; its field 1, text */
    static const unsigned char unknown[] = {0x92, 0x06, 3, 'a', 0, 'b'};  /* field 98: not ours to judge */
    const char *wrong = NULL;
    const ProtobufCMessageDescriptor *descriptor = &preau__trial__twice_request__descriptor;
    assert_null(message_read(descriptor, bytes, sizeof bytes, &wrong));
    assert_string_equal(wrong, "bytes");
    assert_null(message_read(descriptor, inner, sizeof inner, &wrong));
    ProtobufCMessage *read = message_read(descriptor, unknown, sizeof unknown, &wrong);
    assert_non_null(read);
    protobuf_c_message_free_unpacked(read, NULL);
}

static void enumerations_hold_declared_values_only(void **state)
{
    (void)state;
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.colour = PREAU__TRIAL__COLOUR__COLOUR_RED;
    assert_null(read_again(&message));
    message.colour = 77;
    assert_string_equal(read_again(&message), "colour");
    message.colour = PREAU__TRIAL__COLOUR__COLOUR_UNSPECIFIED;
    Preau__Trial__Colour colours[] = {PREAU__TRIAL__COLOUR__COLOUR_RED, (Preau__Trial__Colour)77};
    message.colours = colours;
    message.n_colours = 1;
    assert_null(read_again(&message));
    message.n_colours = 2;
    assert_string_equal(read_again(&message), "colours");
}

static void parts_and_lists_are_checked_too(void **state)
{
    (void)state;
    char good[] = "bon", bad[] = "\xff";
    char *texts[] = {good, bad};
    Preau__Trial__Part part = PREAU__TRIAL__PART__INIT, wrong_part = PREAU__TRIAL__PART__INIT;
    part.text = good;
    wrong_part.text = bad;
    Preau__Trial__Part *parts[] = {&part, &wrong_part};
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.texts = texts;
    message.parts = parts;
    message.n_texts = message.n_parts = 1;
    assert_null(read_again(&message));
    message.n_texts = 2;
    assert_string_equal(read_again(&message), "texts");
    message.n_texts = 1;
    message.n_parts = 2;
    assert_string_equal(read_again(&message), "parts");
}

static void only_the_chosen_member_of_a_oneof_is_looked_at(void **state)
{
    (void)state;
    char bad[] = "\xff";
    Preau__Trial__Part part = PREAU__TRIAL__PART__INIT;
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.choice_case = PREAU__TRIAL__TWICE_REQUEST__CHOICE_PART;
    message.part = &part;
    assert_null(read_again(&message));
    part.text = bad;
    assert_string_equal(read_again(&message), "part");
    message.choice_case = PREAU__TRIAL__TWICE_REQUEST__CHOICE_WORD;
    message.word = bad;
    assert_string_equal(read_again(&message), "word");
}

static void a_list_of_more_than_50000_is_refused(void **state)
{
    (void)state;
    static int64_t numbers[50001];
    Preau__Trial__TwiceRequest message = PREAU__TRIAL__TWICE_REQUEST__INIT;
    message.numbers = numbers;
    message.n_numbers = 50000;
    assert_null(read_again(&message));
    message.n_numbers = 50001;
    assert_string_equal(read_again(&message), "numbers");
}

static void no_bytes_whatever_bring_it_down(void **state)
{
    (void)state;
    srandom(1);
    unsigned read_count = 0;
    for (int round = 0; round < 200000; round++) {
        unsigned char bytes[64];
        size_t length = (size_t)random() % sizeof bytes;
        for (size_t i = 0; i < length; i++) {
            /* small numbers are field tags and lengths more often */
            bytes[i] = (unsigned char)(random() % (random() % 2 ? 256 : 80));
        }
        ProtobufCMessage *read = message_read(&preau__trial__twice_request__descriptor, bytes, length, NULL);
        if (read) {
            read_count++;
            protobuf_c_message_free_unpacked(read, NULL);
        }
    }
    assert_in_range(read_count, 1000, 199000);
}

static void a_text_that_ends_too_early_is_refused(void **state)
{
    (void)state;
    static const unsigned char whole[] = {0x08, 5, 0x12, 3, 'a', 'b', 'c'};
    for (size_t length = 0; length <= sizeof whole; length++) {
        ProtobufCMessage *read = message_read(&preau__trial__twice_request__descriptor, whole, length, NULL);
        bool is_at_end_of_a_field = length == 0 || length == 2 || length == sizeof whole;
        assert_true((read != NULL) == is_at_end_of_a_field);
        if (read) {
            protobuf_c_message_free_unpacked(read, NULL);
        }
    }
}

/* protobuf's fields are numbered from 1 to 2^29 - 1 */
static void field_numbers_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const unsigned char none[] = {0x00, 5}, none_written_long[] = {0x80, 0x00, 5},
                               last[] = {0xf8, 0xff, 0xff, 0xff, 0x0f, 5},
                               too_high[] = {0x80, 0x80, 0x80, 0x80, 0x10, 5};
    const struct {
        const unsigned char *bytes;
        size_t length;
        bool is_sound;
    } cases[] = {
        {none,              sizeof none,              false},
        {none_written_long, sizeof none_written_long, false},
        {last,              sizeof last,              true },
        {too_high,          sizeof too_high,          false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ProtobufCMessage *read =
            message_read(&preau__trial__twice_request__descriptor, cases[i].bytes, cases[i].length, NULL);
        assert_int_equal(read != NULL, cases[i].is_sound);
        if (read) {
            protobuf_c_message_free_unpacked(read, NULL);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_utf8_without_control_characters),
        cmocka_unit_test(a_text_longer_than_64_kib_is_refused),
        cmocka_unit_test(a_nul_within_a_text_is_refused),
        cmocka_unit_test(enumerations_hold_declared_values_only),
        cmocka_unit_test(parts_and_lists_are_checked_too),
        cmocka_unit_test(only_the_chosen_member_of_a_oneof_is_looked_at),
        cmocka_unit_test(a_list_of_more_than_50000_is_refused),
        cmocka_unit_test(a_text_that_ends_too_early_is_refused),
        cmocka_unit_test(field_numbers_that_cannot_be_are_refused),
        cmocka_unit_test(no_bytes_whatever_bring_it_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
