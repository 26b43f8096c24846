#include "import/upload.h"

#include "import/aaf_archive.h"
#include "import/file_name.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static void later_of(struct instant *instant, const struct timespec *time)
{
    struct instant other = clock_instant(*time);
    if (instant_before(*instant, other)) {
        *instant = other;
    }
}

/* A folder says nothing itself, and some file systems date it anew when it moves. */
static void status_add(struct upload *upload, const struct stat *status)
{
    later_of(&upload->changed_at, &status->st_ctim);
    if (S_ISREG(status->st_mode)) {
        later_of(&upload->modified_at, &status->st_mtim);
    }
}

static enum tree_step member_look(void *arg, const struct tree_entry *entry)
{
    struct upload *upload = arg;
    bool is_file = S_ISREG(entry->status.st_mode);
    status_add(upload, &entry->status);
    upload->has_partial = upload->has_partial || file_name_is_partial(entry->name);
    if (is_file && file_name_is_xml(entry->name)) {
        upload->has_xml = true;
        upload->size += entry->status.st_size;
    }
    if (++upload->count > ARCHIVE_FILES_MAX) {
        return TREE_STOP; /* whoever reads it says so */
    }
    return S_ISDIR(entry->status.st_mode) ? TREE_ENTER : TREE_ON;
}

static enum upload_kind folder_look(int folder, const char *name, struct upload *upload)
{
    _cleanup_(descriptor_close) int opened = tree_open(folder, name, O_RDONLY | O_DIRECTORY);
    upload->size = 0;
    upload->is_folder = true;
    if (opened < 0 || !tree_walk(opened, member_look, upload)) {
        return errno == ENOENT ? UPLOAD_NONE : UPLOAD_UNREADABLE;
    }
    return UPLOAD_ARCHIVE;
}

enum upload_kind upload_look(int folder, const char *name, struct upload *out_upload)
{
    struct stat status;
    *out_upload = (struct upload){0};
    if (name[0] == '.') {
        return UPLOAD_NONE;
    }
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return errno == ENOENT ? UPLOAD_NONE : UPLOAD_UNREADABLE;
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        return UPLOAD_ODD;
    }
    out_upload->device = status.st_dev;
    out_upload->inode = status.st_ino;
    out_upload->size = status.st_size;
    status_add(out_upload, &status);
    if (S_ISDIR(status.st_mode)) {
        return file_name_is_partial(name) ? UPLOAD_NONE : folder_look(folder, name, out_upload);
    }
    if (!file_name_is_archive(name)) {
        return UPLOAD_NONE;
    }
    return faccessat(folder, name, R_OK, AT_EACCESS) == 0 ? UPLOAD_ARCHIVE : UPLOAD_UNREADABLE;
}

bool upload_is_same(const struct upload *one, const struct upload *other)
{
    return one->device == other->device && one->inode == other->inode && one->size == other->size &&
           one->count == other->count && one->modified_at.us == other->modified_at.us;
}

/* --- open for writing --- */

/* A lease for reading is only given while nobody writes. Whoever comes to write in that instant makes the system send a
 * signal: one that does nothing. */
static bool file_is_written(int folder, const char *name)
{
    _cleanup_(descriptor_close) int file = tree_open(folder, name, O_RDONLY);
    if (file < 0 || fcntl(file, F_SETSIG, SIGURG) != 0) {
        return false;
    }
    if (fcntl(file, F_SETLEASE, F_RDLCK) != 0) {
        return errno == EAGAIN;
    }
    (void)fcntl(file, F_SETLEASE, F_UNLCK);
    return false;
}

static enum tree_step member_is_written(void *arg, const struct tree_entry *entry)
{
    bool *is_written = arg;
    if (S_ISREG(entry->status.st_mode) && file_is_written(entry->folder, entry->name)) {
        *is_written = true;
        return TREE_STOP;
    }
    return S_ISDIR(entry->status.st_mode) ? TREE_ENTER : TREE_ON;
}

bool upload_is_written(int folder, const char *name)
{
    struct stat status;
    bool is_written = false;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(status.st_mode)) {
        return file_is_written(folder, name);
    }
    _cleanup_(descriptor_close) int opened = tree_open(folder, name, O_RDONLY | O_DIRECTORY);
    /* what cannot be looked at is not known to be written: its reading will say what is wrong */
    return opened >= 0 && tree_walk(opened, member_is_written, &is_written) && is_written;
}
