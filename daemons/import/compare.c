#include "import/compare.h"

#include "domain/aaf.h"
#include "runtime/arena.h"
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    BLOCK_RECORDS = 2000,
    BLOCK_BYTES = 4 << 20,      /* a block is told once it holds as much, */
    BLOCK_BYTES_MAX = 16 << 20, /* which one more record cannot more than fill */
    ABSENT_AT_ONCE = 4096       /* each change of the table that is written to costs a COPY of its own */
};

struct waiting {
    struct aaf_record record;
    struct import_place place;
    int64_t aaf_id;
    unsigned char digest[RECORD_DIGEST_SIZE];
    enum compare_verdict verdict;
    bool is_late;
};

/* A record that was late, to be staged when the others are. */
struct late {
    int64_t order;
    const struct waiting *waiting;
};

/* The store's persons of a profile, in order. */
struct walk {
    struct import_known known[IMPORT_KNOWN_AT_ONCE];
    size_t at, count;
    bool is_open, is_at_end; /* is_at_end: of the store */
    int64_t frontier;        /* walked up to here */
    int64_t live;            /* of those passed, not departed */
    int64_t absent[ABSENT_AT_ONCE];
    size_t absent_count;
};

struct compare {
    struct session *session;
    struct import_stage *stage;
    struct import_whom whom; /* of the block */
    compare_told *told;
    void *arg;
    bool is_begun, store_is_empty;
    struct walk walks[PROFILE_COUNT];

    struct arena *arena;
    struct waiting block[BLOCK_RECORDS];
    struct waiting *sorted[BLOCK_RECORDS];
    struct late late[BLOCK_RECORDS];
    size_t count, late_count;
    struct import_known late_known[BLOCK_RECORDS];
    int64_t late_numbers[BLOCK_RECORDS];
};

struct compare *compare_new(
    struct session *session, struct import_stage *stage, academy_code academy, compare_told *told, void *arg)
{
    struct compare *compare = checked_calloc(1, sizeof *compare);
    compare->session = session;
    compare->stage = stage;
    compare->whom.academy = academy;
    compare->told = told;
    compare->arg = arg;
    compare->arena = arena_new(BLOCK_BYTES_MAX);
    return compare;
}

void compare_free(struct compare **compare)
{
    if (*compare) {
        arena_free(&(*compare)->arena);
        memory_free(compare);
    }
}

int64_t compare_live(const struct compare *compare, enum account_profile profile)
{
    return compare->walks[profile].live;
}

/* --- the block in order of number --- */

static int waiting_compare(const void *a, const void *b)
{
    const struct waiting *one = *(struct waiting *const *)a;
    const struct waiting *other = *(struct waiting *const *)b;
    if (one->aaf_id != other->aaf_id) {
        return one->aaf_id < other->aaf_id ? -1 : 1;
    }
    return one < other ? -1 : one > other; /* as read */
}

static void block_sort(struct compare *compare)
{
    bool is_sorted = true;
    for (size_t i = 0; i < compare->count; i++) {
        compare->sorted[i] = &compare->block[i];
        is_sorted = is_sorted && (i == 0 || compare->block[i - 1].aaf_id <= compare->block[i].aaf_id);
    }
    if (!is_sorted) {
        qsort(compare->sorted, compare->count, sizeof(struct waiting *), waiting_compare);
    }
    for (size_t i = 1; i < compare->count; i++) {
        if (compare->sorted[i]->aaf_id == compare->sorted[i - 1]->aaf_id) {
            compare->sorted[i]->verdict = COMPARE_REPEATED;
        }
    }
}

/* --- walking along --- */

static void judge(struct waiting *waiting, const struct import_known *known)
{
    bool is_same =
        !known->unsettled && !known->departed && memcmp(known->digest, waiting->digest, sizeof known->digest) == 0;
    if (is_same && waiting->verdict == COMPARE_LOOK && !(known->told && waiting->is_late)) {
        waiting->verdict = known->told ? COMPARE_SAME_TOLD : COMPARE_SAME;
    }
}

