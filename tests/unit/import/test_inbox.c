/* The inboxes on disk, in a folder of the test's own. */
#include "unit.h"

#include "domain/latin.h"
#include "import/inbox.h"
#include "import/inbox_asked.h"
#include "import/inbox_exchange.h"
#include "import/tree.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ACADEMY = 10, COPIED_MAX = 1 << 20 };

struct place {
    char root[64], inbox[80], archive[80], site[80];
    int folder; /* the root */
    struct day_time hour;
    struct inbox_options options;
    struct inbox_memory memory;
    struct inbox_list list;
};

static int place_make(void **state)
{
    struct place *place = checked_calloc(1, sizeof *place);
    (void)snprintf(place->root, sizeof place->root, "/tmp/preau-test-XXXXXX");
    assert_non_null(mkdtemp(place->root));
    place->folder = open(place->root, O_RDONLY | O_DIRECTORY);
    (void)snprintf(place->inbox, sizeof place->inbox, "%s/inbox", place->root);
    (void)snprintf(place->archive, sizeof place->archive, "%s/archive", place->root);
    (void)snprintf(place->site, sizeof place->site, "%s/site", place->root);
    static const char *const folders[] = {"inbox", "archive", "site", "inbox/10"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        assert_int_equal(mkdirat(place->folder, folders[i], 0750), 0);
    }
    place->options = (struct inbox_options){
        .inbox_directory = place->inbox,
        .archive_directory = place->archive,
        .work_directory = place->site,
        .times = &place->hour, /* midnight */
        .time_count = 0,
        .size_max = COPIED_MAX,
        .retention = DAYS(30),
    };
    *state = place;
    return 0;
}

static int place_remove(void **state)
{
    struct place *place = *state;
    inbox_memory_clear(&place->memory);
    inbox_list_clear(&place->list);
    int around = open("/tmp", O_RDONLY | O_DIRECTORY);
    assert_true(tree_remove(around, strrchr(place->root, '/') + 1));
    (void)close(around);
    (void)close(place->folder);
    memory_free(&place);
    return 0;
}

static void put(const struct place *place, const char *path, const char *content)
{
    int file = openat(place->folder, path, O_WRONLY | O_CREAT | O_TRUNC, 0640);
    assert_true(file >= 0 && write(file, content, strlen(content)) == (ssize_t)strlen(content));
    (void)close(file);
}

static void folder_put(const struct place *place, const char *path)
{
    assert_int_equal(mkdirat(place->folder, path, 0750), 0);
}

