/* What archives of strangers may hold, and what is read of them. */
#include "unit.h"

#include "import/aaf_archive.h"
#include "import/file_name.h"
#include "packing.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE_MAX_COMMON = 1 << 30 };

/* "name=content;" of each file that was read whole. */
struct seen {
    char text[100000];
    size_t used;
    size_t bytes;
    int ends_after; /* files; 0: never */
    int files;
};

static void seen_add(struct seen *seen, const char *more, size_t length)
{
    if (seen->used + length < sizeof seen->text) {
        memcpy(seen->text + seen->used, more, length);
        seen->used += length;
        seen->text[seen->used] = '\0';
    }
}

static bool begins(void *arg, const char *name)
{
    seen_add(arg, name, strlen(name));
    seen_add(arg, "=", 1);
    return true;
}

static bool bytes(void *arg, const char *content, size_t length)
{
    struct seen *seen = arg;
    seen->bytes += length;
    seen_add(seen, content, length);
    return true;
}

static bool ends(void *arg)
{
    struct seen *seen = arg;
    seen_add(seen, ";", 1);
    return ++seen->files != seen->ends_after;
}

struct outcome {
    enum refusal refusal;
    bool is_cut_off;
    int64_t bytes_done;
    struct seen seen;
};

static struct outcome outcome; /* large */

static void visit_bounded(int file, size_t size_max, int ends_after)
{
    _Atomic int64_t bytes_done = 0;
    outcome = (struct outcome){.seen.ends_after = ends_after};
    const struct archive_visitor visitor = {begins, bytes, ends, &outcome.seen};
    outcome.refusal = archive_visit(file, size_max, &visitor, &bytes_done, &outcome.is_cut_off);
    outcome.bytes_done = bytes_done;
}

static void visit(int file)
{
    visit_bounded(file, SIZE_MAX_COMMON, 0);
}

static void assert_refused(int file, enum refusal refusal)
{
    visit(file);
    assert_int_equal(outcome.refusal, refusal);
    assert_false(outcome.is_cut_off);
    (void)close(file);
}

static void assert_read(int file, const char *text)
{
    visit(file);
    assert_int_equal(outcome.refusal, REFUSAL_NONE);
    assert_string_equal(outcome.seen.text, text);
    assert_false(outcome.is_cut_off);
    (void)close(file);
}

/* --- what is read --- */

static void xml_files_are_read_in_the_order_of_the_archive(void **state)
{
    (void)state;
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        struct archive *archive = packing_begin(packing, NULL, &file);
        pack_odd(archive, "folder/", AE_IFDIR, NULL);
        pack_file(archive, "folder/_Eleve_0001.xml", "two");
        pack_file(archive, "folder/_Eleve_0000.xml", "one");
        pack_file(archive, "ficAlimMENESR.dtd", "<!ELEMENT>");
        pack_file(archive, "other.zip", "PK\x03\x04");
        pack_file(archive, "folder/deeper/__MACOSX/._Eleve_0000.xml", "junk");
        pack_file(archive, "_EtabEducNat_0000.XML", "");
        assert_read(packing_end(archive, file), "_Eleve_0001.xml=two;_Eleve_0000.xml=one;_EtabEducNat_0000.XML=;");
        assert_true(outcome.bytes_done > 0);
    }
}

static void names_are_told_so_that_they_can_be_shown(void **state)
{
    (void)state;
    static char name[10001];
    memset(name, 'x', sizeof name);
    memcpy(name + sizeof name - 16, "_Eleve_0000.xml", 16);
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        struct archive *archive = packing_begin(packing, NULL, &file);
        pack_file(archive, "a\x1B[31m\n.xml", "1");
        pack_file(archive, "latin \xE9.xml", "2");
        pack_file(archive, name, "3");
        visit(packing_end(archive, file));
        assert_int_equal(outcome.refusal, REFUSAL_NONE);
        assert_non_null(strstr(outcome.seen.text, "a?[31m?.xml=1;latin ?.xml=2;…xxx"));
        assert_non_null(strstr(outcome.seen.text, "xxx_Eleve_0000.xml=3;"));
        (void)close(file);
    }
}

