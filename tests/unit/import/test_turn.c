/* Whose turn it is, what rests, who is late. */
#include "unit.h"

#include "import/overdue.h"
#include "import/turn.h"
#include "runtime/memory.h"

#include <string.h>

static const struct instant now = {1000000000000};

enum { LIST_MAX = 16 };

struct scene {
    struct turn turn;
    struct pauses pauses;
    struct inbox_list list;
    struct inbox_archive archives[LIST_MAX];
};

static int scene_make(void **state)
{
    struct scene *scene = checked_calloc(1, sizeof *scene);
    scene->list.archives = scene->archives;
    *state = scene;
    return 0;
}

static int scene_free(void **state)
{
    struct scene *scene = *state;
    for (size_t i = 0; i < scene->list.count; i++) {
        memory_free(&scene->archives[i].path);
        memory_free(&scene->archives[i].name);
    }
    turn_clear(&scene->turn);
    pauses_clear(&scene->pauses);
    memory_free(&scene);
    return 0;
}

/* Wanted and rested. */
static struct inbox_archive *lies(struct scene *scene, int academy, const char *name)
{
    struct inbox_archive *archive = &scene->archives[scene->list.count++];
    *archive = (struct inbox_archive){
        .academy = {(int16_t)academy},
        .path = checked_printf("/inbox/%d/%s", academy, name),
        .name = checked_strdup(name),
        .is_wanted = true,
        .has_rested = true,
    };
    return archive;
}

static struct inbox_archive *claimed(struct scene *scene, int academy, const char *claim)
{
    struct inbox_archive *archive = lies(scene, academy, claim);
    archive->claim = inbox_claim_of(archive->path);
    return archive;
}

static const char *next_at(struct scene *scene, struct instant at, bool *out_is_check)
{
    const struct inbox_archive *next = turn_next(&scene->turn, &scene->list, &scene->pauses, at, out_is_check);
    return next ? next->name : "none";
}

static const char *next(struct scene *scene)
{
    bool is_check;
    return next_at(scene, now, &is_check);
}

static void pause_it(struct scene *scene, const struct inbox_archive *archive, enum pause_kind kind)
{
    char *key = turn_key(archive);
    pause_longer(&scene->pauses, key, kind, now);
    memory_free(&key);
}

static const academy_code ten = {10};
static const academy_code eleven = {11};

static void one_archive_of_an_academy_at_a_time(void **state)
{
    struct scene *scene = *state;
    lies(scene, 10, "a");
    lies(scene, 10, "b");
    lies(scene, 11, "c");
    assert_string_equal(next(scene), "a");
    turn_begin(&scene->turn, ten);
    assert_string_equal(next(scene), "c");
    turn_begin(&scene->turn, eleven);
    assert_string_equal(next(scene), "none");
}

static void after_a_run_its_academy_is_looked_at_anew(void **state)
{
    struct scene *scene = *state;
    lies(scene, 10, "a");
    turn_begin(&scene->turn, ten);
    turn_end(&scene->turn, ten);
    assert_true(turn_is_stale(&scene->turn));
    assert_string_equal(next(scene), "none");
    turn_look_begin(&scene->turn);
    assert_false(turn_is_stale(&scene->turn));
    assert_string_equal(next(scene), "a");
}

static void academies_take_turns(void **state)
{
    struct scene *scene = *state;
    lies(scene, 10, "a");
    lies(scene, 10, "b");
    lies(scene, 11, "c");
    lies(scene, 12, "d");
    static const struct {
        const char *name;
        int16_t academy;
    } order[] = {
        {"a", 10},
        {"c", 11},
        {"d", 12},
        {"a", 10},
        {"c", 11}
    };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        assert_string_equal(next(scene), order[i].name);
        turn_begin(&scene->turn, (academy_code){order[i].academy});
        turn_end(&scene->turn, (academy_code){order[i].academy});
        turn_look_begin(&scene->turn);
    }
}

