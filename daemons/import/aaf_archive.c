#include "import/aaf_archive.h"

#include "import/file_name.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 128 * 1024 };

struct visit {
    struct archive *archive;
    const struct archive_visitor *visitor;
    _Atomic int64_t *bytes_done;
    size_t left;   /* bytes that may still be unpacked */
    bool is_ended; /* by the visitor */
};

/* The name without folders; NULL when a folder leads out of the archive. */
static const char *name_of(const char *path)
{
    if (path[0] == '/') {
        return NULL;
    }
    for (const char *part = path;; part++) {
        const char *end = strchr(part, '/');
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 2 && memcmp(part, "..", 2) == 0) {
            return NULL;
        }
        if (!end) {
            return part;
        }
        part = end;
    }
}

static enum refusal file_visit(struct visit *visit, const char *name)
{
    const struct archive_visitor *visitor = visit->visitor;
    if (!visitor->file_begins(visitor->arg, name)) {
        visit->is_ended = true;
        return REFUSAL_NONE;
    }
    for (;;) {
        static _Thread_local char bytes[BLOCK];
        la_ssize_t length = archive_read_data(visit->archive, bytes, sizeof bytes);
        atomic_store_explicit(visit->bytes_done, archive_filter_bytes(visit->archive, -1), memory_order_relaxed);
        if (length < 0) {
            return REFUSAL_ARCHIVE_UNREADABLE;
        }
        if (length == 0) {
            break;
        }
        if ((size_t)length > visit->left) {
            return REFUSAL_ARCHIVE_UNSAFE;
        }
        visit->left -= (size_t)length;
        if (!visitor->file_bytes(visitor->arg, bytes, (size_t)length)) {
            visit->is_ended = true;
            return REFUSAL_NONE;
        }
    }
    visit->is_ended = !visitor->file_ends(visitor->arg);
    return REFUSAL_NONE;
}

static enum refusal entry_visit(struct visit *visit, struct archive_entry *entry)
{
    const char *path = archive_entry_pathname(entry);
    const char *name = path ? name_of(path) : NULL;
    bool is_link = archive_entry_hardlink(entry) || archive_entry_symlink(entry);
    if (!name || is_link) {
        return REFUSAL_ARCHIVE_UNSAFE;
    }
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        return REFUSAL_NONE;
    }
    if (archive_entry_filetype(entry) != AE_IFREG ||
        (archive_entry_size_is_set(entry) && (size_t)archive_entry_size(entry) > visit->left)) {
        return REFUSAL_ARCHIVE_UNSAFE;
    }
    struct file_name ignored;
    return file_name_read(name, &ignored) ? file_visit(visit, name) : REFUSAL_NONE;
}

static enum refusal entries_visit(struct visit *visit)
{
    for (int i = 0; !visit->is_ended; i++) {
        struct archive_entry *entry;
        int status = archive_read_next_header(visit->archive, &entry);
        if (status == ARCHIVE_EOF) {
            return REFUSAL_NONE;
        }
        if (status < ARCHIVE_WARN) {
            return REFUSAL_ARCHIVE_UNREADABLE;
        }
        enum refusal refusal = i < ARCHIVE_FILES_MAX ? entry_visit(visit, entry) : REFUSAL_ARCHIVE_UNSAFE;
        if (refusal != REFUSAL_NONE) {
            return refusal;
        }
    }
    return REFUSAL_NONE;
}

enum refusal archive_visit(
    int file, size_t size_max, const struct archive_visitor *visitor, _Atomic int64_t *bytes_done)
{
    struct visit visit = {archive_read_new(), visitor, bytes_done, size_max, false};
    assert(visit.archive); /* out of memory otherwise */
    enum refusal refusal = REFUSAL_ARCHIVE_UNREADABLE;
    /* programs of the outside are never asked to unpack: gzip must be the library's own */
    if (archive_read_support_filter_gzip(visit.archive) == ARCHIVE_OK &&
        archive_read_support_format_tar(visit.archive) == ARCHIVE_OK &&
        archive_read_support_format_zip(visit.archive) == ARCHIVE_OK && lseek(file, 0, SEEK_SET) == 0 &&
        archive_read_open_fd(visit.archive, file, BLOCK) == ARCHIVE_OK) {
        refusal = entries_visit(&visit);
    }
    (void)archive_read_free(visit.archive);
    return refusal;
}
