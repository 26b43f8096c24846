/* Sentences of the house's tables on a page, with the no-break spaces of French. */
#pragma once

#include "domain/types.h"
#include "template/template.h"

void sentence_set(struct view *view, const char *name, const char *text);

/* When, as the view's language writes it. */
void sentence_moment(struct view *view, const char *name, struct instant at);
/* "3 connexions"; in a language whose plurals are others than the French, the label and the number. */
struct counted {
    const char *one, *several, *label;
};
void sentence_count(struct view *view, const char *name, int64_t count, const struct counted *words);
