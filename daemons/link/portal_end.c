/* The sign-out at an academy's portal or at FranceConnect, after the one here: once for each sign-in, by the browser that was signed in. */
#include "link/portal_sign_in.h"

#include "link/franceconnect.h"
#include "link/portal_trouble.h"
#include "link/provider_hold.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/provider.h"

#include <string.h>

struct ending {
    struct link *link;
    struct call *call;
    const Preau__Link__EndPortalSessionRequest *request;
    const char *provider;
    struct oidc *oidc;
    char state[TOKEN_RANDOM_SIZE];
};

static void ending_refuse(struct ending *ending, enum refusal refusal)
{
    call_refuse(ending->call, refusal);
    memory_free(&ending);
}

static void ending_found(void *arg, const char *url, const struct fault *fault)
{
    struct ending *ending = arg;
    if (fault) {
        ending_refuse(ending, portal_trouble(ending->provider, "sign-out", fault));
        return;
    }
    Preau__Link__EndPortalSessionReply reply = PREAU__LINK__END_PORTAL_SESSION_REPLY__INIT;
    char *lent = checked_strdup(url); /* messages want texts that may change */
    reply.url = lent;
    reply.state = ending->state;
    call_answer(ending->call, &reply.base);
    secret_text_free(&lent);
    memory_free(&ending);
}

/* An academy's portal, or FranceConnect. False: it is configured no more. */
static bool provider_find(struct ending *ending, const char *name)
{
    const struct academy_portal *portal = academy_portal_named(&ending->link->portals, name);
    bool is_franceconnect = strcmp(name, FRANCECONNECT_NAME) == 0;
    ending->provider = is_franceconnect ? FRANCECONNECT_NAME : portal ? portal->name : "";
    ending->oidc = is_franceconnect ? franceconnect_oidc(ending->link->franceconnect) : portal ? portal->oidc : NULL;
    return ending->oidc != NULL;
}

static void ending_taken(void *arg, const char *provider, const void *sealed, size_t length, const struct fault *fault)
{
    struct ending *ending = arg;
    if (fault) {
        call_fail(ending->call, fault);
        memory_free(&ending);
        return;
    }
    char *id_token = provider_hold_open(ending->link, ending->request->sign_out, sealed, length);
    if (!id_token || !provider_find(ending, provider)) {
        ending_refuse(ending, REFUSAL_PORTAL_SIGN_IN_OVER);
    } else if (!oidc_sign_out(ending->oidc, ending->state, id_token, ending_found, ending)) {
        ending_refuse(ending, REFUSAL_BUSY);
    }
    secret_text_free(&id_token);
}

void portal_end(struct link *link, struct call *call, const Preau__Link__EndPortalSessionRequest *request)
{
    struct ending *ending = checked_calloc(1, sizeof *ending);
    unsigned char token[DIGEST_SIZE];
    *ending = (struct ending){.link = link, .call = call, .request = request};
    token_random_letters(ending->state);
    digest_make(request->sign_out, strlen(request->sign_out), token);
    const struct provider_leaving leaving = {.token = token, .now = clock_now(), .trace = call_trace(call)};
    provider_session_take(link->store, &leaving, ending_taken, ending);
}
