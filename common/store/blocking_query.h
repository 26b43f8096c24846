/* Inside this room: how subject files ask over a session. */
#pragma once

#include "store/blocking.h"
#include "store/query.h"

/* Runs one statement of the table; `parameters` NULL for none; out_rows may be NULL when the answer does not matter,
 * else the caller frees it. outcome_unknown only when the connection was lost under a statement that writes, outside a
 * transaction. */
MUST_USE bool session_run(struct session *session, enum query query, const struct parameters *parameters,
    struct rows **out_rows, struct fault *fault);
/* The same, and clears the parameters. */
MUST_USE bool session_ask(struct session *session, enum query query, struct parameters *parameters,
    struct rows **out_rows, struct fault *fault);
/* A statement marked :plain. */
MUST_USE bool session_run_plain(struct session *session, enum query query, struct fault *fault);

/* A cursor over a statement that takes parameters, under a name of the caller's; the transaction ends it. PostgreSQL does
 * not look at the types declared: what the statement does with a parameter must tell its type. */
MUST_USE bool session_cursor_open(struct session *session, enum query query, const char *name,
    const struct parameters *parameters, struct fault *fault);
/* The next `count` rows, in binary: read them by row_binary. Fewer: there are no more. The caller frees them. */
MUST_USE bool session_cursor_fetch(
    struct session *session, const char *name, int count, struct rows **out_rows, struct fault *fault);
MUST_USE bool session_cursor_close(struct session *session, const char *name, struct fault *fault);

/* COPY … FROM STDIN of a statement marked :plain, in text format. Nothing else may be asked until it is ended; to give
 * it up, session_rollback. */
MUST_USE bool session_copy_begin(struct session *session, enum query query, struct fault *fault);
/* One value of the row at hand, in the order of the columns. Escapes what COPY wants escaped. */
void session_copy_null(struct session *session);
void session_copy_text(struct session *session, const char *text); /* NULL is null */
void session_copy_int64(struct session *session, int64_t value);
void session_copy_bool(struct session *session, bool value);
void session_copy_bytes(struct session *session, const void *bytes, size_t length);
void session_copy_instant(struct session *session, struct instant instant); /* never: null */
void session_copy_date(struct session *session, const struct date *date);   /* NULL: null */
/* Ends the row; sends when enough has gathered. */
MUST_USE bool session_copy_row(struct session *session, struct fault *fault);
/* out_rows: how many were taken; may be NULL. */
MUST_USE bool session_copy_end(struct session *session, int64_t *out_rows, struct fault *fault);

/* One row of a COPY … TO STDOUT: values in the order of the columns, NULL for null, unescaped; bytea as "\x…". Lent for
 * the call. false with the fault ends the reading. */
typedef bool session_copied(void *arg, int count, char *const *values, struct fault *fault);

/* Reads a COPY … TO STDOUT of a statement marked :plain, in text format, row by row. */
MUST_USE bool session_copy_read(
    struct session *session, enum query query, session_copied *copied, void *arg, struct fault *fault);

/* The bytes of a bytea that was read so: at most `size` are written; gives how many there are. */
size_t copied_bytes(const char *value, void *out_bytes, size_t size);
