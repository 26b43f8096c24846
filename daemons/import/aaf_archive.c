#include "import/aaf_archive.h"

#include "import/archive_bytes.h"
#include "import/archive_visit.h"
#include "import/file_name.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct packed {
    struct visit visit;
    struct archive *archive;
    struct archive_bytes *bytes;
};

/* --- one file, of an archive or of a folder --- */

static bool bytes_give(struct visit *visit, const char *name, const char *bytes, size_t length)
{
    visit->is_ended = name && !visit->visitor->file_bytes(visit->visitor->arg, bytes, length);
    return !visit->is_ended;
}

enum refusal visit_file(struct visit *visit, const char *name, visit_read *read, void *arg)
{
    static _Thread_local char bytes[VISIT_BLOCK];
    const struct archive_visitor *visitor = visit->visitor;
    if (name && !visitor->file_begins(visitor->arg, name)) {
        visit->is_ended = true;
        return REFUSAL_NONE;
    }
    ssize_t length;
    while ((length = read(arg, bytes, sizeof bytes)) > 0) {
        if ((size_t)length > visit->left) {
            return REFUSAL_ARCHIVE_UNSAFE;
        }
        visit->left -= (size_t)length;
        if (!bytes_give(visit, name, bytes, (size_t)length)) {
            return REFUSAL_NONE;
        }
    }
    if (length < 0) {
        return REFUSAL_ARCHIVE_UNREADABLE;
    }
    visit->is_ended = name && !visitor->file_ends(visitor->arg);
    return REFUSAL_NONE;
}

/* --- entries --- */

static void progress_tell(const struct packed *packed)
{
    atomic_store_explicit(packed->visit.bytes_done, archive_bytes_done(packed->bytes), memory_order_relaxed);
}

static ssize_t entry_read(void *arg, char *out_bytes, size_t size)
{
    const struct packed *packed = arg;
    la_ssize_t length = archive_read_data(packed->archive, out_bytes, size);
    progress_tell(packed);
    return length;
}

/* The name without folders; NULL when a folder leads out of the archive. */
static const char *name_of(const char *path)
{
    if (path[0] == '/' || path[0] == '\\') {
        return NULL;
    }
    for (const char *part = path;; part++) {
        size_t length = strcspn(part, "/\\"); /* some of those who write zip files think that it is that one */
        if (length == 2 && memcmp(part, "..", 2) == 0) {
            return NULL;
        }
        if (!part[length]) {
            return part;
        }
        part += length;
    }
}

static const char *path_of(struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    return path ? path : archive_entry_pathname_utf8(entry);
}

static bool is_safe(const struct packed *packed, struct archive_entry *entry)
{
    bool is_link = archive_entry_hardlink(entry) || archive_entry_symlink(entry);
    bool is_file = archive_entry_filetype(entry) == AE_IFREG && archive_entry_sparse_count(entry) == 0;
    bool is_large = archive_entry_size_is_set(entry) && (size_t)archive_entry_size(entry) > packed->visit.left;
    return !is_link && (is_file || archive_entry_filetype(entry) == AE_IFDIR) && !is_large;
}

static enum refusal entry_visit(struct packed *packed, struct archive_entry *entry)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    const char *path = path_of(entry);
    const char *name = path ? name_of(path) : NULL;
    if (!name || !is_safe(packed, entry)) {
        return REFUSAL_ARCHIVE_UNSAFE;
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        return REFUSAL_NONE;
    }
    file_name_show(name, shown);
    return visit_file(&packed->visit, file_name_is_xml(name) ? shown : NULL, entry_read, packed);
}

/* What follows the last entry in gzip: filling, and the checksum of it all. */
static enum refusal rest_read(struct packed *packed)
{
    const void *block;
    la_ssize_t length = 0;
    while (archive_bytes_is_gzip(packed->bytes) &&
           (length = archive_bytes_read(packed->archive, packed->bytes, &block)) > 0) {
        if ((size_t)length > packed->visit.left) {
            return REFUSAL_ARCHIVE_UNSAFE;
        }
        packed->visit.left -= (size_t)length;
    }
    progress_tell(packed);
    return length < 0 ? REFUSAL_ARCHIVE_UNREADABLE : REFUSAL_NONE;
}

