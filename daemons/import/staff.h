/* The staff of a delivery: whom a record names head of a structure is staged. Of everybody else nothing is kept. */
#pragma once

#include "import/report.h"

struct aaf_record;

/* An addition or a modification. `may_be_delta`: also of those who head nothing, since they may have been heads. */
MUST_USE bool staff_take(const struct aaf_record *record, const struct import_place *place, bool may_be_delta,
    struct report *report, struct import_stage *stage, struct fault *fault);
MUST_USE bool staff_delete(int64_t aaf_id, const struct import_place *place, struct report *report,
    struct import_stage *stage, struct fault *fault);
