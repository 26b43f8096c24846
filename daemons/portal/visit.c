#include "portal/visit.h"

#include "crypto/random.h"
#include "domain/digit.h"
#include "portal/browser.h"
#include "portal/cookie.h"
#include "portal/csrf.h"
#include "portal/onward.h"
#include "portal/page.h"
#include "portal/routes.h"
#include "portal/visit_language.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <stdio.h>
#include <string.h>

/* A sign-in that is not complete: time to find a telephone and to set up an application. */
#define HALF_SIGNED_IN MINUTES(30)
/* What a request may have taken of its arena (4 MiB) when it comes: the rest is enough for every handler. */
enum { REQUEST_BYTES_MAX = 5 * 512 * 1024 };
/* The least that a call is given, at the end of a long visit. */
#define CALL_TIME_MIN SECONDS(1)

struct arena *visit_arena(const struct visit *visit)
{
    return http_arena(visit->request);
}

const char *visit_typed(const struct visit *visit, const char *name)
{
    const char *value = http_form(visit->request, name);
    return value ? value : "";
}

char *visit_typed_digits(const struct visit *visit, const char *name)
{
    char *value = arena_copy(visit_arena(visit), visit_typed(visit, name));
    digits_to_latin(value);
    return value;
}

/* What somebody did, by its pattern: an address may hold a token. Reading is told to who wants to know all. A rush of
 * families leaves the heads' lines in: each event has its own bound. */
static void visit_tell(const struct visit *visit, int status)
{
    const struct route *route = visit->route;
    if (!route) {
        return;
    }
    bool is_deed = http_method(visit->request) == HTTP_POST;
    bool is_administrator = visit->session.administrator.v != 0;
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    log_event(is_deed ? LOG_INFO : LOG_DEBUG, is_administrator ? "visit_of_administrator" : "visit",
        F("method", is_deed ? "POST" : "GET"), F("route", route->pattern), F("status", status),
        F("time", clock_since(visit->started)));
}

void visit_end(struct visit *visit, int status)
{
    static const char *const classes[] = {"other", "other", "2xx", "3xx", "4xx", "5xx"};
    const char *class = visit->route ? visit->route->class : "unknown";
    metric_count(METRIC_PORTAL_REQUESTS, class, classes[status / 100]);
    metric_observe(METRIC_PORTAL_SECONDS, clock_since(visit->started), class);
    visit_tell(visit, status);
    view_free(&visit->layout);
    memory_free(&visit->document.bytes);
    memory_free(&visit);
}

/* ---- asking the other daemons */

struct waiting {
    struct visit *visit;
    visit_answered *answered;
    bool changes;
};

static void call_ended(void *arg, const struct client_outcome *outcome)
{
    struct waiting *waiting = arg;
    struct visit *visit = waiting->visit;
    visit_answered *answered = waiting->answered;
    bool changes = waiting->changes;
    memory_free(&waiting);
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    if (outcome->fault) {
        struct fault fault = *outcome->fault;
        fault.outcome_unknown = fault.outcome_unknown && changes;
        page_fail(visit, &fault);
    } else {
        answered(visit, outcome->answer, outcome->refusal);
    }
}

static struct duration time_left(const struct visit *visit)
{
    struct duration left = {VISIT_TIME.us - clock_since(visit->started).us};
    return duration_longer(left, CALL_TIME_MIN) ? left : CALL_TIME_MIN;
}

void visit_call(struct visit *visit, const struct visit_call *call)
{
    struct waiting *waiting = checked_malloc(sizeof *waiting);
    *waiting = (struct waiting){visit, call->answered, call->changes};
    const struct client_request request = {
        .method = call->method,
        .message = call->message,
        .timeout = time_left(visit),
        .caller = {visit->session.administrator, visit->session.academy.v, visit->session.account, false},
        .trace = http_request_id(visit->request),
        .id = call->id,
    };
    client_call(call->client, &request, call_ended, waiting);
}

/* ---- sessions */

static void cookie_digest(const char *cookie, unsigned char out_digest[DIGEST_SIZE])
{
    digest_make(cookie, strlen(cookie), out_digest);
}

struct beginning {
    struct visit *visit;
    const char *location;
    visit_handler *next; /* instead of a location */
    char cookie[TOKEN_RANDOM_SIZE];
    struct web_session session;
};

static const char *place_after(const struct visit *visit, const struct beginning *beginning)
{
    const struct web_session *session = &beginning->session;
    bool is_home = session->stage == WEB_OPEN && strcmp(beginning->location, session_home(session)) == 0;
    const char *onward = is_home ? onward_take(visit, session) : NULL;
    return onward ? onward : beginning->location;
}

static void session_begun(void *arg, const struct fault *fault)
{
    struct beginning *beginning = arg;
    struct visit *visit = beginning->visit;
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    cookie_set(visit, COOKIE_SESSION, beginning->cookie);
    cookie_clear(visit, COOKIE_FORM);
    if (beginning->next) {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
        visit->has_session = true;
        visit->session = beginning->session;
        beginning->next(visit);
    } else {
        page_go(visit, place_after(visit, beginning));
    }
}

