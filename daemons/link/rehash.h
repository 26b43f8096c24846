/* Hashes follow the cost that is configured: one of another cost is made again when its password is known, at a sign-in. */
#pragma once

#include "domain/account.h"
#include "domain/administrator.h"
#include "link/link.h"

/* After a right password, which may go once these are back. Nobody waits for the new hash, and nothing is said when it
 * cannot be made now: the next sign-in tries again. hash: what the store has; "": none, nothing is done. */
void rehash_person(struct link *link, academy_code academy, account_id id, const char *hash, const char *password);
void rehash_administrator(struct link *link, administrator_id id, const char *hash, const char *password);
