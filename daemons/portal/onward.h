/* Where somebody wanted to go who had to sign in first: kept in a cookie, which no link can write, through all steps of
 * the sign-in, an academy's portal included. Only pages of ours that are looked at, and only for who may see them. */
#pragma once

#include "portal/visit.h"

/* Remembers the address at hand, when it is such a page. */
void onward_keep(const struct visit *visit);
/* The address, for who is signed in with this session, in the visit's arena; NULL: none. It is taken either way. */
const char *onward_take(const struct visit *visit, const struct web_session *session);
