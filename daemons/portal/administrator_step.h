/* What linkd says comes next in an administrator's sign-in, as the stage of the browser's session. */
#pragma once

#include "link.pb-c.h"
#include "portal/visit.h"

/* Of that stage, with what else a session needs; name and role as linkd says. */
struct web_session session_of_standing(const Preau__Link__AdministratorStanding *standing);
/* Begins it and leads to where it belongs, or to `open` once it is signed in, if that is not NULL. */
void administrator_step_go(struct visit *visit, const Preau__Link__AdministratorStanding *standing, const char *open);
