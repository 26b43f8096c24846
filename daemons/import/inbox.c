#include "import/inbox.h"

#include "domain/date.h"
#include "domain/school.h"
#include "import/file_name.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static void directory_close(DIR **directory)
{
    if (*directory) {
        (void)closedir(*directory);
    }
}

static void descriptor_close(const int *descriptor)
{
    if (*descriptor >= 0) {
        (void)close(*descriptor);
    }
}

static struct instant changed_at(const struct stat *status)
{
    return (struct instant){(int64_t)status->st_ctim.tv_sec * 1000000 + status->st_ctim.tv_nsec / 1000};
}

/* "10", "010": the folder of an academy. */
static bool academy_of_folder(const char *name, academy_code *out_academy)
{
    size_t length = strspn(name, "0123456789");
    return length > 0 && length <= 3 && name[length] == '\0' && academy_parse(name, out_academy);
}

/* --- asking --- */

static char *asked_path(const struct inbox_options *options, academy_code academy)
{
    return checked_printf("%s/%d.asked", options->work_directory, academy.v);
}

static bool ask_one(const struct inbox_options *options, academy_code academy, struct fault *fault)
{
    _cleanup_(memory_free) char *path = asked_path(options, academy);
    _cleanup_(descriptor_close) int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file < 0 || futimens(file, NULL) != 0) {
        return fault_from_errno(fault, FAULT_IO, "%s", path);
    }
    return true;
}

/* never: nobody asked. */
static struct instant asked_at(const struct inbox_options *options, academy_code academy)
{
    _cleanup_(memory_free) char *path = asked_path(options, academy);
    struct stat status;
    return lstat(path, &status) == 0 ? changed_at(&status) : INSTANT_NEVER;
}

static void asked_done(const struct inbox_options *options, academy_code academy)
{
    _cleanup_(memory_free) char *path = asked_path(options, academy);
    (void)unlink(path); /* left over, it asks for nothing that is there */
}

bool inbox_ask(const struct inbox_options *options, academy_code academy, struct fault *fault)
{
    if (academy.v != 0) {
        return ask_one(options, academy, fault);
    }
    _cleanup_(directory_close) DIR *directory = opendir(options->inbox_directory);
    if (!directory) {
        return fault_from_errno(fault, FAULT_IO, "%s", options->inbox_directory);
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (academy_of_folder(entry->d_name, &academy) && !ask_one(options, academy, fault)) {
            return false;
        }
    }
    return true;
}

/* --- looking --- */

struct looking {
    const struct inbox_options *options;
    struct inbox_list *list;
    academy_code academy;
    struct instant now, hour, asked; /* hour: the last one of import.times */
    bool asked_is_open;              /* something that was asked for is still there */
};

static void archive_add(struct looking *looking, char *path, const struct stat *status)
{
    struct inbox_list *list = looking->list;
    struct instant arrived_at = changed_at(status);
    bool is_asked = !instant_before(looking->asked, arrived_at);
    bool is_wanted = is_asked || !instant_before(looking->hour, arrived_at);
    bool has_rested = !duration_longer(looking->options->settle, instant_since(looking->now, arrived_at));
    looking->asked_is_open = looking->asked_is_open || is_asked;
    if (list->count == list->size) {
        list->size = list->size * 2 + 16;
        list->archives = checked_realloc(list->archives, list->size, sizeof *list->archives);
    }
    list->archives[list->count++] = (struct inbox_archive){
        .academy = looking->academy,
        .path = path,
        .name = strrchr(path, '/') + 1,
        .size = status->st_size,
        .arrived_at = arrived_at,
        .is_wanted = is_wanted,
        .is_due = is_wanted && has_rested,
    };
}

static bool folder_look(struct looking *looking, const char *folder, struct fault *fault)
{
    _cleanup_(directory_close) DIR *directory = opendir(folder);
    if (!directory) {
        return fault_from_errno(fault, FAULT_IO, "%s", folder);
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        _cleanup_(memory_free) char *path = checked_printf("%s/%s", folder, entry->d_name);
        struct stat status;
        if (file_name_is_archive(entry->d_name) && lstat(path, &status) == 0 && S_ISREG(status.st_mode)) {
            archive_add(looking, TAKE(path), &status);
        }
    }
    return true;
}