static struct duration longest(const struct visit *visit, const struct web_session *session)
{
    const struct session_bounds *bounds = &visit->portal->sessions;
    if (session->administrator.v == 0) {
        return bounds->max_family;
    }
    bool is_half = session->stage != WEB_OPEN && duration_longer(bounds->max_administrator, HALF_SIGNED_IN);
    return is_half ? HALF_SIGNED_IN : bounds->max_administrator;
}

/* What one sees of each session in the list of one's own; of a family's no address is kept. */
static void browser_remember(const struct visit *visit, struct web_session *session)
{
    char browser[BROWSER_SIZE];
    browser_name(http_header(visit->request, "User-Agent"), browser);
    if (session->administrator.v != 0) {
        session->address = arena_copy(visit_arena(visit), http_client(visit->request));
    }
    session->browser = arena_copy(visit_arena(visit), browser);
}

static void session_begin(struct beginning *beginning)
{
    struct visit *visit = beginning->visit;
    struct web_session *fresh = &beginning->session;
    unsigned char digest[DIGEST_SIZE];
    unsigned char before[DIGEST_SIZE];
    struct instant now = clock_now();
    const char *present = cookie_get(visit, COOKIE_SESSION);
    token_random(beginning->cookie);
    token_random(fresh->csrf);
    cookie_digest(beginning->cookie, digest);
    if (present) {
        cookie_digest(present, before);
    }
    browser_remember(visit, fresh);
    web_session_begin(visit->portal->store, digest, fresh, now, instant_add(now, longest(visit, fresh)),
        present ? before : NULL, session_begun, beginning);
}

void visit_sign_in(struct visit *visit, const struct web_session *session, const char *location)
{
    struct beginning *beginning = arena_alloc(visit_arena(visit), 1, sizeof *beginning);
    *beginning =
        (struct beginning){.visit = visit, .location = arena_copy(visit_arena(visit), location), .session = *session};
    session_begin(beginning);
}

void visit_renew(struct visit *visit, const struct web_session *session, visit_handler *next)
{
    struct beginning *beginning = arena_alloc(visit_arena(visit), 1, sizeof *beginning);
    *beginning = (struct beginning){.visit = visit, .next = next, .session = *session};
    session_begin(beginning);
}

void visit_session_digest(const struct visit *visit, unsigned char out_digest[DIGEST_SIZE])
{
    cookie_digest(cookie_get(visit, COOKIE_SESSION), out_digest);
}

/* ---- the gate: who may go where */

bool visit_fits(const struct route *route, const struct web_session *session)
{
    bool is_family = session->account.v != 0;
    bool is_open = session->stage == WEB_OPEN;
    switch (route->access) {
    case ACCESS_UNASKED:
    case ACCESS_ANYONE:
    case ACCESS_SIGNED_IN:
        return true;
    case ACCESS_FAMILY:
        return is_family && is_open;
    case ACCESS_OPENING:
        return is_family && session->stage == WEB_OPENING;
    case ACCESS_PASSWORD:
        return is_family && session->stage != WEB_OPENING;
    case ACCESS_CODE:
        return !is_family && session->stage == WEB_CODE;
    case ACCESS_OWN_PASSWORD:
        return !is_family && (is_open || session->stage == WEB_NEW_PASSWORD);
    case ACCESS_SECOND_FACTOR:
        return !is_family && (is_open || session->stage == WEB_ENROLMENT);
    case ACCESS_ADMINISTRATOR:
    case ACCESS_DELIVERIES:
    case ACCESS_SCHOOL:
        return !is_family && is_open;
    }
    return false;
}

static bool is_for_administrators(const struct visit *visit)
{
    return visit->route->access >= ACCESS_CODE;
}

const char *session_home(const struct web_session *session)
{
    static const char *const families[WEB_STAGE_COUNT] = {
        [WEB_OPEN] = "/guichet", [WEB_OPENING] = "/ouverture", [WEB_NEW_PASSWORD] = "/nouveau-mot-de-passe"};
    static const char *const steps[WEB_STAGE_COUNT] = {
        [WEB_CODE] = "/administration/code",
        [WEB_NEW_PASSWORD] = "/administration/mot-de-passe",
        [WEB_ENROLMENT] = "/administration/double-authentification",
    };
    if (session->administrator.v == 0) {
        return families[session->stage];
    }
    if (session->stage != WEB_OPEN) {
        return steps[session->stage];
    }
    return session->role == ROLE_INTEGRATEUR ? "/imports" : "/etablissements";
}

const char *visit_home(const struct visit *visit)
{
    return session_home(&visit->session);
}

