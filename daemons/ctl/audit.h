/* What the commands of preauctl audit share: the database, which they read themselves. The one who checks should ask
 * nobody. */
#pragma once

#include "ctl/command.h"
#include "store/audit.h"

/* NULL, and told, when it cannot be reached or has another schema: *out_exit is then the command's. */
struct session *audit_open(const struct ctl *ctl, enum ctl_exit *out_exit);
