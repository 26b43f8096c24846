#include "import/inbox.h"

#include "import/file_name.h"
#include "import/inbox_asked.h"
#include "import/tree.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TOLD_MAX = 200 };

bool inbox_is_academy(const char *folder, academy_code *out_academy)
{
    size_t length = strspn(folder, "0123456789");
    return length > 0 && length <= 3 && folder[length] == '\0' && academy_parse(folder, out_academy);
}

/* --- what is told once --- */

static void tell_once(struct inbox_memory *memory, const char *path, const char *reason)
{
    _cleanup_(memory_free) char *what = checked_printf("%s: %s", path, reason);
    for (size_t i = 0; i < memory->told_count; i++) {
        if (strcmp(memory->told[i].what, what) == 0) {
            memory->told[i].is_so = true;
            return;
        }
    }
    if (memory->told_count == TOLD_MAX) {
        return; /* whoever looks at the first ones sees the others */
    }
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(path, shown);
    log_event(LOG_WARNING, "inbox_entry_left", F("path", &shown[0]), F("reason", reason));
    memory->told = checked_realloc(memory->told, memory->told_count + 1, sizeof *memory->told);
    memory->told[memory->told_count++] = (struct inbox_told){TAKE(what), true};
}

static void told_begin(struct inbox_memory *memory)
{
    for (size_t i = 0; i < memory->told_count; i++) {
        memory->told[i].is_so = false;
    }
}

/* What is no longer so is told again when it comes back. */
static void told_end(struct inbox_memory *memory)
{
    for (size_t i = memory->told_count; i-- > 0;) {
        if (!memory->told[i].is_so) {
            memory_free(&memory->told[i].what);
            memory->told[i] = memory->told[--memory->told_count];
        }
    }
}

/* --- looking --- */

struct looking {
    const struct inbox_options *options;
    struct inbox_memory *memory;
    struct inbox_list *list;
    academy_code academy;
    struct instant now, hour, asked; /* hour: the last one of import.times */
};

static struct inbox_archive *list_add(struct inbox_list *list)
{
    if (list->count == list->size) {
        list->size = list->size * 2 + 16;
        list->archives = checked_realloc(list->archives, list->size, sizeof *list->archives);
    }
    return &list->archives[list->count++];
}

static void academy_add(struct inbox_list *list, academy_code academy)
{
    for (size_t i = 0; i < list->academy_count; i++) {
        if (list->academies[i].v == academy.v) {
            return;
        }
    }
    if (list->academy_count < INBOX_ACADEMIES_MAX) {
        list->academies[list->academy_count++] = academy;
    }
}

static bool was_seen(const struct inbox_list *last, const char *path, const struct upload *upload)
{
    for (size_t i = 0; i < last->count; i++) {
        if (strcmp(last->archives[i].path, path) == 0) {
            return upload_is_same(&last->archives[i].upload, upload);
        }
    }
    return false;
}

static void date_set(struct inbox_archive *archive, struct instant now)
{
    archive->date = file_name_date(archive->name, clock_date(now));
    if (!date_is_valid(archive->date)) {
        archive->date = clock_date(archive->arrived_at);
    }
}

static void dropped_add(struct looking *looking, const char *folder, const char *name, const struct upload *upload)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    file_name_show(name, shown);
    struct instant arrived_at = upload->changed_at;
    struct instant asked = inbox_asked_for(looking->options, looking->academy, shown);
    asked = instant_before(asked, looking->asked) ? looking->asked : asked;
    struct inbox_archive *archive = list_add(looking->list);
    *archive = (struct inbox_archive){
        .academy = looking->academy,
        .path = checked_printf("%s/%s", folder, name),
        .name = checked_strdup(shown),
        .upload = *upload,
        .arrived_at = arrived_at,
        .is_asked = !upload->has_partial && !instant_before(asked, arrived_at),
    };
    archive->is_wanted = archive->is_asked || (!upload->has_partial && !instant_before(looking->hour, arrived_at));
    archive->has_rested = !upload->has_partial &&
                          !duration_longer(looking->options->settle, instant_since(looking->now, arrived_at)) &&
                          was_seen(&looking->memory->last, archive->path, upload);
    looking->list->is_resting = looking->list->is_resting || (archive->is_wanted && !archive->has_rested);
    date_set(archive, looking->now);
}

static void entry_look(struct looking *looking, int opened, const char *folder, const char *name)
{
    _cleanup_(memory_free) char *path = checked_printf("%s/%s", folder, name);
    struct upload upload;
    switch (upload_look(opened, name, &upload)) {
    case UPLOAD_ARCHIVE:
        if (!upload.is_folder || upload.has_xml) {
            dropped_add(looking, folder, name, &upload);
        }
        break;
    case UPLOAD_ODD:
        tell_once(looking->memory, path, "neither a file nor a folder");
        break;
    case UPLOAD_UNREADABLE:
        tell_once(looking->memory, path, strerrordesc_np(errno));
        break;
    case UPLOAD_NONE:
        break;
    }
}

