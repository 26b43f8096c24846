#include "import/turn.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <inttypes.h>
#include <string.h>

static const struct turn_academy *academy_find(const struct turn *turn, academy_code academy)
{
    for (size_t i = 0; i < turn->academy_count; i++) {
        if (turn->academies[i].academy.v == academy.v) {
            return &turn->academies[i];
        }
    }
    return NULL;
}

/* --- runs --- */

void turn_begin(struct turn *turn, academy_code academy)
{
    const struct turn_academy *known = academy_find(turn, academy);
    size_t i = known ? (size_t)(known - turn->academies) : turn->academy_count;
    if (i < TURN_ACADEMIES_MAX) { /* there are fewer */
        turn->academies[i] = (struct turn_academy){academy, ++turn->begun, .is_running = true};
        turn->academy_count += !known;
    }
}

void turn_end(struct turn *turn, academy_code academy)
{
    for (size_t i = 0; i < turn->academy_count; i++) {
        if (turn->academies[i].academy.v == academy.v) {
            turn->academies[i].is_running = false;
            turn->academies[i].is_stale = true;
        }
    }
}

/* What a look saw of this academy says nothing: an archive may be elsewhere by now. */
static bool is_moving(const struct turn *turn, academy_code academy)
{
    const struct turn_academy *known = academy_find(turn, academy);
    return known && (known->is_running || known->is_stale);
}

void turn_look_begin(struct turn *turn)
{
    for (size_t i = 0; i < turn->academy_count; i++) {
        turn->academies[i].is_stale = false;
    }
}

bool turn_is_stale(const struct turn *turn)
{
    for (size_t i = 0; i < turn->academy_count; i++) {
        if (turn->academies[i].is_stale) {
            return true;
        }
    }
    return false;
}

/* --- held ones --- */

static size_t held_find(const struct turn *turn, academy_code academy, const char *claim)
{
    size_t i = 0;
    while (i < turn->held_count && (turn->held[i].academy.v != academy.v || strcmp(turn->held[i].claim, claim) != 0)) {
        i++;
    }
    return i;
}

static void held_drop(struct turn *turn, size_t i)
{
    memory_free(&turn->held[i].claim);
    turn->held[i] = turn->held[--turn->held_count];
}

static void held_add(struct turn *turn, academy_code academy, const char *claim, bool is_released)
{
    turn->held = checked_realloc(turn->held, turn->held_count + 1, sizeof *turn->held);
    turn->held[turn->held_count++] = (struct turn_held){academy, checked_strdup(claim), is_released};
}

void turn_hold(struct turn *turn, academy_code academy, const char *claim)
{
    size_t i = held_find(turn, academy, claim);
    if (i == turn->held_count) {
        held_add(turn, academy, claim, false);
    } else if (turn->held[i].is_released) {
        held_drop(turn, i); /* the word came while it was looked at: it is taken again */
    }
}

bool turn_release(struct turn *turn, academy_code academy, const char *claim)
{
    size_t i = held_find(turn, academy, claim);
    if (i == turn->held_count) {
        held_add(turn, academy, claim, true);
        return false;
    }
    if (turn->held[i].is_released) {
        return false;
    }
    held_drop(turn, i);
    return true;
}

bool turn_is_held(const struct turn *turn, const struct inbox_archive *archive)
{
    if (!archive->claim) {
        return false;
    }
    size_t i = held_find(turn, archive->academy, archive->claim);
    return i < turn->held_count && !turn->held[i].is_released;
}

/* --- checks --- */

static bool check_is(const struct turn_check *check, academy_code academy, const char *name)
{
    return check->academy.v == academy.v && strcmp(check->name, name) == 0;
}

static bool is_checked_first(const struct turn *turn, const struct inbox_archive *archive)
{
    for (size_t i = 0; i < turn->check_count; i++) {
        if (!archive->claim && check_is(&turn->checks[i], archive->academy, archive->name)) {
            return true;
        }
    }
    return false;
}

bool turn_check_add(struct turn *turn, academy_code academy, const char *name)
{
    for (size_t i = 0; i < turn->check_count; i++) {
        if (check_is(&turn->checks[i], academy, name)) {
            return true;
        }
    }
    if (turn->check_count == TURN_CHECKS_MAX) {
        return false;
    }
    struct turn_check *check = &turn->checks[turn->check_count++];
    check->academy = academy;
    file_name_show(name, check->name);
    return true;
}

void turn_check_end(struct turn *turn, academy_code academy, const char *name)
{
    for (size_t i = turn->check_count; i-- > 0;) {
        if (check_is(&turn->checks[i], academy, name)) {
            turn->checks[i] = turn->checks[--turn->check_count];
        }
    }
}

/* --- what a look saw --- */

static const struct inbox_archive *dropped_find(const struct inbox_list *list, academy_code academy, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        if (!archive->claim && archive->academy.v == academy.v && strcmp(archive->name, name) == 0) {
            return archive;
        }
    }
    return NULL;
}

