/* An archive's way: out of the inbox, back to it, and to the archive folder. */
#include "import/file_name.h"
#include "import/inbox.h"
#include "import/inbox_asked.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    NAME_BYTES_MAX = 255,  /* of Linux */
    NAME_BYTES_KEPT = 220, /* so that a number fits before it */
    CLAIM_TRIES = 100,
};

/* A folder, made if it is not there yet; opened. Nobody else's: what waits for a person's word must not change meanwhile,
 * by whoever may write to the inbox. */
static int folder_open(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        return -1;
    }
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int taken_open(const struct inbox_options *options, academy_code academy, struct fault *fault)
{
    _cleanup_(memory_free) char *all = checked_printf("%s/.taken", options->inbox_directory);
    _cleanup_(memory_free) char *taken = checked_printf("%s/%d", all, academy.v);
    _cleanup_(descriptor_close) int around = folder_open(all);
    int opened = around >= 0 ? folder_open(taken) : -1;
    if (opened < 0) {
        (void)fault_from_errno(fault, FAULT_IO, "%s", taken);
    }
    return opened;
}

/* The folder that an archive lies in; *out_name: its name there. */
static int around_open(const char *path, const char **out_name)
{
    const char *name = strrchr(path, '/') + 1;
    _cleanup_(memory_free) char *folder = checked_strndup(path, (size_t)(name - 1 - path));
    *out_name = name;
    return open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* The end of a name that is too long to be put after a number. */
static const char *name_kept(const char *name)
{
    size_t length = strlen(name);
    return length > NAME_BYTES_KEPT ? name + length - NAME_BYTES_KEPT : name;
}

const char *inbox_claim_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

struct instant inbox_claimed_at(const char *claim)
{
    return (struct instant){strtoll(claim, NULL, 10)};
}

static const char *dropped_name(const char *claim)
{
    const char *dash = strchr(claim, '-');
    return dash && dash[1] ? dash + 1 : claim;
}

char *inbox_name_of_claim(const char *claim)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(dropped_name(claim), shown);
    return checked_strdup(shown);
}

/* --- claiming --- */

/* Under the first number from now on that is free; in letters that may be stored. */
static bool rename_to_claim(int from, const char *name, int taken, char *out_claim, size_t size)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(name_kept(name), shown);
    int64_t number = clock_now().us;
    for (int i = 0; i < CLAIM_TRIES; i++) {
        (void)snprintf(out_claim, size, "%" PRId64 "-%.*s", number + i, NAME_BYTES_KEPT, shown);
        if (renameat2(from, name, taken, out_claim, RENAME_NOREPLACE) == 0) {
            return true;
        }
        if (errno != EEXIST) {
            return false;
        }
    }
    return false;
}

static bool is_as_seen(int folder, const char *name, const struct inbox_archive *archive)
{
    struct upload upload;
    return upload_look(folder, name, &upload) == UPLOAD_ARCHIVE && upload_is_same(&upload, &archive->upload) &&
           !upload.has_partial;
}

struct going {
    int64_t left; /* bytes */
    int error;    /* 0: nothing stands against it so far */
};

/* Of a sticky folder only their owner removes entries. */
static bool folder_may_go(const struct tree_entry *entry)
{
    bool is_kept = (entry->status.st_mode & S_ISVTX) && entry->status.st_uid != geteuid();
    return !is_kept && faccessat(entry->folder, entry->name, R_OK | W_OK | X_OK, AT_EACCESS) == 0;
}

static enum tree_step member_may_go(void *arg, const struct tree_entry *entry)
{
    struct going *going = arg;
    bool is_folder = S_ISDIR(entry->status.st_mode), is_file = S_ISREG(entry->status.st_mode);
    going->left -= TREE_ENTRY_BYTES + (is_file ? entry->status.st_size : 0);
    if ((is_folder && !folder_may_go(entry)) ||
        (is_file && faccessat(entry->folder, entry->name, R_OK, AT_EACCESS) != 0)) {
        going->error = EACCES;
    } else if (going->left < 0) {
        going->error = EFBIG;
    }
    return going->error != 0 ? TREE_STOP : is_folder ? TREE_ENTER : TREE_ON;
}

/* What could not be removed once it was copied stays where it is, and says so there. false: errno. */
static bool upload_may_go(int folder, const struct inbox_archive *archive, const char *name, size_t size_max)
{
    struct going going = {.left = (int64_t)size_max};
    if (!archive->upload.is_folder) {
        errno = EFBIG;
        return archive->upload.size <= going.left;
    }
    _cleanup_(descriptor_close) int opened = tree_open(folder, name, O_RDONLY | O_DIRECTORY);
    bool is_seen = opened >= 0 && tree_walk(opened, member_may_go, &going);
    errno = going.error != 0 ? going.error : errno;
    return is_seen && going.error == 0;
}

