/* What a reminder says: by school and profile, how many accounts of each class, until when, and where their list is. */
#pragma once

#include "template/template.h"

/* lines: reminder_line.h. language: "" French. portal_url: without a slash at its end. */
void reminder_text_fill(struct view *view, const char *lines, const char *language, const char *portal_url);
