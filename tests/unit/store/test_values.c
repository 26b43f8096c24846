// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "store/parameters.h"
#include "store/rows_result.h"
#include "store/value_text.h"

#include <stdio.h>
#include <string.h>

/* --- parameters --- */

static struct parameters parameters;

static int parameters_made(void **state)
{
    (void)state;
    parameters_init(&parameters);
    return 0;
}

static int parameters_cleared(void **state)
{
    (void)state;
    parameters_clear(&parameters);
    return 0;
}

static void values_are_written_as_postgresql_reads_them(void **state)
{
    (void)state;
    parameters_text(&parameters, "l'été");
    parameters_int64(&parameters, -5);
    parameters_bool(&parameters, false);
    parameters_bytes(&parameters, "\x01\xfe", 2);
    parameters_instant(&parameters, (struct instant){1788251400000001});
    parameters_date(&parameters, &(struct date){2026, 9, 1});
    parameters_duration(&parameters, SECONDS(90));
    static const char *const wanted[] = {
        "l'été", "-5", "f", "\\x01fe", "2026-09-01 08:30:00.000001+00", "2026-09-01", "90000000 microseconds"};
    for (int i = 0; i < parameters.count; i++) {
        assert_string_equal(parameters.values[i], wanted[i]);
    }
    assert_int_equal(parameters.count, sizeof wanted / sizeof wanted[0]);
}

static void what_is_not_there_is_null(void **state)
{
    (void)state;
    parameters_null(&parameters);
    parameters_text(&parameters, NULL);
    parameters_date(&parameters, NULL);
    parameters_instant(&parameters, INSTANT_NEVER);
    for (int i = 0; i < 4; i++) {
        assert_null(parameters.values[i]);
    }
}

static void members_of_arrays_are_quoted_and_null_is_told_from_its_word(void **state)
{
    (void)state;
    static const char *const texts[] = {"a\"b", "c\\d", NULL, "NULL", "", "e,{f}"};
    parameters_text_array(&parameters, texts, 6);
    parameters_text_array(&parameters, NULL, 0);
    parameters_int64_array(&parameters, (const int64_t[]){INT64_MIN, 0, INT64_MAX}, 3);
    assert_string_equal(parameters.values[0], "{\"a\\\"b\",\"c\\\\d\",NULL,\"NULL\",\"\",\"e,{f}\"}");
    assert_string_equal(parameters.values[1], "{}");
    assert_string_equal(parameters.values[2], "{-9223372036854775808,0,9223372036854775807}");
}

static void a_copy_outlives_its_original(void **state)
{
    (void)state;
    struct parameters copy;
    parameters_text(&parameters, "kept");
    parameters_null(&parameters);
    parameters_copy(&copy, &parameters);
    parameters_clear(&parameters);
    assert_int_equal(copy.count, 2);
    assert_string_equal(copy.values[0], "kept");
    assert_null(copy.values[1]);
    parameters_clear(&copy);
}

/* --- rows --- */

static struct rows *rows_of(const char *const *values, int count)
{
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    PGresAttDesc columns[] = {{.name = (char *)(uintptr_t) "first"}, {.name = (char *)(uintptr_t) "second"}};
    assert_true(PQsetResultAttrs(result, 2, columns));
    for (int i = 0; i < count; i++) {
        const char *value = values[i];
        int length = value ? (int)strlen(value) : -1;
        assert_true(PQsetvalue(result, i / 2, i % 2, (char *)(uintptr_t)value, length));
    }
    return rows_take(result);
}

static void columns_are_found_by_name(void **state)
{
    (void)state;
    struct rows *rows = rows_of((const char *const[]){"1", "x", "-9223372036854775808", NULL}, 4);
    assert_int_equal(rows_count(rows), 2);
    assert_int_equal(row_int64(rows, 0, "first"), 1);
    assert_string_equal(row_text(rows, 0, "second"), "x");
    assert_true(row_int64(rows, 1, "first") == INT64_MIN);
    assert_true(row_is_null(rows, 1, "second"));
    assert_string_equal(row_text(rows, 1, "second"), "");
    rows_free(&rows);
    assert_null(rows);
}

/* --- texts --- */

static void instants_are_read_whatever_the_number_of_decimals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"2026-09-01 08:30:00+00",        1788251400000000},
        {"2026-09-01 08:30:00.1+00",      1788251400100000},
        {"2026-09-01 08:30:00.000001+00", 1788251400000001},
        {"1969-12-31 23:59:59.5+00",      -500000         },
        {"",                              0               },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(instant_read(cases[i].text).us == cases[i].us);
    }
}

static void instants_and_bytes_come_back(void **state)
{
    (void)state;
    char text[INSTANT_TEXT_SIZE];
    struct instant before_epoch = {-1};
    instant_write(before_epoch, text);
    assert_string_equal(text, "1969-12-31 23:59:59.999999+00");
    assert_true(instant_read(text).us == -1);
    char hexadecimal[2 * 3 + 3];
    unsigned char bytes[2];
    bytes_write("\x00\xab\xff", 3, hexadecimal);
    assert_string_equal(hexadecimal, "\\x00abff");
    assert_int_equal(bytes_read(hexadecimal, bytes, sizeof bytes), 3); /* told, not written */
    assert_memory_equal(bytes, "\x00\xab", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            values_are_written_as_postgresql_reads_them, parameters_made, parameters_cleared),
        cmocka_unit_test_setup_teardown(what_is_not_there_is_null, parameters_made, parameters_cleared),
        cmocka_unit_test_setup_teardown(
            members_of_arrays_are_quoted_and_null_is_told_from_its_word, parameters_made, parameters_cleared),
        cmocka_unit_test_setup_teardown(a_copy_outlives_its_original, parameters_made, parameters_cleared),
        cmocka_unit_test(columns_are_found_by_name),
        cmocka_unit_test(instants_are_read_whatever_the_number_of_decimals),
        cmocka_unit_test(instants_and_bytes_come_back),
    };
    return cmocka_run_group_tests_name("store values", tests, NULL, NULL);
}
