/* Archives made for tests, in memory. */
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <stddef.h>

enum packing { PACK_TGZ, PACK_ZIP };

/* A new one, and the descriptor that it is written to; packing_end gives it back, at its beginning. */
struct archive *packing_begin(enum packing packing, const char *options, int *out_file);
int packing_end(struct archive *archive, int file);

/* A file; a name without any letter of it is taken as bytes. */
void pack_file(struct archive *archive, const char *path, const char *content);
/* A file of zeros. */
void pack_zeros(struct archive *archive, const char *path, size_t size);
/* Something else: AE_IFLNK and the like. to: of a link. */
void pack_odd(struct archive *archive, const char *path, unsigned type, const char *to);
