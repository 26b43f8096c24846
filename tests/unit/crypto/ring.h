/* What the tests of this room share: a folder with keys. */
#pragma once

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "crypto/key.h"

#include <sys/types.h>

struct ring {
    char directory[64];
    struct key_ring *keys; /* the test may load it anew */
};

/* One key of each purpose. */
int ring_setup(void **state);
int ring_teardown(void **state);

/* A ring of such keys alone, whose folder is gone; freed by key_ring_free. */
struct key_ring *ring_of_keys(void);

/* Forgets what was loaded and loads what is there now, which must do. */
void ring_load(struct ring *ring);
/* Loading must fail, and the problem hold `about`. */
void ring_expect_problem(struct ring *ring, const char *about);
/* One more key, under the next number. */
uint32_t ring_generate(struct ring *ring, enum key_purpose purpose);
/* The same that only reads; and that it writes from now on. */
uint32_t ring_generate_next(struct ring *ring, enum key_purpose purpose);
uint32_t ring_promote(struct ring *ring, enum key_purpose purpose);
void ring_write(struct ring *ring, const char *name, const char *text, mode_t mode);
void ring_remove(struct ring *ring, const char *name);
