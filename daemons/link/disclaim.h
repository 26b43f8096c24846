/* A guardian who opens an account says not to be the legal guardian of a pupil whom AAF attaches to it. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void disclaim_child(struct link *link, struct call *call, const Preau__Link__DisclaimChildRequest *request);
