/* What is, or was, left out of an action, by reason: of previews and of what was done. */
#pragma once

#include "notify.pb-c.h"
#include "portal/names.h"
#include "portal/selection.h"
#include "template/template.h"

/* Section LEFT_OUT of the body, when there is anything; `names` is asked for whose they are. */
void left_out_fill(struct view *body, struct names *names, Preau__Notify__LeftOut *const *groups, size_t count);
/* What of a selection is not left out; needs the arena for as long as it runs. */
void left_out_take_off(
    struct arena *arena, struct selection *selection, Preau__Notify__LeftOut *const *groups, size_t count);
