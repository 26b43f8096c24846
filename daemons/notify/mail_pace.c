#include "notify/mail_pace.h"

#include "domain/email.h"
#include "runtime/memory.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { DOMAINS_MAX = 512 /* known at once; the others are not bound until a place is free */ };

/* A conversation that takes longer makes its domain slow, until one is quicker. */
#define SLOW SECONDS(3)
/* A domain that was not heard of for so long says nothing of the others. */
#define RECENT MINUTES(10)
/* So long, others than a domain that became slow may stand behind its mails, unseen. */
#define UNSEEN SECONDS(10)
/* Nobody waits longer than that for its turn: a slow domain may have become quick. */
#define HORIZON HOURS(1)
#define TURN_MIN MILLISECONDS(20)
#define TURN_MAX SECONDS(10)

struct domain {
    char name[EMAIL_SIZE]; /* "": a free place */
    struct mail_pace_limits limits;
    bool is_own; /* the limits were given for it: it keeps its place */
    bool is_slow;
    struct instant slow_since;
    unsigned in_hand;
    struct duration took; /* the last conversation */
    struct instant next;  /* when a mail may go at the pace of a_minute */
    struct instant tail;  /* the latest turn that was given */
    struct instant used_at;
};

struct mail_pace {
    unsigned connections;
    struct mail_pace_limits standard;
    unsigned turns; /* given beyond the horizon */
    struct domain domains[DOMAINS_MAX];
};

struct mail_pace *mail_pace_new(unsigned connections, struct mail_pace_limits standard)
{
    struct mail_pace *pace = checked_calloc(1, sizeof *pace);
    pace->connections = connections;
    pace->standard = standard;
    return pace;
}

void mail_pace_free(struct mail_pace **pace)
{
    memory_free(pace);
}

/* --- the domains --- */

static void domain_name(const char *recipient, char out_name[EMAIL_SIZE])
{
    const char *at = strrchr(recipient, '@');
    snprintf(out_name, EMAIL_SIZE, "%s", at ? at + 1 : recipient);
    for (char *one = out_name; *one != '\0'; one++) {
        *one = (char)tolower((unsigned char)*one);
    }
}

static struct domain *domain_find(struct mail_pace *pace, const char *name)
{
    for (size_t i = 0; i < DOMAINS_MAX; i++) {
        if (strcmp(pace->domains[i].name, name) == 0) {
            return &pace->domains[i];
        }
    }
    return NULL;
}

/* A free place, or that of the domain that was used longest ago and holds nothing. NULL: none is. */
static struct domain *domain_place(struct mail_pace *pace, struct instant now)
{
    struct domain *place = domain_find(pace, "");
    if (place) {
        return place;
    }
    for (size_t i = 0; i < DOMAINS_MAX; i++) {
        struct domain *domain = &pace->domains[i];
        bool is_idle = !domain->is_own && domain->in_hand == 0 && instant_before(domain->tail, now);
        if (is_idle && (!place || instant_before(domain->used_at, place->used_at))) {
            place = domain;
        }
    }
    return place;
}

static struct domain *domain_add(
    struct mail_pace *pace, const char *name, struct mail_pace_limits limits, struct instant now)
{
    struct domain *domain = domain_place(pace, now);
    if (domain) {
        *domain = (struct domain){.limits = limits};
        snprintf(domain->name, sizeof domain->name, "%s", name);
    }
    return domain;
}

void mail_pace_limit(struct mail_pace *pace, const char *domain, struct mail_pace_limits limits)
{
    char name[EMAIL_SIZE];
    domain_name(domain, name);
    struct domain *own = domain_find(pace, name);
    own = own ? own : domain_add(pace, name, limits, INSTANT_NEVER);
    if (own) {
        own->limits = limits;
        own->is_own = true;
    }
}

/* --- turns --- */

static struct duration interval_of(const struct domain *domain)
{
    return (struct duration){MINUTES(1).us / domain->limits.a_minute};
}

