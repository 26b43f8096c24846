/* The folder of keys: what is taken, what is refused and how that is told. */
#include "ring.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define OTHER_DIGITS "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define RING_TEST(name) cmocka_unit_test_setup_teardown(name, ring_setup, ring_teardown)

static void the_newest_writes_and_all_read(void **state)
{
    struct ring *ring = *state;
    uint32_t number = 0;
    assert_int_equal(ring_generate(ring, KEY_SEALING), 2);
    assert_int_equal(ring_generate(ring, KEY_SEALING), 3);
    ring_write(ring, "sealing-10.key", DIGITS "\n", 0600); /* a number, not a text: 10 comes after 3 */
    ring_load(ring);
    const unsigned char *newest = key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 10);
    assert_int_equal(newest[31], 0x1f);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_non_null(key_numbered(ring->keys, KEY_SEALING, i));
    }
    assert_null(key_numbered(ring->keys, KEY_SEALING, 4));
    assert_null(key_numbered(ring->keys, KEY_SEALING, 0));
    assert_null(key_numbered(ring->keys, KEY_TOKENS, 2)); /* another purpose */
    key_newest(ring->keys, KEY_TOKENS, &number);
    assert_int_equal(number, 1);
    assert_int_equal(ring_generate(ring, KEY_SEALING), 11);
}

static void a_new_key_is_for_its_owner_only_and_no_other_one(void **state)
{
    struct ring *ring = *state;
    struct stat status;
    char path[128];
    ring_generate(ring, KEY_TOKENS);
    ring_load(ring);
    snprintf(path, sizeof path, "%s/tokens-2.key", ring->directory);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0600);
    assert_memory_not_equal(key_numbered(ring->keys, KEY_TOKENS, 1), key_numbered(ring->keys, KEY_TOKENS, 2), KEY_SIZE);
}

/* Daemons under several accounts share a folder by its group, which its keys then have. */
static void a_new_key_in_a_groups_own_folder_is_for_that_group(void **state)
{
    static const struct {
        mode_t folder, key;
    } rows[] = {
        {02750, 0640},
        {02770, 0640},
        {02700, 0600},
        {0750,  0600},
        {02701, 0600}
    };
    struct ring *ring = *state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct stat status;
        char path[128];
        assert_int_equal(chmod(ring->directory, rows[i].folder), 0);
        snprintf(path, sizeof path, "%s/tokens-%u.key", ring->directory, ring_generate(ring, KEY_TOKENS));
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 07777, rows[i].key);
    }
}

static void what_a_killed_generation_left_is_no_hindrance(void **state)
{
    struct ring *ring = *state;
    char path[128];
    ring_write(ring, "tokens-2.key~", "0011", 0600);
    ring_load(ring);
    assert_int_equal(ring_generate(ring, KEY_TOKENS), 2);
    ring_load(ring);
    snprintf(path, sizeof path, "%s/tokens-2.key~", ring->directory);
    assert_int_equal(access(path, F_OK), -1);
}

static void keys_that_others_may_read_or_write_are_refused(void **state)
{
    struct ring *ring = *state;
    static const mode_t refused[] = {0644, 0604, 0602, 0601, 0660, 0620}, taken[] = {0600, 0640, 0400, 0440};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        ring_write(ring, "sealing-2.key", DIGITS "\n", refused[i]);
        ring_expect_problem(ring, "sealing-2.key: others may");
    }
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        ring_remove(ring, "sealing-2.key");
        ring_write(ring, "sealing-2.key", DIGITS "\n", taken[i]);
        ring_load(ring);
    }
}

static void what_is_no_key_is_refused(void **state)
{
    struct ring *ring = *state;
    static const char *const texts[] = {"", "\n", "00", DIGITS "00", "g" DIGITS, " " DIGITS,
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1", DIGITS " comment"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ring_write(ring, "sealing-2.key", texts[i], 0600);
        ring_expect_problem(ring, "sealing-2.key: not a key");
    }
    ring_write(ring, "sealing-2.key", DIGITS, 0600); /* without its end of line */
    ring_load(ring);
    ring_write(ring, "sealing-2.key", DIGITS "\r\n", 0600);
    ring_load(ring);
}

