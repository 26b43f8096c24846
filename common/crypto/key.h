/* The keys of the house: files of one folder, each a key with its number and what it is for. The newest is used to
 * write, all to read: a rotation is one more file, and an old one is removed when nothing sealed with it is left.
 *
 * A file is named "<purpose>-<number>.key" and holds 32 bytes in hexadecimal; mode 0600 or 0640. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_purpose {
    KEY_SEALING, /* provisional passwords and documents at rest */
    KEY_TOKENS,  /* links that are mailed */
    KEY_PURPOSE_COUNT
};

enum { KEY_SIZE = 32 };

struct key_ring;

/* Loads all keys of a folder into locked memory. NULL with `out_problem` filled: what is wrong, with the file's name.
 * The caller owns it. At least one key of each purpose must be there. */
struct key_ring *key_ring_load(const char *directory, char *out_problem, size_t problem_size);
void key_ring_free(struct key_ring **ring);

/* Writes one more key of a purpose into the folder, with the next number; for its owner alone, or, in a folder that its
 * group may read and gives to what is in it (mode 2750), for that group. False with the problem. */
bool key_generate(
    const char *directory, enum key_purpose purpose, uint32_t *out_number, char *out_problem, size_t problem_size);

const char *key_purpose_name(enum key_purpose purpose); /* "sealing" */

/* Inside this room. NULL when there is no such key. */
const unsigned char *key_newest(const struct key_ring *ring, enum key_purpose purpose, uint32_t *out_number);
const unsigned char *key_numbered(const struct key_ring *ring, enum key_purpose purpose, uint32_t number);
