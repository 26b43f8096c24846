/* An archive as a stream: the XML files in it, one after the other, never written anywhere. tgz, tar.gz, zip; or a folder,
 * whose files are given in the order in which they are best read: structures, guardians, pupils, the others, each by
 * number.
 *
 * Hostile input is expected. Nothing but gzip, tar and zip is unpacked, by the library alone; an archive within an
 * archive is a file like another. Paths that lead out, links, devices, holes, and sizes or counts beyond the bounds end
 * the reading. */
#pragma once

#include "domain/refusal.h"
#include "runtime/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each false ends the reading. name: without folders, as file_name_show gives it. */
struct archive_visitor {
    bool (*file_begins)(void *arg, const char *name);
    bool (*file_bytes)(void *arg, const char *bytes, size_t length);
    bool (*file_ends)(void *arg);
    void *arg;
};

enum {
    ARCHIVE_FILES_MAX = 20000,
    ARCHIVE_RATIO_MAX = 200,       /* unpacked, for a byte of the archive: gzip packs AAF to a twentieth */
    ARCHIVE_RATIO_FROM = 64 << 20, /* unpacked bytes that may come of any archive */
};

/* file: of the archive or the folder, from its beginning; stays open. size_max: of what is in it, unpacked. bytes_done:
 * of the archive's own, of the files' in a folder, set as the reading goes.
 * REFUSAL_ARCHIVE_UNREADABLE, REFUSAL_ARCHIVE_UNSAFE. REFUSAL_NONE also when a visitor ended it.
 * *out_cut_off: it is unreadable because it ends too early, so that the rest may still come; never true otherwise. */
enum refusal archive_visit(
    int file, size_t size_max, const struct archive_visitor *visitor, _Atomic int64_t *bytes_done, bool *out_cut_off);
