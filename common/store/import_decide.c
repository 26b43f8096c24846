#include "store/import_decide.h"

#include "domain/refusal.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <string.h>

struct deciding {
    import_run_decided *decided;
    void *arg;
};

static void decided_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct deciding *deciding = arg;
    struct import_decided decided = {.is_known = rows && rows_count(rows) == 1, .claim = ""};
    if (decided.is_known) {
        decided.is_done = row_bool(rows, 0, "decided");
        decided.is_replaced = strcmp(row_text(rows, 0, "refusal"), refusal_code(REFUSAL_IMPORT_SUPERSEDED)) == 0;
        decided.academy.v = (int16_t)row_int64(rows, 0, "academy");
        decided.claim = row_text(rows, 0, "claim");
    }
    deciding->decided(deciding->arg, rows ? &decided : NULL, fault);
    memory_free(&deciding);
}

void import_decide(struct store *store, import_id run, bool approve, const struct audit_author *author,
    import_run_decided *decided, void *arg)
{
    struct deciding *deciding = checked_malloc(sizeof *deciding);
    *deciding = (struct deciding){decided, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_bool(&parameters, approve);
    parameters_text(&parameters, author->operator_name);
    parameters_text(&parameters, audit_action_code(approve ? AUDIT_IMPORT_APPROVED : AUDIT_IMPORT_REJECTED));
    parameters_text(&parameters, author->trace);
    store_run(store, QUERY_IMPORT_DECIDE, &parameters, decided_rows, deciding);
    parameters_clear(&parameters);
}
