#include "import/tree.h"

#include "runtime/cleanup.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#include <unistd.h>

void descriptor_close(const int *descriptor)
{
    if (*descriptor >= 0) {
        int error = errno;
        (void)close(*descriptor);
        errno = error;
    }
}

void directory_close(DIR **directory)
{
    if (*directory) {
        int error = errno;
        (void)closedir(*directory);
        errno = error;
    }
}

int tree_open(int folder, const char *path, int flags)
{
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC | O_NONBLOCK, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/* --- walking --- */

struct walk {
    tree_visit *visit;
    void *arg;
    bool is_stopped;
};

static DIR *directory_open(int folder, const char *name)
{
    int file = tree_open(folder, name, O_RDONLY | O_DIRECTORY);
    DIR *directory = file >= 0 ? fdopendir(file) : NULL;
    if (!directory) {
        descriptor_close(&file);
    }
    return directory;
}

/* The next entry that is not the folder itself or the one around it; NULL with errno 0 after the last. */
static const char *name_next(DIR *directory)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(directory);
        if (!entry) {
            return NULL;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            return entry->d_name;
        }
    }
}

static bool folder_walk(struct walk *walk, int around, const char *name, const char *path, int depth)
{
    _cleanup_(directory_close) DIR *directory = directory_open(around, name);
    if (!directory) {
        return false;
    }
    struct tree_entry entry = {.folder = dirfd(directory), .depth = depth};
    while (!walk->is_stopped && (entry.name = name_next(directory)) != NULL) {
        _cleanup_(memory_free) char *below =
            path ? checked_printf("%s/%s", path, entry.name) : checked_strdup(entry.name);
        entry.path = below;
        if (fstatat(entry.folder, entry.name, &entry.status, AT_SYMLINK_NOFOLLOW) != 0) {
            return false;
        }
        enum tree_step step = walk->visit(walk->arg, &entry);
        walk->is_stopped = step == TREE_STOP;
        if (step == TREE_ENTER) {
            errno = ELOOP;
            if (depth + 1 >= TREE_DEPTH_MAX || !folder_walk(walk, entry.folder, entry.name, below, depth + 1)) {
                return false;
            }
        }
    }
    return walk->is_stopped || errno == 0;
}

bool tree_walk(int top, tree_visit *visit, void *arg)
{
    struct walk walk = {visit, arg, false};
    return folder_walk(&walk, top, ".", NULL, 0);
}

/* --- removing --- */

static bool folder_empty(int folder, const char *name, int depth);

static bool entry_remove(int folder, const char *name, int depth)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT) {
        return true;
    }
    if (errno != EISDIR && errno != EPERM) {
        return false;
    }
    return folder_empty(folder, name, depth) && unlinkat(folder, name, AT_REMOVEDIR) == 0;
}

static bool folder_empty(int folder, const char *name, int depth)
{
    _cleanup_(directory_close) DIR *directory = directory_open(folder, name);
    if (!directory) {
        return false;
    }
    if (depth >= TREE_DEPTH_MAX) {
        errno = ELOOP;
        return false;
    }
    for (const char *below; (below = name_next(directory)) != NULL;) {
        if (!entry_remove(dirfd(directory), below, depth + 1)) {
            return false;
        }
    }
    return errno == 0;
}

bool tree_remove(int folder, const char *name)
{
    return entry_remove(folder, name, 0);
}

/* --- copying --- */

/* false: errno. */
static bool bound_take(struct tree_bound *bound, int64_t bytes)
{
    if (!bound) {
        return true;
    }
    bound->bytes -= bytes;
    bool is_stopped = bound->is_stopping && atomic_load(bound->is_stopping);
    errno = is_stopped ? ECANCELED : EFBIG;
    return !is_stopped && bound->bytes >= 0;
}

static bool bytes_copy(int from, int to, struct tree_bound *bound)
{
    enum { BLOCK = 1 << 20 };
    struct stat status;
    ssize_t count;
    while ((count = sendfile(to, from, NULL, BLOCK)) > 0) {
        if (!bound_take(bound, count)) {
            return false;
        }
        FAULT_POINT("import_copying");
    }
    if (count != 0 || fstat(from, &status) != 0) {
        return false;
    }
    const struct timespec times[] = {status.st_atim, status.st_mtim};
    return futimens(to, times) == 0 && fsync(to) == 0;
}

static bool file_copy(
    int from_folder, const char *from_path, int to_folder, const char *to_path, struct tree_bound *bound)
{
    _cleanup_(descriptor_close) int from = tree_open(from_folder, from_path, O_RDONLY);
    _cleanup_(descriptor_close) int to =
        openat(to_folder, to_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
    return from >= 0 && to >= 0 && bytes_copy(from, to, bound);
}

struct copying {
    int to;
    struct tree_bound *bound;
    bool is_done;
};

static enum tree_step entry_copy(void *arg, const struct tree_entry *entry)
{
    struct copying *copying = arg;
    copying->is_done = bound_take(copying->bound, TREE_ENTRY_BYTES);
    if (!copying->is_done) {
        return TREE_STOP;
    }
    if (S_ISDIR(entry->status.st_mode)) {
        copying->is_done = mkdirat(copying->to, entry->path, 0750) == 0;
        return copying->is_done ? TREE_ENTER : TREE_STOP;
    }
    copying->is_done = S_ISREG(entry->status.st_mode)
                           ? file_copy(entry->folder, entry->name, copying->to, entry->path, copying->bound)
                           : symlinkat("/nonexistent", copying->to, entry->path) == 0;
    return copying->is_done ? TREE_ON : TREE_STOP;
}

static bool folder_copy(int from, int to_folder, const char *to_name, struct tree_bound *bound)
{
    if (mkdirat(to_folder, to_name, 0750) != 0) {
        return false;
    }
    _cleanup_(descriptor_close) int to = tree_open(to_folder, to_name, O_RDONLY | O_DIRECTORY);
    struct copying copying = {to, bound, true};
    return to >= 0 && tree_walk(from, entry_copy, &copying) && copying.is_done && fsync(to) == 0;
}

bool tree_copy(int from_folder, const char *from, int to_folder, const char *to, struct tree_bound *bound)
{
    _cleanup_(descriptor_close) int opened = tree_open(from_folder, from, O_RDONLY);
    struct stat status;
    if (opened < 0 || fstat(opened, &status) != 0) {
        return false;
    }
    return S_ISDIR(status.st_mode) ? folder_copy(opened, to_folder, to, bound)
                                   : file_copy(from_folder, from, to_folder, to, bound);
}