static void names_in_utf8_are_what_they_are(void **state)
{
    (void)state;
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        assert_non_null(setlocale(LC_CTYPE, "C.UTF-8")); /* so that the writer says what letters these are */
        struct archive *archive = packing_begin(packing, packing == PACK_ZIP ? "zip:hdrcharset=UTF-8" : NULL, &file);
        pack_file(archive, "é_Eleve_0000.xml", "1");
        file = packing_end(archive, file);
        assert_non_null(setlocale(LC_CTYPE, "C"));
        assert_read(file, "é_Eleve_0000.xml=1;");
    }
}

static void an_archive_without_files_is_read_and_empty(void **state)
{
    (void)state;
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        struct archive *archive = packing_begin(packing, NULL, &file);
        assert_read(packing_end(archive, file), "");
    }
}

static void zip64_is_read(void **state)
{
    (void)state;
    int file;
    struct archive *archive = packing_begin(PACK_ZIP, "zip:zip64", &file);
    pack_file(archive, "a.xml", "1");
    pack_file(archive, "b.xml", "2");
    assert_read(packing_end(archive, file), "a.xml=1;b.xml=2;");
}

static void the_visitor_may_end_it(void **state)
{
    (void)state;
    int file;
    struct archive *archive = packing_begin(PACK_TGZ, NULL, &file);
    pack_file(archive, "a.xml", "1");
    pack_file(archive, "b.xml", "2");
    visit_bounded(packing_end(archive, file), SIZE_MAX_COMMON, 1);
    assert_int_equal(outcome.refusal, REFUSAL_NONE);
    assert_string_equal(outcome.seen.text, "a.xml=1;");
    (void)close(file);
}

/* --- what is refused --- */

static void paths_that_lead_out_are_unsafe(void **state)
{
    (void)state;
    static const char *const paths[] = {
        "../a.xml", "/etc/a.xml", "x/../../a.xml", "x/..", "..\\a.xml", "\\a.xml", "x\\..\\..\\a.xml", "../readme.txt"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
            int file;
            struct archive *archive = packing_begin(packing, NULL, &file);
            pack_file(archive, paths[i], "1");
            assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
        }
    }
}

static void what_is_neither_file_nor_folder_is_unsafe(void **state)
{
    (void)state;
    static const struct {
        unsigned type;
        const char *to;
    } odd[] = {
        {AE_IFLNK, "/etc/passwd"},
        {AE_IFREG, "a.xml"      },
        {AE_IFCHR, NULL         },
        {AE_IFBLK, NULL         },
        {AE_IFIFO, NULL         }
    };
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        int file;
        struct archive *archive = packing_begin(PACK_TGZ, NULL, &file);
        pack_file(archive, "a.xml", "1");
        pack_odd(archive, "b.xml", odd[i].type, odd[i].to);
        assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
    }
    int file;
    struct archive *archive = packing_begin(PACK_ZIP, NULL, &file);
    pack_odd(archive, "b.xml", AE_IFLNK, "/etc/passwd");
    assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
}

static void a_file_with_holes_is_unsafe(void **state)
{
    (void)state;
    int file;
    struct archive *archive = packing_begin(PACK_TGZ, NULL, &file);
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, "a.xml");
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, 1 << 20);
    archive_entry_sparse_add_entry(entry, (1 << 20) - 1, 1);
    assert_int_equal(archive_write_header(archive, entry), ARCHIVE_OK);
    assert_true(archive_write_data(archive, "x", 1) == 1);
    archive_entry_free(entry);
    (void)archive_write_finish_entry(archive);
    assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
}

