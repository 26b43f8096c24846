/* Words that no password may be: what was added is found again, little else is, and a damaged file is no list. */
#include "ring.h"

#include "crypto/known_words.h"
#include "crypto/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WORDS = 20000, PROBLEM_SIZE = 400 };

static char folder[] = "known-words-XXXXXX";
static char path[sizeof folder + 16];

static int folder_make(void **state)
{
    (void)state;
    if (!crypto_begin() || !mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/list", folder);
    return 0;
}

static int folder_remove(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

static struct known_words *of_numbers(void)
{
    struct known_words *words = known_words_new(WORDS);
    for (int i = 0; i < WORDS; i++) {
        char word[16];
        snprintf(word, sizeof word, "mot%d", i);
        known_words_add(words, word);
    }
    return words;
}

static int found_among(const struct known_words *words, int from, int to)
{
    int found = 0;
    for (int i = from; i < to; i++) {
        char word[16];
        snprintf(word, sizeof word, "mot%d", i);
        found += known_words_has(words, word) ? 1 : 0;
    }
    return found;
}

static void what_was_added_is_found_and_hardly_anything_else(void **state)
{
    (void)state;
    struct known_words *words = of_numbers();
    assert_int_equal(found_among(words, 0, WORDS), WORDS);
    assert_in_range(found_among(words, WORDS, 11 * WORDS), 0, 60); /* one in ten thousand: 20 of 200,000 */
    known_words_free(&words);
    assert_null(words);
}

static void an_empty_list_knows_nothing(void **state)
{
    (void)state;
    struct known_words *words = known_words_new(0);
    assert_int_equal(found_among(words, 0, WORDS), 0);
    assert_false(known_words_has(words, ""));
    known_words_free(&words);
}

static void a_list_is_the_same_once_written_and_read(void **state)
{
    (void)state;
    char problem[PROBLEM_SIZE];
    struct known_words *words = of_numbers();
    assert_true(known_words_save(words, path, problem, sizeof problem));
    struct known_words *read = known_words_load(path, problem, sizeof problem);
    assert_non_null(read);
    assert_int_equal(found_among(read, 0, WORDS), WORDS);
    assert_int_equal(found_among(read, WORDS, 2 * WORDS), found_among(words, WORDS, 2 * WORDS));
    known_words_free(&read);
    known_words_free(&words);
}

static void write_bytes(const unsigned char *bytes, size_t length)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void a_file_that_is_not_whole_is_refused_by_name(void **state)
{
    (void)state;
    char problem[PROBLEM_SIZE];
    struct known_words *words = known_words_new(4);
    assert_true(known_words_save(words, path, problem, sizeof problem));
    known_words_free(&words);
    unsigned char bytes[512];
    FILE *file = fopen(path, "re");
    size_t length = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    assert_in_range(length, 25, 511);
    for (size_t cut = 0; cut <= length + 1; cut++) { /* one byte more, too */
        if (cut != length) {
            write_bytes(bytes, cut);
            assert_null(known_words_load(path, problem, sizeof problem));
            assert_non_null(strstr(problem, path));
        }
    }
    for (size_t i = 0; i < 24; i++) { /* what it is, and how long */
        unsigned char changed[512];
        memcpy(changed, bytes, length);
        changed[i] ^= 0x81;
        write_bytes(changed, length);
        assert_null(known_words_load(path, problem, sizeof problem));
    }
}

static void a_folder_that_is_not_there_is_told(void **state)
{
    (void)state;
    char problem[PROBLEM_SIZE];
    struct known_words *words = known_words_new(4);
    assert_false(known_words_save(words, "known-words-nowhere/list", problem, sizeof problem));
    assert_non_null(strstr(problem, "known-words-nowhere/list"));
    assert_null(known_words_load("known-words-nowhere/list", problem, sizeof problem));
    assert_non_null(strstr(problem, "known-words-nowhere/list"));
    known_words_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_found_and_hardly_anything_else),
        cmocka_unit_test(an_empty_list_knows_nothing),
        cmocka_unit_test(a_list_is_the_same_once_written_and_read),
        cmocka_unit_test(a_file_that_is_not_whole_is_refused_by_name),
        cmocka_unit_test(a_folder_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
