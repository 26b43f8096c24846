/* Inside aaf_archive and archive_folder: what both do with each file that they find. */
#pragma once

#include "import/aaf_archive.h"

#include <sys/types.h>

struct visit {
    const struct archive_visitor *visitor;
    _Atomic int64_t *bytes_done;
    size_t left;   /* bytes that may still be unpacked */
    bool is_ended; /* by the visitor */
};

enum { VISIT_BLOCK = 128 * 1024 };

/* The next bytes of the file at hand: their number, 0 at its end, negative when they cannot be read. */
typedef ssize_t visit_read(void *arg, char *out_bytes, size_t size);

/* name: NULL for a file that is no XML: read past, so that what is in it counts. */
enum refusal visit_file(struct visit *visit, const char *name, visit_read *read, void *arg);

/* folder: open for reading; stays open. */
enum refusal folder_visit(struct visit *visit, int folder);
