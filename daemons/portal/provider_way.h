/* Of sign-ins by a provider, an academy's portal or FranceConnect: a random cookie says that the browser that comes back is the one that
 * went, and then ends the session there too. */
#pragma once

#include "portal/cookie.h"

/* A way out begins where a person follows a link: a picture or a frame of a stranger's page would use up the tries of an address, and the
 * cookie of a way that is under way. False: the visit has been refused. Browsers say it (Fetch Metadata); who does not is let through. */
MUST_USE bool provider_is_followed(struct visit *visit);

/* The random of this browser, made if it has none. In the visit's arena. */
char *provider_browser(struct visit *visit, enum cookie cookie);
/* What the browser has of it; "". In the visit's arena. */
char *provider_browser_back(const struct visit *visit, enum cookie cookie);
/* What the provider says by the address of the way back; "". In the visit's arena. */
char *provider_told(const struct visit *visit, const char *name);
/* Signed in: sign_out is linkd's, "" where there is no way to sign out there. */
void provider_session_held(struct visit *visit, enum cookie cookie, const char *sign_out);

/* The way out of the session there, after the one here has ended. */
struct provider_exit {
    enum cookie cookie;
    const char *left;  /* the page where it ends */
    const char *leave; /* where the browser goes on by itself from that page; NULL: the person chooses */
    const char *file;  /* of the page: sections EVERYWHERE, OFFER, STILL_OPEN */
};
void provider_left(struct visit *visit, const struct provider_exit *exit);
void provider_leave(struct visit *visit, const struct provider_exit *exit);