bool inbox_claim(
    const struct inbox_options *options, const struct inbox_archive *archive, char **out_path, struct fault *fault)
{
    char claim[NAME_BYTES_MAX + 1];
    const char *name;
    *out_path = NULL;
    _cleanup_(descriptor_close) int from = around_open(archive->path, &name);
    _cleanup_(descriptor_close) int taken = taken_open(options, archive->academy, fault);
    if (taken < 0) {
        return false;
    }
    if (from < 0 || !is_as_seen(from, name, archive) || upload_is_written(from, name)) {
        return true;
    }
    if (!upload_may_go(from, archive, name, options->size_max) ||
        !rename_to_claim(from, name, taken, claim, sizeof claim)) {
        return errno == ENOENT || fault_from_errno(fault, FAULT_IO, "claim %s", archive->path);
    }
    if (!is_as_seen(taken, claim, archive)) {
        /* another came under its name in between; were there a third one by now, this one stays and is taken first */
        (void)renameat2(taken, claim, from, name, RENAME_NOREPLACE);
        return true;
    }
    if (fsync(from) != 0 || fsync(taken) != 0) {
        return fault_from_errno(fault, FAULT_IO, "claim %s", archive->path);
    }
    FAULT_POINT("import_claimed");
    *out_path = checked_printf("%s/.taken/%d/%s", options->inbox_directory, archive->academy.v, claim);
    return true;
}

/* --- owning --- */

static bool is_shared(const struct stat *status)
{
    return status->st_uid != geteuid() || (S_ISREG(status->st_mode) && status->st_nlink > 1);
}

static enum tree_step member_is_shared(void *arg, const struct tree_entry *entry)
{
    bool *shared = arg;
    *shared = is_shared(&entry->status);
    return *shared ? TREE_STOP : S_ISDIR(entry->status.st_mode) ? TREE_ENTER : TREE_ON;
}

