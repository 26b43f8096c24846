#include "crypto/random.h"
#include "portal/cookie.h"
#include "portal/franceconnect.h"
#include "portal/handlers.h"
#include "portal/page.h"

#include <string.h>

static void session_ended(void *arg, const struct fault *fault)
{
    struct visit *visit = arg;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    cookie_clear(visit, COOKIE_SESSION);
    cookie_clear(visit, COOKIE_REGISTRATION);
    bool is_head = visit->session.administrator.v != 0;
    if (is_head && cookie_get(visit, COOKIE_PORTAL)) {
        page_go(visit, "/fin-de-session");
    } else if (!is_head && cookie_get(visit, COOKIE_FRANCECONNECT)) {
        page_go(visit, FRANCECONNECT_LEFT);
    } else {
        page_go(visit, "/?fin=1");
    }
}

void sign_out_do(struct visit *visit)
{
    unsigned char digest[DIGEST_SIZE];
    const char *cookie = cookie_get(visit, COOKIE_SESSION);
    digest_make(cookie, strlen(cookie), digest);
    web_session_end(visit->portal->store, digest, http_request_id(visit->request), session_ended, visit);
}
