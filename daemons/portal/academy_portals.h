/* The academies' sign-in portals, as the sign-in page of administrators offers them. */
#pragma once

#include "portal/visit.h"
#include "runtime/config.h"
#include "template/template.h"

struct academy_portals;

/* Of the configuration, in order of their labels. The config is borrowed. */
NEVER_NULL MUST_USE struct academy_portals *academy_portals_list(const struct config *config);
void academy_portals_free(struct academy_portals **portals);

/* PORTALS of the sign-in page; nothing where there is none. */
void academy_portals_show(struct visit *visit, struct view *body);
