#include "store/aaf_head.h"

#include "domain/audit.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/blocking_query.h"
#include "store/query.h"

/* Whom to tell: one of them. */
struct asking {
    aaf_head_found *found;
    administrator_changed *changed;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void add_who(struct parameters *parameters, const struct administrator_head *who)
{
    parameters_int64(parameters, who->academy.v);
    parameters_int64(parameters, who->aaf_id);
}

static void found_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct aaf_head head = {0};
    bool is_there = rows && rows_count(rows) > 0;
    if (is_there) {
        head =
            (struct aaf_head){row_text(rows, 0, "name"), row_text(rows, 0, "mail"), {row_int64(rows, 0, "follower")}};
    }
    asking->found(asking->arg, is_there ? &head : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void aaf_head_find(struct store *store, const struct administrator_head *who, aaf_head_found *found, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_who(&parameters, who);
    store_run(
        store, QUERY_AAF_HEAD_FIND, &parameters, found_rows, asking_new((struct asking){.found = found, .arg = arg}));
    parameters_clear(&parameters);
}

static void changed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_changed = rows && rows_count(rows) > 0;
    asking->changed(asking->arg, is_changed ? row_int64(rows, 0, "changed") : 0, rows ? NULL : fault);
    memory_free(&asking);
}

void aaf_head_follow(struct store *store, const struct audit_author *author, administrator_id id,
    const struct administrator_head *who, administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    add_who(&parameters, who);
    parameters_text(&parameters, audit_action_code(AUDIT_HEAD_FOLLOWED));
    parameters_text(&parameters, author->trace);
    parameters_text(&parameters, author->operator_name);
    store_run(store, QUERY_AAF_HEAD_FOLLOW, &parameters, changed_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}

void aaf_head_unfollow(struct store *store, const struct audit_author *author, administrator_id id,
    administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    parameters_text(&parameters, audit_action_code(AUDIT_HEAD_UNFOLLOWED));
    parameters_text(&parameters, author->trace);
    parameters_text(&parameters, author->operator_name);
    store_run(store, QUERY_AAF_HEAD_UNFOLLOW, &parameters, changed_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}

bool aaf_heads_unaccounted(
    struct session *session, academy_code academy, aaf_head_told *told, void *arg, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    if (!session_ask(session, QUERY_AAF_HEAD_UNACCOUNTED, &parameters, &rows, fault)) {
        return false;
    }
    for (int row = 0; row < rows_count(rows); row++) {
        const struct aaf_head_listed head = {
            .who = {{(int16_t)row_int64(rows, row, "academy")}, row_int64(rows, row, "aaf_id")},
            .name = row_text(rows, row, "name"),
            .mail = row_text(rows, row, "mail"),
            .uais = row_text(rows, row, "uais"),
        };
        told(arg, &head);
    }
    return true;
}
