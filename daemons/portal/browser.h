/* What a browser says of itself, cut down to what a person knows it by: "Firefox sur Windows". Pure. */
#pragma once

#include <stdbool.h>

enum { BROWSER_SIZE = 48 };

/* user_agent: NULL when it says nothing. */
void browser_name(const char *user_agent, char out_name[BROWSER_SIZE]);