static void other_files_of_the_folder_are_left_alone(void **state)
{
    struct ring *ring = *state;
    static const char *const names[] = {"README", "sealing-2.key~", "sealing-2", "sealing-0.key", "sealing-02.key",
        "sealing--2.key", "sealing-2x.key", "sealing-4294967296.key", "sealing-99999999999999999999.key", "seal-2.key"};
    uint32_t number = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ring_write(ring, names[i], "no key", 0666);
    }
    ring_load(ring);
    key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 1);
    assert_int_equal(ring_generate(ring, KEY_SEALING), 2);
}

static void one_key_of_each_purpose_must_be_there(void **state)
{
    struct ring *ring = *state;
    ring_remove(ring, "tokens-1.key");
    ring_expect_problem(ring, "no tokens-*.key");
    ring_remove(ring, "sealing-1.key");
    ring_expect_problem(ring, "no sealing-*.key");
    struct ring nowhere = {.directory = "/nowhere"};
    ring_expect_problem(&nowhere, "/nowhere: No such file");
    char problem[128] = "";
    uint32_t number = 0;
    assert_false(key_generate("/nowhere", KEY_TOKENS, KEY_WRITES, &number, problem, sizeof problem));
    assert_string_equal(problem, "/nowhere: No such file or directory");
}

static void more_keys_than_room_are_told(void **state)
{
    struct ring *ring = *state;
    for (int i = 2; i <= 63; i++) { /* with the one of tokens, 64 */
        ring_generate(ring, KEY_SEALING);
    }
    ring_load(ring);
    ring_generate(ring, KEY_SEALING);
    ring_expect_problem(ring, "too many keys");
}

static void the_last_number_has_no_next(void **state)
{
    struct ring *ring = *state;
    char problem[256] = "";
    uint32_t number = 0;
    ring_write(ring, "tokens-4294967295.key", DIGITS, 0600);
    ring_load(ring);
    key_newest(ring->keys, KEY_TOKENS, &number);
    assert_int_equal(number, UINT32_MAX);
    assert_false(key_generate(ring->directory, KEY_TOKENS, KEY_WRITES, &number, problem, sizeof problem));
    assert_non_null(strstr(problem, "no number is left"));
}

static void the_next_key_reads_until_it_is_promoted(void **state)
{
    struct ring *ring = *state;
    uint32_t number = 0;
    struct key_shown shown[KEYS_MAX];
    assert_int_equal(ring_generate_next(ring, KEY_SEALING), 2);
    ring_load(ring);
    key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 1);
    assert_non_null(key_numbered(ring->keys, KEY_SEALING, 2));
    assert_int_equal(key_ring_show(ring->keys, shown), 3);
    assert_true(shown[0].number == 1 && shown[0].is_newest && shown[1].number == 2 && shown[1].use == KEY_NEXT);
    assert_int_equal(ring_promote(ring, KEY_SEALING), 2);
    ring_load(ring);
    key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 2);
    assert_non_null(key_numbered(ring->keys, KEY_SEALING, 1));
    assert_int_equal(key_ring_show(ring->keys, shown), 3);
    assert_true(!shown[0].is_newest && shown[1].is_newest && shown[1].use == KEY_WRITES);
    assert_int_equal(shown[2].purpose, KEY_TOKENS);
}

/* As systemd lays it out for a daemon, beside other things that it gives. */
static void a_folder_that_systemd_gives_is_a_ring(void **state)
{
    struct ring *ring = *state;
    uint32_t number = 0;
    ring_remove(ring, "sealing-1.key");
    ring_remove(ring, "tokens-1.key");
    ring_write(ring, "keys_sealing-1.key", DIGITS "\n", 0400);
    ring_write(ring, "keys_sealing-2.key", OTHER_DIGITS "\n2026-11-29T08:20:00Z\n", 0440);
    ring_write(ring, "keys_tokens-1.key", DIGITS "\n", 0400);
    ring_write(ring, "keys_tokens-2.next.key", OTHER_DIGITS "\n", 0400);
    ring_write(ring, "secret_sealing-9.key", "of another", 0400);
    ring_load(ring);
    key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 2);
    key_newest(ring->keys, KEY_TOKENS, &number);
    assert_int_equal(number, 1);
    assert_non_null(key_numbered(ring->keys, KEY_TOKENS, 2));
    assert_null(key_numbered(ring->keys, KEY_SEALING, 9));
}

