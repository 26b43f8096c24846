/* What the pages of a family's own account share. */
#pragma once

#include "link.pb-c.h"
#include "portal/visit.h"
#include "store/desk.h"
#include "template/template.h"

#define FAMILY_ACCOUNT "/guichet/compte"
#define FAMILY_MOBILE "/guichet/mobile"

/* Whose desk it is: who is signed in. */
struct desk_owner family_owner(const struct visit *visit);
/* The same for a request to linkd; lives with the visit. */
Preau__AccountRef *family_account_ref(const struct visit *visit);

/* DAYS of a page that says how long a confirmed mobile recovers an account. */
void family_mobile_days_set(const struct visit *visit, struct view *body);
/* Was the account's mobile confirmed so long ago that it recovers nothing, where SMS could (sms.mobile_validity)? */
bool family_mobile_is_old(const struct visit *visit, const struct desk_account *account);

/* EVENT, once for each, in words for the person. */
void family_life_fill(struct view *view, const struct desk_happening *happenings, size_t count);
