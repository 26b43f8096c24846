/* Inside this room: the values of a query's parameters, in order, in PostgreSQL's text format.
 * More than 64 MiB of values is a bug of the caller, who bounds what it takes in.
 *
 *   struct parameters p;
 *   parameters_init(&p);
 *   parameters_int64(&p, academy);
 *   store_run(store, QUERY_…, &p, …);    takes what it needs; or session_run
 *   parameters_clear(&p);                wipes the values */
#pragma once

#include "domain/date.h"
#include "domain/types.h"
#include "runtime/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PARAMETERS_MAX = 24 };

struct parameters {
    struct arena *arena;
    int count;
    const char *values[PARAMETERS_MAX]; /* NULL is SQL's null */
};

void parameters_init(struct parameters *parameters);
void parameters_clear(struct parameters *parameters);

/* Values and all, into one that was not initialised. */
void parameters_copy(struct parameters *out_copy, const struct parameters *parameters);

void parameters_null(struct parameters *parameters);
void parameters_text(struct parameters *parameters, const char *text); /* NULL: null */
void parameters_int64(struct parameters *parameters, int64_t value);
void parameters_bool(struct parameters *parameters, bool value);
void parameters_bytes(struct parameters *parameters, const void *bytes, size_t length);
void parameters_uuid(struct parameters *parameters, const unsigned char uuid[16]); /* 16 bytes */
void parameters_instant(struct parameters *parameters, struct instant instant);    /* never: null */
void parameters_duration(struct parameters *parameters, struct duration duration); /* interval */
void parameters_date(struct parameters *parameters, const struct date *date);      /* NULL: null */
void parameters_int64_array(struct parameters *parameters, const int64_t *values, size_t count);
void parameters_bool_array(struct parameters *parameters, const bool *values, size_t count);
/* Members may be NULL: null. */
void parameters_text_array(struct parameters *parameters, const char *const *values, size_t count);
void parameters_instant_array(struct parameters *parameters, const struct instant *values, size_t count);
/* items[i] of sizes[i] bytes; NULL: null. */
void parameters_bytes_array(struct parameters *parameters, const void *const *items, const size_t *sizes, size_t count);
