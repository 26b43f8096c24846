#include "portal/visit_language.h"

#include "portal/cookie.h"

#include <string.h>

/* Browsers keep no cookie longer than 400 days. */
enum { LANGUAGE_SECONDS = 400 * 24 * 3600 };

static const char *asked_code(const struct visit *visit)
{
    const char *code = http_method(visit->request) == HTTP_POST ? NULL : http_query(visit->request, "langue");
    return code ? code : "";
}

void visit_language_remember(const struct visit *visit)
{
    enum language language;
    if (language_from_code(asked_code(visit), &language)) {
        cookie_set_text(visit, COOKIE_LANGUAGE, language_code(language), LANGUAGE_SECONDS);
    }
}

/* Those whose templates are there, bits by number. */
static unsigned offered(const struct visit *visit)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        bits |= visit->portal->templates[i] ? 1u << i : 0;
    }
    return bits;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

bool visit_is_of_administrators(const struct visit *visit)
{
    const char *path = http_path(visit->request);
    return visit->session.administrator.v != 0 || (visit->route && visit->route->access >= ACCESS_CODE) ||
           begins(path, "/administration") || begins(path, "/portail/") || begins(path, "/fin-de-session");
}

enum language visit_language(const struct visit *visit, const char *file)
{
    const char *kept = cookie_text(visit, COOKIE_LANGUAGE);
    unsigned bits = offered(visit);
    enum language language;
    if (visit_is_of_administrators(visit)) {
        return LANGUAGE_FRENCH;
    }
    if ((!language_from_code(asked_code(visit), &language) && !language_from_code(kept ? kept : "", &language)) ||
        (bits & 1u << language) == 0) {
        language = language_accepted(http_header(visit->request, "Accept-Language"), bits);
    }
    return template_set_has(visit->portal->templates[language], file) ? language : LANGUAGE_FRENCH;
}

static void choice_fill(const struct visit *visit, enum language present, struct view *layout)
{
    struct view *choice = view_add(layout, "LANGUAGES");
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        if (!visit->portal->templates[i]) {
            continue;
        }
        struct view *one = view_add(choice, "LANGUAGE");
        view_print(one, "HREF", "?langue=%s", language_code((enum language)i));
        view_set(one, "CODE", language_code((enum language)i));
        view_set(one, "DIRECTION", language_direction((enum language)i));
        view_set(one, "LANGUAGE_NAME", language_name((enum language)i));
        if (i == present) {
            view_show(one, "CHOSEN");
        }
    }
}

void visit_language_fill(const struct visit *visit, enum language language, struct view *layout)
{
    view_set(layout, "LANG", language_code(language));
    view_set(layout, "DIR", language_direction(language));
    if (!visit_is_of_administrators(visit) && (offered(visit) & ~(1u << LANGUAGE_FRENCH)) != 0) {
        choice_fill(visit, language, layout);
    }
    http_set_header(visit->request, "Content-Language", language_code(language));
    http_set_header(visit->request, "Vary", "Accept-Language, Cookie");
}
