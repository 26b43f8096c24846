#include "import/archive_digest.h"

#include "crypto/digest.h"
#include "import/aaf_archive.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool bytes_digest(
    int file, const atomic_bool *is_stopping, unsigned char out_digest[ARCHIVE_DIGEST_SIZE], struct fault *fault)
{
    enum { BLOCK = 128 * 1024 };
    struct digest digest;
    digest_begin(&digest, ARCHIVE_DIGEST_SIZE);
    _cleanup_(memory_free) char *block = checked_malloc(BLOCK);
    ssize_t length;
    while ((length = read(file, block, BLOCK)) > 0) {
        digest_add(&digest, block, (size_t)length);
        if (atomic_load(is_stopping)) {
            return fault_set(fault, FAULT_UNAVAILABLE, "stopping");
        }
    }
    if (length < 0) {
        return fault_from_errno(fault, FAULT_IO, "digest of an archive");
    }
    digest_end(&digest, out_digest);
    return true;
}

/* --- of a folder --- */

struct paths {
    char **list;
    size_t count, size;
    size_t seen;
    bool is_odd;
};

static void paths_clear(struct paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        memory_free(&paths->list[i]);
    }
    memory_free(&paths->list);
}

static enum tree_step path_add(void *arg, const struct tree_entry *entry)
{
    struct paths *paths = arg;
    bool is_folder = S_ISDIR(entry->status.st_mode);
    if (++paths->seen > ARCHIVE_FILES_MAX || (!is_folder && !S_ISREG(entry->status.st_mode))) {
        paths->is_odd = true;
        return TREE_STOP;
    }
    if (is_folder) {
        return TREE_ENTER;
    }
    if (paths->count == paths->size) {
        paths->size = paths->size > 0 ? paths->size * 2 : 64;
        paths->list = checked_realloc(paths->list, paths->size, sizeof *paths->list);
    }
    paths->list[paths->count++] = checked_strdup(entry->path);
    return TREE_ON;
}

static int path_compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Its name and its own digest: where one ends and the next begins is never in doubt. */
static bool member_add(
    struct digest *digest, int folder, const char *path, const atomic_bool *is_stopping, struct fault *fault)
{
    unsigned char member[ARCHIVE_DIGEST_SIZE];
    _cleanup_(descriptor_close) int file = tree_open(folder, path, O_RDONLY);
    if (file < 0) {
        return fault_from_errno(fault, FAULT_IO, "digest of a folder");
    }
    if (!bytes_digest(file, is_stopping, member, fault)) {
        return false;
    }
    digest_add(digest, path, strlen(path) + 1);
    digest_add(digest, member, sizeof member);
    return true;
}

static bool folder_digest(int folder, const atomic_bool *is_stopping, unsigned char out_digest[ARCHIVE_DIGEST_SIZE],
    bool *out_whole, struct fault *fault)
{
    _cleanup_(paths_clear) struct paths paths = {0};
    struct digest digest;
    bool is_seen = tree_walk(folder, path_add, &paths);
    if (!is_seen && errno != ELOOP) {
        return fault_from_errno(fault, FAULT_IO, "digest of a folder");
    }
    *out_whole = is_seen && !paths.is_odd;
    if (!*out_whole) {
        return true;
    }
    if (paths.count > 0) {
        qsort(paths.list, paths.count, sizeof *paths.list, path_compare);
    }
    digest_begin(&digest, ARCHIVE_DIGEST_SIZE);
    for (size_t i = 0; i < paths.count; i++) {
        if (!member_add(&digest, folder, paths.list[i], is_stopping, fault)) {
            return false;
        }
    }
    digest_end(&digest, out_digest);
    return true;
}

bool archive_digest(int file, const atomic_bool *is_stopping, unsigned char out_digest[ARCHIVE_DIGEST_SIZE],
    bool *out_whole, struct fault *fault)
{
    struct stat status;
    if (fstat(file, &status) != 0) {
        return fault_from_errno(fault, FAULT_IO, "an archive");
    }
    if (S_ISDIR(status.st_mode)) {
        return folder_digest(file, is_stopping, out_digest, out_whole, fault);
    }
    *out_whole = true;
    return bytes_digest(file, is_stopping, out_digest, fault);
}
