/* The inboxes on disk: one folder an academy, named by its number. What lies there, since when, and whether it is its
 * turn. Blocks: for a thread.
 *
 * An archive is taken once it has rested for import.settle and an hour of import.times came after its arrival, or
 * somebody asked since. That somebody asked is a file in the work folder, so that it outlives this process. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/schedule.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct inbox_options {
    const char *inbox_directory, *archive_directory, *work_directory;
    const struct day_time *times;
    size_t time_count;
    struct duration settle;
};

struct inbox_archive {
    academy_code academy;
    char *path;
    const char *name; /* in `path` */
    int64_t size;
    struct instant arrived_at; /* its inode changed last */
    bool is_due;               /* now */
    bool is_wanted;            /* its turn has come, though it may still have to rest */
};

struct inbox_list {
    struct inbox_archive *archives; /* in the order in which they are to be taken */
    size_t count, size;
};

MUST_USE bool inbox_scan(const struct inbox_options *options, struct inbox_list *out_list, struct fault *fault);
void inbox_list_clear(struct inbox_list *list);

/* What lies in the inbox of an academy (0: all) is to be taken now. */
MUST_USE bool inbox_ask(const struct inbox_options *options, academy_code academy, struct fault *fault);

/* An archive that was dealt with goes to `<archive_directory>/<academy>/<run>-<name>`, over file systems if need be. read:
 * as it was when its reading began; what has come under its name since stays, to be taken in its turn. */
MUST_USE bool inbox_put_away(const struct inbox_options *options, academy_code academy, const struct stat *read,
    const char *path, const char *name, import_id run, struct fault *fault);