static void what_is_not_wanted_or_not_rested_waits(void **state)
{
    struct scene *scene = *state;
    lies(scene, 10, "unwanted")->is_wanted = false;
    lies(scene, 10, "restless")->has_rested = false;
    assert_string_equal(next(scene), "none");
    lies(scene, 10, "ready");
    assert_string_equal(next(scene), "ready");
    assert_false(turn_waits(&scene->turn, &scene->archives[0], &scene->pauses, now));
    assert_true(turn_waits(&scene->turn, &scene->archives[1], &scene->pauses, now));
}

static void a_held_archive_waits_for_its_release_and_keeps_nobody(void **state)
{
    struct scene *scene = *state;
    const struct inbox_archive *held = claimed(scene, 10, "1-a");
    lies(scene, 10, "b");
    turn_hold(&scene->turn, ten, "1-a");
    turn_hold(&scene->turn, ten, "1-a");
    assert_string_equal(next(scene), "b");
    assert_false(turn_waits(&scene->turn, held, &scene->pauses, now));
    assert_false(turn_release(&scene->turn, eleven, "1-a"));
    assert_true(turn_release(&scene->turn, ten, "1-a"));
    assert_false(turn_release(&scene->turn, ten, "1-a"));
    assert_string_equal(next(scene), "1-a");
}

static void a_word_that_comes_while_it_is_looked_at_counts(void **state)
{
    struct scene *scene = *state;
    claimed(scene, 10, "1-a");
    turn_begin(&scene->turn, ten);
    assert_false(turn_release(&scene->turn, ten, "1-a"));
    turn_hold(&scene->turn, ten, "1-a"); /* it read the store before the word was there */
    turn_end(&scene->turn, ten);
    turn_look_begin(&scene->turn);
    assert_false(turn_is_held(&scene->turn, &scene->archives[0]));
    assert_string_equal(next(scene), "1-a");
    turn_hold(&scene->turn, ten, "1-a"); /* another time, it is */
    assert_true(turn_is_held(&scene->turn, &scene->archives[0]));
}

static void a_held_archive_that_went_is_forgotten(void **state)
{
    struct scene *scene = *state;
    claimed(scene, 10, "1-a");
    turn_hold(&scene->turn, ten, "1-a");
    turn_hold(&scene->turn, ten, "2-b");
    turn_hold(&scene->turn, eleven, "3-c");
    turn_begin(&scene->turn, eleven); /* what the look saw of it says nothing */
    turn_look_end(&scene->turn, &scene->list);
    assert_int_equal(scene->turn.held_count, 2);
    assert_true(turn_is_held(&scene->turn, &scene->archives[0]));
    assert_true(turn_release(&scene->turn, eleven, "3-c"));
}

static void one_that_failed_keeps_those_after_it_for_a_while(void **state)
{
    struct scene *scene = *state;
    const struct inbox_archive *failed = claimed(scene, 10, "1-a");
    lies(scene, 10, "b");
    lies(scene, 11, "c");
    turn_begin(&scene->turn, eleven);
    int tries = 0;
    while (strcmp(next(scene), "b") != 0) {
        assert_true(++tries < 20);
        pause_it(scene, failed, PAUSE_FAILED);
    }
    assert_true(tries > 8 && pauses_any_failed(&scene->pauses));
    pause_end(&scene->pauses, failed->path);
    assert_string_equal(next(scene), "1-a");
    assert_false(pauses_any_failed(&scene->pauses));
}

static void one_that_is_cut_off_waits_for_more_of_it(void **state)
{
    struct scene *scene = *state;
    struct inbox_archive *cut_off = lies(scene, 10, "a");
    lies(scene, 10, "b");
    pause_it(scene, cut_off, PAUSE_UPLOAD);
    assert_string_equal(next(scene), "b");
    assert_false(turn_waits(&scene->turn, cut_off, &scene->pauses, now));
    cut_off->upload.size++; /* it goes on: another one */
    assert_string_equal(next(scene), "a");
}

static void a_busy_one_is_tried_again_in_a_second(void **state)
{
    struct scene *scene = *state;
    bool is_check;
    const struct inbox_archive *busy = claimed(scene, 10, "1-a");
    for (int i = 0; i < 5; i++) {
        pause_it(scene, busy, PAUSE_BUSY);
    }
    assert_string_equal(next(scene), "none");
    assert_string_equal(next_at(scene, instant_add(now, SECONDS(1)), &is_check), "1-a");
}

