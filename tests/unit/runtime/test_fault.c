/* Faults, arenas, secrets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/arena.h"
#include "runtime/cleanup.h"
#include "runtime/fault.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_fault_says_what_and_where(void **state)
{
    (void)state;
    struct fault fault;
    assert_false(fault_set(&fault, FAULT_PEER, "answer %d", 5));
    int line = __LINE__ - 1;
    assert_string_equal(fault.text, "answer 5");
    assert_string_equal(fault.file, "test_fault.c");
    assert_int_equal(fault.line, line);
    assert_int_equal(fault.code, FAULT_PEER);
    assert_false(fault.outcome_unknown);
    assert_string_equal(fault.hint, "");
}

static void a_fault_gains_context_on_its_way_up(void **state)
{
    (void)state;
    struct fault fault;
    (void)fault_set(&fault, FAULT_IO, "disk full");
    assert_false(fault_add(&fault, "batch %d", 12));
    assert_false(fault_hint(&fault, "Free some %s.", "space"));
    assert_string_equal(fault.text, "batch 12: disk full");
    assert_string_equal(fault.hint, "Free some space.");
}

static void a_fault_of_the_system_keeps_its_number(void **state)
{
    (void)state;
    struct fault fault;
    errno = ENOENT;
    (void)fault_from_errno(&fault, FAULT_IO, "open %s", "/x");
    assert_string_equal(fault.text, "open /x: No such file or directory");
    assert_int_equal(fault.os_error, ENOENT);
}

static void a_long_fault_is_cut_and_not_more(void **state)
{
    (void)state;
    struct fault fault;
    char longest[600];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    (void)fault_set(&fault, FAULT_IO, "%s", longest);
    assert_int_equal(strlen(fault.text), sizeof fault.text - 1);
    (void)fault_add(&fault, "above");
    assert_int_equal(strlen(fault.text), sizeof fault.text - 1);
    assert_memory_equal(fault.text, "above: xxx", 10);
    (void)fault_add(&fault, "%.238s", longest);
    assert_int_equal(strlen(fault.text), 238);
}

static void nobody_need_want_the_fault(void **state)
{
    (void)state;
    assert_false(fault_set(NULL, FAULT_IO, "x"));
    assert_false(fault_add(NULL, "x"));
    assert_false(fault_hint(NULL, "x"));
}

static void every_code_has_a_name(void **state)
{
    (void)state;
    for (int i = 0; i < FAULT_CODE_COUNT; i++)
        assert_true(strlen(fault_code_name((enum fault_code)i)) > 1);
}

static void an_arena_gives_zeroed_aligned_pieces(void **state)
{
    (void)state;
    _cleanup_(arena_free) struct arena *arena = arena_new(1 << 20);
    for (size_t i = 1; i < 2000; i++) {
        unsigned char *piece = arena_alloc(arena, 1, i % 97 + 1);
        assert_non_null(piece);
        assert_int_equal((uintptr_t)piece % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < i % 97 + 1; j++)
            assert_int_equal(piece[j], 0);
        memset(piece, 0xFF, i % 97 + 1);
    }
    assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
    assert_string_equal(arena_copy(arena, "été"), "été");
    assert_false(arena_is_overflowed(arena));
}

static void an_arena_refuses_what_passes_its_limit_until_it_is_reset(void **state)
{
    (void)state;
    _cleanup_(arena_free) struct arena *arena = arena_new(100);
    assert_non_null(arena_alloc(arena, 10, 8));
    assert_null(arena_alloc(arena, 10, 8));
    assert_true(arena_is_overflowed(arena));
    assert_string_equal(arena_copy(arena, "a text that is too long for what is left"), "");
    assert_string_equal(arena_copy(arena, "short"), "short");
    assert_true(arena_is_overflowed(arena));
    arena_reset(arena);
    assert_false(arena_is_overflowed(arena));
    assert_int_equal(arena_used(arena), 0);
    assert_non_null(arena_alloc(arena, 100, 1));
    assert_null(arena_alloc(arena, SIZE_MAX / 2, 3));
}

static void a_secret_arena_is_wiped_when_reset(void **state)
{
    (void)state;
    _cleanup_(arena_free) struct arena *arena = arena_new_secret(1 << 20);
    const char *secret = arena_copy(arena, "S3cret!");
    for (int i = 0; i < 1000; i++)
        (void)arena_copy(arena, "so many pieces that several chunks are taken from the heap");
    arena_reset(arena);
    /* the first chunk stays with the arena: looking is allowed */
    assert_int_equal(secret[0], 0);
    assert_int_equal(secret[6], 0);
}

static void taking_leaves_nothing_behind(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *mine = checked_strdup("x");
    _cleanup_(memory_free) char *yours = TAKE(mine);
    assert_null(mine);
    assert_string_equal(yours, "x");
}

static void write_file(const char *path, const char *text, mode_t mode)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void a_secret_file_must_be_private(void **state)
{
    (void)state;
    char directory[] = "/tmp/preau-test-XXXXXX";
    assert_non_null(mkdtemp(directory));
    _cleanup_(memory_free) char *path = checked_printf("%s/key", directory);
    write_file(path, "geheim\n", 0604);
    struct fault fault;
    _cleanup_(secret_free) struct secret *secret = NULL;
    assert_false(secret_read_file(path, &secret, &fault));
    assert_non_null(strstr(fault.text, "open to everybody"));
    assert_non_null(strstr(fault.hint, "chmod"));
    assert_int_equal(chmod(path, 0600), 0);
    assert_true(secret_read_file(path, &secret, &fault));
    assert_string_equal(secret_text(secret), "geheim");
    assert_int_equal(secret_length(secret), 6);
    assert_int_equal(unlink(path), 0);
    struct secret *none = NULL;
    assert_false(secret_read_file(path, &none, &fault));
    assert_int_equal(fault.os_error, ENOENT);
    assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fault_says_what_and_where),
        cmocka_unit_test(a_fault_gains_context_on_its_way_up),
        cmocka_unit_test(a_fault_of_the_system_keeps_its_number),
        cmocka_unit_test(a_long_fault_is_cut_and_not_more),
        cmocka_unit_test(nobody_need_want_the_fault),
        cmocka_unit_test(every_code_has_a_name),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_pieces),
        cmocka_unit_test(an_arena_refuses_what_passes_its_limit_until_it_is_reset),
        cmocka_unit_test(a_secret_arena_is_wiped_when_reset),
        cmocka_unit_test(taking_leaves_nothing_behind),
        cmocka_unit_test(a_secret_file_must_be_private),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
