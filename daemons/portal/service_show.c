/* "Est-ce que ça marche ?": for everybody, whoever is down. No question is asked for it, of the database or of anybody. */
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/sentence.h"
#include "portal/service_state.h"
#include "runtime/clock.h"

enum { SHOW_AGAIN_SECONDS = 60 };

/* Of signing in, the portal does its own part: it keeps the sessions. */
static enum part_state state_of(const struct visit *visit, enum service_part part)
{
    const struct portal *portal = visit->portal;
    if (part == PART_SIGN_IN && !store_is_ready(portal->store)) {
        return PART_UNAVAILABLE;
    }
    return service_state_of(service_watch_state(portal->service_watch), part, clock_tick());
}

static bool is_offered(const struct visit *visit, enum service_part part)
{
    return part != PART_SMS || visit->portal->offers_sms;
}

static void part_show(const struct visit *visit, struct view *body, enum service_part part)
{
    static const char *const names[PART_COUNT] = {"SIGN_IN", "MAIL", "SMS", "DATA"};
    static const char *const states[] = {"UNKNOWN", "OK", "DISTURBED", "UNAVAILABLE"};
    if (is_offered(visit, part)) {
        view_show(view_add(body, names[part]), states[state_of(visit, part)]);
    }
}

static enum part_state worst_of(const struct visit *visit)
{
    enum part_state worst = PART_UNKNOWN;
    bool is_known = true;
    for (int part = 0; part < PART_COUNT; part++) {
        if (is_offered(visit, (enum service_part)part)) {
            enum part_state state = state_of(visit, (enum service_part)part);
            worst = state > worst ? state : worst;
            is_known = is_known && state != PART_UNKNOWN;
        }
    }
    return worst == PART_OK && !is_known ? PART_UNKNOWN : worst;
}

void service_show(struct visit *visit)
{
    static const char *const answers[] = {"NOT_YET", "ALL_WELL", "SOME_TROUBLE", "SOME_TROUBLE"};
    const struct service_state *state = service_watch_state(visit->portal->service_watch);
    struct view *body = page_begin(visit, "Est-ce que ça marche ?", "etat.html");
    view_show(body, answers[worst_of(visit)]);
    for (int part = 0; part < PART_COUNT; part++) {
        part_show(visit, body, (enum service_part)part);
    }
    if (instant_is_set(state->data_at)) {
        sentence_moment(view_add(body, "UPDATED"), "UPDATED_AT", state->data_at);
    }
    if (instant_is_set(state->heard_at)) {
        sentence_moment(view_add(body, "LOOKED"), "LOOKED_AT", state->heard_at);
    }
    page_refresh(visit, SHOW_AGAIN_SECONDS);
    page_send(visit, 200);
}