static bool absent_stage(struct compare *compare, enum account_profile profile, struct fault *fault)
{
    struct walk *walk = &compare->walks[profile];
    for (size_t i = 0; i < walk->absent_count; i++) {
        if (!import_stage_absent(compare->stage, profile, walk->absent[i], fault)) {
            return false;
        }
    }
    walk->absent_count = 0;
    return true;
}

static bool absent_add(struct compare *compare, int64_t aaf_id, struct fault *fault)
{
    struct walk *walk = &compare->walks[compare->whom.profile];
    walk->absent[walk->absent_count++] = aaf_id;
    return walk->absent_count < ABSENT_AT_ONCE || absent_stage(compare, compare->whom.profile, fault);
}

/* One of the store's: judges the record of that number, if there is one from *at on; otherwise it is absent. */
static bool meet(struct compare *compare, const struct import_known *known, size_t *at, struct fault *fault)
{
    while (*at < compare->count && compare->sorted[*at]->aaf_id < known->aaf_id) {
        ++*at;
    }
    if (*at < compare->count && compare->sorted[*at]->aaf_id == known->aaf_id) {
        judge(compare->sorted[*at], known);
        return true;
    }
    return known->departed || absent_add(compare, known->aaf_id, fault);
}

static bool walk_fill(struct compare *compare, struct walk *walk, struct fault *fault)
{
    if (!import_stage_pause(compare->stage, fault) ||
        (!walk->is_open && !import_known_open(compare->session, &compare->whom, fault)) ||
        !import_known_next(compare->session, compare->whom.profile, walk->known, &walk->count, fault)) {
        return false;
    }
    walk->is_open = true;
    walk->at = 0;
    walk->is_at_end = walk->count < IMPORT_KNOWN_AT_ONCE;
    return true;
}

/* The next one of the store, or NULL: there is none up to `upto`. */
static bool walk_next(struct compare *compare, struct walk *walk, int64_t upto, const struct import_known **out_known,
    struct fault *fault)
{
    if (walk->at == walk->count && !walk->is_at_end && !walk_fill(compare, walk, fault)) {
        return false;
    }
    bool is_there = walk->at < walk->count && walk->known[walk->at].aaf_id <= upto;
    *out_known = is_there ? &walk->known[walk->at++] : NULL;
    return true;
}

/* The store's persons from the frontier up to `upto`; the records from `at` on are in that range. */
static bool walk_along(struct compare *compare, int64_t upto, size_t at, struct fault *fault)
{
    struct walk *walk = &compare->walks[compare->whom.profile];
    const struct import_known *known;
    if (!walk_next(compare, walk, upto, &known, fault)) {
        return false;
    }
    while (known) {
        walk->live += !known->departed;
        if (!meet(compare, known, &at, fault) || !walk_next(compare, walk, upto, &known, fault)) {
            return false;
        }
    }
    walk->frontier = upto;
    return true;
}

/* Records of numbers that were walked past: the first `count` in order. */
static bool late_judge(struct compare *compare, size_t count, struct fault *fault)
{
    size_t known_count;
    for (size_t i = 0; i < count; i++) {
        compare->sorted[i]->is_late = true;
        compare->late_numbers[i] = compare->sorted[i]->aaf_id;
    }
    if (count == 0) {
        return true;
    }
    if (!import_stage_pause(compare->stage, fault) ||
        !import_known_these(
            compare->session, &compare->whom, compare->late_numbers, count, compare->late_known, &known_count, fault)) {
        return false;
    }
    size_t at = 0;
    for (size_t i = 0; i < known_count; i++) {
        while (compare->sorted[at]->aaf_id < compare->late_known[i].aaf_id) {
            at++;
        }
        judge(compare->sorted[at], &compare->late_known[i]);
    }
    return true;
}

