/*
 * A chain of the audit trail, checked entry by entry in order: is each what it was when it was written, does each follow
 * the one before, and is the last one the last that was written? The first flaw ends the check.
 *
 * What a chain cannot tell by itself, since whoever holds the database may write all of it anew, an anchor tells: the
 * number and hash of an entry, kept elsewhere.
 */
#pragma once

#include "domain/audit_entry.h"
#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum audit_flaw {
    AUDIT_FLAW_NONE,
    AUDIT_FLAW_CHANGED,     /* the entry is not what its hash was taken of */
    AUDIT_FLAW_MISSING,     /* entries before it are not there */
    AUDIT_FLAW_UNLINKED,    /* it follows another entry than the one before it */
    AUDIT_FLAW_BACKDATED,   /* it is said to be earlier than the one before it */
    AUDIT_FLAW_CUT,         /* the chain ends before the last entry written */
    AUDIT_FLAW_UNWRITTEN,   /* the chain goes on after the last entry written */
    AUDIT_FLAW_HEAD_OTHER,  /* the last entry is another than the one written */
    AUDIT_FLAW_ANCHOR_GONE, /* the chain ends before the entry of an anchor */
    AUDIT_FLAW_ANCHOR_OTHER /* the entry of an anchor is another */
};

const char *audit_flaw_code(enum audit_flaw flaw);
const char *audit_flaw_sentence(enum audit_flaw flaw); /* French; "" for none */

struct audit_hash {
    unsigned char bytes[AUDIT_HASH_SIZE];
};
bool audit_hash_is_same(const struct audit_hash *a, const struct audit_hash *b);
void audit_hash_write(const struct audit_hash *hash, char out_text[AUDIT_HASH_TEXT_SIZE]);
/* 64 hexadecimal digits, of either case. */
bool audit_hash_parse(const char *text, struct audit_hash *out_hash);

/* An entry, or the head: what the chain says that its last entry is. */
struct audit_link {
    int64_t number; /* 0: none was written */
    struct instant at;
    struct audit_hash previous; /* not of a head */
    struct audit_hash hash;
};

struct audit_anchor {
    int chain;
    int64_t number;
    struct audit_hash hash;
};
/* "10:57:9f86…": academy, number, hash. */
enum { AUDIT_ANCHOR_TEXT_SIZE = 5 + 1 + 19 + 1 + AUDIT_HASH_TEXT_SIZE };
void audit_anchor_write(const struct audit_anchor *anchor, char out_text[AUDIT_ANCHOR_TEXT_SIZE]);
bool audit_anchor_parse(const char *text, struct audit_anchor *out_anchor);

struct audit_chain {
    int chain;
    const struct audit_anchor *anchors; /* borrowed; those of other chains are passed over */
    size_t anchor_count;
    struct audit_link last; /* that was found sound */
    int64_t flawed;         /* the entry where the flaw was found */
    enum audit_flaw flaw;
};

struct audit_chain audit_chain_begin(int chain, const struct audit_anchor *anchors, size_t anchor_count);
/* computed: the hash of what the entry holds now. False once there is a flaw. */
bool audit_chain_add(struct audit_chain *chain, const struct audit_link *entry, const struct audit_hash *computed);
/* After the last entry. */
bool audit_chain_end(struct audit_chain *chain, const struct audit_link *head);
