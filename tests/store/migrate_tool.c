/* store-migrate CONNINFO: applies the migrations; 1 with the fault on stderr when that fails. What stands in the way is
 * told there too, "waits" or "disturbs", and is tried again for five seconds. */
#include "store/migrate.h"

#include <stdio.h>

static void tell(void *arg, int number, const char *name, bool done)
{
    (void)arg;
    if (done) {
        printf("%04d_%s\n", number, name);
    }
}

static void tell_wait(
    void *arg, int number, const char *name, const struct migrate_obstacle *obstacle, struct duration pause)
{
    (void)arg;
    (void)pause;
    fprintf(stderr, "%s %04d_%s %d %s %s\n", obstacle->has_waited ? "disturbs" : "waits", number, name, obstacle->pid,
        obstacle->program, obstacle->table);
}

int main(int argc, char **argv)
{
    struct fault fault;
    int applied = 0;
    if (argc != 2) {
        return 2;
    }
    const struct migrate_telling telling = {.progress = tell, .waits = tell_wait, .patience = MILLISECONDS(5000)};
    if (!migrate_run(argv[1], &telling, &applied, &fault)) {
        fprintf(stderr, "%s %s %s (%s)\n", fault_code_name(fault.code), fault.sqlstate, fault.text, fault.hint);
        return 1;
    }
    printf("%d applied\n", applied);
    return 0;
}
