/* A file system that exchanges no two names, as NFS, CIFS and most of FUSE: for LD_PRELOAD, before importd. All that this machine can mount without a
 * server of its own (ext4, xfs, tmpfs, overlay) does exchange them. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>

int renameat2(int from, const char *name, int to, const char *other, unsigned flags)
{
    int (*real)(int, const char *, int, const char *, unsigned) = dlsym(RTLD_NEXT, "renameat2");
    if (flags & RENAME_EXCHANGE) {
        errno = EINVAL;
        return -1;
    }
    return real(from, name, to, other, flags);
}
