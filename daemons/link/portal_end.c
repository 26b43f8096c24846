/* The sign-out at the portal, after the one here: once for each sign-in, by the browser that was signed in. */
#include "link/portal_sign_in.h"

#include "crypto/seal.h"
#include "link/oidc_token.h"
#include "link/portal_trouble.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/provider.h"

#include <string.h>

struct ending {
    struct link *link;
    struct call *call;
    const Preau__Link__EndPortalSessionRequest *request;
    struct academy_portal *portal;
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
        ending_refuse(ending, portal_trouble(ending->portal->name, "sign-out", fault));
        return;
    }
    Preau__Link__EndPortalSessionReply reply = PREAU__LINK__END_PORTAL_SESSION_REPLY__INIT;
    char *lent = checked_strdup(url); /* messages want texts that may change */
    reply.url = lent;
    reply.state = ending->state;
    call_answer(ending->call, &reply.base);
    secret_wipe(lent, strlen(lent));
    memory_free(&lent);
    memory_free(&ending);
}

/* The ID token, opened. The caller wipes and frees; NULL when it is not ours. */
static char *id_token_of(const struct ending *ending, const void *sealed, size_t length)
{
    char place[PORTAL_PLACE_SIZE];
    portal_place(place, "session", ending->request->sign_out);
    if (!sealed || length < SEAL_OVERHEAD) {
        return NULL;
    }
    char *id_token = checked_calloc(1, length - SEAL_OVERHEAD + 1);
    if (!seal_open(ending->link->keys, place, sealed, length, id_token)) {
        memory_free(&id_token);
    }
    return id_token;
}

static void ending_taken(void *arg, const char *provider, const void *sealed, size_t length, const struct fault *fault)
{
    struct ending *ending = arg;
    if (fault) {
        call_fail(ending->call, fault);
        memory_free(&ending);
        return;
    }
    char *id_token = id_token_of(ending, sealed, length);
    ending->portal = id_token ? academy_portal_named(&ending->link->portals, provider) : NULL;
    if (!ending->portal) {
        ending_refuse(ending, REFUSAL_PORTAL_SIGN_IN_OVER);
    } else if (!oidc_sign_out(ending->portal->oidc, ending->state, id_token, ending_found, ending)) {
        ending_refuse(ending, REFUSAL_BUSY);
    }
    if (id_token) {
        secret_wipe(id_token, strlen(id_token));
    }
    memory_free(&id_token);
}

void portal_end(struct link *link, struct call *call, const Preau__Link__EndPortalSessionRequest *request)
{
    struct ending *ending = checked_calloc(1, sizeof *ending);
    unsigned char token[DIGEST_SIZE];
    *ending = (struct ending){.link = link, .call = call, .request = request};
    token_random(ending->state);
    digest_make(request->sign_out, strlen(request->sign_out), token);
    const struct provider_leaving leaving = {.token = token, .now = clock_now(), .trace = call_trace(call)};
    provider_session_take(link->store, &leaving, ending_taken, ending);
}
