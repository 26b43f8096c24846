/* What the files of preauctl database share. */
#pragma once

#include "ctl/command.h"

/* --print-settings: postgresql.conf and pg_hba.conf for a server of that size, each line with its reason. Asks no server. */
enum ctl_exit ctl_database_print_settings(const struct ctl *ctl);
