#include "notify/maildir.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

struct look {
    int folder;
    maildir_visit *visit;
    void *arg;
    char *bytes; /* of MAILDIR_READ_MAX */
};

/* Neither a link nor a pipe: who may write there may not lead us elsewhere, nor make us wait. -1: no such file. */
static int file_open(int folder, const char *name)
{
    struct stat about;
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file >= 0 && (fstat(file, &about) != 0 || !S_ISREG(about.st_mode))) {
        close(file);
        return -1;
    }
    return file;
}

static bool read_up_to(int file, char *bytes, size_t size, size_t *out_length)
{
    ssize_t got = 1;
    *out_length = 0;
    while (got > 0 && *out_length < size) {
        got = read(file, bytes + *out_length, size - *out_length);
        if (got < 0 && errno == EINTR) {
            got = 1;
            continue;
        }
        *out_length += got > 0 ? (size_t)got : 0;
    }
    return got >= 0;
}

static bool letter_visit(const struct look *look, const char *name)
{
    size_t length = 0;
    int file = file_open(look->folder, name);
    if (file < 0) {
        return look->visit(look->arg, name, NULL, 0);
    }
    bool was_read = read_up_to(file, look->bytes, MAILDIR_READ_MAX, &length);
    close(file);
    return look->visit(look->arg, name, was_read ? look->bytes : NULL, length);
}

static bool is_name(const char *name)
{
    return name[0] != '.' && strlen(name) + sizeof ":2," <= MAILDIR_NAME_SIZE;
}

static DIR *folder_open(const char *directory, const char *name, struct fault *fault)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    DIR *list = opendir(path);
    if (!list) {
        fault_from_errno(fault, FAULT_IO, "%s", path);
        fault_hint(fault, "notify.return_maildir must be a Maildir that notifyd may read and write.");
    }
    return list;
}

bool maildir_read(const char *directory, maildir_visit *visit, void *arg, size_t *out_waiting, struct fault *fault)
{
    *out_waiting = 0;
    DIR *list = folder_open(directory, "new", fault);
    if (!list) {
        return false;
    }
    _cleanup_(memory_free) char *bytes = checked_malloc(MAILDIR_READ_MAX);
    const struct look look = {dirfd(list), visit, arg, bytes};
    bool wants_more = true;
    for (struct dirent *entry = readdir(list); entry && *out_waiting < MAILDIR_COUNT_MAX; entry = readdir(list)) {
        if (is_name(entry->d_name)) {
            ++*out_waiting;
            wants_more = wants_more && letter_visit(&look, entry->d_name);
        }
    }
    closedir(list);
    return true;
}

bool maildir_erase(const char *directory, const char *name, struct fault *fault)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/new/%s", directory, name);
    return unlink(path) == 0 || errno == ENOENT || fault_from_errno(fault, FAULT_IO, "%s", path);
}

bool maildir_keep(const char *directory, const char *name, struct fault *fault)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    snprintf(from, sizeof from, "%s/new/%s", directory, name);
    /* the flags that a name must have among the seen ones; a server gives none to a new one */
    snprintf(to, sizeof to, "%s/cur/%s%s", directory, name, strstr(name, ":2,") ? "" : ":2,");
    return rename(from, to) == 0 || errno == ENOENT || fault_from_errno(fault, FAULT_IO, "%s", to);
}

bool maildir_erase_kept(const char *directory, struct instant before, struct fault *fault)
{
    struct stat about;
    DIR *list = folder_open(directory, "cur", fault);
    if (!list) {
        return false;
    }
    bool done = true;
    for (struct dirent *entry = readdir(list); entry && done; entry = readdir(list)) {
        if (entry->d_name[0] != '.' && fstatat(dirfd(list), entry->d_name, &about, AT_SYMLINK_NOFOLLOW) == 0 &&
            !S_ISDIR(about.st_mode) && (int64_t)about.st_mtime * 1000000 < before.us) {
            done = unlinkat(dirfd(list), entry->d_name, 0) == 0 || errno == ENOENT ||
                   fault_from_errno(fault, FAULT_IO, "%s/cur", directory);
        }
    }
    closedir(list);
    return done;
}
