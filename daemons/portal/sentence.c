#include "portal/sentence.h"

#include "portal/wording.h"

void sentence_set(struct view *view, const char *name, const char *text)
{
    char spaced[WORDING_TEXT_SIZE];
    wording_text(text, spaced);
    view_set(view, name, spaced);
}
