/* preauctl migrate: the schema's missing migrations, as its owner. */
#include "ctl/migrate_told.h"
#include "ctl/output.h"

#include <stdio.h>

struct progress {
    const struct ctl *ctl;
    json_t *applied;
};

static void migration_told(void *arg, int number, const char *name, bool done)
{
    const struct progress *progress = arg;
    if (!done)
        return;
    if (progress->ctl->is_json)
        (void)json_array_append_new(progress->applied, json_pack("{s:i, s:s}", "number", number, "name", name));
    else
        (void)printf("%04d_%s appliquée\n", number, name);
}

enum ctl_exit ctl_migrate(const struct ctl *ctl)
{
    struct fault fault = {0};
    int count = 0;
    struct progress progress = {ctl, json_array()};
    struct migrate_telling telling = {.progress = migration_told, .waits = migrate_wait_told, .arg = &progress};
    if (!migrate_patience(ctl, &telling.patience)) {
        json_decref(progress.applied);
        return CTL_USAGE;
    }
    if (!migrate_run(ctl_owner_conninfo(ctl), &telling, &count, &fault)) {
        json_decref(progress.applied);
        enum ctl_exit code = ctl_fail_fault(ctl, "migration du schéma", &fault);
        return fault.code == FAULT_UNAVAILABLE ? code : CTL_NO;
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:i, s:o}", "schema", migrate_wanted(), "applied", progress.applied));
        return CTL_OK;
    }
    json_decref(progress.applied);
    if (count == 0)
        (void)printf("Le schéma est à jour (migration %04d).\n", migrate_wanted());
    return CTL_OK;
}
