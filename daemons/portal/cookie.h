/* The cookies of the portal: the session's, and those that bind what somebody begins who is not signed in yet.
 * With portal.secure_cookie they are named __Host-…, which a browser takes and sends over HTTPS only and from this very
 * host (RFC 6265bis 4.1.3.2). */
#pragma once

#include "portal/visit.h"

enum cookie {
    COOKIE_SESSION,
    COOKIE_FORM,
    COOKIE_PORTAL,        /* binds a way to an academy's portal and back; then what ends the session there */
    COOKIE_FRANCECONNECT, /* the same of FranceConnect */
    COOKIE_NOTE,          /* note.h */
    COOKIE_ONWARD,        /* onward.h */
    COOKIE_DEVICE,        /* linkd's word that this browser signed in before: of a family, */
    COOKIE_HEAD_DEVICE,   /* and of an administrator */
    COOKIE_REGISTRATION,  /* linkd's token of a registration */
    COOKIE_ENT,           /* binds a way to an ENT or ATEN and back, and the opening that follows */
    COOKIE_ENT_OPENING,   /* linkd's token of that opening */
    COOKIE_LANGUAGE       /* visit_language.h */
};

/* NULL when the browser sent none that could be ours. */
const char *cookie_get(const struct visit *visit, enum cookie cookie);
void cookie_set(const struct visit *visit, enum cookie cookie, const char *value);
/* A text for so many seconds, at most COOKIE_TEXT_MAX bytes of those that a cookie may hold. */
enum { COOKIE_TEXT_MAX = 1000 };
const char *cookie_text(const struct visit *visit, enum cookie cookie);
void cookie_set_text(const struct visit *visit, enum cookie cookie, const char *value, int seconds);
/* linkd's token; kept for as long as one of its kind is of use. "" without one. */
const char *cookie_token(const struct visit *visit, enum cookie cookie);
void cookie_set_token(const struct visit *visit, enum cookie cookie, const char *token);
void cookie_clear(const struct visit *visit, enum cookie cookie);
