/* A disk that is full while the file that PREAU_FULL_DISK names is there: for LD_PRELOAD, before a daemon under test or PostgreSQL. What takes
 * room is refused as the kernel would, and statvfs says that none is left. No mount, so that it needs no right that a user has not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Not by access(): that forgets the capabilities by which PostgreSQL's user passes through the folders of a test (postgres.py). */
static int is_full(void)
{
    const char *path = getenv("PREAU_FULL_DISK");
    struct stat seen;
    return path && stat(path, &seen) == 0;
}

static int refuse(void)
{
    errno = ENOSPC;
    return -1;
}

int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
    int (*real)(int, const char *, int, const char *, unsigned) = dlsym(RTLD_NEXT, "renameat2");
    return is_full() ? refuse() : real(from, name, to, other, flags);
}

/* A copy is cut short: what fits is written, and then no more does. While the file that PREAU_FULL_COPY names is there, so that the disk
 * may be full for the copy alone. */
static ssize_t send_some(ssize_t (*real)(int, int, off_t *, size_t), int to, int from, off_t *at, size_t count)
{
    static int passages;
    const char *path = getenv("PREAU_FULL_COPY");
    struct stat seen;
    if (!path || stat(path, &seen) != 0) {
        return real(to, from, at, count);
    }
    return passages++ % 2 == 0 ? real(to, from, at, count < 512 ? count : 512) : refuse();
}

ssize_t sendfile(int to, int from, off_t *at, size_t count)
{
    return send_some(dlsym(RTLD_NEXT, "sendfile"), to, from, at, count);
}

/* The same where an offset has 64 bits anyway. */
ssize_t sendfile64(int to, int from, off64_t *at, size_t count)
{
    return send_some(dlsym(RTLD_NEXT, "sendfile64"), to, from, (off_t *)at, count);
}

int mkdir(const char *path, mode_t mode)
{
    int (*real)(const char *, mode_t) = dlsym(RTLD_NEXT, "mkdir");
    return is_full() && access(path, F_OK) != 0 ? refuse() : real(path, mode);
}

static int tell(int done, struct statvfs *room)
{
    if (done == 0 && is_full()) {
        room->f_bfree = room->f_bavail = 0;
    }
    return done;
}

int statvfs(const char *path, struct statvfs *room)
{
    int (*real)(const char *, struct statvfs *) = dlsym(RTLD_NEXT, "statvfs");
    return tell(real(path, room), room);
}

/* The same structure where a file's length has 64 bits anyway. */
int statvfs64(const char *path, struct statvfs64 *room)
{
    int (*real)(const char *, struct statvfs64 *) = dlsym(RTLD_NEXT, "statvfs64");
    return tell(real(path, room), (struct statvfs *)room);
}

/* PostgreSQL's tables and indices, which grow by a page at their end; its journal has room that it took before. */
static int is_growing_table(int file, off_t end)
{
    char link[40], path[4096];
    struct stat seen;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    return strstr(path, "/base/") && fstat(file, &seen) == 0 && end > seen.st_size;
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t at)
{
    ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
    return is_full() && is_growing_table(file, at + (off_t)count) ? refuse() : real(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    return is_full() && is_growing_table(file, at + (off64_t)count) ? refuse() : real(file, bytes, count, at);
}
