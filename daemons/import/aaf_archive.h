/* An archive as a stream: the XML files in it, one after the other, never written anywhere. tgz, tar.gz, zip. */
#pragma once

#include "domain/refusal.h"
#include "runtime/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each false ends the reading. name: without folders. */
struct archive_visitor {
    bool (*file_begins)(void *arg, const char *name);
    bool (*file_bytes)(void *arg, const char *bytes, size_t length);
    bool (*file_ends)(void *arg);
    void *arg;
};

enum { ARCHIVE_FILES_MAX = 20000 };

/* file: of the archive, from its beginning; stays open. size_max: of what is in it, unpacked. bytes_done: of the archive's own, set as the reading goes.
 * REFUSAL_ARCHIVE_UNREADABLE, REFUSAL_ARCHIVE_UNSAFE (links, devices, paths that lead out, sizes). REFUSAL_NONE also
 * when a visitor ended it. */
enum refusal archive_visit(
    int file, size_t size_max, const struct archive_visitor *visitor, _Atomic int64_t *bytes_done);
