/* The keys of the house: files of one folder, each a key with its number and what it is for. The newest is used to
 * write, all to read: a rotation is one more file, and an old one is removed when nothing sealed with it is left.
 *
 * A file is named "<purpose>-<number>.key" and holds 32 bytes in hexadecimal; mode 0600 or 0640. While daemons run, a new
 * one comes as "<purpose>-<number>.next.key", which reads and does not write: once every daemon knows it, it loses its
 * "next", and whoever writes with it first is understood by all (docs/decisions/0030). What stands after the first line is no part of the key: preauctl writes there when it
 * was made. Before such a name "keys_" may stand, where systemd gives the folder to a daemon. */
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

enum key_use {
    KEY_WRITES, /* unless there is a newer one that does */
    KEY_NEXT    /* it only reads for now; at most one of a purpose */
};

/* Writes one more key of a purpose into the folder, with the next number; for its owner alone, or, in a folder that its
 * group may read and gives to what is in it (mode 2750), for that group. False with the problem. */
bool key_generate(const char *directory, enum key_purpose purpose, enum key_use use, uint32_t *out_number,
    char *out_problem, size_t problem_size);
/* From now on the next key of a purpose is one that writes, for whoever loads the folder. False with the problem. */
bool key_promote(
    const char *directory, enum key_purpose purpose, uint32_t *out_number, char *out_problem, size_t problem_size);

const char *key_purpose_name(enum key_purpose purpose); /* "sealing" */
/* "sealing-3.key", "sealing-4.next.key" */
enum { KEY_NAME_SIZE = 40 };
void key_name(enum key_purpose purpose, uint32_t number, enum key_use use, char out_name[KEY_NAME_SIZE]);

/* One of a ring, to be shown. is_newest: it is what writes. */
struct key_shown {
    enum key_purpose purpose;
    uint32_t number;
    enum key_use use;
    bool is_newest;
};
/* In order of purpose and number; `out_keys` has room for all: KEYS_MAX. Gives how many. */
enum { KEYS_MAX = 64 }; /* of all purposes: a rotation a month for years */
size_t key_ring_show(const struct key_ring *ring, struct key_shown out_keys[KEYS_MAX]);

/* Those that write now, may have written a moment ago, or do so already in a process that was started later: the newest, the
 * one before it, the next. Gives how many. */
enum { KEYS_OF_LATE_MAX = 3 };
size_t key_of_late(const struct key_ring *ring, enum key_purpose purpose, uint32_t out_numbers[KEYS_OF_LATE_MAX]);

/* Inside this room. NULL when there is no such key. */
const unsigned char *key_newest(const struct key_ring *ring, enum key_purpose purpose, uint32_t *out_number);
const unsigned char *key_numbered(const struct key_ring *ring, enum key_purpose purpose, uint32_t number);
