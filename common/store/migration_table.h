/* Inside this room: the migrations that were compiled in, in order. */
#pragma once

enum migration_kind {
    MIGRATION_TRANSACTION,
    MIGRATION_REPEATED, /* one statement, a transaction each time, until it changes no row */
    MIGRATION_OUTSIDE,  /* one statement that makes or drops an index without keeping anybody from the table */
};

struct migration_step {
    enum migration_kind kind;
    const char *text;
    const char *index; /* in schema preau, that a step outside of a transaction makes; "": none */
};

struct migration {
    int number; /* from 1, without gap */
    const char *name;
    const char *checksum; /* SHA-256 of the file, hexadecimal */
    const struct migration_step *steps;
    int step_count;
};

extern const struct migration migration_table[];
extern const int migration_count;
/* The last one of the previous release: its programs work on this schema, older ones do not. */
extern const int migration_serves;