/* A second's worth may go together: conversations do not begin at even distances. */
static bool is_too_fast(const struct domain *domain, struct instant now)
{
    if (domain->limits.a_minute == 0 || !instant_before(now, domain->next)) {
        return false;
    }
    return duration_longer(instant_since(domain->next, now), SECONDS(1));
}

/* Slow domains leave half of the connections to the others, if there are others that are not. */
static bool is_held_as_slow(const struct mail_pace *pace, const struct domain *domain, struct instant now)
{
    unsigned in_hand = 0;
    bool has_quick = domain->is_slow && !duration_longer(instant_since(now, domain->slow_since), UNSEEN);
    for (size_t i = 0; domain->is_slow && i < DOMAINS_MAX; i++) {
        const struct domain *one = &pace->domains[i];
        in_hand += one->is_slow ? one->in_hand : 0;
        has_quick |= one->name[0] != '\0' && !one->is_slow && instant_is_set(one->used_at) &&
                     !duration_longer(instant_since(now, one->used_at), RECENT);
    }
    return has_quick && in_hand > 0 && in_hand >= pace->connections / 2;
}

static struct duration turn_of(const struct mail_pace *pace, const struct domain *domain)
{
    unsigned at_once = domain->limits.at_once > 0 ? domain->limits.at_once : pace->connections;
    struct duration turn = {domain->took.us / (at_once > 0 ? at_once : 1)};
    turn = duration_longer(TURN_MIN, turn) ? TURN_MIN : turn;
    turn = duration_longer(turn, TURN_MAX) ? TURN_MAX : turn;
    bool is_paced = domain->limits.a_minute > 0 && duration_longer(interval_of(domain), turn);
    return is_paced ? interval_of(domain) : turn;
}

/* After all that wait already; past the horizon, anywhere in it, evenly: steps of the golden section. */
static struct instant turn_give(struct mail_pace *pace, struct domain *domain, struct instant now)
{
    struct instant after = instant_before(domain->tail, now) ? now : domain->tail;
    if (instant_before(after, domain->next)) {
        after = domain->next;
    }
    after = instant_add(after, turn_of(pace, domain));
    if (duration_longer(instant_since(after, now), HORIZON)) {
        uint32_t part = ++pace->turns * UINT32_C(2654435769);
        return instant_add(now, (struct duration){(int64_t)((uint64_t)HORIZON.us * part >> 32)});
    }
    return domain->tail = after;
}

bool mail_pace_begin(struct mail_pace *pace, const char *recipient, struct instant now, struct instant *out_due_at)
{
    char name[EMAIL_SIZE];
    domain_name(recipient, name);
    if (name[0] == '\0') {
        return true; /* the server's to refuse */
    }
    struct domain *domain = domain_find(pace, name);
    domain = domain ? domain : domain_add(pace, name, pace->standard, now);
    if (!domain) {
        return true;
    }
    domain->used_at = now;
    bool is_full = domain->limits.at_once > 0 && domain->in_hand >= domain->limits.at_once;
    if (is_full || is_too_fast(domain, now) || is_held_as_slow(pace, domain, now)) {
        *out_due_at = turn_give(pace, domain, now);
        return false;
    }
    if (domain->limits.a_minute > 0) {
        domain->next = instant_add(instant_before(domain->next, now) ? now : domain->next, interval_of(domain));
    }
    domain->in_hand++;
    return true;
}

void mail_pace_end(struct mail_pace *pace, const char *recipient, struct duration took)
{
    char name[EMAIL_SIZE];
    domain_name(recipient, name);
    struct domain *domain = domain_find(pace, name);
    if (!domain || domain->in_hand == 0) {
        return; /* it had no place when it began */
    }
    domain->in_hand--;
    if (took.us > 0) {
        bool is_slow = duration_longer(took, SLOW);
        if (is_slow && !domain->is_slow) {
            domain->slow_since = instant_add(domain->used_at, took);
        }
        domain->took = took;
        domain->is_slow = is_slow;
    }
}
