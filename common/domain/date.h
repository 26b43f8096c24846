/*
 * Civil dates: birth dates of AAF, of forms, and the validity of a notification counted in civil months.
 * Gregorian, years 1900 to 2100; anything else is no date.
 */
#pragma once

#include "domain/types.h"

enum {
    DATE_YEAR_MIN = 1900,
    DATE_YEAR_MAX = 2100,
    DATE_TEXT_SIZE = 11 /* bytes: "2015-04-03" and its end */
};

struct date {
    int16_t year;
    int8_t month; /* 1 to 12 */
    int8_t day;   /* 1 to 31 */
};

bool date_is_valid(struct date date);

/* `DD/MM/YYYY`, strictly: AAF's form. False leaves `out_date` untouched, as in the two below. */
bool date_parse_aaf(const char *text, struct date *out_date);

/* `YYYY-MM-DD`, strictly: browsers' date fields, PostgreSQL. */
bool date_parse_iso(const char *text, struct date *out_date);

/*
 * What a person types in a form: day, month, year of four digits, parted by slash, hyphen, dot or spaces, leading
 * zeros optional, blanks around ignored; or eight digits `DDMMYYYY`; or the form of a browser's date field.
 */
bool date_parse_typed(const char *text, struct date *out_date);

/* Negative, zero or positive as `a` is before, on or after `b`. */
int date_compare(struct date a, struct date b);
bool date_is_same(struct date a, struct date b);

/* The same day `months` later (or earlier when negative), or the last day of that month when it has no such day. */
struct date date_add_months(struct date date, int months);

/* The day so many days later, or earlier when negative. */
struct date date_add_days(struct date date, int days);
/* How many days later `until` is than `from`; negative when it is earlier. */
int date_days_between(struct date from, struct date until);

void date_write_iso(struct date date, char out_text[DATE_TEXT_SIZE]);    /* 2015-04-03 */
void date_write_french(struct date date, char out_text[DATE_TEXT_SIZE]); /* 03/04/2015 */

/* The civil date at `at`, in UTC. */
struct date date_of_instant(struct instant at);

/* The first microsecond of `date`, in UTC. */
struct instant date_start(struct date date);

/* `at`, the same time of day, `months` civil months later, in UTC. */
struct instant instant_add_months(struct instant at, int months);
