/* The second account of a guardian who is signed in, joined to the one that stays; and an operator who parts them again (docs/decisions/0027). */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

/* joining_prove.c */
void joining_prove_other(struct link *link, struct call *call, const Preau__Link__ProveOtherAccountRequest *request);
/* joining.c */
void joining_show(struct link *link, struct call *call, const Preau__Link__GetOtherAccountRequest *request);
void joining_confirm(struct link *link, struct call *call, const Preau__Link__JoinAccountsRequest *request);
/* joining_undo.c */
void joining_show_all(struct link *link, struct call *call, const Preau__Link__ListJoinsRequest *request);
void joining_end(struct link *link, struct call *call, const Preau__Link__SeparateAccountsRequest *request);

/* Of the proof in a token: what it proves is the caller's account's alone. */
#define JOINING_TOKEN_PURPOSE "account-join"