static void too_many_bytes_are_unsafe_wherever_they_are(void **state)
{
    (void)state;
    static const char *const names[] = {"a.xml", "a.bin"};
    for (size_t i = 0; i < 2; i++) {
        for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
            int file;
            struct archive *archive = packing_begin(packing, NULL, &file);
            pack_zeros(archive, names[i], 3000);
            pack_zeros(archive, names[i], 3000);
            file = packing_end(archive, file);
            visit_bounded(file, 5999, 0);
            assert_int_equal(outcome.refusal, REFUSAL_ARCHIVE_UNSAFE);
            assert_true(outcome.seen.bytes <= 5999);
            visit_bounded(file, 6000, 0);
            assert_int_equal(outcome.refusal, REFUSAL_NONE);
            (void)close(file);
        }
    }
}

static void a_bomb_is_known_by_what_it_packs(void **state)
{
    (void)state;
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        struct archive *archive = packing_begin(packing, NULL, &file);
        for (int i = 0; i < 3; i++) {
            pack_zeros(archive, "a.xml", ARCHIVE_RATIO_FROM / 2);
        }
        assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
        assert_true(outcome.seen.bytes <= ARCHIVE_RATIO_FROM);
    }
}

static void gzip_within_gzip_is_unreadable(void **state)
{
    (void)state;
    int file;
    struct archive *archive = archive_write_new();
    file = memfd_create("archive", MFD_CLOEXEC);
    assert_int_equal(archive_write_add_filter_gzip(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_add_filter_gzip(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_set_format_pax(archive), ARCHIVE_OK);
    assert_int_equal(archive_write_open_fd(archive, file), ARCHIVE_OK);
    pack_file(archive, "a.xml", "1");
    assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNREADABLE);
}

static void too_many_entries_are_unsafe(void **state)
{
    (void)state;
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file;
        struct archive *archive = packing_begin(packing, NULL, &file);
        for (int i = 0; i <= ARCHIVE_FILES_MAX; i++) {
            pack_file(archive, "a.txt", "");
        }
        assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNSAFE);
    }
}

static void a_secret_zip_is_unreadable(void **state)
{
    (void)state;
    int file;
    struct archive *archive = packing_begin(PACK_ZIP, "zip:encryption=aes256", &file);
    pack_file(archive, "a.xml", "1");
    assert_refused(packing_end(archive, file), REFUSAL_ARCHIVE_UNREADABLE);
}

static int file_of(const char *content, size_t length)
{
    int file = memfd_create("archive", MFD_CLOEXEC);
    assert_true(write(file, content, length) == (ssize_t)length);
    return file;
}

static void other_formats_are_unreadable(void **state)
{
    (void)state;
    static const struct {
        const char *content;
        size_t length;
    } others[] = {
        {"\x1F\x8Bnot gzip",        10},
        {"BZh91AY&SY",              10},
        {"\xFD"
         "7zXZ\0",         6 },
        {"7z\xBC\xAF\x27\x1C",      6 },
        {"\x1F\x9D\x90",            3 },
        {"<?xml version=\"1.0\"?>", 21},
        {"PX",                      2 }
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_refused(file_of(others[i].content, others[i].length), REFUSAL_ARCHIVE_UNREADABLE);
    }
}

/* --- cut off, and broken --- */

static size_t content_of(int file, char *out_content, size_t size)
{
    ssize_t length = pread(file, out_content, size, 0);
    assert_true(length > 0 && (size_t)length < size);
    return (size_t)length;
}

/* Texts that do not pack well, so that each file is some pages long. */
static int archive_with_noise(enum packing packing)
{
    int file;
    char noise[3001];
    uint32_t random = 1;
    struct archive *archive = packing_begin(packing, NULL, &file);
    for (int i = 0; i < 2; i++) {
        for (size_t at = 0; at < sizeof noise - 1; at++) {
            random = random * 1664525 + 1013904223;
            noise[at] = (char)('!' + (random >> 24) % 90);
        }
        noise[sizeof noise - 1] = '\0';
        pack_file(archive, "a.xml", noise);
    }
    return packing_end(archive, file);
}

