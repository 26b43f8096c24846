/* What an operator reads while the schema is migrated beside everybody's work. */
#pragma once

#include "ctl/command.h"
#include "store/migrate.h"

/* Fits migrate_waits: who stands in the way, or was kept waiting, on standard error. arg is not looked at. */
void migrate_wait_told(
    void *arg, int number, const char *name, const struct migrate_obstacle *obstacle, struct duration pause);

/* How long to go on trying, of the option `wait`. false, and told, when it is no number of minutes. */
bool migrate_patience(const struct ctl *ctl, struct duration *out_patience);
