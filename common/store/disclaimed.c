#include "store/disclaimed.h"

#include "domain/audit.h"
#include "runtime/memory.h"
#include "store/query.h"

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asking {
    disclaimed_added *added;
    disclaimed_listed *listed;
    disclaimed_dismissed *dismissed;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void added_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->added(asking->arg, rows && row_int64(rows, 0, "known") > 0, rows ? NULL : fault);
    memory_free(&asking);
}

void disclaimed_add(struct store *store, const struct account *account, const struct disclaimed_pupil *pupil,
    disclaimed_added *added, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_int64(&parameters, pupil->academy.v);
    parameters_int64(&parameters, pupil->degree);
    parameters_int64(&parameters, pupil->aaf_id);
    store_run(
        store, QUERY_DISCLAIMED_ADD, &parameters, added_rows, asking_new((struct asking){.added = added, .arg = arg}));
    parameters_clear(&parameters);
}

static void listed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct disclaimed_claim *claims = rows_list(rows, sizeof *claims);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        claims[i] = (struct disclaimed_claim){
            .claim = row_int64(rows, row, "claim"),
            .academy = {(int16_t)row_int64(rows, row, "academy")},
            .id = {row_int64(rows, row, "id")},
            .nom = row_text(rows, row, "nom"),
            .prenom = row_text(rows, row, "prenom"),
            .child_nom = row_text(rows, row, "child_nom"),
            .child_prenom = row_text(rows, row, "child_prenom"),
            .at = row_instant(rows, row, "at"),
        };
    }
    int64_t total = count > 0 ? row_int64(rows, 0, "total") : 0;
    asking->listed(asking->arg, claims, count, total, rows ? NULL : fault);
    memory_free(&claims);
    memory_free(&asking);
}

void disclaimed_list(struct store *store, const struct listed_school *school, academy_code academy, account_id id,
    int64_t limit, disclaimed_listed *listed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, school->academy.v);
    parameters_text(&parameters, school->uai.text);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    parameters_int64(&parameters, limit);
    store_run_within(store, QUERY_DISCLAIMED_LIST, &parameters, PATIENCE, listed_rows,
        asking_new((struct asking){.listed = listed, .arg = arg}));
    parameters_clear(&parameters);
}

static void dismissed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->dismissed(asking->arg, rows && row_int64(rows, 0, "known") > 0, rows && row_bool(rows, 0, "is_done"),
        rows ? NULL : fault);
    memory_free(&asking);
}

void disclaimed_dismiss(
    struct store *store, const struct disclaimed_dismissal *dismissal, disclaimed_dismissed *dismissed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, dismissal->academy.v);
    parameters_text(&parameters, dismissal->uai);
    parameters_int64(&parameters, dismissal->account_academy.v);
    parameters_int64(&parameters, dismissal->id.v);
    parameters_int64(&parameters, dismissal->claim);
    parameters_int64(&parameters, dismissal->administrator.v);
    parameters_text(&parameters, audit_action_code(AUDIT_CHILD_RESTORED));
    parameters_text(&parameters, dismissal->trace);
    store_run(store, QUERY_DISCLAIMED_DISMISS, &parameters, dismissed_rows,
        asking_new((struct asking){.dismissed = dismissed, .arg = arg}));
    parameters_clear(&parameters);
}
