#include "import/school_tally.h"

#include "runtime/memory.h"

/* Open addressing over a power of two, at most half full. */
struct tallied {
    int64_t structure; /* 0: free */
    int64_t counts[TALLY_WHAT_COUNT];
};

struct school_tally {
    struct tallied *places;
    size_t size, used;
};

enum { SIZE_FIRST = 1024 };

struct school_tally *school_tally_new(void)
{
    struct school_tally *tally = checked_calloc(1, sizeof *tally);
    tally->size = SIZE_FIRST;
    tally->places = checked_calloc(tally->size, sizeof *tally->places);
    return tally;
}

void school_tally_free(struct school_tally **tally)
{
    if (*tally) {
        memory_free(&(*tally)->places);
        memory_free(tally);
    }
}

/* The structure's place, or the free one where it belongs. */
static struct tallied *place_of(struct school_tally *tally, int64_t structure)
{
    size_t at = (size_t)((uint64_t)structure * 0x9E3779B97F4A7C15u >> 32);
    for (;; at++) {
        struct tallied *place = &tally->places[at & (tally->size - 1)];
        if (place->structure == structure || place->structure == 0) {
            return place;
        }
    }
}

static void grow(struct school_tally *tally)
{
    struct tallied *before = tally->places;
    size_t size = tally->size;
    tally->size *= 2;
    tally->places = checked_calloc(tally->size, sizeof *tally->places);
    for (size_t i = 0; i < size; i++) {
        if (before[i].structure != 0) {
            *place_of(tally, before[i].structure) = before[i];
        }
    }
    memory_free(&before);
}

void school_tally_count(struct school_tally *tally, int64_t structure, enum tally_what what)
{
    if (structure == 0) {
        return;
    }
    struct tallied *place = place_of(tally, structure);
    if (place->structure == 0) {
        if (tally->used == TALLY_STRUCTURES_MAX) {
            return;
        }
        place->structure = structure;
        tally->used++;
    }
    place->counts[what]++;
    if (tally->used * 2 > tally->size) {
        grow(tally);
    }
}

bool school_tally_stage(const struct school_tally *tally, struct import_stage *stage, struct fault *fault)
{
    static const char *const words[TALLY_WHAT_COUNT] = {"read", "unchanged", "refused"};
    for (size_t i = 0; i < tally->size; i++) {
        for (int what = 0; tally->places[i].structure != 0 && what < TALLY_WHAT_COUNT; what++) {
            int64_t count = tally->places[i].counts[what];
            if (count > 0 &&
                !import_stage_structure_counter(stage, tally->places[i].structure, words[what], count, fault)) {
                return false;
            }
        }
    }
    return true;
}
