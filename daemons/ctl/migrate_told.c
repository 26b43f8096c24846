#include "ctl/migrate_told.h"

#include <stdio.h>

enum { WAIT_MINUTES_MAX = 1440 };

static long long seconds(struct duration duration)
{
    return (long long)((duration.us + 999999) / 1000000);
}

static void tell_transaction(struct duration in_transaction)
{
    if (in_transaction.us > 0)
        (void)fprintf(stderr, ", transaction depuis %lld s", seconds(in_transaction));
}

void migrate_wait_told(
    void *arg, int number, const char *name, const struct migrate_obstacle *obstacle, struct duration pause)
{
    (void)arg;
    if (number != 0)
        (void)fprintf(stderr, "%04d_%s : ", number, name);
    if (obstacle->has_waited) {
        (void)fprintf(stderr, "défaite, pour ne pas faire attendre plus longtemps %s (processus %d, %s)",
            obstacle->program, obstacle->pid, obstacle->table);
    } else if (obstacle->pid != 0) {
        (void)fprintf(stderr, "%s est tenu par %s (processus %d de PostgreSQL", obstacle->table, obstacle->program,
            obstacle->pid);
        tell_transaction(obstacle->in_transaction);
        (void)fprintf(stderr, ")");
    } else {
        (void)fprintf(stderr, "un verrou n’a pas été libre à temps");
    }
    (void)fprintf(stderr, " ; nouvel essai dans %lld s\n", seconds(pause));
}

bool migrate_patience(const struct ctl *ctl, struct duration *out_patience)
{
    long minutes;
    if (!ctl_number(ctl, "wait", 1, WAIT_MINUTES_MAX, &minutes))
        return false;
    *out_patience = minutes != 0 ? MINUTES(minutes) : MIGRATE_PATIENCE;
    return true;
}
