/* What is sealed opens where it belongs, unchanged, or not at all. */
#include "ring.h"

#include "crypto/seal.h"

#include <stdlib.h>
#include <string.h>

#define SECRET "k7pr-wz4t-9hbn"
#define RING_TEST(name) cmocka_unit_test_setup_teardown(name, ring_setup, ring_teardown)

enum { LENGTH = sizeof SECRET - 1, SEALED = LENGTH + SEAL_OVERHEAD };

static void it_opens_as_it_was(void **state)
{
    struct ring *ring = *state;
    static const size_t lengths[] = {0, 1, 14, 1000, 1 << 20};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        size_t length = lengths[i];
        unsigned char *bytes = malloc(length + 1), *sealed = malloc(length + SEAL_OVERHEAD),
                      *opened = malloc(length + 1);
        assert_true(bytes && sealed && opened);
        memset(bytes, 'x', length);
        seal_make(ring->keys, "document:10:7", bytes, length, sealed);
        assert_true(seal_open(ring->keys, "document:10:7", sealed, length + SEAL_OVERHEAD, opened));
        assert_memory_equal(opened, bytes, length);
        free(bytes);
        free(sealed);
        free(opened);
    }
}

static void two_seals_of_the_same_differ_and_show_nothing(void **state)
{
    struct ring *ring = *state;
    unsigned char one[SEALED], two[SEALED];
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, one);
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, two);
    assert_memory_not_equal(one, two, SEALED);
    assert_memory_not_equal(one + SEALED - LENGTH - 16, two + SEALED - LENGTH - 16, LENGTH);
    assert_null(memmem(one, SEALED, SECRET, 4));
}

static void it_opens_only_where_it_belongs(void **state)
{
    struct ring *ring = *state;
    static const char *const places[] = {
        "", "credential:10:2", "credential:11:1", "document:10:1", "credential:10:1 ", "credential:10:"};
    unsigned char sealed[SEALED], opened[SEALED];
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "credential", 10, 1);
    assert_string_equal(place, "credential:10:1");
    seal_make(ring->keys, place, SECRET, LENGTH, sealed);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        assert_false(seal_open(ring->keys, places[i], sealed, SEALED, opened));
    }
    assert_true(seal_open(ring->keys, place, sealed, SEALED, opened));
}

static void no_byte_may_be_another(void **state)
{
    struct ring *ring = *state;
    unsigned char sealed[SEALED], opened[SEALED];
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, sealed);
    for (size_t i = 0; i < SEALED; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            sealed[i] ^= (unsigned char)(1U << bit);
            assert_false(seal_open(ring->keys, "credential:10:1", sealed, SEALED, opened));
            sealed[i] ^= (unsigned char)(1U << bit);
        }
    }
    for (size_t length = 0; length < SEALED; length++) {
        assert_false(seal_open(ring->keys, "credential:10:1", sealed, length, opened));
    }
    assert_true(seal_open(ring->keys, "credential:10:1", sealed, SEALED, opened));
}

static void after_a_rotation_old_seals_open_until_their_key_goes(void **state)
{
    struct ring *ring = *state;
    unsigned char old[SEALED], new[SEALED], opened[SEALED];
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, old);
    ring_generate(ring, KEY_SEALING);
    ring_load(ring);
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, new);
    assert_int_equal(old[4], 1); /* the key's number, in clear: which rows still need it can be counted */
    assert_int_equal(new[4], 2);
    assert_true(seal_open(ring->keys, "credential:10:1", old, SEALED, opened));
    assert_true(seal_open(ring->keys, "credential:10:1", new, SEALED, opened));
    ring_remove(ring, "sealing-1.key");
    ring_load(ring);
    assert_false(seal_open(ring->keys, "credential:10:1", old, SEALED, opened));
    assert_true(seal_open(ring->keys, "credential:10:1", new, SEALED, opened));
    assert_memory_equal(opened, SECRET, LENGTH);
}

static void another_house_cannot_open_it(void **state)
{
    struct ring *ring = *state;
    unsigned char sealed[SEALED], opened[SEALED];
    seal_make(ring->keys, "credential:10:1", SECRET, LENGTH, sealed);
    ring_remove(ring, "sealing-1.key");
    ring_generate(ring, KEY_SEALING); /* another key, the same number */
    ring_load(ring);
    assert_false(seal_open(ring->keys, "credential:10:1", sealed, SEALED, opened));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RING_TEST(it_opens_as_it_was),
        RING_TEST(two_seals_of_the_same_differ_and_show_nothing),
        RING_TEST(it_opens_only_where_it_belongs),
        RING_TEST(no_byte_may_be_another),
        RING_TEST(after_a_rotation_old_seals_open_until_their_key_goes),
        RING_TEST(another_house_cannot_open_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
