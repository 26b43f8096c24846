/* Sentences of the house's tables on a page, with the no-break spaces of French. */
#pragma once

#include "template/template.h"

void sentence_set(struct view *view, const char *name, const char *text);
