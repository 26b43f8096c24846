/* The bytes of an archive for libarchive: as they are, or out of gzip. zlib takes gzip off, and not libarchive, which looks
 * at no checksum: one bit that turned in a name would pass for a change of name. */
#pragma once

#include <archive.h>
#include <stdbool.h>
#include <stdint.h>

struct archive_bytes;

struct archive_bytes *archive_bytes_new(int file);
void archive_bytes_free(struct archive_bytes **bytes);

/* For libarchive. */
la_ssize_t archive_bytes_read(struct archive *archive, void *bytes, const void **out_block);
la_int64_t archive_bytes_seek(struct archive *archive, void *bytes, la_int64_t offset, int whence);

bool archive_bytes_is_gzip(const struct archive_bytes *bytes);
/* Of the archive, up to where it was read. */
int64_t archive_bytes_done(const struct archive_bytes *bytes);
/* More was wanted than there is. */
bool archive_bytes_ended_early(const struct archive_bytes *bytes);
