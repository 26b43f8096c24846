#include "portal/csrf.h"

#include "crypto/token.h"
#include "portal/cookie.h"
#include "portal/routes.h"

#include <stdio.h>

/* Another site's form comes without our cookies (SameSite=Lax): the one that the browser has is not to be replaced, or the forms that it
 * shows in other windows would be outdated. The page that answers has no form that is proved by it. */
static bool may_have_another(const struct visit *visit)
{
    return visit->route && visit->route->access == ACCESS_UNASKED && http_method(visit->request) == HTTP_POST;
}

void csrf_make(const struct visit *visit, char out_token[CSRF_SIZE])
{
    if (visit->has_session) {
        snprintf(out_token, CSRF_SIZE, "%s", visit->session.csrf);
        return;
    }
    char fresh[TOKEN_RANDOM_SIZE];
    const char *cookie = cookie_get(visit, COOKIE_FORM);
    if (!cookie) {
        token_random(fresh);
        if (!may_have_another(visit)) {
            cookie_set(visit, COOKIE_FORM, fresh);
        }
        cookie = fresh;
    }
    csrf_of_cookie(cookie, out_token);
}

bool csrf_is_right(const struct visit *visit)
{
    const char *sent = http_form(visit->request, "csrf");
    if (visit->has_session) {
        return csrf_is_same(visit->session.csrf, sent);
    }
    char token[CSRF_SIZE];
    const char *cookie = cookie_get(visit, COOKIE_FORM);
    if (!cookie) {
        return false;
    }
    csrf_of_cookie(cookie, token);
    return csrf_is_same(token, sent);
}
