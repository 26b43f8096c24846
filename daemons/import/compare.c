#include "import/compare.h"

#include "domain/aaf.h"
#include "runtime/arena.h"
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    LATE_RECORDS = 2000,
    LATE_BYTES = 4 << 20,      /* those who wait are told once they hold as much, */
    LATE_BYTES_MAX = 16 << 20, /* which one more record cannot more than fill */
    ABSENT_AT_ONCE = 4096      /* each change of the table that is written to costs a COPY of its own */
};

/* A record whose number was walked past: it waits for others, since each look at the store costs a question. */
struct late {
    struct aaf_record record;
    struct import_place place;
    int64_t aaf_id;
    unsigned char digest[RECORD_DIGEST_SIZE];
    bool is_same;  /* as in the store */
    int64_t order; /* when it was told */
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

/* Whom the walk was taken to, for a record that is to be added next. */
struct asked {
    bool is_set;
    int64_t aaf_id;
    const struct import_known *known; /* NULL: nobody; in the walk */
};

struct compare {
    struct session *session;
    struct import_stage *stage;
    struct import_whom whom; /* the records at hand */
    compare_told *told;
    void *arg;
    bool is_begun, store_is_empty;
    struct walk walks[PROFILE_COUNT];
    struct asked asked;

    struct arena *arena; /* of the late records */
    struct late late[LATE_RECORDS];
    size_t late_count;
    struct late *sorted[LATE_RECORDS];
    int64_t late_numbers[LATE_RECORDS];
    struct import_known late_known[LATE_RECORDS];
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
    compare->arena = arena_new(LATE_BYTES_MAX);
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

/* --- walking along --- */

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

/* Past the store's persons below a number, who are absent, to the one of that number: NULL when there is none. */
static bool walk_to(struct compare *compare, struct walk *walk, int64_t aaf_id, const struct import_known **out_known,
    struct fault *fault)
{
    *out_known = NULL;
    walk->frontier = aaf_id;
    for (;;) {
        if (walk->at == walk->count && !walk->is_at_end && !walk_fill(compare, walk, fault)) {
            return false;
        }
        if (walk->at == walk->count || walk->known[walk->at].aaf_id > aaf_id) {
            return true;
        }
        const struct import_known *known = &walk->known[walk->at++];
        walk->live += !known->departed;
        if (known->aaf_id == aaf_id) {
            *out_known = known;
            return true;
        }
        if (!known->departed && !absent_add(compare, known->aaf_id, fault)) {
            return false;
        }
    }
}

static bool is_same(const struct import_known *known, const unsigned char digest[RECORD_DIGEST_SIZE])
{
    return !known->unsettled && !known->departed && memcmp(known->digest, digest, sizeof known->digest) == 0;
}

static bool next_tell(struct compare *compare, const struct import_known *known, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault)
{
    unsigned char digest[RECORD_DIGEST_SIZE];
    enum compare_verdict verdict = COMPARE_LOOK;
    if (known) {
        aaf_record_digest(record, digest);
        verdict = !is_same(known, digest) ? COMPARE_LOOK : known->told ? COMPARE_SAME_TOLD : COMPARE_SAME;
    }
    return compare->told(compare->arg, record, place, verdict, fault);
}

/* --- records of numbers that were walked past --- */

static int late_compare(const void *a, const void *b)
{
    const struct late *one = *(struct late *const *)a;
    const struct late *other = *(struct late *const *)b;
    return one->aaf_id < other->aaf_id ? -1 : one->aaf_id > other->aaf_id;
}

static void late_sort(struct compare *compare)
{
    for (size_t i = 0; i < compare->late_count; i++) {
        compare->sorted[i] = &compare->late[i];
    }
    qsort(compare->sorted, compare->late_count, sizeof(struct late *), late_compare);
    for (size_t i = 0; i < compare->late_count; i++) {
        compare->late_numbers[i] = compare->sorted[i]->aaf_id;
    }
}

/* Who is the same is counted and not staged, which import_late is told; with something wrong in it the check may still
 * refuse the record, so that one is looked at. */
static bool late_judge(struct compare *compare, struct fault *fault)
{
    size_t known_count;
    late_sort(compare);
    if (!import_stage_pause(compare->stage, fault) ||
        !import_known_these(compare->session, &compare->whom, compare->late_numbers, compare->late_count,
            compare->late_known, &known_count, fault)) {
        return false;
    }
    for (size_t at = 0, i = 0; i < known_count; i++) {
        const struct import_known *known = &compare->late_known[i];
        for (; at < compare->late_count && compare->sorted[at]->aaf_id <= known->aaf_id; at++) {
            struct late *late = compare->sorted[at];
            late->is_same = late->aaf_id == known->aaf_id && !known->told && is_same(known, late->digest);
        }
    }
    return true;
}

static bool late_tell(struct compare *compare, struct fault *fault)
{
    for (size_t i = 0; i < compare->late_count; i++) {
        struct late *late = &compare->late[i];
        int64_t before = import_stage_last(compare->stage);
        enum compare_verdict verdict = late->is_same ? COMPARE_SAME : COMPARE_LOOK;
        if (!compare->told(compare->arg, &late->record, &late->place, verdict, fault)) {
            return false;
        }
        late->order = import_stage_last(compare->stage);
        if (late->order == before) {
            late->order = import_stage_order(compare->stage);
        }
    }
    return true;
}

static bool late_stage(struct compare *compare, struct fault *fault)
{
    for (size_t i = 0; i < compare->late_count; i++) {
        const struct late *late = &compare->late[i];
        if (!import_stage_late(
                compare->stage, compare->whom.profile, late->aaf_id, late->order, &late->place, late->is_same, fault)) {
            return false;
        }
    }
    return true;
}

static bool late_end(struct compare *compare, struct fault *fault)
{
    bool done = late_tell(compare, fault) && late_stage(compare, fault);
    compare->late_count = 0;
    arena_reset(compare->arena);
    return done;
}

static bool late_flush(struct compare *compare, struct fault *fault)
{
    return compare->late_count == 0 || (late_judge(compare, fault) && late_end(compare, fault));
}

bool compare_give_up(struct compare *compare, struct fault *fault)
{
    return late_end(compare, fault);
}

static bool late_wait(struct compare *compare, int64_t aaf_id, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault)
{
    bool is_full = compare->late_count == LATE_RECORDS || arena_used(compare->arena) > LATE_BYTES;
    if (is_full && !late_flush(compare, fault)) {
        return false;
    }
    struct late *late = &compare->late[compare->late_count++];
    *late = (struct late){.place = *place, .aaf_id = aaf_id};
    aaf_record_copy(record, compare->arena, &late->record);
    aaf_record_digest(record, late->digest);
    return true;
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

static bool profile_begin(struct compare *compare, enum account_profile profile, struct fault *fault)
{
    if (profile != compare->whom.profile && !late_flush(compare, fault)) {
        return false;
    }
    compare->whom.profile = profile;
    return true;
}

/* Another record came than the one that was asked for: who was walked to is absent, like who was walked past. */
static bool asked_settle(struct compare *compare, struct fault *fault)
{
    const struct import_known *known = compare->asked.known;
    compare->asked = (struct asked){0};
    return !known || known->departed || absent_add(compare, known->aaf_id, fault);
}

bool compare_same(struct compare *compare, const struct compare_whom *whom,
    const unsigned char digest[RECORD_DIGEST_SIZE], bool *out_same, struct fault *fault)
{
    const struct import_known *known;
    *out_same = false;
    if (!asked_settle(compare, fault) || (!compare->is_begun && !begin(compare, whom->degree, fault))) {
        return false;
    }
    if (compare->store_is_empty) {
        return true;
    }
    struct walk *walk = &compare->walks[whom->profile];
    if (!profile_begin(compare, whom->profile, fault)) {
        return false;
    }
    if (whom->aaf_id <= walk->frontier) {
        return true;
    }
    if (!walk_to(compare, walk, whom->aaf_id, &known, fault)) {
        return false;
    }
    *out_same = known && !known->told && is_same(known, digest);
    compare->asked = *out_same ? (struct asked){0} : (struct asked){true, whom->aaf_id, known};
    return true;
}

static bool is_asked(const struct compare *compare, enum account_profile profile, int64_t aaf_id)
{
    return compare->asked.is_set && compare->asked.aaf_id == aaf_id && compare->whom.profile == profile;
}

/* A number that is behind the walk waits; to another one the walk goes on. */
static bool number_add(struct compare *compare, int64_t aaf_id, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault)
{
    const struct import_known *known;
    struct walk *walk = &compare->walks[compare->whom.profile];
    if (aaf_id <= walk->frontier) {
        return late_wait(compare, aaf_id, record, place, fault);
    }
    return walk_to(compare, walk, aaf_id, &known, fault) && next_tell(compare, known, record, place, fault);
}

bool compare_add(struct compare *compare, enum degree degree, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault)
{
    enum account_profile profile = record->category == AAF_PUPIL ? PROFILE_ELEVE : PROFILE_RESPONSABLE;
    int64_t aaf_id;
    bool is_number = aaf_id_parse(record->id, &aaf_id);
    if (is_number && is_asked(compare, profile, aaf_id)) {
        const struct import_known *known = compare->asked.known;
        compare->asked = (struct asked){0};
        return next_tell(compare, known, record, place, fault);
    }
    if (!asked_settle(compare, fault) || (!compare->is_begun && !begin(compare, degree, fault))) {
        return false;
    }
    /* a number that cannot be read is no one's: the record is told as it is, to be refused */
    if (compare->store_is_empty || !is_number) {
        return compare->told(compare->arg, record, place, COMPARE_LOOK, fault);
    }
    return profile_begin(compare, profile, fault) && number_add(compare, aaf_id, record, place, fault);
}

bool compare_end(struct compare *compare, struct fault *fault)
{
    const struct import_known *none;
    if (!asked_settle(compare, fault) || !late_flush(compare, fault)) {
        return false;
    }
    for (int profile = 0; profile < PROFILE_COUNT && compare->is_begun && !compare->store_is_empty; profile++) {
        compare->whom.profile = (enum account_profile)profile;
        if (!walk_to(compare, &compare->walks[profile], INT64_MAX, &none, fault) ||
            !absent_stage(compare, compare->whom.profile, fault)) {
            return false;
        }
    }
    return true;
}