static bool is_there(const struct place *place, const char *path)
{
    return faccessat(place->folder, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Two looks, as what is seen once may still change. */
static void look_at(struct place *place, struct instant now)
{
    struct fault fault;
    for (int i = 0; i < 2; i++) {
        inbox_list_clear(&place->list);
        assert_true(inbox_scan(&place->options, now, &place->memory, &place->list, &fault));
    }
}

static void look(struct place *place)
{
    look_at(place, clock_now());
}

static const struct inbox_archive *found(const struct place *place, const char *name)
{
    for (size_t i = 0; i < place->list.count; i++) {
        if (strcmp(place->list.archives[i].name, name) == 0) {
            return &place->list.archives[i];
        }
    }
    return NULL;
}

static bool is_due(const struct place *place, const char *name)
{
    const struct inbox_archive *archive = found(place, name);
    return archive && archive->is_wanted && archive->has_rested;
}

static bool is_wanted(const struct place *place, const char *name)
{
    const struct inbox_archive *archive = found(place, name);
    return archive && archive->is_wanted;
}

static bool has_rested(const struct place *place, const char *name)
{
    const struct inbox_archive *archive = found(place, name);
    return archive && archive->has_rested;
}

static void ask(const struct place *place, const char *name)
{
    struct fault fault;
    assert_true(inbox_ask(&place->options, (academy_code){ACADEMY}, name, &fault));
}

static char *claim(const struct place *place, const char *name)
{
    char *path;
    struct fault fault;
    const struct inbox_archive *archive = found(place, name);
    assert_non_null(archive);
    assert_true(inbox_claim(&place->options, archive, &path, &fault));
    return path;
}

/* --- looking --- */

static void archives_come_in_the_order_of_their_day(void **state)
{
    struct place *place = *state;
    put(place, "inbox/10/b.20240917.zip", "x");
    put(place, "inbox/10/a.20240918.tgz", "x");
    put(place, "inbox/10/z.20240916.tar.gz", "x");
    put(place, "inbox/10/undated.tgz", "x"); /* of its arrival: today */
    put(place, "inbox/10/zfuture.20990101.tgz", "x");
    put(place, "inbox/10/readme.txt", "x");
    put(place, "inbox/10/.hidden.tgz", "x");
    put(place, "inbox/10/c.tgz.part", "x");
    look(place);
    static const char *const names[] = {
        "z.20240916.tar.gz", "b.20240917.zip", "a.20240918.tgz", "undated.tgz", "zfuture.20990101.tgz"};
    assert_int_equal(place->list.count, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < place->list.count; i++) {
        assert_string_equal(place->list.archives[i].name, names[i]);
        assert_false(place->list.archives[i].is_wanted);
    }
    assert_int_equal(place->list.academy_count, 1);
}

static void an_archive_is_due_after_rest_and_its_hour(void **state)
{
    struct place *place = *state;
    place->options.settle = MINUTES(1);
    put(place, "inbox/10/a.tgz", "x");
    struct instant now = clock_now();
    look_at(place, instant_add(now, SECONDS(61)));
    assert_true(has_rested(place, "a.tgz"));
    assert_false(is_wanted(place, "a.tgz"));
    place->options.time_count = 1;
    look_at(place, instant_add(now, HOURS(25)));
    assert_true(is_due(place, "a.tgz"));
    ask(place, "");
    look_at(place, instant_add(now, SECONDS(30)));
    assert_true(is_wanted(place, "a.tgz") && !has_rested(place, "a.tgz"));
    assert_true(place->list.is_resting);
}

static void what_grows_between_two_looks_has_not_rested(void **state)
{
    struct place *place = *state;
    struct fault fault;
    put(place, "inbox/10/a.tgz", "x");
    ask(place, "");
    assert_true(inbox_scan(&place->options, clock_now(), &place->memory, &place->list, &fault));
    assert_false(has_rested(place, "a.tgz")); /* seen once */
    put(place, "inbox/10/a.tgz", "xx");
    ask(place, "");
    inbox_list_clear(&place->list);
    assert_true(inbox_scan(&place->options, clock_now(), &place->memory, &place->list, &fault));
    assert_false(has_rested(place, "a.tgz"));
    look(place);
    assert_true(is_due(place, "a.tgz"));
}

static void a_folder_is_an_archive_once_it_is_whole(void **state)
{
    struct place *place = *state;
    folder_put(place, "inbox/10/empty");
    folder_put(place, "inbox/10/x.part");
    put(place, "inbox/10/x.part/a.xml", "1");
    folder_put(place, "inbox/10/set");
    folder_put(place, "inbox/10/set/deeper");
    put(place, "inbox/10/set/a.xml", "12");
    put(place, "inbox/10/set/readme.txt", "12");
    put(place, "inbox/10/set/deeper/b.xml", "123");
    ask(place, "");
    look(place);
    assert_int_equal(place->list.count, 1);
    assert_true(is_due(place, "set"));
    assert_int_equal(place->list.archives[0].upload.size, 5);
    static const char *const partial[] = {"inbox/10/set/c.xml.part", "inbox/10/set/deeper/.b.xml.Xy12",
        "inbox/10/set/c.filepart", "inbox/10/set/deeper/c.tmp"};
    for (size_t i = 0; i < sizeof partial / sizeof partial[0]; i++) {
        put(place, partial[i], "1");
        ask(place, "");
        look(place);
        assert_false(is_due(place, "set"));
        assert_int_equal(unlinkat(place->folder, partial[i], 0), 0);
        ask(place, "");
        look(place);
        assert_true(is_due(place, "set"));
    }
}

static void whether_names_are_exchanged_is_tried_on_files_of_ours(void **state)
{
    struct place *place = *state;
    struct inbox_exchange exchange = {0};
    char why[INBOX_EXCHANGE_TEXT_SIZE] = "unset";
    assert_int_equal(mkdirat(place->folder, "inbox/.taken", 0700), 0);
    put(place, "inbox/.taken/.exchange-one", "left by a look that died");
    inbox_exchange_look(&place->options, &exchange, why);
    assert_string_equal(why, "");
    assert_true(exchange.works);
    assert_int_not_equal(faccessat(place->folder, "inbox/.taken/.exchange-one", F_OK, 0), 0);
    assert_int_not_equal(faccessat(place->folder, "inbox/.taken/.exchange-other", F_OK, 0), 0);
}

static void where_nothing_can_be_written_no_exchange_is_missed(void **state)
{
    struct place *place = *state;
    struct inbox_exchange exchange = {0};
    char why[INBOX_EXCHANGE_TEXT_SIZE] = "unset";
    put(place, "inbox/.taken", "a file");
    inbox_exchange_look(&place->options, &exchange, why);
    assert_string_equal(why, "");
    assert_false(exchange.works);
}

static void odd_things_stop_nobody_else(void **state)
{
    struct place *place = *state;
    static const char *const own[] = {"inbox/11", "inbox/12", "site/elsewhere", "inbox/13"};
    for (size_t i = 0; i < 3; i++) {
        folder_put(place, own[i]);
    }
    put(place, "inbox/13", "a file where a folder should be");
    put(place, "inbox/10/good.tgz", "x");
    put(place, "inbox/12/good.tgz", "x");
    put(place, "site/elsewhere/secret.tgz", "x");
    assert_int_equal(symlinkat("/etc/passwd", place->folder, "inbox/10/link.tgz"), 0);
    assert_int_equal(symlinkat("../../site/elsewhere", place->folder, "inbox/10/linked"), 0);
    assert_int_equal(symlinkat("../site/elsewhere", place->folder, "inbox/14"), 0);
    assert_int_equal(mkfifoat(place->folder, "inbox/10/fifo.tgz", 0640), 0);
    int socket_file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%.80s/10/socket.zip", place->inbox);
    assert_int_equal(bind(socket_file, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    struct fault fault;
    assert_true(inbox_ask(&place->options, (academy_code){0}, "", &fault));
    look(place);
    assert_int_equal(place->list.count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(place->list.archives[i].name, "good.tgz");
        assert_true(place->list.archives[i].is_wanted && place->list.archives[i].has_rested);
    }
    assert_int_equal(place->list.trouble.code, FAULT_IO); /* 13 and 14 */
    assert_int_equal(place->memory.told_count, 6);
    look(place);
    assert_int_equal(place->memory.told_count, 6);
    assert_int_equal(unlinkat(place->folder, "inbox/14", 0), 0);
    look(place);
    assert_int_equal(place->memory.told_count, 5);
    (void)close(socket_file);
}

static void one_archive_may_be_asked_for(void **state)
{
    struct place *place = *state;
    put(place, "inbox/10/a.tgz", "x");
    put(place, "inbox/10/b.tgz", "x");
    ask(place, "b.tgz");
    ask(place, "../../escaped");
    ask(place, "gone.tgz");
    look(place);
    assert_true(is_wanted(place, "b.tgz") && !is_wanted(place, "a.tgz"));
    assert_false(is_there(place, "site/10.asked-for/gone.tgz"));
    assert_false(is_there(place, "escaped"));
    put(place, "inbox/10/b.tgz", "changed since");
    look(place);
    assert_false(is_wanted(place, "b.tgz"));
    assert_false(is_there(place, "site/10.asked-for/b.tgz"));
}

/* --- claiming --- */

static void a_claimed_archive_comes_first_and_keeps_its_name(void **state)
{
    struct place *place = *state;
    put(place, "inbox/10/a.20240916.tgz", "first");
    look(place);
    char *path = claim(place, "a.20240916.tgz");
    assert_non_null(path);
    assert_false(is_there(place, "inbox/10/a.20240916.tgz"));
    put(place, "inbox/10/a.20240916.tgz", "second");
    put(place, "inbox/10/a.20230916.tgz", "older");
    look(place);
    assert_int_equal(place->list.count, 3);
    const struct inbox_archive *first = &place->list.archives[0];
    assert_string_equal(first->path, path);
    assert_string_equal(first->claim, inbox_claim_of(path));
    assert_string_equal(first->name, "a.20240916.tgz");
    assert_true(first->is_wanted && first->has_rested);
    assert_null(place->list.archives[1].claim);
    memory_free(&path);
}

static void what_changed_since_it_was_seen_is_not_claimed(void **state)
{
    struct place *place = *state;
    put(place, "inbox/10/grown.tgz", "x");
    put(place, "inbox/10/replaced.tgz", "x");
    put(place, "inbox/10/gone.tgz", "x");
    folder_put(place, "inbox/10/set");
    put(place, "inbox/10/set/a.xml", "x");
    look(place);
    put(place, "inbox/10/grown.tgz", "xx");
    put(place, "inbox/10/.new", "x");
    assert_int_equal(renameat(place->folder, "inbox/10/.new", place->folder, "inbox/10/replaced.tgz"), 0);
    assert_int_equal(unlinkat(place->folder, "inbox/10/gone.tgz", 0), 0);
    put(place, "inbox/10/set/b.xml", "");
    static const char *const names[] = {"grown.tgz", "replaced.tgz", "gone.tgz", "set"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_null(claim(place, names[i]));
    }
    assert_true(is_there(place, "inbox/10/grown.tgz") && is_there(place, "inbox/10/replaced.tgz"));
    look(place);
    char *path = claim(place, "set");
    assert_non_null(path);
    memory_free(&path);
}

static void what_is_open_for_writing_is_not_claimed(void **state)
{
    struct place *place = *state;
    put(place, "inbox/10/a.tgz", "x");
    folder_put(place, "inbox/10/set");
    put(place, "inbox/10/set/a.xml", "x");
    int writers[] = {openat(place->folder, "inbox/10/a.tgz", O_WRONLY | O_APPEND),
        openat(place->folder, "inbox/10/set/a.xml", O_WRONLY | O_APPEND)};
    look(place);
    assert_null(claim(place, "a.tgz"));
    assert_null(claim(place, "set"));
    (void)close(writers[0]);
    (void)close(writers[1]);
    int reader = openat(place->folder, "inbox/10/a.tgz", O_RDONLY); /* a backup reads */
    char *path = claim(place, "a.tgz");
    assert_non_null(path);
    memory_free(&path);
    path = claim(place, "set");
    assert_non_null(path);
    memory_free(&path);
    (void)close(reader);
}

static void a_long_or_odd_name_is_claimed_and_put_away(void **state)
{
    struct place *place = *state;
    struct fault fault;
    char path[300];
    char name[256];
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 5, ".tgz", 5);
    (void)snprintf(path, sizeof path, "inbox/10/%s", name);
    put(place, path, "1");
    put(place, "inbox/10/a\n\xE9.tgz", "2");
    look(place);
    for (size_t i = 0; i < 2; i++) {
        char *claimed = claim(place, place->list.archives[i].name);
        assert_non_null(claimed);
        assert_true(utf8_is_valid(inbox_claim_of(claimed)));
        assert_true(inbox_put_away(
            &place->options, (academy_code){ACADEMY}, inbox_claim_of(claimed), (import_id){(int64_t)i + 1}, &fault));
        memory_free(&claimed);
    }
    assert_true(is_there(place, "archive/10/1-a??.tgz") || is_there(place, "archive/10/2-a??.tgz"));
}

static void what_is_given_back_is_wanted_again(void **state)
{
    struct place *place = *state;
    struct fault fault;
    put(place, "inbox/10/a.tgz", "x");
    ask(place, "");
    look(place);
    char *path = claim(place, "a.tgz");
    assert_true(inbox_give_back(&place->options, (academy_code){ACADEMY}, inbox_claim_of(path), &fault));
    memory_free(&path);
    look(place);
    assert_true(is_due(place, "a.tgz"));
    path = claim(place, "a.tgz");
    put(place, "inbox/10/a.tgz", "another came meanwhile");
    const char *name = inbox_claim_of(path);
    assert_true(inbox_give_back(&place->options, (academy_code){ACADEMY}, name, &fault));
    look(place);
    assert_int_equal(place->list.count, 2);
    assert_true(is_due(place, name));
    memory_free(&path);
}

/* --- owning --- */

static void content_is(const struct place *place, const char *path, const char *expected)
{
    char content[32] = "";
    int file = openat(place->folder, path, O_RDONLY);
    assert_true(file >= 0 && read(file, content, sizeof content - 1) >= 0);
    (void)close(file);
    assert_string_equal(content, expected);
}

static void link_keep(const struct place *place, const char *path)
{
    assert_int_equal(linkat(place->folder, path, place->folder, "site/kept", 0), 0);
}

/* Claimed with a link kept outside, and made our own, twice; then written to by that link. */
static char *claim_shared(const struct place *place, const char *name)
{
    struct fault fault;
    char *path = claim(place, name);
    assert_non_null(path);
    for (int twice = 0; twice < 2; twice++) {
        assert_true(inbox_own(&place->options, (academy_code){ACADEMY}, inbox_claim_of(path), NULL, &fault));
    }
    put(place, "site/kept", "changed");
    return path;
}

static void a_link_that_was_kept_changes_nothing_of_ours(void **state)
{
    struct place *place = *state;
    struct fault fault;
    folder_put(place, "inbox/10/set");
    put(place, "inbox/10/set/a.xml", "approved");
    link_keep(place, "inbox/10/set/a.xml");
    look(place);
    char *path = claim_shared(place, "set");
    look(place);
    assert_int_equal(place->list.count, 1);
    assert_true(inbox_put_away(&place->options, (academy_code){ACADEMY}, inbox_claim_of(path), (import_id){7}, &fault));
    content_is(place, "archive/10/7-set/a.xml", "approved");
    memory_free(&path);
    look(place);
    assert_int_equal(place->list.count, 0);
}

static void what_is_given_back_is_the_upload_itself(void **state)
{
    struct place *place = *state;
    struct fault fault;
    put(place, "inbox/10/a.tgz", "begun");
    link_keep(place, "inbox/10/a.tgz");
    look(place);
    char *path = claim_shared(place, "a.tgz");
    assert_true(inbox_give_back(&place->options, (academy_code){ACADEMY}, inbox_claim_of(path), &fault));
    content_is(place, "inbox/10/a.tgz", "changed");
    memory_free(&path);
}

static void once_judged_nothing_is_left_of_the_upload(void **state)
{
    struct place *place = *state;
    struct fault fault;
    struct stat status;
    put(place, "inbox/10/a.tgz", "begun");
    link_keep(place, "inbox/10/a.tgz");
    look(place);
    char *path = claim_shared(place, "a.tgz");
    assert_true(inbox_upload_remove(&place->options, (academy_code){ACADEMY}, inbox_claim_of(path), &fault));
    assert_int_equal(fstatat(place->folder, "site/kept", &status, 0), 0);
    assert_int_equal(status.st_nlink, 1);
    memory_free(&path);
}

static void make_sparse(const struct place *place, const char *path)
{
    int file = openat(place->folder, path, O_WRONLY | O_CREAT, 0640);
    assert_true(file >= 0 && ftruncate(file, COPIED_MAX + 1) == 0);
    (void)close(file);
}

static void is_not_claimed(struct place *place, const char *path)
{
    struct fault fault;
    char *claimed;
    look(place);
    assert_int_equal(place->list.count, 1);
    assert_false(inbox_claim(&place->options, &place->list.archives[0], &claimed, &fault));
    assert_non_null(strstr(fault.text, "File too large"));
    assert_true(is_there(place, path));
}

static void what_is_larger_than_may_be_copied_stays(void **state)
{
    struct place *place = *state;
    make_sparse(place, "inbox/10/a.tgz");
    is_not_claimed(place, "inbox/10/a.tgz");
    assert_true(tree_remove(place->folder, "inbox/10/a.tgz"));
    folder_put(place, "inbox/10/set");
    put(place, "inbox/10/set/a.xml", "x");
    make_sparse(place, "inbox/10/set/unread.bin");
    is_not_claimed(place, "inbox/10/set");
}

static void a_copy_ends_where_it_may_and_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct fault fault;
    atomic_bool stops = true, goes_on = false;
    put(place, "inbox/10/a.tgz", "begun");
    link_keep(place, "inbox/10/a.tgz");
    look(place);
    char *path = claim(place, "a.tgz");
    const char *claimed = inbox_claim_of(path);
    char aside[NAME_MAX + 32];
    (void)snprintf(aside, sizeof aside, "inbox/.taken/10/.%s.dropped", claimed);
    assert_false(inbox_own(&place->options, (academy_code){ACADEMY}, claimed, &stops, &fault));
    assert_false(is_there(place, aside));
    make_sparse(place, "site/kept"); /* it grows once it was claimed */
    assert_false(inbox_own(&place->options, (academy_code){ACADEMY}, claimed, &goes_on, &fault));
    assert_non_null(strstr(fault.text, "File too large"));
    assert_false(is_there(place, aside));
    memory_free(&path);
}

/* --- putting away --- */

static void files_and_folders_are_put_away_whole(void **state)
{
    struct place *place = *state;
    struct fault fault;
    put(place, "inbox/10/a.tgz", "x");
    folder_put(place, "inbox/10/set");
    put(place, "inbox/10/set/a.xml", "x");
    look(place);
    static const char *const names[] = {"a.tgz", "set"};
    for (size_t i = 0; i < 2; i++) {
        char *path = claim(place, names[i]);
        const char *claimed = inbox_claim_of(path);
        for (int twice = 0; twice < 2; twice++) {
            assert_true(inbox_put_away(&place->options, (academy_code){ACADEMY}, claimed, (import_id){7}, &fault));
        }
        memory_free(&path);
    }
    assert_true(is_there(place, "archive/10/7-a.tgz") && is_there(place, "archive/10/7-set/a.xml"));
    look(place);
    assert_int_equal(place->list.count, 0);
}

/* What a file system boundary makes of a move: the same functions, without one. */
static void a_tree_is_copied_and_removed(void **state)
{
    struct place *place = *state;
    folder_put(place, "site/set");
    folder_put(place, "site/set/in");
    put(place, "site/set/in/a.xml", "content");
    assert_int_equal(symlinkat("/etc/passwd", place->folder, "site/set/link"), 0);
    assert_true(tree_copy(place->folder, "site/set", place->folder, "site/copy", NULL));
    char content[10] = "";
    int file = openat(place->folder, "site/copy/in/a.xml", O_RDONLY);
    assert_int_equal(read(file, content, sizeof content), 7);
    (void)close(file);
    assert_string_equal(content, "content");
    char target[32] = "";
    assert_int_equal(readlinkat(place->folder, "site/copy/link", target, sizeof target - 1), strlen("/nonexistent"));
    assert_string_equal(target, "/nonexistent");
    assert_false(tree_copy(place->folder, "site/set", place->folder, "site/copy", NULL)); /* never over another */
    assert_int_equal(errno, EEXIST);
    assert_true(tree_remove(place->folder, "site/set"));
    assert_true(tree_remove(place->folder, "site/set"));
    assert_false(is_there(place, "site/set"));
    assert_true(is_there(place, "site/copy/in/a.xml"));
}

static void what_was_put_away_long_ago_is_removed(void **state)
{
    struct place *place = *state;
    struct fault fault;
    size_t count;
    folder_put(place, "archive/10");
    folder_put(place, "archive/10/8-set");
    put(place, "archive/10/8-set/a.xml", "x");
    put(place, "archive/10/7-a.tgz", "x");
    put(place, "archive/10/.9-a.tgz.part", "x"); /* of a crash */
    put(place, "archive/10/notes.txt", "x");
    put(place, "site/kept", "x");
    folder_put(place, "site/10");
    put(place, "site/10/7-kept", "x");
    assert_int_equal(symlinkat("../../site/kept", place->folder, "archive/10/6-link.tgz"), 0);
    assert_int_equal(symlinkat("../site/10", place->folder, "archive/11"), 0);
    struct instant now = clock_now();
    assert_false(inbox_retain(&place->options, now, &count, &fault)); /* 11 is no folder */
    assert_int_equal(count, 0);
    assert_int_equal(unlinkat(place->folder, "archive/11", 0), 0);
    assert_true(inbox_retain(&place->options, instant_add(now, DAYS(29)), &count, &fault));
    assert_int_equal(count, 0);
    assert_true(inbox_retain(&place->options, instant_add(now, DAYS(31)), &count, &fault));
    assert_int_equal(count, 4);
    assert_false(is_there(place, "archive/10/8-set") || is_there(place, "archive/10/7-a.tgz") ||
                 is_there(place, "archive/10/6-link.tgz"));
    assert_true(
        is_there(place, "archive/10/notes.txt") && is_there(place, "site/kept") && is_there(place, "site/10/7-kept"));
}

static void what_was_never_taken_is_removed(void **state)
{
    struct place *place = *state;
    struct fault fault;
    size_t count;
    folder_put(place, "inbox/.taken");
    folder_put(place, "inbox/.taken/10");
    put(place, "inbox/.taken/10/17-held.tgz", "x");
    put(place, "inbox/.taken/10/.16-gone.tgz.dropped", "x");
    put(place, "inbox/10/a.tgz.part", "x");
    put(place, "inbox/10/.b.tgz.Ab12Cd", "x"); /* of rsync */
    put(place, "inbox/10/c.7z", "x");
    put(place, "inbox/10/d.tgz", "x");
    folder_put(place, "inbox/10/set.part");
    put(place, "inbox/10/set.part/a.xml", "x");
    put(place, "inbox/notes.txt", "x");
    put(place, "site/kept", "x");
    assert_int_equal(symlinkat("../../site/kept", place->folder, "inbox/10/link.tgz"), 0);
    struct instant now = clock_now();
    look_at(place, instant_add(now, DAYS(31)));
    assert_true(inbox_retain_dropped(&place->options, instant_add(now, DAYS(29)), &place->memory, &count, &fault));
    assert_int_equal(count, 0);
    struct instant then = instant_add(now, DAYS(31));
    assert_true(inbox_retain_dropped(&place->options, then, &place->memory, &count, &fault));
    assert_int_equal(count, 0); /* it may wait since we were away: its turn comes */
    assert_true(is_there(place, "inbox/10/d.tgz") && is_there(place, "inbox/10/a.tgz.part"));
    assert_int_equal(unlinkat(place->folder, "inbox/10/d.tgz", 0), 0);
    put(place, "inbox/10/d.tgz", "the next of that name");
    assert_true(inbox_retain_dropped(&place->options, then, &place->memory, &count, &fault));
    assert_int_equal(count, 5);
    assert_false(is_there(place, "inbox/10/a.tgz.part") || is_there(place, "inbox/10/.b.tgz.Ab12Cd") ||
                 is_there(place, "inbox/10/c.7z") || is_there(place, "inbox/10/set.part") ||
                 is_there(place, "inbox/.taken/10/.16-gone.tgz.dropped"));
    assert_true(is_there(place, "inbox/10/d.tgz")); /* its turn comes */
    assert_true(inbox_retain_dropped(&place->options, then, &place->memory, &count, &fault));
    assert_int_equal(count, 1);
    assert_false(is_there(place, "inbox/10/d.tgz"));
    assert_true(is_there(place, "inbox/.taken/10/17-held.tgz") && is_there(place, "inbox/notes.txt") &&
                is_there(place, "inbox/10/link.tgz") && is_there(place, "site/kept"));
}

/* Below a folder an upload goes on without changing it: its date alone does not tell. */
static void what_still_grows_below_a_folder_is_kept(void **state)
{
    struct place *place = *state;
    struct fault fault;
    size_t count;
    folder_put(place, "inbox/10/set.part");
    folder_put(place, "inbox/10/set.part/in");
    (void)usleep(50000);
    struct instant between = clock_now();
    (void)usleep(50000); /* file systems date by a coarser clock */
    put(place, "inbox/10/set.part/in/a.xml", "x");
    assert_true(inbox_retain_dropped(&place->options, instant_add(between, DAYS(30)), &place->memory, &count, &fault));
    assert_int_equal(count, 0);
    assert_true(is_there(place, "inbox/10/set.part/in/a.xml"));
}

static void nothing_is_left_of_a_claim_that_is_removed(void **state)
{
    struct place *place = *state;
    struct fault fault;
    folder_put(place, "inbox/.taken");
    folder_put(place, "inbox/.taken/10");
    put(place, "inbox/.taken/10/17-a.tgz", "x");
    put(place, "inbox/.taken/10/.17-a.tgz.dropped", "x");
    assert_int_equal(inbox_claimed_at("17-a.tgz").us, 17);
    assert_true(inbox_claim_remove(&place->options, (academy_code){ACADEMY}, "17-a.tgz", &fault));
    assert_false(is_there(place, "inbox/.taken/10/17-a.tgz") || is_there(place, "inbox/.taken/10/.17-a.tgz.dropped"));
    assert_true(inbox_claim_remove(&place->options, (academy_code){ACADEMY}, "17-a.tgz", &fault));
}

#define PLACE_TEST(function) cmocka_unit_test_setup_teardown(function, place_make, place_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PLACE_TEST(archives_come_in_the_order_of_their_day),
        PLACE_TEST(an_archive_is_due_after_rest_and_its_hour),
        PLACE_TEST(what_grows_between_two_looks_has_not_rested),
        PLACE_TEST(a_folder_is_an_archive_once_it_is_whole),
        PLACE_TEST(whether_names_are_exchanged_is_tried_on_files_of_ours),
        PLACE_TEST(where_nothing_can_be_written_no_exchange_is_missed),
        PLACE_TEST(odd_things_stop_nobody_else),
        PLACE_TEST(one_archive_may_be_asked_for),
        PLACE_TEST(a_claimed_archive_comes_first_and_keeps_its_name),
        PLACE_TEST(what_changed_since_it_was_seen_is_not_claimed),
        PLACE_TEST(what_is_open_for_writing_is_not_claimed),
        PLACE_TEST(a_long_or_odd_name_is_claimed_and_put_away),
        PLACE_TEST(what_is_given_back_is_wanted_again),
        PLACE_TEST(files_and_folders_are_put_away_whole),
        PLACE_TEST(a_link_that_was_kept_changes_nothing_of_ours),
        PLACE_TEST(what_is_given_back_is_the_upload_itself),
        PLACE_TEST(once_judged_nothing_is_left_of_the_upload),
        PLACE_TEST(what_is_larger_than_may_be_copied_stays),
        PLACE_TEST(a_copy_ends_where_it_may_and_leaves_nothing),
        PLACE_TEST(a_tree_is_copied_and_removed),
        PLACE_TEST(what_was_put_away_long_ago_is_removed),
        PLACE_TEST(what_was_never_taken_is_removed),
        PLACE_TEST(what_still_grows_below_a_folder_is_kept),
        PLACE_TEST(nothing_is_left_of_a_claim_that_is_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
