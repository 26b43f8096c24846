/* What the snapshots say (statistics.h), for an administrator who may see it: one statement a page, so one snapshot a page. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stddef.h>
#include <stdint.h>

struct store;

/* What a line tells, and what is set in it. */
enum figures_part {
    FIGURES_DAY,   /* day, computed_at: the snapshot; of an area schools, cities: on all pages; always the first line */
    FIGURES_CELL,  /* profile, state, origin, accounts: of the whole */
    FIGURES_LEVEL, /* level, and as a cell */
    FIGURES_CLASS, /* level, class, and as a cell; of a school only */
    FIGURES_POINT, /* day, profile, accounts, active */
    FIGURES_SHARE, /* academy (0: the nation), name, profile, accounts, active */
    FIGURES_SCHOOL, /* academy, uai, name, city, degree, accounts, active; of an area only, as the next */
    FIGURES_CITY,   /* academy, uai (its first three digits), city, profile, accounts, active, schools */
    FIGURES_PART_COUNT
};

/* Texts are never NULL. */
struct figures_line {
    enum figures_part part;
    struct date day;
    struct instant computed_at;
    academy_code academy;
    const char *uai, *name, *city, *level, *class;
    int degree;
    enum account_profile profile;
    enum account_state state;
    enum account_origin origin;
    int64_t accounts, active, schools, cities;
};

/* Lines of one part follow one another, in the order of the enumeration: levels and classes by label, points by profile and day,
 * shares by profile and academy, schools and cities in order of the page, a city's profiles together. None at all: no snapshot was
 * ever taken, or it is not the administrator's to see. NULL with the fault; lent for the call. */
typedef void figures_loaded(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault);

/* Of the profiles that the administrator may see in the school. */
void figures_load_school(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    figures_loaded *loaded, void *arg);

struct figures_page {
    int64_t offset, limit;
};

struct figures_wanted {
    academy_code academy; /* 0: the nation */
    const char *profile;  /* code of the profile whose share orders the schools; "": both together */
    struct figures_page schools, cities;
};

void figures_load_area(struct store *store, administrator_id administrator, const struct figures_wanted *wanted,
    figures_loaded *loaded, void *arg);

/* FIGURES_DAY, then FIGURES_CELL with the academy and its name: every academy, each account once in each. For anybody. */
void figures_load_open(struct store *store, figures_loaded *loaded, void *arg);

/* By code; academy 0, the nation, first. None: count 0, and no fault. Lent for the call. */
typedef void figures_areas_loaded(void *arg, const academy_code *academies, size_t count, const struct fault *fault);
/* What the administrator may see beyond schools. */
void figures_load_areas(struct store *store, administrator_id administrator, figures_areas_loaded *loaded, void *arg);
