/* Proof that a form was sent from a page of ours to this very browser: the session's own token, and for forms of people
 * not signed in yet a digest of a cookie that only their browser has. */
#pragma once

#include "portal/csrf_token.h"
#include "portal/visit.h"

/* The token for a page's forms. For people not signed in it sets the cookie that it is made of if need be. */
void csrf_make(const struct visit *visit, char out_token[CSRF_SIZE]);
bool csrf_is_right(const struct visit *visit);
