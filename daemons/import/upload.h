/* One archive in an inbox, as somebody left it there or still writes it: a file, or a folder of files. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct upload {
    dev_t device;
    ino_t inode;
    int64_t size;               /* of a folder: of its XML files */
    int64_t count;              /* files */
    struct instant changed_at;  /* any of its inodes, last */
    struct instant modified_at; /* what it says, last */
    bool is_folder;
    bool has_partial; /* a file in it is named as one that is not whole */
    bool has_xml;     /* of a folder */
};

enum upload_kind {
    UPLOAD_ARCHIVE,
    UPLOAD_NONE,       /* by its name, or because it went: nothing of ours */
    UPLOAD_ODD,        /* a link, a device, a socket: never touched */
    UPLOAD_UNREADABLE, /* errno says why */
};
enum upload_kind upload_look(int folder, const char *name, struct upload *out_upload);

/* The same thing, and nobody wrote to it between the two looks. */
bool upload_is_same(const struct upload *one, const struct upload *other);

/* Somebody has it, or a file in it, open for writing. False where the system does not tell: of files of another owner,
 * on some file systems. */
bool upload_is_written(int folder, const char *name);
