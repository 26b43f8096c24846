/* An identity of FranceConnect becomes an account's: what stands against it, whichever way it comes. */
#pragma once

#include "link/choice.h"

/* As a check of choice.h: done when they are linked to each other already; refused when either is linked otherwise. */
void franceconnect_link_check(struct choice *choice);

/* From the desk, the caller being the account: the names must agree. Answers FinishFranceConnect. Takes vouched->person. */
void franceconnect_link_from_desk(struct link *link, struct call *call, const ProtobufCMessage *request,
    academy_code academy, account_id account, const struct choice_vouched *vouched);
