/* Inside this room: the migrations that were compiled in, in order. */
#pragma once

struct migration {
    int number; /* from 1, without gap */
    const char *name;
    const char *checksum; /* SHA-256 of the file, hexadecimal */
    const char *text;
};

extern const struct migration migration_table[];
extern const int migration_count;
