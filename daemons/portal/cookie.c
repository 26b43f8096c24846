#include "portal/cookie.h"

#include "crypto/token.h"

#include <stdio.h>
#include <string.h>

static const char *name_of(const struct visit *visit, enum cookie cookie)
{
    static const char *const names[][2] = {
        [COOKIE_SESSION] = {"preau",               "__Host-preau"              },
        [COOKIE_FORM] = {"preau-formulaire",    "__Host-preau-formulaire"   },
        [COOKIE_PORTAL] = {"preau-portail",       "__Host-preau-portail"      },
        [COOKIE_FRANCECONNECT] = {"preau-franceconnect", "__Host-preau-franceconnect"},
        [COOKIE_NOTE] = {"preau-message",       "__Host-preau-message"      },
        [COOKIE_ONWARD] = {"preau-suite",         "__Host-preau-suite"        },
        [COOKIE_DEVICE] = {"preau-navigateur",    "__Host-preau-navigateur"   },
        [COOKIE_HEAD_DEVICE] = {"preau-poste",         "__Host-preau-poste"        },
        [COOKIE_REGISTRATION] = {"preau-inscription",   "__Host-preau-inscription"  },
        [COOKIE_ENT] = {"preau-ent",           "__Host-preau-ent"          },
        [COOKIE_ENT_OPENING] = {"preau-ouverture",     "__Host-preau-ouverture"    },
        [COOKIE_LANGUAGE] = {"preau-langue",        "__Host-preau-langue"       },
    };
    return names[cookie][visit->portal->sessions.is_secure];
}

const char *cookie_get(const struct visit *visit, enum cookie cookie)
{
    const char *value = http_cookie(visit->request, name_of(visit, cookie));
    return value && strlen(value) == TOKEN_RANDOM_SIZE - 1 ? value : NULL;
}

static void cookie_write(const struct visit *visit, enum cookie cookie, const char *value, const char *end)
{
    char line[COOKIE_TEXT_MAX + 256];
    snprintf(line, sizeof line, "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name_of(visit, cookie), value,
        visit->portal->sessions.is_secure ? "; Secure" : "", end);
    http_add_header(visit->request, "Set-Cookie", line);
}

void cookie_set(const struct visit *visit, enum cookie cookie, const char *value)
{
    cookie_write(visit, cookie, value, "");
}

const char *cookie_text(const struct visit *visit, enum cookie cookie)
{
    const char *value = http_cookie(visit->request, name_of(visit, cookie));
    return value && value[0] != '\0' && strlen(value) <= COOKIE_TEXT_MAX ? value : NULL;
}

void cookie_set_text(const struct visit *visit, enum cookie cookie, const char *value, int seconds)
{
    char end[32];
    snprintf(end, sizeof end, "; Max-Age=%d", seconds);
    cookie_write(visit, cookie, value, end);
}

/* Browsers keep none longer than 400 days; a registration is ended by linkd sooner. */
enum { DEVICE_SECONDS = 400 * 24 * 3600, REGISTRATION_SECONDS = 6 * 3600 };

static int seconds_of(enum cookie cookie)
{
    return cookie == COOKIE_REGISTRATION || cookie == COOKIE_ENT_OPENING ? REGISTRATION_SECONDS : DEVICE_SECONDS;
}

static bool is_token(const char *text)
{
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
    return length > 0 && length < TOKEN_LINK_SIZE && text[length] == '\0';
}

const char *cookie_token(const struct visit *visit, enum cookie cookie)
{
    const char *token = cookie_text(visit, cookie);
    return token && is_token(token) ? token : "";
}

void cookie_set_token(const struct visit *visit, enum cookie cookie, const char *token)
{
    if (is_token(token)) {
        cookie_set_text(visit, cookie, token, seconds_of(cookie));
    }
}

void cookie_clear(const struct visit *visit, enum cookie cookie)
{
    cookie_write(visit, cookie, "", "; Max-Age=0");
}
