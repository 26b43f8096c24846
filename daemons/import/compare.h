/* Tells the records of a complete set that are the same as in the store from those that must be looked at, and who is
 * passed over: at constant memory, whatever the size of both.
 *
 * AAF writes records in order of number, part after part. What comes in another order is right too, and slower. The store is walked along with them, each of its persons seen once; whoever it
 * holds between two numbers of the delivery is absent, until a later record proves the contrary (import_stage_late). */
#pragma once

#include "import/aaf_reader.h"
#include "store/import_compare.h"

struct compare;

struct compare_whom {
    enum degree degree;
    enum account_profile profile;
    int64_t aaf_id;
};

enum compare_verdict {
    COMPARE_SAME,      /* as in the store, with nothing wrong: not to be looked at */
    COMPARE_SAME_TOLD, /* as in the store, with something wrong in it: to be checked again, so that it is told again */
    COMPARE_LOOK,      /* to be checked and staged */
};

/* One record; those in order of number in the order of reading, the others some time later. Lent for the call. false ends it all, with the fault. */
typedef bool compare_told(void *arg, const struct aaf_record *record, const struct import_place *place,
    enum compare_verdict verdict, struct fault *fault);

/* All pointers are borrowed. */
NEVER_NULL MUST_USE struct compare *compare_new(
    struct session *session, struct import_stage *stage, academy_code academy, compare_told *told, void *arg);
void compare_free(struct compare **compare);

/* Whether the store knows a person by a record of this digest, with nothing wrong: then that is all, nobody is told, and the
 * record is not to be added. false in *out_same: it is to be, before any other. */
MUST_USE bool compare_same(struct compare *compare, const struct compare_whom *whom,
    const unsigned char digest[RECORD_DIGEST_SIZE], bool *out_same, struct fault *fault);
/* A pupil or a guardian of a degree that is known. Of the record nothing is kept but a copy. */
MUST_USE bool compare_add(struct compare *compare, enum degree degree, const struct aaf_record *record,
    const struct import_place *place, struct fault *fault);
/* It is no complete set after all: the records that wait are to be looked at, since each request counts in a delta. */
MUST_USE bool compare_give_up(struct compare *compare, struct fault *fault);
/* After the last record: whoever follows in the store is absent too. */
MUST_USE bool compare_end(struct compare *compare, struct fault *fault);

/* Persons that the store held and that were not departed. */
int64_t compare_live(const struct compare *compare, enum account_profile profile);
