/* What is counted at a sign-in: tries of a login from an address, and of an address. A stranger elsewhere does not keep
 * the person out, nor does one at the same address keep out a browser where the person signed in before
 * (device.h); a whole school behind one address waits minutes at most. */
#pragma once

#include "link/link.h"

#include <stddef.h>

struct tried_sign_in {
    const char *who; /* "person", "administrator": neither keeps the other out */
    const char *login, *address;
    const char *device; /* what the browser brings (device.h), "" nothing */
};

/* An IPv6 address stands for its /64, of which one subscriber has them all. A browser that signed in as this person before
 * is counted by itself, wherever it is. Gives the browser's number, its own or a new one. */
int64_t tries_of_sign_in(const struct link *link, const struct tried_sign_in *tried, struct attempt *out_attempt);

/* Of one account, what: "birth-date", "password", "email-change". */
void tries_of_account(
    const char *what, int64_t allowed, academy_code academy, account_id id, struct attempt *out_attempt);

/* Of an administrator who is known by the session: codes of the second factor, recovery codes and the present password
 * are counted together, wherever they come from, for who tries them has the password or the session already; and with the
 * address's sign-ins. */
void tries_of_proof(
    const struct link_bounds *bounds, administrator_id id, const char *address, struct attempt *out_attempt);

/* By network alone, what: "portal" (ways out to an academy's: the portal judges the person), "link" (mailed ones that are
 * brought). Give them back, never succeed. */
void tries_of_network(
    const struct link_bounds *bounds, const char *what, const char *address, struct attempt *out_attempt);

/* Of help that is asked for: of one subject (an address, an identifier) from a network, and of the network. Never forgotten
 * by a success, for there is none. The subject is kept as a digest. */
void tries_of_help(const struct link_bounds *bounds, const char *wanted, const char *subject, const char *address,
    struct attempt *out_attempt);

/* Of codes by SMS that a stranger asks for: of one mobile from a network, of the network, and of the larger one around it, where who sells messages changes
 * the address at will. The number is kept as a digest. */
void tries_of_sms(
    const struct link_bounds *bounds, const char *mobile, const char *address, struct attempt *out_attempt);

struct tried_at_desk {
    const char *mobile;
    academy_code academy;
    account_id account;
    const char *address;
};
/* The same of who is signed in: of one mobile by this account, in the place of the network, for strangers' demands are nothing to it. */
void tries_of_sms_at_desk(
    const struct link_bounds *bounds, const struct tried_at_desk *tried, struct attempt *out_attempt);
