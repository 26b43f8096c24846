/* What people asked for who cannot sign in, answered with mails. */
#pragma once

#include "notify/notify.h"

struct helper;

NEVER_NULL MUST_USE struct helper *helper_new(struct notify *notify);
/* Nothing new is begun; what is under way ends. */
void helper_drain(struct helper *helper);
bool helper_is_idle(const struct helper *helper);
void helper_free(struct helper **helper);