/* A copy has times of its own: the alert on old keys reads this one. */
static void a_new_key_says_when_it_was_made(void **state)
{
    struct ring *ring = *state;
    char path[128], text[128] = "";
    snprintf(path, sizeof path, "%s/tokens-%u.key", ring->directory, ring_generate(ring, KEY_TOKENS));
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    assert_int_equal(fclose(file), 0);
    assert_int_equal(text[64], '\n');
    int year = 0, end = 0;
    assert_int_equal(sscanf(text + 65, "%4d-%*2d-%*2dT%*2d:%*2d:%*2dZ%n", &year, &end), 1);
    assert_true(year > 2000 && strcmp(text + 65 + end, "\n") == 0);
    ring_load(ring);
}

static void one_next_key_is_enough(void **state)
{
    struct ring *ring = *state;
    char problem[256] = "";
    uint32_t number = 0;
    assert_false(key_promote(ring->directory, KEY_TOKENS, &number, problem, sizeof problem));
    assert_non_null(strstr(problem, "no next key"));
    ring_generate_next(ring, KEY_TOKENS);
    assert_false(key_generate(ring->directory, KEY_TOKENS, KEY_NEXT, &number, problem, sizeof problem));
    assert_non_null(strstr(problem, "tokens-2.next.key: a next key is there already"));
    assert_int_equal(ring_generate(ring, KEY_TOKENS), 3); /* in haste: it writes at once */
    assert_false(key_promote(ring->directory, KEY_TOKENS, &number, problem, sizeof problem));
    assert_non_null(strstr(problem, "tokens-2.next.key: a newer key writes already"));
}

/* A folder brought from another host over one where it was promoted already, or a promotion that was killed. */
static void a_key_under_both_names_is_one_that_writes(void **state)
{
    struct ring *ring = *state;
    uint32_t number = 0;
    char next[128], path[128], problem[256] = "";
    ring_write(ring, "sealing-2.key", DIGITS, 0600);
    ring_write(ring, "sealing-2.next.key", DIGITS, 0600);
    ring_load(ring);
    key_newest(ring->keys, KEY_SEALING, &number);
    assert_int_equal(number, 2);
    assert_false(
        key_promote(ring->directory, KEY_SEALING, &number, problem, sizeof problem)); /* it may be another one */
    snprintf(next, sizeof next, "%s/sealing-2.next.key", ring->directory);
    snprintf(path, sizeof path, "%s/sealing-2.key", ring->directory);
    assert_int_equal(unlink(next), 0);
    assert_int_equal(link(path, next), 0);
    assert_int_equal(ring_promote(ring, KEY_SEALING), 2);
    assert_int_equal(access(next, F_OK), -1);
    ring_write(ring, "sealing-2.next.key", OTHER_DIGITS, 0600);
    ring_expect_problem(ring, "another key has this number");
}

static void of_late_are_the_newest_its_neighbours_and_no_other(void **state)
{
    struct ring *ring = *state;
    uint32_t numbers[KEYS_OF_LATE_MAX];
    assert_int_equal(key_of_late(ring->keys, KEY_TOKENS, numbers), 1);
    assert_int_equal(numbers[0], 1);
    for (int i = 2; i <= 4; i++) {
        ring_generate(ring, KEY_TOKENS);
    }
    ring_generate_next(ring, KEY_TOKENS);
    ring_load(ring);
    assert_int_equal(key_of_late(ring->keys, KEY_TOKENS, numbers), 3);
    assert_true(numbers[0] == 4 && numbers[1] == 3 && numbers[2] == 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RING_TEST(the_newest_writes_and_all_read),
        RING_TEST(a_new_key_is_for_its_owner_only_and_no_other_one),
        RING_TEST(a_new_key_in_a_groups_own_folder_is_for_that_group),
        RING_TEST(what_a_killed_generation_left_is_no_hindrance),
        RING_TEST(keys_that_others_may_read_or_write_are_refused),
        RING_TEST(what_is_no_key_is_refused),
        RING_TEST(other_files_of_the_folder_are_left_alone),
        RING_TEST(one_key_of_each_purpose_must_be_there),
        RING_TEST(more_keys_than_room_are_told),
        RING_TEST(the_last_number_has_no_next),
        RING_TEST(the_next_key_reads_until_it_is_promoted),
        RING_TEST(a_folder_that_systemd_gives_is_a_ring),
        RING_TEST(a_new_key_says_when_it_was_made),
        RING_TEST(one_next_key_is_enough),
        RING_TEST(a_key_under_both_names_is_one_that_writes),
        RING_TEST(of_late_are_the_newest_its_neighbours_and_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
