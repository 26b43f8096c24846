/*
 * Figures of accounts, and how French prints them, on pages and on paper: numbers, shares, the marks of an axis of days.
 */
#pragma once

#include "domain/account.h"
#include "domain/date.h"

#include <stddef.h>
#include <stdint.h>

enum { FIGURE_SIZE = 40 /* bytes: twenty digits, six spaces of three bytes, a sign and the end */ };

/* "1 234", with the narrow no-break space of French thousands. */
void figure_write(int64_t number, char out_text[FIGURE_SIZE]);

/* "42 %", in whole percents: 0 and 100 are said of none and of all only, "< 1 %" and "> 99 %" of what is near them; "–" of a
 * whole of nothing. */
void figure_share_write(int64_t part, int64_t whole, char out_text[FIGURE_SIZE]);

/* The part of the whole among `full`, rounded, from 0 to `full`: a length on a chart. No product overflows. */
int figure_share_of(int64_t part, int64_t whole, int full);

enum { FIGURE_DAYS_MAX = 7, FIGURE_DAY_SIZE = 16 };

struct figure_day {
    struct date day;
    char label[FIGURE_DAY_SIZE]; /* "oct.", of a longer time; "8 oct.", of two months or less */
};

/* Where an axis of days has its marks, few enough for a telephone: the first day, then months, or every so many days. Gives how
 * many; `until` is not before `from`. */
size_t figure_days(struct date from, struct date until, struct figure_day out_days[FIGURE_DAYS_MAX]);

/* 1 September of the school year of that day. */
struct date figure_school_year(struct date day);

/* How many accounts of a profile stand where: the table of the guide's 7.1. */
struct figures {
    int64_t cells[ORIGIN_COUNT][STATE_COUNT];
    int64_t of_origin[ORIGIN_COUNT], of_state[STATE_COUNT];
    int64_t total;
};

void figures_add(struct figures *figures, enum account_state state, enum account_origin origin, int64_t accounts);
/* A pupil's account has no address to be confirmed, and never waits for it. */
bool figures_state_is_shown(enum account_profile profile, enum account_state state);
/* "Responsables", "Élèves" */
const char *figures_profile_label(enum account_profile profile);

enum { FIGURE_ACADEMY_SIZE = 64 };
/* "Académie d’Amiens"; by its number one without a label. */
void figure_academy_write(academy_code academy, char out_text[FIGURE_ACADEMY_SIZE]);