static void an_archive_that_ends_too_early_is_cut_off(void **state)
{
    (void)state;
    static char content[20000];
    static char whole[20000];
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file = archive_with_noise(packing);
        size_t length = content_of(file, content, sizeof content);
        visit(file);
        assert_int_equal(outcome.refusal, REFUSAL_NONE);
        assert_true(outcome.seen.used < sizeof whole);
        memcpy(whole, outcome.seen.text, outcome.seen.used + 1);
        (void)close(file);
        size_t last_cut = 0;
        for (size_t cut = 0; cut < length; cut++) {
            file = file_of(content, cut);
            visit(file);
            /* without its last bytes, which say nothing of the files, all may have been read */
            bool is_whole = outcome.refusal == REFUSAL_NONE && strcmp(outcome.seen.text, whole) == 0;
            assert_true(is_whole || (outcome.refusal == REFUSAL_ARCHIVE_UNREADABLE && outcome.is_cut_off));
            last_cut = is_whole ? last_cut : cut;
            (void)close(file);
        }
        assert_true(last_cut == length - 1 || (packing == PACK_ZIP && last_cut > length - 400));
    }
}

static void a_broken_archive_is_not_cut_off(void **state)
{
    (void)state;
    static char content[20000];
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file = archive_with_noise(packing);
        size_t length = content_of(file, content, sizeof content);
        (void)close(file);
        if (packing == PACK_TGZ) {
            content[10] |= 6; /* a block of no kind */
        } else {
            content[length / 4] ^= 1;
        }
        assert_refused(file_of(content, length), REFUSAL_ARCHIVE_UNREADABLE);
    }
}

static void one_bit_that_turned_is_known(void **state)
{
    (void)state;
    static char content[20000];
    for (enum packing packing = PACK_TGZ; packing <= PACK_ZIP; packing++) {
        int file = archive_with_noise(packing);
        size_t length = content_of(file, content, sizeof content);
        (void)close(file);
        for (size_t at = 200; at < length / 3; at += 97) {
            content[at] ^= 0x10;
            file = file_of(content, length);
            visit(file);
            assert_int_not_equal(outcome.refusal, REFUSAL_NONE);
            (void)close(file);
            content[at] ^= 0x10;
        }
    }
}

static void streams_of_gzip_may_follow_one_another(void **state)
{
    (void)state;
    static char content[20000];
    int file;
    struct archive *archive = packing_begin(PACK_TGZ, NULL, &file);
    pack_file(archive, "a.xml", "1");
    file = packing_end(archive, file);
    size_t length = content_of(file, content, sizeof content);
    (void)close(file);
    static const char empty_stream[] = "\x1F\x8B\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    memcpy(content + length, empty_stream, sizeof empty_stream - 1);
    memset(content + length + sizeof empty_stream - 1, 0, 512);
    assert_read(file_of(content, length + sizeof empty_stream - 1 + 512), "a.xml=1;");
}

/* --- folders --- */

static int folder_new(char path[static 64])
{
    (void)snprintf(path, 64, "/tmp/preau-test-XXXXXX");
    assert_non_null(mkdtemp(path));
    return open(path, O_RDONLY | O_DIRECTORY);
}

static void folder_remove(const char *path, int folder)
{
    char command[100];
    (void)close(folder);
    (void)snprintf(command, sizeof command, "rm -r %s", path);
    assert_int_equal(system(command), 0);
}

static void file_make(int folder, const char *path, const char *content)
{
    int file = openat(folder, path, O_WRONLY | O_CREAT, 0640);
    assert_true(write(file, content, strlen(content)) == (ssize_t)strlen(content));
    (void)close(file);
}

