#include "portal/onward.h"

#include "portal/cookie.h"
#include "portal/handlers.h"
#include "portal/routes.h"

#include <string.h>

/* As long as a sign-in may take. */
enum { ONWARD_SECONDS = 30 * 60 };

/* What a cookie may hold and an address of ours is made of. */
static bool is_plain(const char *text)
{
    return text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/?&=%._~-+")] == '\0';
}

/* The list of schools is no wish: who may see it is led there anyway, or to a home of their own. */
static bool is_page(const struct route *route)
{
    if (route->handler == schools_show || strcmp(route->class, "document") == 0) {
        return false;
    }
    return route->access == ACCESS_FAMILY || route->access >= ACCESS_ADMINISTRATOR;
}

/* NULL unless a browser may be led there. */
static const struct route *page_of(const struct visit *visit, const char *address)
{
    const struct route *route = NULL;
    struct path_values values;
    const char *path = arena_copy_bytes(visit_arena(visit), address, strcspn(address, "?"));
    bool is_found = is_plain(address) && route_find(HTTP_GET, path, &route, &values) == ROUTE_FOUND;
    return is_found && is_page(route) ? route : NULL;
}

/* Of a form: the page that it is on. */
static const char *path_wanted(const struct visit *visit)
{
    const char *path = http_path(visit->request);
    const char *place = NULL;
    if (http_method(visit->request) == HTTP_POST) {
        place = route_place(visit_arena(visit), path, http_form(visit->request, "profil"));
    }
    return place ? place : path;
}

void onward_keep(const struct visit *visit)
{
    const char *query = http_query_text(visit->request);
    const char *path = path_wanted(visit);
    bool has_query = query[0] != '\0' && is_plain(query) && strlen(path) + strlen(query) < COOKIE_TEXT_MAX;
    const char *address =
        arena_printf(visit_arena(visit), "%s%s%s", path, has_query ? "?" : "", has_query ? query : "");
    if (strlen(address) <= COOKIE_TEXT_MAX && page_of(visit, address)) {
        cookie_set_text(visit, COOKIE_ONWARD, address, ONWARD_SECONDS);
    }
}

const char *onward_take(const struct visit *visit, const struct web_session *session)
{
    const char *address = cookie_text(visit, COOKIE_ONWARD);
    const struct route *route = address ? page_of(visit, address) : NULL;
    if (!address) {
        return NULL;
    }
    cookie_clear(visit, COOKIE_ONWARD);
    return route && visit_fits(route, session) ? arena_copy(visit_arena(visit), address) : NULL;
}
