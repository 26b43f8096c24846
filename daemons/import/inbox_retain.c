/* What was put away, and what lies in an inbox and was never taken, goes after a time. */
#include "import/file_name.h"
#include "import/inbox.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct retaining {
    struct instant before;
    struct inbox_spared spared, sparing; /* the time before; this time */
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
           instant_before(clock_instant(status.st_ctim), before);
}

static void failed(struct retaining *retaining, const char *folder, const char *name)
{
    if (!retaining->is_failed) {
        retaining->is_failed = true;
        (void)fault_from_errno(&retaining->fault, FAULT_IO, "remove %s/%s", folder, name);
    }
}

static bool told(const struct retaining *retaining, size_t *out_count, struct fault *fault)
{
    *out_count = retaining->count;
    *fault = retaining->is_failed ? retaining->fault : *fault;
    return !retaining->is_failed;
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

bool inbox_retain(const struct inbox_options *options, struct instant now, size_t *out_count, struct fault *fault)
{
    struct retaining retaining = {.before = {now.us - options->retention.us}};
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
    return told(&retaining, out_count, fault);
}

/* --- what was dropped --- */

struct duration inbox_patience(const struct inbox_options *options)
{
    const struct duration week = DAYS(7);
    return duration_longer(week, options->retention) ? week : options->retention;
}

struct newest {
    struct instant before;
    bool is_young; /* something in it changed since */
};

static enum tree_step member_look(void *arg, const struct tree_entry *entry)
{
    struct newest *newest = arg;
    newest->is_young = newest->is_young || !instant_before(clock_instant(entry->status.st_ctim), newest->before);
    return newest->is_young ? TREE_STOP : S_ISDIR(entry->status.st_mode) ? TREE_ENTER : TREE_ON;
}

/* A file or a folder that nobody touched: an upload goes on below a folder without changing it. */
static bool is_left(int folder, const char *name, struct instant before, struct stat *out_status)
{
    struct newest newest = {.before = before};
    if (fstatat(folder, name, out_status, AT_SYMLINK_NOFOLLOW) != 0 ||
        !instant_before(clock_instant(out_status->st_ctim), before) ||
        (!S_ISREG(out_status->st_mode) && !S_ISDIR(out_status->st_mode))) {
        return false;
    }
    if (S_ISREG(out_status->st_mode)) {
        return true;
    }
    _cleanup_(descriptor_close) int opened = tree_open(folder, name, O_RDONLY | O_DIRECTORY);
    return opened >= 0 && tree_walk(opened, member_look, &newest) && !newest.is_young;
}

void inbox_spared_clear(struct inbox_spared *spared)
{
    for (size_t i = 0; i < spared->count; i++) {
        memory_free(&spared->entries[i].path);
    }
    memory_free(&spared->entries);
    *spared = (struct inbox_spared){0};
}

static bool was_spared(const struct inbox_spared *spared, const char *path, const struct stat *status)
{
    for (size_t i = 0; i < spared->count; i++) {
        const struct inbox_old *old = &spared->entries[i];
        if (strcmp(old->path, path) == 0) {
            return old->inode == status->st_ino && old->changed_at.us == clock_instant(status->st_ctim).us;
        }
    }
    return false;
}

/* The first time it was seen to be old. */
static bool spare(struct retaining *retaining, const char *path, const struct stat *status)
{
    struct inbox_spared *sparing = &retaining->sparing;
    if (was_spared(&retaining->spared, path, status)) {
        return false;
    }
    sparing->entries = checked_realloc(sparing->entries, sparing->count + 1, sizeof *sparing->entries);
    sparing->entries[sparing->count++] =
        (struct inbox_old){checked_strdup(path), status->st_ino, clock_instant(status->st_ctim)};
    return true;
}

static void left_remove(struct retaining *retaining, int opened, const char *folder, const char *name)
{
    struct stat status;
    _cleanup_(memory_free) char *path = checked_printf("%s/%s", folder, name);
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || !is_left(opened, name, retaining->before, &status) ||
        spare(retaining, path, &status)) {
        return;
    }
    if (!tree_remove(opened, name)) {
        failed(retaining, folder, name);
        return;
    }
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(path, shown);
    log_event(LOG_WARNING, "inbox_entry_removed", F("path", &shown[0]), F("since", retaining->before));
    retaining->count++;
}

/* is_taken: of claims only what begins with a point, which no claim does; claims themselves wait for their run. */
static void folders_retain(struct retaining *retaining, const char *top, bool is_taken)
{
    _cleanup_(directory_close) DIR *around = opendir(top);
    academy_code academy;
    for (const struct dirent *each; around && (each = readdir(around)) != NULL;) {
        if (!inbox_is_academy(each->d_name, &academy)) {
            continue;
        }
        _cleanup_(memory_free) char *folder = checked_printf("%s/%s", top, each->d_name);
        int opened = openat(dirfd(around), each->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        _cleanup_(directory_close) DIR *directory = opened >= 0 ? fdopendir(opened) : NULL;
        for (const struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
            if (!is_taken || entry->d_name[0] == '.') {
                left_remove(retaining, opened, folder, entry->d_name);
            }
        }
    }
}

bool inbox_retain_dropped(const struct inbox_options *options, struct instant now, struct inbox_memory *memory,
    size_t *out_count, struct fault *fault)
{
    struct retaining retaining = {.before = {now.us - inbox_patience(options).us}, .spared = memory->spared};
    _cleanup_(memory_free) char *taken = checked_printf("%s/.taken", options->inbox_directory);
    folders_retain(&retaining, options->inbox_directory, false);
    folders_retain(&retaining, taken, true);
    inbox_spared_clear(&memory->spared);
    memory->spared = retaining.sparing;
    return told(&retaining, out_count, fault);
}
