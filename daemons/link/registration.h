/* A guardian opens an account by SMS (guide 1.1, second scheme):
 *
 *   names and mobile → code by SMS → the birth date of each child → password
 *
 * or comes by FranceConnect, which vouches for the names (first scheme):
 *
 *   mobile → code by SMS → the birth date of each child → the identity linked
 *
 * What ties the steps together is a token that only the browser has; the store keeps how far it came. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

/* From the desk of an account in use, which ends when the children were named: registration_missing.c. */
void registration_begin_missing(
    struct link *link, struct call *call, const Preau__Link__BeginMissingChildRequest *request);
void registration_start(struct link *link, struct call *call, const Preau__Link__BeginRegistrationRequest *request);
void registration_give_code(
    struct link *link, struct call *call, const Preau__Link__GiveRegistrationCodeRequest *request);
void registration_show(struct link *link, struct call *call, const Preau__Link__GetRegistrationRequest *request);
void registration_confirm_children(
    struct link *link, struct call *call, const Preau__Link__ConfirmRegistrationChildrenRequest *request);
/* The mobile of who came by FranceConnect, in the place of names and mobile. */
void registration_mobile(
    struct link *link, struct call *call, const Preau__Link__GiveRegistrationMobileRequest *request);
void registration_finish(struct link *link, struct call *call, const Preau__Link__FinishRegistrationRequest *request);
