/* Whose turn it is: which archive of those that lie there is to be taken or checked next. Pure.
 *
 * One archive of an academy at a time; the academy that had its turn longest ago first; of an academy, in the order of the
 * inbox. One that failed keeps those after it waiting for some tries, for a delta counts on the one before it; then they
 * go ahead, for a good archive must not wait for ever. One that is held keeps nobody waiting: the next complete set says
 * it all again. */
#pragma once

#include "import/file_name.h"
#include "import/inbox.h"
#include "import/pause.h"

enum { TURN_ACADEMIES_MAX = 100, TURN_CHECKS_MAX = 64 };

struct turn {
    struct turn_academy {
        academy_code academy;
        uint64_t begun; /* its last turn, by number */
        bool is_running;
        bool is_stale; /* a run ended since the last look began: what that look saw is no more so */
    } academies[TURN_ACADEMIES_MAX];
    size_t academy_count;
    uint64_t begun;
    struct turn_check {
        academy_code academy;
        char name[FILE_NAME_SHOWN_SIZE];
    } checks[TURN_CHECKS_MAX];
    size_t check_count;
    struct turn_held {
        academy_code academy;
        char *claim;
        bool is_released; /* before it was held: it will not be */
    } * held;
    size_t held_count;
};
void turn_clear(struct turn *turn);

void turn_begin(struct turn *turn, academy_code academy);
void turn_end(struct turn *turn, academy_code academy);

void turn_look_begin(struct turn *turn);
/* What the look saw: checks and held archives that went are forgotten. */
void turn_look_end(struct turn *turn, const struct inbox_list *list);
/* A run ended while the look went on: another one is due. */
bool turn_is_stale(const struct turn *turn);

/* A claimed archive waits for a person's word, until it is released. */
void turn_hold(struct turn *turn, academy_code academy, const char *claim);
/* false: it was not held; if it is being looked at, it will not be. */
bool turn_release(struct turn *turn, academy_code academy, const char *claim);
bool turn_is_held(const struct turn *turn, const struct inbox_archive *archive);

/* An archive that lies in the inbox is to be checked. false: no room. */
bool turn_check_add(struct turn *turn, academy_code academy, const char *name);
void turn_check_end(struct turn *turn, academy_code academy, const char *name);

/* How the archive is known in pauses: as it is now, so that one that changed is another. */
NEVER_NULL MUST_USE char *turn_key(const struct inbox_archive *archive);

/* NULL: none now. *out_is_check: it is only to be checked. */
const struct inbox_archive *turn_next(const struct turn *turn, const struct inbox_list *list,
    const struct pauses *pauses, struct instant now, bool *out_is_check);
/* Its turn has come, it runs not yet, and nothing but time keeps it. */
bool turn_waits(
    const struct turn *turn, const struct inbox_archive *archive, const struct pauses *pauses, struct instant now);
