#include "import/archive_bytes.h"

#include "runtime/memory.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 128 * 1024, GZIP_WINDOW = 16 + MAX_WBITS /* zlib: gzip and nothing else */ };

struct archive_bytes {
    int file;
    bool is_gzip;
    bool is_at_end;   /* of what libarchive sees */
    bool is_past_end; /* it asked for more: of gzip, within its stream */
    int64_t done;
    z_stream stream;
    unsigned char packed[BLOCK], block[BLOCK];
};

struct archive_bytes *archive_bytes_new(int file)
{
    struct archive_bytes *bytes = checked_malloc(sizeof *bytes);
    unsigned char begin[2];
    memset(bytes, 0, offsetof(struct archive_bytes, packed));
    bytes->file = file;
    bytes->is_gzip = pread(file, begin, sizeof begin, 0) == sizeof begin && begin[0] == 0x1F && begin[1] == 0x8B;
    if (bytes->is_gzip) {
        int status = inflateInit2(&bytes->stream, GZIP_WINDOW);
        assert(status == Z_OK); /* out of memory otherwise */
    }
    return bytes;
}

void archive_bytes_free(struct archive_bytes **bytes)
{
    if ((*bytes)->is_gzip) {
        (void)inflateEnd(&(*bytes)->stream);
    }
    memory_free(bytes);
}

/* --- as they are --- */

static ssize_t file_read(struct archive *archive, struct archive_bytes *bytes, unsigned char *out_block)
{
    ssize_t length = read(bytes->file, out_block, BLOCK);
    if (length < 0) {
        archive_set_error(archive, errno, "read");
        return ARCHIVE_FATAL;
    }
    bytes->done += length;
    return length;
}

la_int64_t archive_bytes_seek(struct archive *archive, void *arg, la_int64_t offset, int whence)
{
    struct archive_bytes *bytes = arg;
    off_t place = lseek(bytes->file, offset, whence);
    if (place < 0) {
        archive_set_error(archive, errno, "seek");
        return ARCHIVE_FATAL;
    }
    bytes->done = place;
    bytes->is_past_end = false;
    return place;
}

/* --- out of gzip --- */

static bool gzip_fill(struct archive *archive, struct archive_bytes *bytes)
{
    if (bytes->stream.avail_in > 0) {
        return true;
    }
    ssize_t length = file_read(archive, bytes, bytes->packed);
    if (length <= 0) {
        bytes->is_past_end = length == 0;
        return false;
    }
    bytes->stream.next_in = bytes->packed;
    bytes->stream.avail_in = (unsigned)length;
    return true;
}

/* A stream is over, its checksum right. Another may follow it; what is neither is filling. */
static void stream_ended(struct archive *archive, struct archive_bytes *bytes)
{
    bool follows = gzip_fill(archive, bytes) && bytes->stream.next_in[0] == 0x1F;
    bytes->is_past_end = false;
    bytes->is_at_end = !follows || inflateReset(&bytes->stream) != Z_OK;
}

static la_ssize_t gzip_read(struct archive *archive, struct archive_bytes *bytes)
{
    bytes->stream.next_out = bytes->block;
    bytes->stream.avail_out = BLOCK;
    while (bytes->stream.avail_out > 0 && !bytes->is_at_end) {
        if (!gzip_fill(archive, bytes)) {
            archive_set_error(archive, EINVAL, "gzip: cut off");
            return ARCHIVE_FATAL;
        }
        int status = inflate(&bytes->stream, Z_NO_FLUSH);
        if (status == Z_STREAM_END) {
            stream_ended(archive, bytes);
        } else if (status != Z_OK) {
            archive_set_error(archive, EINVAL, "gzip: broken");
            return ARCHIVE_FATAL;
        }
    }
    return (la_ssize_t)(BLOCK - bytes->stream.avail_out);
}

la_ssize_t archive_bytes_read(struct archive *archive, void *arg, const void **out_block)
{
    struct archive_bytes *bytes = arg;
    *out_block = bytes->block;
    if (bytes->is_gzip) {
        return gzip_read(archive, bytes);
    }
    ssize_t length = file_read(archive, bytes, bytes->block);
    bytes->is_past_end = length == 0;
    return length;
}

bool archive_bytes_is_gzip(const struct archive_bytes *bytes)
{
    return bytes->is_gzip;
}

int64_t archive_bytes_done(const struct archive_bytes *bytes)
{
    return bytes->done;
}

bool archive_bytes_ended_early(const struct archive_bytes *bytes)
{
    return bytes->is_past_end;
}
