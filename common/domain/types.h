/*
 * The values that every room exchanges: identities that cannot be mixed up, points in time, lengths of time.
 *
 * Time is counted in microseconds since 1970-01-01T00:00:00Z, as PostgreSQL's timestamptz holds it. The domain
 * has no clock: "now" is always a parameter.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int64_t v;
} account_id;

typedef struct {
    int64_t v;
} person_id;

typedef struct {
    int64_t v;
} school_id;

typedef struct {
    int64_t v;
} batch_id;

typedef struct {
    int64_t v;
} delivery_id;

typedef struct {
    int64_t v;
} administrator_id;

typedef struct {
    int64_t v;
} import_id;

/* Code of an academy in the national numbering (BCN): 1 Paris … 70 Normandie. Part of the key of all that is one's. */
typedef struct {
    int16_t v;
} academy_code;

/* A point in time. Zero stands for "never": nothing in this system happened in 1970. */
struct instant {
    int64_t us;
};

struct duration {
    int64_t us;
};

#define INSTANT_NEVER ((struct instant){0})

#define MILLISECONDS(n) ((struct duration){(int64_t)(n)*1000})
#define SECONDS(n) ((struct duration){(int64_t)(n)*1000000})
#define MINUTES(n) ((struct duration){(int64_t)(n)*60 * 1000000})
#define HOURS(n) ((struct duration){(int64_t)(n)*3600 * 1000000})
#define DAYS(n) ((struct duration){(int64_t)(n)*86400 * 1000000})

static inline bool instant_is_set(struct instant at)
{
    return at.us != 0;
}

static inline struct instant instant_add(struct instant at, struct duration length)
{
    return (struct instant){at.us + length.us};
}

/* True when `a` comes strictly before `b`. */
static inline bool instant_before(struct instant a, struct instant b)
{
    return a.us < b.us;
}

/* The time that went by from `earlier` to `now`; negative when `earlier` is in the future. */
static inline struct duration instant_since(struct instant now, struct instant earlier)
{
    return (struct duration){now.us - earlier.us};
}

static inline bool duration_longer(struct duration a, struct duration b)
{
    return a.us > b.us;
}
