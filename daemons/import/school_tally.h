/* How many pupils of each structure a delivery has, and what became of them. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import_stage.h"

struct school_tally;

enum tally_what { TALLY_READ, TALLY_UNCHANGED, TALLY_REFUSED, TALLY_WHAT_COUNT };

NEVER_NULL MUST_USE struct school_tally *school_tally_new(void);
void school_tally_free(struct school_tally **tally);

/* structure 0: none. Beyond TALLY_STRUCTURES_MAX structures the others are left out: no academy has a tenth of it. */
enum { TALLY_STRUCTURES_MAX = 100000 };
void school_tally_count(struct school_tally *tally, int64_t structure, enum tally_what what);

/* All of it into the stage. */
MUST_USE bool school_tally_stage(const struct school_tally *tally, struct import_stage *stage, struct fault *fault);