/* In an academy, by the day of the export; then by arrival. */
static int archive_compare(const void *a, const void *b)
{
    const struct inbox_archive *one = a;
    const struct inbox_archive *other = b;
    int by_date = date_compare(file_name_date(one->name), file_name_date(other->name));
    if (by_date != 0) {
        return by_date;
    }
    if (one->arrived_at.us != other->arrived_at.us) {
        return one->arrived_at.us < other->arrived_at.us ? -1 : 1;
    }
    return strcmp(one->path, other->path);
}

static struct instant last_hour(const struct inbox_options *options, struct instant now)
{
    struct instant last = INSTANT_NEVER;
    for (size_t i = 0; i < options->time_count; i++) {
        struct instant hour = schedule_previous(now, options->times[i]);
        last = instant_before(last, hour) ? hour : last;
    }
    return last;
}

bool inbox_scan(const struct inbox_options *options, struct inbox_list *out_list, struct fault *fault)
{
    *out_list = (struct inbox_list){0};
    _cleanup_(directory_close) DIR *directory = opendir(options->inbox_directory);
    if (!directory) {
        return fault_from_errno(fault, FAULT_IO, "%s", options->inbox_directory);
    }
    struct instant now = clock_now();
    struct looking looking = {.options = options, .list = out_list, .now = now, .hour = last_hour(options, now)};
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (!academy_of_folder(entry->d_name, &looking.academy)) {
            continue;
        }
        _cleanup_(memory_free) char *folder = checked_printf("%s/%s", options->inbox_directory, entry->d_name);
        looking.asked = asked_at(options, looking.academy);
        looking.asked_is_open = false;
        if (!folder_look(&looking, folder, fault)) {
            inbox_list_clear(out_list);
            return false;
        }
        if (instant_is_set(looking.asked) && !looking.asked_is_open) {
            asked_done(options, looking.academy);
        }
    }
    if (out_list->count > 0) {
        qsort(out_list->archives, out_list->count, sizeof *out_list->archives, archive_compare);
    }
    return true;
}

void inbox_list_clear(struct inbox_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        memory_free(&list->archives[i].path);
    }
    memory_free(&list->archives);
    list->count = list->size = 0;
}

/* --- putting away --- */

static bool copy_bytes(int from, int to, off_t size)
{
    for (off_t done = 0; done < size;) {
        ssize_t count = sendfile(to, from, NULL, (size_t)(size - done));
        if (count <= 0) {
            return false;
        }
        done += count;
    }
    return fsync(to) == 0;
}

/* Between file systems: whole under another name, then named, then the first one goes. */
static bool move_by_copy(const char *path, const char *target, struct fault *fault)
{
    _cleanup_(memory_free) char *partial = checked_printf("%s.part", target);
    _cleanup_(descriptor_close) int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    _cleanup_(descriptor_close) int to = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    struct stat status;
    if (from < 0 || to < 0 || fstat(from, &status) != 0 || !copy_bytes(from, to, status.st_size) ||
        rename(partial, target) != 0 || unlink(path) != 0) {
        return fault_from_errno(fault, FAULT_IO, "move %s to %s", path, target);
    }
    return true;
}

static bool is_what_was_read(const char *path, const struct stat *read)
{
    struct stat now;
    return lstat(path, &now) == 0 && now.st_dev == read->st_dev && now.st_ino == read->st_ino &&
           now.st_size == read->st_size && now.st_mtim.tv_sec == read->st_mtim.tv_sec &&
           now.st_mtim.tv_nsec == read->st_mtim.tv_nsec;
}

bool inbox_put_away(const struct inbox_options *options, academy_code academy, const struct stat *read,
    const char *path, const char *name, import_id run, struct fault *fault)
{
    if (!is_what_was_read(path, read)) {
        return true;
    }
    _cleanup_(memory_free) char *folder = checked_printf("%s/%d", options->archive_directory, academy.v);
    _cleanup_(memory_free) char *target = checked_printf("%s/%" PRId64 "-%s", folder, run.v, name);
    if (mkdir(folder, 0750) != 0 && errno != EEXIST) {
        return fault_from_errno(fault, FAULT_IO, "%s", folder);
    }
    if (rename(path, target) == 0) {
        /* another one may have come between the look and the move: it goes back, unless a third is there already */
        if (!is_what_was_read(target, read)) {
            (void)renameat2(AT_FDCWD, target, AT_FDCWD, path, RENAME_NOREPLACE);
        }
        return true;
    }
    if (errno != EXDEV) {
        return fault_from_errno(fault, FAULT_IO, "move %s to %s", path, target);
    }
    return move_by_copy(path, target, fault);
}
