/* A part of the sheets of a batch, for the head who prints it. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

void document_fetch(struct notify *notify, struct call *call, const Preau__Notify__GetDocumentRequest *request);
