/* How old a key is: what its file says, or else when it was written, unless systemd wrote it a moment ago. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/key_file.h"
#include "runtime/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\n"

static char directory[] = "/tmp/preau-keys-XXXXXX";

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    return rmdir(directory);
}

/* Of the first of June 2024, whatever the text says. */
static char *file_of(const char *name, const char *text)
{
    char *path = checked_printf("%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    const struct timespec times[] = {{.tv_sec = 1717200000}, {.tv_sec = 1717200000}};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    return path;
}

static void file_forget(char **path)
{
    assert_int_equal(unlink(*path), 0);
    memory_free(path);
}

static void expect(struct instant instant, const char *text)
{
    char said[CLOCK_TEXT_SIZE];
    clock_format(instant, said);
    assert_string_equal(said, text);
}

static void a_key_says_when_it_was_made(void **state)
{
    (void)state;
    _cleanup_(file_forget) char *dated = file_of("dated", DIGITS "2025-03-04T05:06:07Z\n");
    _cleanup_(file_forget) char *bare = file_of("bare", DIGITS);
    _cleanup_(file_forget) char *other = file_of("other", DIGITS "by hand\n");
    expect(key_file_written(dated), "2025-03-04T05:06:07.000Z");
    expect(key_file_written(bare), "2024-06-01T00:00:00.000Z");
    expect(key_file_written(other), "2024-06-01T00:00:00.000Z");
    assert_false(instant_is_set(key_file_written("/nonexistent")));
    assert_false(instant_is_set(key_file_written("")));
}

static void what_systemd_copied_has_no_time_of_its_own(void **state)
{
    (void)state;
    _cleanup_(file_forget) char *old = file_of("keys_sealing-1.key", DIGITS);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", directory, 1), 0);
    assert_false(instant_is_set(key_file_newest(directory, "sealing")));
    _cleanup_(file_forget) char *dated = file_of("keys_sealing-2.key", DIGITS "2025-03-04T05:06:07Z\n");
    _cleanup_(file_forget) char *next = file_of("keys_sealing-3.next.key", DIGITS "2026-03-04T05:06:07Z\n");
    expect(key_file_newest(directory, "sealing"), "2025-03-04T05:06:07.000Z");
    assert_false(instant_is_set(key_file_newest(directory, "tokens")));
    assert_int_equal(unsetenv("CREDENTIALS_DIRECTORY"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_says_when_it_was_made),
        cmocka_unit_test(what_systemd_copied_has_no_time_of_its_own),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
