/* The transition (guide 1.1, second degree): who is signed in at an ENT or at ATEN opens the account by it.
 *
 *   the peer chosen → signed in there → the account of the AAF key that it vouches for found → password
 *
 * The way to the peer and back is bound to the browser and counts once; then a token of the same browser stands for the account, until
 * the password is chosen or a quarter of an hour is over. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void ent_begin(struct link *link, struct call *call, const Preau__Link__BeginEntRequest *request);
void ent_finish(struct link *link, struct call *call, const Preau__Link__FinishEntRequest *request);
void ent_opening_show(struct link *link, struct call *call, const Preau__Link__GetEntOpeningRequest *request);
void ent_opening_do(struct link *link, struct call *call, const Preau__Link__OpenByEntRequest *request);
void ent_metadata(struct link *link, struct call *call, const Preau__Link__GetEntMetadataRequest *request);

/* What stands for an opening in the browser (ent_opening.c). */
void ent_token_make(const struct link *link, int64_t opening, char out_token[TOKEN_LINK_SIZE]);
