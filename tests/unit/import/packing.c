#include "packing.h"

#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct archive *packing_begin(enum packing packing, const char *options, int *out_file)
{
    struct archive *archive = archive_write_new();
    *out_file = memfd_create("archive", MFD_CLOEXEC);
    int status = packing == PACK_ZIP ? archive_write_set_format_zip(archive)
                                     : archive_write_add_filter_gzip(archive) | archive_write_set_format_pax(archive);
    if (options) {
        status |= archive_write_set_options(archive, options) | archive_write_set_passphrase(archive, "secret");
    }
    status |= archive_write_set_bytes_in_last_block(archive, 1);
    assert(status == ARCHIVE_OK && *out_file >= 0);
    status = archive_write_open_fd(archive, *out_file);
    assert(status == ARCHIVE_OK);
    return archive;
}

int packing_end(struct archive *archive, int file)
{
    int status = archive_write_close(archive);
    assert(status == ARCHIVE_OK);
    (void)archive_write_free(archive);
    (void)lseek(file, 0, SEEK_SET);
    return file;
}

static void entry_write(struct archive *archive, struct archive_entry *entry)
{
    archive_entry_set_perm(entry, 0644);
    int status = archive_write_header(archive, entry);
    assert(status >= ARCHIVE_WARN); /* a name that is no text is told and written */
    archive_entry_free(entry);
}

void pack_file(struct archive *archive, const char *path, const char *content)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)strlen(content));
    entry_write(archive, entry);
    la_ssize_t written = archive_write_data(archive, content, strlen(content));
    assert(written == (la_ssize_t)strlen(content));
}

void pack_zeros(struct archive *archive, const char *path, size_t size)
{
    static const char zeros[1 << 20];
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, (la_int64_t)size);
    entry_write(archive, entry);
    for (size_t done = 0; done < size; done += sizeof zeros) {
        (void)archive_write_data(archive, zeros, size - done < sizeof zeros ? size - done : sizeof zeros);
    }
}

void pack_odd(struct archive *archive, const char *path, unsigned type, const char *to)
{
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, path);
    archive_entry_set_filetype(entry, type);
    if (type == AE_IFLNK) {
        archive_entry_set_symlink(entry, to);
    } else if (to) {
        archive_entry_set_hardlink(entry, to);
    }
    entry_write(archive, entry);
}
