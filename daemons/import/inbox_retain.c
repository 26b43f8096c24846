/* What was put away goes after a time. */
#include "import/inbox.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct retaining {
    struct instant before;
    size_t count;
    bool is_failed;
    struct fault fault; /* the first */
};

/* `<run>-NAME`, or one that a crash left half copied: nothing else in that folder is ours. */
static bool is_ours(const char *name)
{
    if (name[0] == '.') {
        name++;
    }
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && name[digits] == '-';
}

/* When it was put away: the move changed its inode. What is in a folder did not change with it. */
static bool is_old(int folder, const char *name, struct instant before)
{
    struct stat status;
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
           instant_before(
               (struct instant){(int64_t)status.st_ctim.tv_sec * 1000000 + status.st_ctim.tv_nsec / 1000}, before);
}

static void failed(struct retaining *retaining, const char *folder, const char *name)
{
    if (!retaining->is_failed) {
        retaining->is_failed = true;
        (void)fault_from_errno(&retaining->fault, FAULT_IO, "remove %s/%s", folder, name);
    }
}

static void shelf_retain(struct retaining *retaining, int around, const char *name)
{
    int opened = openat(around, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_(directory_close) DIR *directory = opened >= 0 ? fdopendir(opened) : NULL;
    if (!directory) {
        failed(retaining, name, "");
        return;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!is_ours(entry->d_name) || !is_old(opened, entry->d_name, retaining->before)) {
            continue;
        }
        if (tree_remove(opened, entry->d_name)) {
            retaining->count++;
        } else {
            failed(retaining, name, entry->d_name);
        }
    }
}

bool inbox_retain(const struct inbox_options *options, struct instant now, struct duration retention, size_t *out_count,
    struct fault *fault)
{
    struct retaining retaining = {.before = {now.us - retention.us}};
    _cleanup_(directory_close) DIR *directory = opendir(options->archive_directory);
    *out_count = 0;
    if (!directory) {
        return fault_from_errno(fault, FAULT_IO, "%s", options->archive_directory);
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        academy_code academy;
        if (inbox_is_academy(entry->d_name, &academy)) {
            shelf_retain(&retaining, dirfd(directory), entry->d_name);
        }
    }
    *out_count = retaining.count;
    *fault = retaining.is_failed ? retaining.fault : *fault;
    return !retaining.is_failed;
}
