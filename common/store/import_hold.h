/* What a prepared delivery (import_apply.h) would do, before anything of the house is changed: for whoever judges it. */
#pragma once

#include "domain/import_hold.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/import_stage.h"

#include <stdbool.h>

struct session;

enum { IMPORT_SCHOOLS_JUDGED_MAX = 500 };

struct import_figures {
    struct import_hold_figures hold; /* its schools are these: */
    struct import_hold_school schools[IMPORT_SCHOOLS_JUDGED_MAX];
};

/* hold.pupils and hold.guardians of a complete set are the caller's, who read past them all; of a delta they are counted
 * here. Sets integrated before `memory_begins` are not remembered. */
MUST_USE bool import_load_figures(struct session *session, const struct import_now *now, struct instant memory_begins,
    struct import_figures *figures, struct fault *fault);
