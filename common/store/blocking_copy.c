/* COPY, in and out, in text format: every value is what it is in a query, with four characters escaped. */
#include "store/blocking_connection.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/pq_fault.h"
#include "store/rows.h"
#include "store/value_text.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    COPY_BUFFER = 256 * 1024, /* bytes gathered before they are sent: a few hundred records a write */
    COPY_COLUMNS = 64
};

static const char special[] = "\\\t\n\r\b\f\v";
static const char special_letter[] = "\\tnrbfv";

/* --- in --- */

static char *copy_room(struct copy_buffer *copy, size_t length)
{
    if (copy->used + length > copy->size) {
        copy->size = (copy->used + length) * 2 + COPY_BUFFER;
        copy->text = checked_realloc(copy->text, copy->size, 1);
    }
    return copy->text + copy->used;
}

static void copy_append(struct copy_buffer *copy, const char *bytes, size_t length)
{
    memcpy(copy_room(copy, length), bytes, length);
    copy->used += length;
}

static void copy_column(struct copy_buffer *copy)
{
    if (copy->is_in_row) {
        copy_append(copy, "\t", 1);
    }
    copy->is_in_row = true;
}

static void copy_plain(struct copy_buffer *copy, const char *text)
{
    copy_column(copy);
    copy_append(copy, text, strlen(text));
}

static void copy_escaped(struct copy_buffer *copy, const char *text)
{
    char *to = copy_room(copy, 2 * strlen(text));
    for (const char *at = text; *at; at++) {
        const char *found = strchr(special, *at);
        if (found) {
            *to++ = '\\';
            *to++ = special_letter[found - special];
        } else {
            *to++ = *at;
        }
    }
    copy->used = (size_t)(to - copy->text);
}

bool session_copy_begin(struct session *session, enum query query, struct fault *fault)
{
    const struct query_row *row = &query_table[query];
    assert(row->plain);
    PGresult *result = PQexec(session->pq, row->text);
    if (PQresultStatus(result) != PGRES_COPY_IN) {
        bool done = session_answer(session, result, row->name, NULL, fault);
        assert(!done); /* a bug: not a COPY FROM STDIN */
        return false;
    }
    PQclear(result);
    session->copy.used = 0;
    session->copy.is_in_row = false;
    return true;
}

void session_copy_null(struct session *session)
{
    copy_plain(&session->copy, "\\N");
}

void session_copy_text(struct session *session, const char *text)
{
    if (!text) {
        session_copy_null(session);
        return;
    }
    copy_column(&session->copy);
    copy_escaped(&session->copy, text);
}

void session_copy_int64(struct session *session, int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRId64, value);
    copy_plain(&session->copy, text);
}

void session_copy_bool(struct session *session, bool value)
{
    copy_plain(&session->copy, value ? "t" : "f");
}

void session_copy_bytes(struct session *session, const void *bytes, size_t length)
{
    copy_plain(&session->copy, "\\"); /* its backslash, escaped */
    char *to = copy_room(&session->copy, 2 * length + 3);
    bytes_write(bytes, length, to);
    session->copy.used += 2 * length + 2;
}

void session_copy_instant(struct session *session, struct instant instant)
{
    char text[INSTANT_TEXT_SIZE] = "\\N";
    if (instant_is_set(instant)) {
        instant_write(instant, text);
    }
    copy_plain(&session->copy, text);
}

void session_copy_date(struct session *session, const struct date *date)
{
    char text[DATE_TEXT_SIZE] = "\\N";
    if (date) {
        date_write_iso(*date, text);
    }
    copy_plain(&session->copy, text);
}

static bool copy_send(struct session *session, struct fault *fault)
{
    struct copy_buffer *copy = &session->copy;
    int sent = copy->used ? PQputCopyData(session->pq, copy->text, (int)copy->used) : 1;
    copy->used = 0;
    return sent == 1 || fault_from_connection(fault, session->pq);
}

bool session_copy_row(struct session *session, struct fault *fault)
{
    copy_append(&session->copy, "\n", 1);
    session->copy.is_in_row = false;
    return session->copy.used < COPY_BUFFER || copy_send(session, fault);
}

/* The statement's own answer; the connection is ready for the next one after it. */
static bool copy_answer(struct session *session, struct rows **out_rows, struct fault *fault)
{
    bool done = session_answer(session, PQgetResult(session->pq), "copy", out_rows, fault);
    for (PGresult *more = PQgetResult(session->pq); more; more = PQgetResult(session->pq)) {
        PQclear(more);
    }
    return done;
}

bool session_copy_end(struct session *session, int64_t *out_rows, struct fault *fault)
{
    assert(!session->copy.is_in_row);
    if (!copy_send(session, fault)) {
        return false;
    }
    if (PQputCopyEnd(session->pq, NULL) != 1) {
        return fault_from_connection(fault, session->pq);
    }
    _cleanup_(rows_free) struct rows *rows = NULL;
    if (!copy_answer(session, &rows, fault)) {
        return false;
    }
    if (out_rows) {
        *out_rows = rows_changed(rows);
    }
    return true;
}

/* --- out --- */

/* Unescapes in place what lies up to the next tab; *at goes behind it. */
static char *copied_value(char **at)
{
    char *start = *at;
    char *to = start;
    char *from = start;
    bool is_null = strncmp(start, "\\N", 2) == 0 && (start[2] == '\t' || start[2] == '\0');
    while (*from && *from != '\t') {
        if (*from == '\\') {
            from++;
            const char *found = strchr(special_letter, *from);
            if (found && *found) {
                *from = special[found - special_letter];
            }
        }
        *to++ = *from++;
    }
    *at = *from ? from + 1 : from;
    *to = '\0';
    return is_null ? NULL : start;
}

static bool copied_row(char *line, session_copied *copied, void *arg, struct fault *fault)
{
    char *values[COPY_COLUMNS];
    int count = 1;
    line[strcspn(line, "\n")] = '\0';
    for (const char *tab = strchr(line, '\t'); tab; tab = strchr(tab + 1, '\t')) {
        count++;
    }
    assert(count <= COPY_COLUMNS);
    char *at = line;
    for (int i = 0; i < count; i++) {
        values[i] = copied_value(&at);
    }
    return copied(arg, count, values, fault);
}

/* The rest of the rows is thrown away: the server is told, so that it does not send a whole table for nothing. */
static void copy_give_up(struct session *session)
{
    session_cancel(session);
    char *line = NULL;
    while (PQgetCopyData(session->pq, &line, 0) > 0) {
        PQfreemem(line);
    }
    struct fault ignored;
    (void)!copy_answer(session, NULL, &ignored);
}

bool session_copy_read(
    struct session *session, enum query query, session_copied *copied, void *arg, struct fault *fault)
{
    const struct query_row *row = &query_table[query];
    assert(row->plain);
    PGresult *result = PQexec(session->pq, row->text);
    if (PQresultStatus(result) != PGRES_COPY_OUT) {
        bool done = session_answer(session, result, row->name, NULL, fault);
        assert(!done); /* a bug: not a COPY TO STDOUT */
        return false;
    }
    PQclear(result);
    char *line = NULL;
    while (PQgetCopyData(session->pq, &line, 0) > 0) {
        bool goes_on = copied_row(line, copied, arg, fault);
        PQfreemem(line);
        if (!goes_on) {
            copy_give_up(session);
            return false;
        }
    }
    return copy_answer(session, NULL, fault);
}

size_t copied_bytes(const char *value, void *out_bytes, size_t size)
{
    return bytes_read(value, out_bytes, size);
}
