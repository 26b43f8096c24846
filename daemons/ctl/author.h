/* Who asks, as the operator names themselves: kept with a decision and in the audit trail. */
#pragma once

#include "ctl/command.h"

enum { CTL_AUTHOR_SIZE = 200 };
/* --by; else the Unix user. */
void ctl_author_write(const struct ctl *ctl, char out_name[static CTL_AUTHOR_SIZE]);