/* Where a session of another kind or stage is led. */
static const char *place_of(const struct visit *visit)
{
    bool is_family = visit->session.administrator.v == 0;
    return is_family && is_for_administrators(visit) ? "/administration/connexion" : visit_home(visit);
}

static void go_to_sign_in(struct visit *visit, bool had_session)
{
    onward_keep(visit);
    page_go_to(visit, "%s%s", is_for_administrators(visit) ? "/administration/connexion" : "/connexion",
        had_session ? "?session=finie" : "");
}

static void school_loaded(void *arg, const struct listed_school *school, const struct fault *fault)
{
    struct visit *visit = arg;
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    if (fault) {
        page_fail(visit, fault);
    } else if (!school) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
    } else {
        visit->school = *school;
        visit->route->handler(visit);
    }
}

static void visit_go_in(struct visit *visit)
{
    if (http_method(visit->request) == HTTP_POST && !csrf_is_right(visit)) {
        page_refuse(visit, REFUSAL_FORM_OUTDATED);
    } else if (visit->route->access == ACCESS_DELIVERIES && !role_follows_deliveries(visit->session.role)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
    } else if (visit->route->access == ACCESS_SCHOOL) {
        listing_load_school(
            visit->portal->store, visit->session.administrator, visit->path.uai.text, school_loaded, visit);
    } else {
        visit->route->handler(visit);
    }
}

static void session_loaded(void *arg, const struct web_session *session, const struct fault *fault)
{
    struct visit *visit = arg;
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    if (fault) {
        page_fail(visit, fault);
        return;
    }
    if (session) {
        visit->has_session = true;
        visit->session = *session;
    }
    if (visit->route->access != ACCESS_ANYONE && !session) {
        cookie_clear(visit, COOKIE_SESSION);
        go_to_sign_in(visit, true);
    } else if (!visit_fits(visit->route, &visit->session)) {
        page_go(visit, place_of(visit));
    } else {
        visit_go_in(visit);
    }
}

/* Without the database nothing is known of anybody: said at once, not after a wait. */
static void database_is_away(struct visit *visit)
{
    struct fault fault;
    fault_set(&fault, FAULT_UNAVAILABLE, "the database is not there");
    page_fail(visit, &fault);
}

/* ---- addresses that are none */

/* To who is signed in too: in their own layout, with their own way back. */
static void address_refuse(struct visit *visit)
{
    const struct route *route = NULL;
    struct path_values path;
    enum route_found found = route_find(http_method(visit->request), http_path(visit->request), &route, &path);
    page_refuse(visit, found == ROUTE_OTHER_METHOD ? REFUSAL_METHOD : REFUSAL_NOT_FOUND);
}

static void stranger_loaded(void *arg, const struct web_session *session, const struct fault *fault)
{
    struct visit *visit = arg;
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(http_request_id(visit->request));
    (void)fault; /* there is no such page, whoever asks */
    if (session) {
        visit->has_session = true;
        visit->session = *session;
    }
    address_refuse(visit);
}

/* ---- what comes */

static void session_ask(struct visit *visit, const char *cookie, web_session_loaded *loaded)
{
    unsigned char digest[DIGEST_SIZE];
    cookie_digest(cookie, digest);
    web_session_load(visit->portal->store, digest, clock_now(), &visit->portal->sessions.idle, loaded, visit);
}

/* The address that stays where a form's answer was shown leads to the page that the form was on. */
static void address_is_none(struct visit *visit, const char *cookie)
{
    const char *place = NULL;
    if (http_method(visit->request) != HTTP_POST) {
        place = route_place(visit_arena(visit), http_path(visit->request), http_query(visit->request, "profil"));
    }
    if (place) {
        page_go(visit, place);
    } else if (cookie && store_is_ready(visit->portal->store)) {
        session_ask(visit, cookie, stranger_loaded);
    } else {
        address_refuse(visit);
    }
}

void visit_begin(struct http_request *request, void *arg)
{
    struct portal *portal = arg;
    struct visit *visit = checked_calloc(1, sizeof *visit);
    *visit = (struct visit){.portal = portal, .request = request, .started = clock_tick()};
    enum route_found found = route_find(http_method(request), http_path(request), &visit->route, &visit->path);
    const char *cookie = cookie_get(visit, COOKIE_SESSION);
    visit_language_remember(visit);
    if (found != ROUTE_FOUND) {
        address_is_none(visit, cookie);
    } else if (arena_used(visit_arena(visit)) > REQUEST_BYTES_MAX) {
        page_refuse(visit, REFUSAL_TOO_LARGE);
    } else if (visit->path.rest || visit->route->access == ACCESS_UNASKED) { /* files: the same for everybody */
        visit->route->handler(visit);
    } else if (cookie && !store_is_ready(portal->store)) {
        database_is_away(visit);
    } else if (cookie) {
        session_ask(visit, cookie, session_loaded);
    } else if (visit->route->access == ACCESS_ANYONE) {
        visit_go_in(visit);
    } else {
        go_to_sign_in(visit, false);
    }
}
