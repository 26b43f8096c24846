/* One try at an archive, whose run has begun: read, judged, applied. */
#pragma once

#include "domain/import_hold.h"
#include "import/run.h"

struct attempt_options {
    struct run_job *job;
    struct session *session;
    import_id run;
    import_id approved; /* the run that held it, which a person approved: it is not held again; 0: none */
    bool crashes;       /* it killed the process too often: it is refused unread */
};

/* Sets the job's outcome, refusal and counters. false: the world failed, nothing was changed, the run still says
 * "running". */
MUST_USE bool attempt_run(const struct attempt_options *options, struct fault *fault);
