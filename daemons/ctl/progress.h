/* One line that says how far something is: a bar, what is done of it a second, how long it takes yet. Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct progress_line {
    const char *label; /* what goes on; cut when it takes more than a third of the width */
    const char *phase; /* "lecture" */
    uint64_t done, total;
    double records_rate; /* a second; 0: not told */
    double bytes_rate;
    double seconds_left; /* negative: not known */
};

/* At most `width` columns, without an end of line; what is least needed is left out of a narrow one. */
void progress_line_write(const struct progress_line *line, unsigned width, char *out, size_t size);
/* How many columns a text takes. */
unsigned progress_columns(const char *text);
