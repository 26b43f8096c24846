/* What is counted at a sign-in: tries of a login from an address, and of an address. A stranger elsewhere does not keep
 * the person out, nor does one at the same address keep out a browser where the person signed in before
 * (tries_of_device); a whole school behind one address waits minutes at most. */
#pragma once

#include "link/link.h"

#include <stddef.h>

/* who: "person", "administrator": neither keeps the other out. An IPv6 address stands for its /64, of which one
 * subscriber has them all. */
void tries_of_sign_in(const struct link_bounds *bounds, const char *who, const char *login, const char *address,
    struct attempt *out_attempt);

/* The same from a browser that signed in as this person before (device.h): counted by itself, wherever it is. */
void tries_of_device(
    const struct link_bounds *bounds, const char *who, const char *login, int64_t device, struct attempt *out_attempt);

/* Of one account, what: "birth-date", "password". */
void tries_of_account(
    const char *what, int64_t allowed, academy_code academy, account_id id, struct attempt *out_attempt);

/* Of an administrator who is known by the session: codes of the second factor, recovery codes and the present password
 * are counted together, wherever they come from, for who tries them has the password or the session already; and with the
 * address's sign-ins. */
void tries_of_proof(
    const struct link_bounds *bounds, administrator_id id, const char *address, struct attempt *out_attempt);

/* Ways out to an academy's portal, by address only: the portal judges the person. Give them back, never succeed. */
void tries_of_portal(const struct link_bounds *bounds, const char *address, struct attempt *out_attempt);
