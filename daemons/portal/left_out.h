/* What is, or was, left out of an action, by reason: of previews and of what was done. */
#pragma once

#include "notify.pb-c.h"
#include "template/template.h"

/* Section LEFT_OUT of the body, when there is anything. */
void left_out_fill(struct view *body, Preau__Notify__LeftOut *const *groups, size_t count);
size_t left_out_count(Preau__Notify__LeftOut *const *groups, size_t count);
