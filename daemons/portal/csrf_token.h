/* The token of a form of somebody who has no session: a digest of a cookie that only their browser has. Pure. */
#pragma once

#include <stdbool.h>

enum { CSRF_SIZE = 65 /* bytes of the longest token, the end included */ };

void csrf_of_cookie(const char *cookie, char out_token[CSRF_SIZE]);
/* In a time that does not tell where they differ. sent: may be NULL; an empty token is nobody's. */
bool csrf_is_same(const char *token, const char *sent);
