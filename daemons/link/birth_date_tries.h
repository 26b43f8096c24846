/* Birth dates that somebody gives for an account, by whichever way: its first sign-in, a registration, another account that it joins, a child
 * given back. Counted together, so that its dates are guessed by none of them. */
#pragma once

#include "domain/refusal.h"
#include "domain/types.h"
#include "link/link.h"
#include "runtime/fault.h"
#include "store/attempt.h"

/* REFUSAL_NONE: the dates may be judged. TOO_MANY_ATTEMPTS: a delay runs. BIRTH_DATES_OVER: so many were refused since the school last notified
 * the account that it must do so again. */
typedef void birth_date_tried(void *arg, enum refusal refusal, const struct fault *fault);

/* out_attempt: lives until it succeeds, is given back or is refused. */
void birth_date_try(struct link *link, academy_code academy, account_id id, struct attempt *out_attempt,
    birth_date_tried *tried, void *arg);
/* The dates were wrong: kept, then told as BIRTH_DATE_WRONG. What could not be kept is a fault, for a verdict that is not counted could be had for
 * ever. */
void birth_date_refuse(struct link *link, academy_code academy, account_id id, const struct attempt *attempt,
    birth_date_tried *tried, void *arg);
/* BIRTH_DATES_OVER or NONE; no try is counted. */
void birth_date_look(struct link *link, academy_code academy, account_id id, birth_date_tried *tried, void *arg);
