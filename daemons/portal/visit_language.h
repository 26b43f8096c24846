/* In which language a visit is answered: as the person chose on some page, else as the browser asks, else in French.
 * Administrators' pages are French. */
#pragma once

#include "portal/language.h"
#include "portal/visit.h"

/* A link of the choice was followed (?langue=…): remembered by a cookie that holds the code and nothing else. */
void visit_language_remember(const struct visit *visit);
/* They have pages of their own, and none of the families' links. */
bool visit_is_of_administrators(const struct visit *visit);
/* The language of a page whose body is this template. */
enum language visit_language(const struct visit *visit, const char *file);
/* The choice, and what the browser must know of the page's language. */
void visit_language_fill(const struct visit *visit, enum language language, struct view *layout);
