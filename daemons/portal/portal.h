/* What the files of this folder share: the running portal. */
#pragma once

#include "bus/client.h"
#include "portal/assets.h"
#include "portal/import_clock.h"
#include "portal/language.h"
#include "runtime/http_server.h"
#include "store/store.h"
#include "store/web_session.h"
#include "template/template.h"

struct session_bounds {
    struct web_session_bounds idle;
    struct duration max_family, max_administrator;
    bool is_secure; /* cookies over HTTPS only */
};

/* What the operator says of themselves; "" where nothing is said. */
struct statements {
    const char *address, *publisher, *director, *hosted_by, *contact, *privacy_contact, *security_contact;
    struct duration grace,
        erase_after; /* of an account whose person left: until it is closed, then until it is erased */
};

struct service_watch;
struct portal {
    struct loop *loop;
    struct store *store;
    struct client *link, *notify, *statistics, *import;
    struct template_set *templates[LANGUAGE_COUNT]; /* NULL: not offered */
    struct assets *assets;
    struct academy_portals *academy_portals;
    struct ent_peers *ent_peers;
    struct online_services *online_services;
    struct open_figures *open_figures;
    struct http_server *server;
    struct session_bounds sessions;
    struct import_clock import_clock;
    bool offers_sms;                 /* a gateway is configured */
    struct duration mobile_validity; /* since it was confirmed: past it the person is asked to confirm it again */
    int64_t birth_date_refusals;     /* since an account was notified: past them it is to be notified anew */
    bool offers_franceconnect;       /* its issuer is */
    struct statements statements;
    struct service_watch *service_watch;
    struct timer *purge;
    struct timer *opening; /* until visitors are let in */
    struct tick begun;
    struct bus_curve *curve;
};
