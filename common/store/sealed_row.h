/* What is sealed in the store, and by which key: for preauctl, which counts it and seals it anew (docs/decisions/0030). */
#pragma once

#include "crypto/key.h"
#include "runtime/fault.h"
#include "store/blocking.h"

#include <stddef.h>

/* What stays until somebody changes it, and has to be sealed anew. */
enum sealed_kind { SEALED_PASSWORD, SEALED_SECOND_FACTOR, SEALED_KIND_COUNT };

/* Of each key how many rows. */
struct sealed_count {
    uint32_t key;
    int64_t lasting[SEALED_KIND_COUNT];
    int64_t documents; /* sheets: until their batch expires */
    int64_t passing;   /* gone within hours */
};
/* In order of key; capacity: of out_counts. *out_count: how many there are, of which at most `capacity` are given. */
MUST_USE bool sealed_count_load(
    struct session *session, struct sealed_count *out_counts, size_t capacity, size_t *out_count, struct fault *fault);

enum { SEALED_BYTES_MAX = 256, SEALED_ROWS_AT_ONCE = 500 };

struct sealed_row {
    int academy; /* 0 of a second factor */
    int64_t id;  /* of the account, of the administrator */
    unsigned char old[SEALED_BYTES_MAX], new[SEALED_BYTES_MAX];
    size_t length;        /* of both */
    bool has_no_new_seal; /* it stays as it is */
};

/* The next SEALED_ROWS_AT_ONCE after `after` (its academy and id) that another key than `key` sealed; fewer: there are no more. */
MUST_USE bool sealed_rows_load(struct session *session, enum sealed_kind kind, const struct sealed_row *after,
    uint32_t key, struct sealed_row *out_rows, size_t *out_count, struct fault *fault);
/* Puts them back as `new`, in one transaction; what changed meanwhile stays as it is. *out_changed: how many were. */
MUST_USE bool sealed_rows_replace(struct session *session, enum sealed_kind kind, const struct sealed_row *rows,
    size_t count, int64_t *out_changed, struct fault *fault);
