/* One request of a browser, from its first byte to its answer: who asks, what may be done, what was found on the way.
 *
 * A visit is answered exactly once by one of the page_… functions, now or in a completion, and is gone then. Every
 * question asked on its behalf has a bound, so that each visit ends; completions always come, also when the portal
 * stops, and a visit whose browser has left is simply answered into the void. */
#pragma once

#include "domain/refusal.h"
#include "portal/path.h"
#include "portal/portal.h"
#include "store/listing.h"
#include "store/web_session.h"

/* How long a browser is kept waiting; a reverse proxy waits longer. */
#define VISIT_TIME SECONDS(10)

struct visit;
typedef void visit_handler(struct visit *visit);

/* Who may come. Others are led to the sign-in page, or told that there is no such page. */
enum route_access {
    ACCESS_UNASKED, /* whoever it is, and nobody looks: the page asks nothing of the database, and a form bears no token of ours */
    ACCESS_ANYONE,
    ACCESS_FAMILY,        /* signed in with an account */
    ACCESS_OPENING,       /* first sign-in, account to be opened */
    ACCESS_PASSWORD,      /* signed in with an account, or about to choose another password */
    ACCESS_SIGNED_IN,     /* whoever has a session, also one that is not complete */
    ACCESS_CODE,          /* of an administrator: the second factor is asked for */
    ACCESS_OWN_PASSWORD,  /* signed in to administer, or about to choose a password in the place of a provisional one */
    ACCESS_SECOND_FACTOR, /* signed in to administer, or about to set up the second factor that is required */
    ACCESS_ADMINISTRATOR, /* signed in to administer, all steps done; so are those below */
    ACCESS_DELIVERIES, /* the same, with a role that follows what academies deliver; to others there is no such page */
    ACCESS_SCHOOL,     /* the same, and the school of the path is in scope: visit->school is loaded */
};

struct route {
    enum http_method method; /* GET stands for HEAD too */
    const char *pattern;
    enum route_access access;
    const char *class; /* of the metrics */
    visit_handler *handler;
};

/* Bytes that grow from call to call, too many for the request's arena. */
struct visit_document {
    char *bytes;
    size_t length, size;
    uint64_t pieces; /* in it already, of which the handler counts */
};

struct visit {
    struct portal *portal;
    struct http_request *request;
    const struct route *route;
    struct path_values path;
    struct tick started;
    bool has_session;
    struct web_session session;
    struct listed_school school;    /* uai "" before it is loaded */
    enum language language;         /* of the page being filled */
    const char *tab;                /* that the page is under, if not by its path */
    struct view *layout;            /* the page being filled */
    void *own;                      /* of the handler, in the request's arena */
    struct visit_document document; /* freed with the visit */
};

/* The server's handler. */
void visit_begin(struct http_request *request, void *portal);

/* The visit's memory; pieces live as long as it does. */
struct arena *visit_arena(const struct visit *visit);

/* What was typed into a field of the form that was sent; "" when there is no such field. */
const char *visit_typed(const struct visit *visit, const char *name);
/* The same of a date, a number, a code or an identifier, with Latin digits (digit.h); lives with the visit. */
char *visit_typed_digits(const struct visit *visit, const char *name);

/* A bus call on behalf of who is signed in. answered: with the answer, or NULL and the refusal; a fault is answered to
 * the browser without asking (503 or 500, incident). */
typedef void visit_answered(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal);
struct visit_call {
    struct client *client;
    const char *method;
    const ProtobufCMessage *message;
    visit_answered *answered;
    const unsigned char *id; /* REQUEST_ID_SIZE bytes; NULL: a new one */
    bool changes;            /* something: when no answer comes, the person is told that it may have been done */
};
void visit_call(struct visit *visit, const struct visit_call *call);

/* Where who is signed in belongs; where a session of this stage does. */
const char *visit_home(const struct visit *visit);
const char *session_home(const struct web_session *session);

/* A session of this kind and stage may go there, as far as that says. */
bool visit_fits(const struct route *route, const struct web_session *session);

/* Begins a session in the place of the browser's present one, sets its cookie, then leads to `location`; from
 * the session's home on to where the person wanted to go (onward.h). */
void visit_sign_in(struct visit *visit, const struct web_session *session, const char *location);
/* The same, then goes on with the visit, which is of the new session. */
void visit_renew(struct visit *visit, const struct web_session *session, visit_handler *next);
/* The digest that the store keeps of the browser's session. */
void visit_session_digest(const struct visit *visit, unsigned char out_digest[DIGEST_SIZE]);

/* Counted, freed: for page.c, which answers. */
void visit_end(struct visit *visit, int status);
