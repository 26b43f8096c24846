#include "portal/provider_way.h"

#include "crypto/token.h"
#include "link.pb-c.h"
#include "portal/page.h"

#include <string.h>

static bool header_says(const struct visit *visit, const char *name, const char *value)
{
    const char *told = http_header(visit->request, name);
    return !told || strcmp(told, value) == 0;
}

bool provider_is_followed(struct visit *visit)
{
    bool is_followed =
        header_says(visit, "Sec-Fetch-Mode", "navigate") && header_says(visit, "Sec-Fetch-Dest", "document");
    if (!is_followed) {
        page_refuse(visit, REFUSAL_NOT_IN_A_FRAME);
    }
    return is_followed;
}

char *provider_browser(struct visit *visit, enum cookie cookie)
{
    char fresh[TOKEN_RANDOM_SIZE];
    const char *browser = cookie_get(visit, cookie);
    if (!browser) {
        token_random(fresh);
        cookie_set(visit, cookie, fresh);
        browser = fresh;
    }
    return arena_copy(visit_arena(visit), browser);
}

char *provider_browser_back(const struct visit *visit, enum cookie cookie)
{
    const char *browser = cookie_get(visit, cookie);
    return arena_copy(visit_arena(visit), browser ? browser : "");
}

char *provider_told(const struct visit *visit, const char *name)
{
    const char *value = http_query(visit->request, name);
    return arena_copy(visit_arena(visit), value ? value : "");
}

void provider_session_held(struct visit *visit, enum cookie cookie, const char *sign_out)
{
    if (sign_out[0] != '\0') {
        cookie_set(visit, cookie, sign_out);
    } else {
        cookie_clear(visit, cookie);
    }
}

static void left_show(struct visit *visit, const struct provider_exit *exit, const char *section)
{
    struct view *body = page_begin(visit, "Vous êtes déconnecté", exit->file);
    if (section) {
        view_show(body, section);
    }
    page_send(visit, 200);
}

void provider_left(struct visit *visit, const struct provider_exit *exit)
{
    const char *cookie = cookie_get(visit, exit->cookie);
    const char *state = http_query(visit->request, "state");
    bool is_back = cookie && state && strcmp(cookie, state) == 0;
    if (visit->has_session) {
        page_go(visit, visit_home(visit));
        return;
    }
    if (is_back) {
        cookie_clear(visit, exit->cookie);
    } else if (cookie && !state && exit->leave) {
        http_set_header(visit->request, "Refresh", arena_printf(visit_arena(visit), "0; url=%s", exit->leave));
    }
    left_show(visit, exit, is_back ? "EVERYWHERE" : cookie ? "OFFER" : NULL);
}

static void sent_to_sign_out(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Link__EndPortalSessionReply *reply = (const void *)answer;
    const struct provider_exit *exit = visit->own;
    if (reply && reply->url[0] != '\0') {
        cookie_set(visit, exit->cookie, reply->state);
        page_go(visit, reply->url);
        return;
    }
    cookie_clear(visit, exit->cookie);
    if (reply || refusal == REFUSAL_PORTAL_SIGN_IN_OVER) {
        page_go(visit, exit->left);
    } else if (exit->leave) { /* the person asked for nothing: the page says what is left to do */
        left_show(visit, exit, "STILL_OPEN");
    } else {
        page_refuse(visit, refusal);
    }
}

void provider_leave(struct visit *visit, const struct provider_exit *exit)
{
    struct provider_exit *own = arena_alloc(visit_arena(visit), 1, sizeof *own);
    Preau__Link__EndPortalSessionRequest request = PREAU__LINK__END_PORTAL_SESSION_REQUEST__INIT;
    if (visit->has_session) {
        page_go(visit, visit_home(visit));
        return;
    }
    *own = *exit;
    visit->own = own;
    request.sign_out = provider_browser_back(visit, exit->cookie);
    visit_call(visit,
        &(struct visit_call){visit->portal->link, "EndPortalSession", &request.base, sent_to_sign_out, NULL, true});
}
