/* By what the guard of imports is tried. */
#pragma once

#include "domain/import_hold.h"

static const struct date MARCH = {2026, 3, 10};
static const struct date SEPTEMBER = {2026, 9, 2};

/* Those of the configuration. */
static const struct import_hold_settings settings = {
    .usual = {.departed_academy = 5,
              .departed_school = 40,
              .changed_academy = 10,
              .moved_academy = 5,
              .moved_school = 40,
              .links_academy = 5,
              .links_school = 30,
              .contacts_academy = 5,
              .count_min = 20},
    .rentree = {.departed_academy = 45,
              .departed_school = 100,
              .changed_academy = 10,
              .moved_academy = 45,
              .moved_school = 100,
              .links_academy = 20,
              .links_school = 60,
              .contacts_academy = 20,
              .count_min = 20},
    .rentree_season = {.begins = {8, 15},    .ends = {10, 15}},
    .memory = {INT64_C(14) * 86400 * 1000000   },
};
