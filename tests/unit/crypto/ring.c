#include "ring.h"

#include "crypto/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int ring_setup(void **state)
{
    struct ring *ring = calloc(1, sizeof *ring);
    assert_non_null(ring);
    assert_true(crypto_begin());
    snprintf(ring->directory, sizeof ring->directory, "/tmp/preau-keys-XXXXXX");
    assert_non_null(mkdtemp(ring->directory));
    ring_generate(ring, KEY_SEALING);
    ring_generate(ring, KEY_TOKENS);
    ring_load(ring);
    *state = ring;
    return 0;
}

int ring_teardown(void **state)
{
    struct ring *ring = *state;
    char command[96];
    snprintf(command, sizeof command, "rm -r '%s'", ring->directory);
    key_ring_free(&ring->keys);
    int removed = system(command); // NOLINT(cert-env33-c)
    free(ring);
    return removed;
}

struct key_ring *ring_of_keys(void)
{
    void *state = NULL;
    assert_int_equal(ring_setup(&state), 0);
    struct ring *ring = state;
    struct key_ring *keys = ring->keys;
    ring->keys = NULL;
    assert_int_equal(ring_teardown(&state), 0);
    return keys;
}

void ring_load(struct ring *ring)
{
    char problem[256] = "";
    key_ring_free(&ring->keys);
    ring->keys = key_ring_load(ring->directory, problem, sizeof problem);
    if (!ring->keys) {
        fail_msg("%s", problem);
    }
    assert_string_equal(problem, "");
}

void ring_expect_problem(struct ring *ring, const char *about)
{
    char problem[256] = "";
    struct key_ring *keys = key_ring_load(ring->directory, problem, sizeof problem);
    assert_null(keys);
    if (!strstr(problem, about)) {
        fail_msg("\"%s\" does not name \"%s\"", problem, about);
    }
}

static uint32_t generate(struct ring *ring, enum key_purpose purpose, enum key_use use)
{
    char problem[256] = "";
    uint32_t number = 0;
    if (!key_generate(ring->directory, purpose, use, &number, problem, sizeof problem)) {
        fail_msg("%s", problem);
    }
    return number;
}

uint32_t ring_generate(struct ring *ring, enum key_purpose purpose)
{
    return generate(ring, purpose, KEY_WRITES);
}

uint32_t ring_generate_next(struct ring *ring, enum key_purpose purpose)
{
    return generate(ring, purpose, KEY_NEXT);
}

uint32_t ring_promote(struct ring *ring, enum key_purpose purpose)
{
    char problem[256] = "";
    uint32_t number = 0;
    if (!key_promote(ring->directory, purpose, &number, problem, sizeof problem)) {
        fail_msg("%s", problem);
    }
    return number;
}

void ring_write(struct ring *ring, const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", ring->directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

void ring_remove(struct ring *ring, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", ring->directory, name);
    assert_int_equal(unlink(path), 0);
}