static void claimed_add(struct looking *looking, int opened, const char *folder, const char *claim)
{
    struct upload upload;
    struct stat status;
    if (claim[0] == '.' || fstatat(opened, claim, &status, AT_SYMLINK_NOFOLLOW) != 0) {
        return;
    }
    (void)upload_look(opened, claim, &upload); /* what is wrong with it, its reading says */
    struct inbox_archive *archive = list_add(looking->list);
    *archive = (struct inbox_archive){
        .academy = looking->academy,
        .path = checked_printf("%s/%s", folder, claim),
        .name = inbox_name_of_claim(claim),
        .upload = upload,
        .arrived_at = inbox_claimed_at(claim),
        .is_wanted = true,
        .has_rested = true,
    };
    archive->claim = inbox_claim_of(archive->path);
    date_set(archive, looking->now);
}

typedef void entry_look_at(struct looking *looking, int opened, const char *folder, const char *name);

static void trouble(struct looking *looking, const char *folder)
{
    struct fault fault;
    (void)fault_from_errno(&fault, FAULT_IO, "%s", folder);
    tell_once(looking->memory, folder, strerrordesc_np(fault.os_error));
    if (looking->list->trouble.code == FAULT_NONE) {
        looking->list->trouble = fault;
    }
}

/* A folder of an academy. */
static void academy_look(struct looking *looking, int around, const char *name, const char *folder, entry_look_at *look)
{
    int opened = openat(around, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_(directory_close) DIR *directory = opened >= 0 ? fdopendir(opened) : NULL;
    if (!directory) {
        trouble(looking, folder);
        return;
    }
    academy_add(looking->list, looking->academy);
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        look(looking, opened, folder, entry->d_name);
    }
}

/* Each academy's folder in a folder; false: that one cannot be read. */
static bool academies_look(struct looking *looking, const char *top, entry_look_at *look)
{
    _cleanup_(directory_close) DIR *directory = opendir(top);
    if (!directory) {
        return false;
    }
    for (const struct dirent *entry; (entry = readdir(directory)) != NULL;) {
        if (inbox_is_academy(entry->d_name, &looking->academy)) {
            _cleanup_(memory_free) char *folder = checked_printf("%s/%s", top, entry->d_name);
            looking->asked = inbox_asked_for_all(looking->options, looking->academy);
            academy_look(looking, dirfd(directory), entry->d_name, folder, look);
        }
    }
    return true;
}

/* --- their order --- */

static int instant_compare(struct instant one, struct instant other)
{
    return one.us < other.us ? -1 : one.us > other.us;
}

static int archive_compare(const void *a, const void *b)
{
    const struct inbox_archive *one = a;
    const struct inbox_archive *other = b;
    if (!one->claim != !other->claim) {
        return one->claim ? -1 : 1;
    }
    int by_date = one->claim ? 0 : date_compare(one->date, other->date);
    int by_arrival = by_date != 0 ? by_date : instant_compare(one->arrived_at, other->arrived_at);
    return by_arrival != 0 ? by_arrival : strcmp(one->path, other->path);
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

/* --- the whole --- */

static void list_copy(const struct inbox_list *list, struct inbox_list *out_copy)
{
    *out_copy = (struct inbox_list){.count = list->count, .size = list->count};
    out_copy->archives = checked_calloc(list->count + 1, sizeof *out_copy->archives);
    for (size_t i = 0; i < list->count; i++) {
        out_copy->archives[i].path = checked_strdup(list->archives[i].path);
        out_copy->archives[i].upload = list->archives[i].upload;
    }
}

bool inbox_scan(const struct inbox_options *options, struct instant now, struct inbox_memory *memory,
    struct inbox_list *out_list, struct fault *fault)
{
    *out_list = (struct inbox_list){0};
    struct looking looking = {options, memory, out_list, .now = now, .hour = last_hour(options, now)};
    _cleanup_(memory_free) char *taken = checked_printf("%s/.taken", options->inbox_directory);
    told_begin(memory);
    if (!academies_look(&looking, options->inbox_directory, entry_look)) {
        inbox_list_clear(out_list);
        return fault_from_errno(fault, FAULT_IO, "%s", options->inbox_directory);
    }
    if (!academies_look(&looking, taken, claimed_add) && errno != ENOENT) {
        trouble(&looking, taken);
    }
    told_end(memory);
    for (size_t i = 0; i < out_list->academy_count; i++) {
        inbox_asked_tidy(options, out_list->academies[i], out_list);
    }
    inbox_list_clear(&memory->last);
    list_copy(out_list, &memory->last);
    if (out_list->count > 0) {
        qsort(out_list->archives, out_list->count, sizeof *out_list->archives, archive_compare);
    }
    return true;
}

void inbox_list_clear(struct inbox_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        memory_free(&list->archives[i].path);
        memory_free(&list->archives[i].name);
    }
    memory_free(&list->archives);
    list->count = list->size = list->academy_count = 0;
}

void inbox_memory_clear(struct inbox_memory *memory)
{
    inbox_list_clear(&memory->last);
    told_begin(memory);
    told_end(memory);
    memory_free(&memory->told);
    inbox_spared_clear(&memory->spared);
}