static enum refusal entries_visit(struct packed *packed)
{
    for (int i = 0; !packed->visit.is_ended; i++) {
        struct archive_entry *entry;
        int status = archive_read_next_header(packed->archive, &entry);
        progress_tell(packed);
        if (status == ARCHIVE_EOF) {
            return rest_read(packed);
        }
        if (status < ARCHIVE_WARN) {
            return REFUSAL_ARCHIVE_UNREADABLE;
        }
        enum refusal refusal = i < ARCHIVE_FILES_MAX ? entry_visit(packed, entry) : REFUSAL_ARCHIVE_UNSAFE;
        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

/* --- the whole --- */

/* gzip is ours to take off, and programs of the outside are never asked: no filter at all. */
static bool packed_open(const struct packed *packed, int file)
{
    struct archive *archive = packed->archive;
    bool is_gzip = archive_bytes_is_gzip(packed->bytes);
    return archive_read_support_format_tar(archive) == ARCHIVE_OK &&
           (is_gzip || (archive_read_support_format_zip(archive) == ARCHIVE_OK &&
                           archive_read_set_seek_callback(archive, archive_bytes_seek) == ARCHIVE_OK)) &&
           lseek(file, 0, SEEK_SET) == 0 && archive_read_set_read_callback(archive, archive_bytes_read) == ARCHIVE_OK &&
           archive_read_set_callback_data(archive, packed->bytes) == ARCHIVE_OK &&
           archive_read_open1(archive) == ARCHIVE_OK;
}

/* What is too short to be known as an archive has just begun, if that is how one begins. */
static bool is_cut_off(const struct packed *packed, int file)
{
    static const char zip[] = "PK\x03\x04";
    char begin[sizeof zip - 1];
    if (archive_bytes_is_gzip(packed->bytes) || archive_format(packed->archive) != 0) {
        return archive_bytes_ended_early(packed->bytes);
    }
    ssize_t length = pread(file, begin, sizeof begin, 0);
    return (length >= 0 && length < (ssize_t)sizeof begin && memcmp(begin, zip, (size_t)length) == 0) ||
           (length == 1 && begin[0] == 0x1F);
}

/* Names in UTF-8 stay what they are, whatever the process thinks of letters: the library goes by the thread's locale. */
static locale_t utf8_enter(locale_t *out_before)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    assert(utf8); /* built into the C library */
    *out_before = uselocale(utf8);
    return utf8;
}

static enum refusal packed_visit(const struct visit *visit, int file, bool *out_cut_off)
{
    locale_t before;
    locale_t utf8 = utf8_enter(&before);
    struct packed packed = {*visit, archive_read_new(), archive_bytes_new(file)};
    assert(packed.archive); /* out of memory otherwise */
    enum refusal refusal = packed_open(&packed, file) ? entries_visit(&packed) : REFUSAL_ARCHIVE_UNREADABLE;
    *out_cut_off = refusal == REFUSAL_ARCHIVE_UNREADABLE && is_cut_off(&packed, file);
    (void)archive_read_free(packed.archive);
    archive_bytes_free(&packed.bytes);
    (void)uselocale(before);
    freelocale(utf8);
    return refusal;
}

/* What an archive of that size may hold. */
static size_t unpacked_max(size_t size, size_t size_max)
{
    size_t by_ratio = size < size_max / ARCHIVE_RATIO_MAX ? size * ARCHIVE_RATIO_MAX : size_max;
    size_t bound = by_ratio > ARCHIVE_RATIO_FROM ? by_ratio : ARCHIVE_RATIO_FROM;
    return bound < size_max ? bound : size_max;
}

enum refusal archive_visit(
    int file, size_t size_max, const struct archive_visitor *visitor, _Atomic int64_t *bytes_done, bool *out_cut_off)
{
    struct visit visit = {visitor, bytes_done, size_max, false};
    struct stat status;
    *out_cut_off = false;
    if (fstat(file, &status) != 0) {
        return REFUSAL_ARCHIVE_UNREADABLE;
    }
    if (S_ISDIR(status.st_mode)) {
        return folder_visit(&visit, file);
    }
    visit.left = unpacked_max((size_t)status.st_size, size_max);
    return packed_visit(&visit, file, out_cut_off);
}
