/* A folder of XML files as an archive: its files, and those of the folders in it, none deeper. */
#include "import/archive_visit.h"

#include "import/file_name.h"
#include "import/tree.h"
#include "runtime/memory.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEPTH_MAX = 2 }; /* folders in the folder, one in another */

struct member {
    char *path; /* from the folder */
    const char *name;
    int rank, part; /* for the order */
};

struct members {
    struct visit *visit;
    int folder;
    struct member *list;
    size_t count, size;
    int seen;
    bool is_unsafe;
};

static void members_clear(struct members *members)
{
    for (size_t i = 0; i < members->count; i++) {
        memory_free(&members->list[i].path);
    }
    memory_free(&members->list);
}

static int rank_of(enum aaf_category category)
{
    /* structures before those who name them, guardians before the pupils who do */
    static const enum aaf_category order[] = {
        AAF_SCHOOL, AAF_GUARDIAN, AAF_PUPIL, AAF_STAFF, AAF_COURSE, AAF_SUBJECT, AAF_CATEGORY_COUNT};
    int rank = 0;
    while (order[rank] != category && order[rank] != AAF_CATEGORY_COUNT) {
        rank++;
    }
    return rank;
}

static void member_add(struct members *members, const char *path)
{
    struct file_name name;
    char *copy = checked_strdup(path);
    const char *last = strrchr(copy, '/');
    last = last ? last + 1 : copy;
    (void)file_name_read(last, (struct date){0}, &name);
    if (members->count == members->size) {
        members->size = members->size * 2 + 64;
        members->list = checked_realloc(members->list, members->size, sizeof *members->list);
    }
    members->list[members->count++] = (struct member){copy, last, rank_of(name.category), name.part};
}

static int member_compare(const void *a, const void *b)
{
    const struct member *one = a;
    const struct member *other = b;
    if (one->rank != other->rank) {
        return one->rank - other->rank;
    }
    int by_name = one->part != other->part ? one->part - other->part : strcmp(one->name, other->name);
    return by_name != 0 ? by_name : strcmp(one->path, other->path);
}

static enum tree_step entry_list(void *arg, const struct tree_entry *entry)
{
    struct members *members = arg;
    bool is_folder = S_ISDIR(entry->status.st_mode);
    if (++members->seen > ARCHIVE_FILES_MAX ||
        (is_folder ? entry->depth == DEPTH_MAX : !S_ISREG(entry->status.st_mode))) {
        members->is_unsafe = true;
        return TREE_STOP;
    }
    if (!is_folder && file_name_is_xml(entry->name)) {
        member_add(members, entry->path);
    }
    return is_folder ? TREE_ENTER : TREE_ON;
}

/* --- reading --- */

struct opened {
    struct visit *visit;
    int file;
};

static ssize_t opened_read(void *arg, char *out_bytes, size_t size)
{
    const struct opened *opened = arg;
    ssize_t length = read(opened->file, out_bytes, size);
    if (length > 0) {
        (void)atomic_fetch_add_explicit(opened->visit->bytes_done, length, memory_order_relaxed);
    }
    return length;
}

static enum refusal member_visit(struct members *members, const struct member *member)
{
    char shown[FILE_NAME_SHOWN_SIZE];
    struct stat status;
    struct opened opened = {members->visit, tree_open(members->folder, member->path, O_RDONLY)};
    if (opened.file < 0) {
        return REFUSAL_ARCHIVE_UNREADABLE;
    }
    file_name_show(member->name, shown);
    bool is_file = fstat(opened.file, &status) == 0 && S_ISREG(status.st_mode);
    enum refusal refusal = is_file ? visit_file(members->visit, shown, opened_read, &opened) : REFUSAL_ARCHIVE_UNSAFE;
    (void)close(opened.file);
    return refusal;
}

enum refusal folder_visit(struct visit *visit, int folder)
{
    struct members members = {.visit = visit, .folder = folder};
    enum refusal refusal = tree_walk(folder, entry_list, &members) ? REFUSAL_NONE : REFUSAL_ARCHIVE_UNREADABLE;
    refusal = members.is_unsafe ? REFUSAL_ARCHIVE_UNSAFE : refusal;
    if (members.count > 0) {
        qsort(members.list, members.count, sizeof *members.list, member_compare);
    }
    for (size_t i = 0; i < members.count && refusal == REFUSAL_NONE && !visit->is_ended; i++) {
        refusal = member_visit(&members, &members.list[i]);
    }
    members_clear(&members);
    return refusal;
}
