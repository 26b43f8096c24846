/* What the commands share that read the database themselves: those of preauctl audit, since the one who checks should ask
 * nobody, and lists of all the nation, which no message would hold. */
#pragma once

#include "ctl/command.h"
#include "store/audit.h"

/* NULL, and told, when it cannot be reached or has another schema: *out_exit is then the command's. */
struct session *audit_open(const struct ctl *ctl, enum ctl_exit *out_exit);
