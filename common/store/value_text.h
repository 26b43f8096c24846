/* Inside this room: values in PostgreSQL's text format, as sessions with time zone UTC and date style ISO write them.
 */
#pragma once

#include "domain/types.h"

#include <stddef.h>

enum { INSTANT_TEXT_SIZE = 40 };

/* "2026-09-01 06:20:00.123456+00" */
void instant_write(struct instant instant, char out_text[static INSTANT_TEXT_SIZE]);
/* Of what PostgreSQL wrote; a text of another form is a bug (assert). "": never. */
struct instant instant_read(const char *text);

/* "\x…", the form that bytea reads whatever the server's settings: 2 × length + 3 bytes with the NUL. */
void bytes_write(const void *bytes, size_t length, char *out_text);
/* At most `size` bytes are written; gives how many there are. */
size_t bytes_read(const char *text, void *out_bytes, size_t size);
