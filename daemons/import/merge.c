#include "import/merge.h"

#include "domain/identifier.h"
#include "domain/refusal.h"
#include "import/provisional.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/worker.h"
#include "store/configured.h"
#include "store/import.h"
#include "store/import_merge.h"

#include <string.h>

enum { WAITING_MAX = 16, BY_BYTES_MAX = 100 };

#define STOP_BOUND SECONDS(10)

struct merges {
    const struct daemon_run *daemon;
    const struct key_ring *keys;
    struct workers *workers;
};

struct undoing {
    const struct merges *merges;
    struct call *call;
    int64_t merge;
    struct audit_author author; /* texts of the call's */
    enum refusal refusal;
    char login[IDENTIFIER_SIZE];
    bool done;
    struct fault fault;
};

/* --- on the thread --- */

static bool undo_apply(
    struct undoing *undoing, struct session *session, const struct import_merge *merge, struct fault *fault)
{
    struct identifier base = identifier_base(merge->prenom, merge->nom);
    struct provisional_sealer *sealer = provisional_sealer_new(undoing->merges->keys);
    bool done =
        import_merge_undo(session, merge, &base, &undoing->author, provisional_seal, sealer, undoing->login, fault);
    provisional_sealer_free(&sealer);
    return done;
}

/* With the academy held. Undone before: answered as the first time. */
static bool undo_judge(struct undoing *undoing, struct session *session, struct fault *fault)
{
    struct import_merge merge;
    bool is_found;
    if (!import_merge_load(session, undoing->merge, &merge, &is_found, fault)) {
        return false;
    }
    if (is_found && merge.is_undone && merge.login[0]) {
        memcpy(undoing->login, merge.login, sizeof undoing->login);
        return true;
    }
    if (!is_found || !merge.is_in_force) {
        undoing->refusal = REFUSAL_NOT_FOUND;
        return true;
    }
    if (merge.is_of_join) { /* else its account would be open, and still joined */
        undoing->refusal = REFUSAL_MERGE_OF_JOIN;
        return true;
    }
    return undo_apply(undoing, session, &merge, fault);
}

static bool undo_in_session(struct undoing *undoing, struct session *session, struct fault *fault)
{
    struct import_merge merge;
    bool is_found, is_ours;
    if (!session_check_schema(session, fault) ||
        !import_merge_load(session, undoing->merge, &merge, &is_found, fault)) {
        return false;
    }
    if (!is_found) {
        undoing->refusal = REFUSAL_NOT_FOUND;
        return true;
    }
    if (!import_lock(session, merge.academy, &is_ours, fault)) {
        return false;
    }
    if (!is_ours) { /* a run may be giving this record an account at this moment */
        undoing->refusal = REFUSAL_IMPORT_RUNNING;
        return true;
    }
    return undo_judge(undoing, session, fault);
}

static void undo_run(void *job, void *context)
{
    (void)context;
    struct undoing *undoing = job;
    const struct daemon_run *daemon = undoing->merges->daemon;
    struct session *session = NULL;
    undoing->done = session_open_configured(daemon, config_duration(daemon->config, CONFIG_DATABASE_STATEMENT_TIMEOUT),
                        &session, &undoing->fault) &&
                    undo_in_session(undoing, session, &undoing->fault);
    session_close(&session);
}

/* --- on the loop --- */

static void undo_ended(void *job, bool was_run)
{
    struct undoing *undoing = job;
    if (!was_run) {
        call_refuse(undoing->call, REFUSAL_BUSY);
    } else if (!undoing->done) {
        call_fail(undoing->call, &undoing->fault);
    } else if (undoing->refusal != REFUSAL_NONE) {
        call_refuse(undoing->call, undoing->refusal);
    } else {
        log_event(LOG_NOTICE, "merge_undone", F("merge", undoing->merge));
        Preau__Import__UndoMergeReply reply = PREAU__IMPORT__UNDO_MERGE_REPLY__INIT;
        reply.login = undoing->login;
        call_answer(undoing->call, &reply.base);
    }
    memory_free(&undoing);
}

void merge_undo(struct merges *merges, struct call *call, const Preau__Import__UndoMergeRequest *request)
{
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!request->by[0] || strlen(request->by) > BY_BYTES_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    struct undoing *undoing = checked_calloc(1, sizeof *undoing);
    const struct audit_author author = {.operator_name = request->by, .trace = call_trace(call)};
    *undoing = (struct undoing){.merges = merges, .call = call, .merge = request->merge, .author = author};
    if (!worker_submit(merges->workers, undo_run, undo_ended, undoing)) {
        memory_free(&undoing);
        call_refuse(call, REFUSAL_BUSY);
    }
}

struct merges *merges_new(const struct daemon_run *run, const struct key_ring *keys)
{
    struct merges *merges = checked_malloc(sizeof *merges);
    const struct worker_options options = {.name = "import-merge", .threads = 1, .queue_limit = WAITING_MAX};
    *merges = (struct merges){.daemon = run, .keys = keys, .workers = workers_new(run->loop, &options)};
    return merges;
}

void merges_free(struct merges **merges)
{
    if (*merges && workers_stop(&(*merges)->workers, STOP_BOUND)) {
        memory_free(merges);
    }
    *merges = NULL; /* a thread that outlived its bound still uses it */
}