/* Anything of it. false: errno. */
static bool claim_is_shared(int taken, const char *claim, bool *out_shared)
{
    struct stat status;
    if (fstatat(taken, claim, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return false;
    }
    *out_shared = is_shared(&status);
    if (*out_shared || !S_ISDIR(status.st_mode)) {
        return true;
    }
    _cleanup_(descriptor_close) int opened = tree_open(taken, claim, O_RDONLY | O_DIRECTORY);
    return opened >= 0 && tree_walk(opened, member_is_shared, out_shared);
}

static char *upload_name(const char *claim)
{
    return checked_printf(".%s.dropped", claim);
}

/* As far as can be: nothing waits for it. Keeps errno. */
static void aside_clear(int taken, const char *aside)
{
    int error = errno;
    if (!tree_remove(taken, aside)) {
        log_event(LOG_WARNING, "inbox_upload_left", F("path", aside), F("reason", strerror(errno)));
    }
    errno = error;
}

/* The two change names at one instant: what bears the claim's is whole, whenever we die. */
static bool copy_named(int taken, const char *claim, const char *aside, struct tree_bound *bound)
{
    if (!tree_copy(taken, claim, taken, aside, bound)) {
        return false;
    }
    FAULT_POINT("import_copied");
    return renameat2(taken, aside, taken, claim, RENAME_EXCHANGE) == 0;
}

static bool claim_copy(int taken, const char *claim, struct tree_bound *bound)
{
    _cleanup_(memory_free) char *aside = upload_name(claim);
    if (!tree_remove(taken, aside)) {
        return false;
    }
    if (!copy_named(taken, claim, aside, bound)) {
        aside_clear(taken, aside); /* the disk may be full of it */
        return false;
    }
    FAULT_POINT("import_copy_named");
    return fsync(taken) == 0;
}

bool inbox_own(const struct inbox_options *options, academy_code academy, const char *claim,
    const atomic_bool *is_stopping, struct fault *fault)
{
    struct tree_bound bound = {(int64_t)options->size_max, is_stopping};
    bool shared;
    _cleanup_(descriptor_close) int taken = taken_open(options, academy, fault);
    if (taken < 0) {
        return false;
    }
    if (!claim_is_shared(taken, claim, &shared) || (shared && !claim_copy(taken, claim, &bound))) {
        return fault_from_errno(fault, FAULT_IO, "copying %s", claim);
    }
    return true;
}

static bool upload_remove(int taken, const char *claim)
{
    _cleanup_(memory_free) char *aside = upload_name(claim);
    return tree_remove(taken, aside);
}

bool inbox_upload_remove(
    const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault)
{
    _cleanup_(descriptor_close) int taken = taken_open(options, academy, fault);
    return taken >= 0 && (upload_remove(taken, claim) || fault_from_errno(fault, FAULT_IO, "remove %s", claim));
}

bool inbox_claim_remove(
    const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault)
{
    _cleanup_(descriptor_close) int taken = taken_open(options, academy, fault);
    return taken >= 0 && ((upload_remove(taken, claim) && tree_remove(taken, claim) && fsync(taken) == 0) ||
                             fault_from_errno(fault, FAULT_IO, "remove %s", claim));
}

/* Whoever still sends it writes to the upload. */
static bool upload_bring_back(int taken, const char *claim)
{
    _cleanup_(memory_free) char *aside = upload_name(claim);
    if (renameat2(taken, aside, taken, claim, RENAME_EXCHANGE) != 0) {
        return errno == ENOENT;
    }
    FAULT_POINT("import_upload_named");
    return tree_remove(taken, aside);
}

/* --- giving back --- */

/* The folder of an academy in the inbox; -1 without any. */
static int dropped_open(const struct inbox_options *options, academy_code academy)
{
    _cleanup_(directory_close) DIR *directory = opendir(options->inbox_directory);
    int opened = -1;
    for (const struct dirent *entry; directory && opened < 0 && (entry = readdir(directory)) != NULL;) {
        academy_code other;
        if (inbox_is_academy(entry->d_name, &other) && other.v == academy.v) {
            opened = openat(dirfd(directory), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        }
    }
    return opened;
}

bool inbox_give_back(const struct inbox_options *options, academy_code academy, const char *claim, struct fault *fault)
{
    const char *name = dropped_name(claim);
    _cleanup_(descriptor_close) int taken = taken_open(options, academy, fault);
    if (taken < 0) {
        return false;
    }
    _cleanup_(descriptor_close) int to = dropped_open(options, academy);
    if (to < 0) {
        return fault_set(fault, FAULT_MISSING, "academy %d has no folder in the inbox", academy.v);
    }
    if (!upload_bring_back(taken, claim)) {
        return fault_from_errno(fault, FAULT_IO, "give back %s", claim);
    }
    bool is_back = renameat2(taken, claim, to, name, RENAME_NOREPLACE) == 0;
    if (!is_back && errno == EEXIST) {
        name = claim;
        is_back = renameat2(taken, claim, to, name, RENAME_NOREPLACE) == 0;
    }
    if (!is_back || fsync(to) != 0) {
        return fault_from_errno(fault, FAULT_IO, "give back %s", claim);
    }
    FAULT_POINT("import_given_back");
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(name, shown);
    return inbox_ask(options, academy, shown, fault);
}

/* --- putting away --- */

/* Over file systems: whole under a hidden name, then named, then the first one goes. */
static bool move_by_copy(int taken, const char *claim, int shelf, const char *name)
{
    _cleanup_(memory_free) char *partial = checked_printf(".%s.part", name);
    return tree_remove(shelf, partial) && tree_copy(taken, claim, shelf, partial, NULL) &&
           renameat(shelf, partial, shelf, name) == 0 && fsync(shelf) == 0 && tree_remove(taken, claim);
}

static bool move_to_shelf(int taken, const char *claim, int shelf, const char *name)
{
    if (renameat2(taken, claim, shelf, name, RENAME_NOREPLACE) == 0) {
        return true;
    }
    if (errno == EXDEV) {
        return move_by_copy(taken, claim, shelf, name);
    }
    struct stat status;
    bool is_there = fstatat(shelf, name, &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (errno == EEXIST && is_there) {
        return tree_remove(taken, claim); /* it was copied whole before, and we died */
    }
    return errno == ENOENT && is_there;
}

bool inbox_put_away(
    const struct inbox_options *options, academy_code academy, const char *claim, import_id run, struct fault *fault)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(name_kept(dropped_name(claim)), shown);
    _cleanup_(memory_free) char *name = checked_printf("%" PRId64 "-%s", run.v, shown);
    _cleanup_(memory_free) char *folder = checked_printf("%s/%d", options->archive_directory, academy.v);
    _cleanup_(descriptor_close) int taken = taken_open(options, academy, fault);
    if (taken < 0) {
        return false;
    }
    _cleanup_(descriptor_close) int shelf = folder_open(folder);
    _cleanup_(memory_free) char *aside = upload_name(claim);
    aside_clear(taken, aside);
    FAULT_POINT("import_upload_removed");
    if (shelf < 0 || !move_to_shelf(taken, claim, shelf, name) || fsync(shelf) != 0 || fsync(taken) != 0) {
        return fault_from_errno(fault, FAULT_IO, "move %s to %s", claim, folder);
    }
    return true;
}
