#include "import/viewer.h"

#include "runtime/memory.h"

bool viewer_sees(const struct viewer *viewer, academy_code academy)
{
    bool sees = viewer->sees_all;
    for (size_t i = 0; i < viewer->count && !sees; i++) {
        sees = viewer->academies[i] == academy.v;
    }
    return sees;
}

bool viewer_sees_none(const struct viewer *viewer)
{
    return !viewer->sees_all && viewer->count == 0;
}

struct asking {
    viewer_known *known;
    void *arg;
};

static void scopes_loaded(
    void *arg, const struct stored_administrator *administrators, size_t count, const struct fault *fault)
{
    struct asking *asking = arg;
    struct viewer viewer = {0};
    for (size_t i = 0; count > 0 && i < administrators->scope_count; i++) {
        const struct administrator_scope *scope = &administrators->scopes[i];
        if (scope_shows_deliveries(administrators->role, scope)) {
            viewer.sees_all = viewer.sees_all || scope->academy.v == 0;
            viewer.academies[viewer.count++] = scope->academy.v;
        }
    }
    asking->known(asking->arg, administrators ? &viewer : NULL, fault);
    memory_free(&asking);
}

void viewer_load(struct store *store, const struct call *call, viewer_known *known, void *arg)
{
    struct caller caller = call_caller(call);
    if (caller.administrator.v == 0) {
        const struct viewer viewer = {.sees_all = caller.is_operator};
        known(arg, &viewer, NULL);
        return;
    }
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = (struct asking){known, arg};
    administrator_load_scopes(store, caller.administrator, scopes_loaded, asking);
}
