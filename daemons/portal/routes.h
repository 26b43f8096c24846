/* The site's map: one line per address. */
#pragma once

#include "portal/visit.h"

enum route_found { ROUTE_FOUND, ROUTE_NOT_FOUND, ROUTE_OTHER_METHOD };

enum route_found route_find(
    enum http_method method, const char *path, const struct route **out_route, struct path_values *out_values);

/* Of an address that takes forms: the page that these are on, in the arena; NULL: the same, or none. profile: of the
 * accounts that they are about, by its code; may be NULL. */
const char *route_place(struct arena *arena, const char *path, const char *profile);
