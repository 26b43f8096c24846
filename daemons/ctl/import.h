/* What the commands of preauctl import share: asking preau-importd. What comes back is the caller's, to be freed by the
 * functions of import.pb-c.h; NULL, and told, when it did not come. */
#pragma once

#include "ctl/call.h"
#include "import.pb-c.h"

enum { IMPORT_ACADEMY_MAX = 999, IMPORT_LIMIT_MAX = 1000 };

struct ctl_service *import_open(const struct ctl *ctl);
Preau__Import__ListRunsReply *import_list(
    struct ctl_service *service, long academy, long limit, enum ctl_exit *out_exit);
/* The number of the first argument. false, and told, when it is none. */
bool import_read_number(const struct ctl *ctl, const char *what, long *out_number);