static bool block_judge(struct compare *compare, struct fault *fault)
{
    size_t late = 0;
    block_sort(compare);
    while (late < compare->count && compare->sorted[late]->aaf_id <= compare->walks[compare->whom.profile].frontier) {
        late++;
    }
    return late_judge(compare, late, fault) &&
           (late == compare->count || walk_along(compare, compare->sorted[compare->count - 1]->aaf_id, late, fault));
}

/* --- telling --- */

static bool late_stage(struct compare *compare, struct fault *fault)
{
    for (size_t i = 0; i < compare->late_count; i++) {
        const struct waiting *waiting = compare->late[i].waiting;
        if (!import_stage_late(compare->stage, compare->whom.profile, waiting->aaf_id, compare->late[i].order,
                &waiting->place, waiting->verdict == COMPARE_SAME, fault)) {
            return false;
        }
    }
    compare->late_count = 0;
    return true;
}

static bool block_tell(struct compare *compare, struct fault *fault)
{
    for (size_t i = 0; i < compare->count; i++) {
        const struct waiting *waiting = &compare->block[i];
        int64_t before = import_stage_last(compare->stage);
        if (!compare->told(compare->arg, &waiting->record, &waiting->place, waiting->verdict, fault)) {
            return false;
        }
        if (waiting->is_late && waiting->verdict != COMPARE_REPEATED) {
            int64_t order = import_stage_last(compare->stage);
            order = order == before ? import_stage_order(compare->stage) : order;
            compare->late[compare->late_count++] = (struct late){order, waiting};
        }
    }
    return late_stage(compare, fault);
}

bool compare_flush(struct compare *compare, struct fault *fault)
{
    if (compare->count == 0) {
        return true;
    }
    bool done = (compare->store_is_empty || block_judge(compare, fault)) && block_tell(compare, fault);
    compare->count = 0;
    arena_reset(compare->arena);
    return done;
}

/* --- taking --- */

static bool begin(struct compare *compare, enum degree degree, struct fault *fault)
{
    bool any;
    compare->whom.degree = degree;
    compare->is_begun = true;
    if (!import_stage_pause(compare->stage, fault) ||
        !import_known_any(compare->session, compare->whom.academy, degree, &any, fault)) {
        return false;
    }
    compare->store_is_empty = !any;
    return true;
}

/* A number that cannot be read is no one's: the record is told as it is, to be refused. */
static bool tell_alone(
    struct compare *compare, const struct aaf_record *record, const struct import_place *place, struct fault *fault)
{
    return compare->told(compare->arg, record, place, COMPARE_LOOK, fault);
}

bool compare_add(struct compare *compare, enum degree degree, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault)
{
    enum account_profile profile = record->category == AAF_PUPIL ? PROFILE_ELEVE : PROFILE_RESPONSABLE;
    int64_t aaf_id;
    if (!compare->is_begun && !begin(compare, degree, fault)) {
        return false;
    }
    if (compare->store_is_empty || !aaf_id_parse(record->id, &aaf_id)) {
        return tell_alone(compare, record, place, fault);
    }
    bool is_full = compare->count == BLOCK_RECORDS || arena_used(compare->arena) > BLOCK_BYTES;
    if ((profile != compare->whom.profile || is_full) && !compare_flush(compare, fault)) {
        return false;
    }
    compare->whom.profile = profile;
    struct waiting *waiting = &compare->block[compare->count++];
    waiting->place = *place;
    waiting->aaf_id = aaf_id;
    waiting->verdict = COMPARE_LOOK;
    waiting->is_late = false;
    aaf_record_copy(record, compare->arena, &waiting->record);
    aaf_record_digest(record, waiting->digest);
    return true;
}

bool compare_end(struct compare *compare, struct fault *fault)
{
    if (!compare_flush(compare, fault)) {
        return false;
    }
    for (int profile = 0; profile < PROFILE_COUNT && compare->is_begun && !compare->store_is_empty; profile++) {
        compare->whom.profile = (enum account_profile)profile;
        if (!walk_along(compare, INT64_MAX, 0, fault) || !absent_stage(compare, compare->whom.profile, fault)) {
            return false;
        }
    }
    return true;
}