static void a_folder_is_read_in_the_best_order(void **state)
{
    (void)state;
    char path[64];
    int folder = folder_new(path);
    assert_int_equal(mkdirat(folder, "in", 0750), 0);
    assert_int_equal(mkdirat(folder, "in/deeper", 0750), 0);
    static const char *const names[] = {"x_MatiereEducNat_0000.xml", "x_MefEducNat_0000.xml", "in/x_Eleve_0010.xml",
        "x_Eleve_0009.xml", "x_PersEducNat_0000.xml", "infos.xml", "in/deeper/x_PersRelEleve_0000.xml",
        "x_EtabEducNat_0000.xml", "readme.txt"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        file_make(folder, names[i], "12");
    }
    visit(folder);
    assert_int_equal(outcome.refusal, REFUSAL_NONE);
    assert_string_equal(outcome.seen.text,
        "x_EtabEducNat_0000.xml=12;x_PersRelEleve_0000.xml=12;x_Eleve_0009.xml=12;x_Eleve_0010.xml=12;"
        "x_PersEducNat_0000.xml=12;x_MefEducNat_0000.xml=12;x_MatiereEducNat_0000.xml=12;infos.xml=12;");
    assert_int_equal(outcome.bytes_done, 8 * 2);
    visit_bounded(folder, 15, 0);
    assert_int_equal(outcome.refusal, REFUSAL_ARCHIVE_UNSAFE);
    visit_bounded(folder, 16, 2);
    assert_string_equal(outcome.seen.text, "x_EtabEducNat_0000.xml=12;x_PersRelEleve_0000.xml=12;");
    folder_remove(path, folder);
}

static void odd_things_in_a_folder_are_unsafe(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        char path[64];
        int folder = folder_new(path);
        file_make(folder, "a.xml", "1");
        assert_int_equal(mkdirat(folder, "1", 0750), 0);
        assert_int_equal(i == 0   ? symlinkat("/etc/passwd", folder, "b.xml")
                         : i == 1 ? symlinkat("/etc", folder, "b")
                         : i == 2 ? mkfifoat(folder, "1/b.xml", 0640)
                                  : mkdirat(folder, "1/2", 0750),
            0);
        if (i == 3) {
            assert_int_equal(mkdirat(folder, "1/2/3", 0750), 0);
        }
        visit(folder);
        assert_int_equal(outcome.refusal, REFUSAL_ARCHIVE_UNSAFE);
        assert_string_equal(outcome.seen.text, "");
        folder_remove(path, folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_files_are_read_in_the_order_of_the_archive),
        cmocka_unit_test(names_are_told_so_that_they_can_be_shown),
        cmocka_unit_test(names_in_utf8_are_what_they_are),
        cmocka_unit_test(an_archive_without_files_is_read_and_empty),
        cmocka_unit_test(zip64_is_read),
        cmocka_unit_test(the_visitor_may_end_it),
        cmocka_unit_test(paths_that_lead_out_are_unsafe),
        cmocka_unit_test(what_is_neither_file_nor_folder_is_unsafe),
        cmocka_unit_test(a_file_with_holes_is_unsafe),
        cmocka_unit_test(too_many_bytes_are_unsafe_wherever_they_are),
        cmocka_unit_test(a_bomb_is_known_by_what_it_packs),
        cmocka_unit_test(gzip_within_gzip_is_unreadable),
        cmocka_unit_test(too_many_entries_are_unsafe),
        cmocka_unit_test(a_secret_zip_is_unreadable),
        cmocka_unit_test(other_formats_are_unreadable),
        cmocka_unit_test(an_archive_that_ends_too_early_is_cut_off),
        cmocka_unit_test(a_broken_archive_is_not_cut_off),
        cmocka_unit_test(one_bit_that_turned_is_known),
        cmocka_unit_test(streams_of_gzip_may_follow_one_another),
        cmocka_unit_test(a_folder_is_read_in_the_best_order),
        cmocka_unit_test(odd_things_in_a_folder_are_unsafe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
