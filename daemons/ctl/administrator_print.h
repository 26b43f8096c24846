/* An administrator, for people and for programs. */
#pragma once

#include "link.pb-c.h"

#include <jansson.h>

/* One line. */
void ctl_administrator_print(const Preau__Link__Administrator *one);
json_t *ctl_administrator_json(const Preau__Link__Administrator *one);
/* All that is known. */
void ctl_administrator_print_whole(const Preau__Link__GetAdministratorReply *reply);
json_t *ctl_administrator_json_whole(const Preau__Link__GetAdministratorReply *reply);
void ctl_sessions_print(const Preau__Link__GetAdministratorReply *reply);
json_t *ctl_sessions_json(const Preau__Link__GetAdministratorReply *reply);
