/* A mail as it would leave, with the templates that are in the folders now and the data of nobody: for an operator who
 * edits one. Read anew each time: what is seen here is in force after the next start. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

struct previewer;

NEVER_NULL MUST_USE struct previewer *previewer_new(struct notify *notify);
void previewer_stop(struct previewer *previewer);
void previewer_free(struct previewer **previewer);

void preview_mail(struct notify *notify, struct call *call, const Preau__Notify__PreviewMailRequest *request);
