#include "import/inbox_asked.h"

#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* `<work>/10.asked` for everything, `<work>/10.asked-for/NAME` for one archive. */
static char *asked_path(const struct inbox_options *options, academy_code academy)
{
    return checked_printf("%s/%d.asked", options->work_directory, academy.v);
}

static char *asked_folder(const struct inbox_options *options, academy_code academy)
{
    return checked_printf("%s/%d.asked-for", options->work_directory, academy.v);
}

/* No archive has another name. */
static bool is_name(const char *name)
{
    return name[0] != '.' && name[0] != '\0' && !strchr(name, '/') && strlen(name) <= 255;
}

static bool touch(const char *path, struct fault *fault)
{
    _cleanup_(descriptor_close) int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file < 0 || futimens(file, NULL) != 0) {
        return fault_from_errno(fault, FAULT_IO, "%s", path);
    }
    return true;
}

static bool ask_one(const struct inbox_options *options, academy_code academy, const char *name, struct fault *fault)
{
    _cleanup_(memory_free) char *all = asked_path(options, academy);
    if (name[0] == '\0') {
        return touch(all, fault);
    }
    if (!is_name(name)) {
        return true; /* nothing lies under that name */
    }
    _cleanup_(memory_free) char *folder = asked_folder(options, academy);
    _cleanup_(memory_free) char *path = checked_printf("%s/%s", folder, name);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
        return fault_from_errno(fault, FAULT_IO, "%s", folder);
    }
    return touch(path, fault);
}

bool inbox_ask(const struct inbox_options *options, academy_code academy, const char *name, struct fault *fault)
{
    if (academy.v != 0) {
        return ask_one(options, academy, name, fault);
    }
    _cleanup_(directory_close) DIR *directory = opendir(options->inbox_directory);
    if (!directory) {
        return fault_from_errno(fault, FAULT_IO, "%s", options->inbox_directory);
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (inbox_is_academy(entry->d_name, &academy) && !ask_one(options, academy, name, fault)) {
            return false;
        }
    }
    return true;
}

static struct instant changed_at(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 ? clock_instant(status.st_ctim) : INSTANT_NEVER;
}

struct instant inbox_asked_for_all(const struct inbox_options *options, academy_code academy)
{
    _cleanup_(memory_free) char *path = asked_path(options, academy);
    return changed_at(path);
}

struct instant inbox_asked_for(const struct inbox_options *options, academy_code academy, const char *name)
{
    _cleanup_(memory_free) char *folder = asked_folder(options, academy);
    _cleanup_(memory_free) char *path = checked_printf("%s/%s", folder, name);
    return is_name(name) ? changed_at(path) : INSTANT_NEVER;
}

/* name: NULL for any. */
static bool is_open(const struct inbox_list *list, academy_code academy, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        if (archive->academy.v == academy.v && archive->is_asked && (!name || strcmp(archive->name, name) == 0)) {
            return true;
        }
    }
    return false;
}

void inbox_asked_tidy(const struct inbox_options *options, academy_code academy, const struct inbox_list *list)
{
    _cleanup_(memory_free) char *all = asked_path(options, academy);
    _cleanup_(memory_free) char *folder = asked_folder(options, academy);
    if (!is_open(list, academy, NULL)) {
        (void)unlink(all); /* left over, it asks for nothing that is there */
    }
    _cleanup_(directory_close) DIR *directory = opendir(folder);
    for (const struct dirent *entry; directory && (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.' && !is_open(list, academy, entry->d_name)) {
            (void)unlinkat(dirfd(directory), entry->d_name, 0);
        }
    }
}
