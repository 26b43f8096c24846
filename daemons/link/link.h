/* What the files of preau-linkd share: what was opened at its start, and the configured bounds. */
#pragma once

#include "crypto/key.h"
#include "link/academy_portal.h"
#include "link/ent.h"
#include "runtime/daemon.h"
#include "store/attempt.h"

#include <stdint.h>

struct audit_anchoring;
struct bus_curve;
struct franceconnect;
struct hashing;
struct known_words;
struct provider_watch;
struct health;
struct publisher;
struct service;
struct sms;
struct store;

enum { ROUNDS_MAX = 3 /* times that the account may have changed under one request */ };

struct link_bounds {
    struct attempt_bounds sign_in, a_day; /* a_day: of birth dates, of demands of another address */
    int64_t tries_account, tries_address, tries_birth_dates, email_changes;
    int64_t birth_dates_refused; /* of one account, since the school last notified it */
    struct duration activation_link, email_change_link;
    struct duration session_idle;       /* of an administrator: one that is over is not listed */
    struct duration portal_sign_in;     /* on the way to a portal or an ENT, and back */
    struct duration portal_session;     /* how long a sign-out there is offered */
    struct duration sms_code, sms_form; /* a registration's code; what follows it */
    struct duration mobile_validity;    /* of a mobile that an account confirmed: recovers it for so long */
    int64_t sms_code_tries, sms_number, sms_address, sms_network;
    int validity_months; /* of a provisional password: the life cycle asks for it */
};

struct link {
    struct loop *loop;
    struct store *store;
    struct key_ring *keys;
    struct hashing *hashing;
    struct hashing *hashing_administrators; /* their own: a flood of families does not keep the heads out */
    struct known_words *known;              /* passwords that nobody may choose */
    struct bus_curve *curve;
    struct publisher *publisher;
    struct health *health;
    struct service *service;
    struct timer *cleaning;
    struct audit_anchoring *anchoring;
    struct sms *sms; /* NULL: not offered here */
    struct academy_portals portals;
    struct provider_watch *portal_watch, *franceconnect_watch, *ent_watch; /* NULL: there is none to watch */
    struct franceconnect *franceconnect;                                   /* NULL: not offered here */
    struct ent_peers ents;
    struct link_bounds bounds;
};
