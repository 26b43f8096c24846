/* What an archive is, byte for byte. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import.h"

#include <stdatomic.h>
#include <stdbool.h>

/* file: of the archive, or of the folder: then over each of its files, by name, whatever order the disk has them in. Stays
 * open, and is read from where it is. *out_whole: false if there is none, for a folder with more files than are read, or with
 * what is no file: its reading refuses it. */
MUST_USE bool archive_digest(int file, const atomic_bool *is_stopping, unsigned char out_digest[ARCHIVE_DIGEST_SIZE],
    bool *out_whole, struct fault *fault);