static void a_check_comes_before_the_taking(void **state)
{
    struct scene *scene = *state;
    bool is_check;
    lies(scene, 10, "a");
    lies(scene, 10, "b")->is_wanted = false;
    assert_true(turn_check_add(&scene->turn, ten, "b"));
    assert_true(turn_check_add(&scene->turn, ten, "b"));
    assert_true(turn_check_add(&scene->turn, ten, "gone"));
    assert_string_equal(next_at(scene, now, &is_check), "b");
    assert_true(is_check);
    turn_check_end(&scene->turn, ten, "b");
    assert_string_equal(next_at(scene, now, &is_check), "a");
    assert_false(is_check);
    assert_true(turn_check_add(&scene->turn, ten, "a"));
    scene->archives[0].has_rested = false; /* nor taken unchecked meanwhile */
    assert_string_equal(next(scene), "none");
    turn_look_end(&scene->turn, &scene->list);
    assert_int_equal(scene->turn.check_count, 1);
}

static void checks_are_bounded(void **state)
{
    struct scene *scene = *state;
    for (int i = 0; i <= TURN_CHECKS_MAX; i++) {
        char name[2] = {(char)('0' + i), '\0'};
        assert_int_equal(turn_check_add(&scene->turn, ten, name), i < TURN_CHECKS_MAX);
    }
}

static void pauses_of_archives_that_went_are_forgotten(void **state)
{
    struct scene *scene = *state;
    pause_longer(&scene->pauses, "there", PAUSE_BUSY, now);
    pause_longer(&scene->pauses, "gone", PAUSE_FAILED, now);
    pauses_review_begin(&scene->pauses);
    pause_keep(&scene->pauses, "there");
    pause_keep(&scene->pauses, "never paused");
    pauses_review_end(&scene->pauses);
    assert_int_equal(scene->pauses.count, 1);
    assert_non_null(pause_find(&scene->pauses, "there", now));
    assert_false(pauses_any_failed(&scene->pauses));
}

static void who_is_late_is_told(void **state)
{
    (void)state;
    struct overdue overdue = {0};
    char text[OVERDUE_TEXT_SIZE];
    overdue_expect(&overdue, ten, now);
    overdue_succeed(&overdue, eleven, now);
    overdue_succeed(&overdue, eleven, (struct instant){1}); /* an older one */
    assert_int_equal(overdue_tell(&overdue, instant_add(now, HOURS(36)), HOURS(36), text), 0);
    assert_string_equal(text, "");
    struct instant later = instant_add(now, HOURS(37));
    overdue_expect(&overdue, ten, later);
    assert_int_equal(overdue_tell(&overdue, later, HOURS(36), text), 2);
    assert_non_null(strstr(text, "academy 10, 11"));
    overdue_succeed(&overdue, ten, later);
    assert_int_equal(overdue_tell(&overdue, later, HOURS(36), text), 1);
    assert_non_null(strstr(text, "academy 11"));
}

#define SCENE_TEST(function) cmocka_unit_test_setup_teardown(function, scene_make, scene_free)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE_TEST(one_archive_of_an_academy_at_a_time),
        SCENE_TEST(after_a_run_its_academy_is_looked_at_anew),
        SCENE_TEST(academies_take_turns),
        SCENE_TEST(what_is_not_wanted_or_not_rested_waits),
        SCENE_TEST(a_held_archive_waits_for_its_release_and_keeps_nobody),
        SCENE_TEST(a_word_that_comes_while_it_is_looked_at_counts),
        SCENE_TEST(a_held_archive_that_went_is_forgotten),
        SCENE_TEST(one_that_failed_keeps_those_after_it_for_a_while),
        SCENE_TEST(one_that_is_cut_off_waits_for_more_of_it),
        SCENE_TEST(a_busy_one_is_tried_again_in_a_second),
        SCENE_TEST(a_check_comes_before_the_taking),
        SCENE_TEST(checks_are_bounded),
        SCENE_TEST(pauses_of_archives_that_went_are_forgotten),
        cmocka_unit_test(who_is_late_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