static bool claimed_is_there(const struct inbox_list *list, const struct turn_held *held)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        if (archive->claim && archive->academy.v == held->academy.v && strcmp(archive->claim, held->claim) == 0) {
            return true;
        }
    }
    return false;
}

void turn_look_end(struct turn *turn, const struct inbox_list *list)
{
    for (size_t i = turn->held_count; i-- > 0;) {
        if (!is_moving(turn, turn->held[i].academy) && !claimed_is_there(list, &turn->held[i])) {
            held_drop(turn, i);
        }
    }
    for (size_t i = turn->check_count; i-- > 0;) {
        const struct turn_check *check = &turn->checks[i];
        if (!is_moving(turn, check->academy) && !dropped_find(list, check->academy, check->name)) {
            turn->checks[i] = turn->checks[--turn->check_count];
        }
    }
}

/* --- the next one --- */

char *turn_key(const struct inbox_archive *archive)
{
    return archive->claim ? checked_strdup(archive->path)
                          : checked_printf("%s %" PRId64 " %" PRId64, archive->path, archive->upload.size,
                                archive->upload.modified_at.us);
}

enum readiness { READY, NOT_READY, NOT_READY_NOR_LATER_ONES };

static enum readiness readiness_of(
    const struct turn *turn, const struct inbox_archive *archive, const struct pauses *pauses, struct instant now)
{
    if (!archive->is_wanted || !archive->has_rested || turn_is_held(turn, archive) || is_checked_first(turn, archive)) {
        return NOT_READY;
    }
    _cleanup_(memory_free) char *key = turn_key(archive);
    const struct pause *pause = pause_find(pauses, key, now);
    if (!pause) {
        return READY;
    }
    bool lets_pass = pause->kind == PAUSE_UPLOAD || pause_is_longest(pause);
    return lets_pass ? NOT_READY : NOT_READY_NOR_LATER_ONES;
}

/* Academies whose first archive was found: those after it wait. */
struct served {
    academy_code list[TURN_ACADEMIES_MAX];
    size_t count;
};

static bool is_served(const struct served *served, academy_code academy)
{
    for (size_t i = 0; i < served->count; i++) {
        if (served->list[i].v == academy.v) {
            return true;
        }
    }
    return false;
}

static void served_add(struct served *served, academy_code academy)
{
    if (served->count < TURN_ACADEMIES_MAX) {
        served->list[served->count++] = academy;
    }
}

static uint64_t begun_of(const struct turn *turn, academy_code academy)
{
    const struct turn_academy *known = academy_find(turn, academy);
    return known ? known->begun : 0;
}

static const struct inbox_archive *next_check(
    const struct turn *turn, const struct inbox_list *list, const struct pauses *pauses, struct instant now)
{
    for (size_t i = 0; i < turn->check_count; i++) {
        const struct inbox_archive *archive = dropped_find(list, turn->checks[i].academy, turn->checks[i].name);
        if (archive && archive->has_rested && !is_moving(turn, archive->academy)) {
            _cleanup_(memory_free) char *key = turn_key(archive);
            if (!pause_find(pauses, key, now)) {
                return archive;
            }
        }
    }
    return NULL;
}

static const struct inbox_archive *next_to_take(
    const struct turn *turn, const struct inbox_list *list, const struct pauses *pauses, struct instant now)
{
    const struct inbox_archive *next = NULL;
    struct served served = {.count = 0};
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        if (is_moving(turn, archive->academy) || is_served(&served, archive->academy)) {
            continue;
        }
        enum readiness readiness = readiness_of(turn, archive, pauses, now);
        if (readiness != NOT_READY) {
            served_add(&served, archive->academy);
        }
        if (readiness == READY && (!next || begun_of(turn, archive->academy) < begun_of(turn, next->academy))) {
            next = archive;
        }
    }
    return next;
}

const struct inbox_archive *turn_next(const struct turn *turn, const struct inbox_list *list,
    const struct pauses *pauses, struct instant now, bool *out_is_check)
{
    const struct inbox_archive *next = next_check(turn, list, pauses, now);
    *out_is_check = next != NULL;
    return next ? next : next_to_take(turn, list, pauses, now);
}

bool turn_waits(
    const struct turn *turn, const struct inbox_archive *archive, const struct pauses *pauses, struct instant now)
{
    _cleanup_(memory_free) char *key = turn_key(archive);
    const struct pause *pause = pause_find(pauses, key, now);
    return archive->is_wanted && !turn_is_held(turn, archive) && !(pause && pause->kind == PAUSE_UPLOAD);
}

void turn_clear(struct turn *turn)
{
    while (turn->held_count > 0) {
        held_drop(turn, 0);
    }
    memory_free(&turn->held);
    turn->check_count = turn->academy_count = 0;
}
