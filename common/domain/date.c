#include "domain/date.h"

#include "domain/text.h"

static const int64_t US_PER_DAY = INT64_C(86400) * 1000000;

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

bool date_is_valid(struct date date)
{
    return date.year >= DATE_YEAR_MIN && date.year <= DATE_YEAR_MAX && date.month >= 1 && date.month <= 12 &&
           date.day >= 1 && date.day <= days_in_month(date.year, date.month);
}

/* Writes a valid date of parts that may be out of any range. */
static bool date_make(int year, int month, int day, struct date *out_date)
{
    if (year < DATE_YEAR_MIN || year > DATE_YEAR_MAX || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    struct date date = {(int16_t)year, (int8_t)month, (int8_t)day};
    if (!date_is_valid(date))
        return false;
    *out_date = date;
    return true;
}

/* Reads `min` to `max` digits, moving the cursor; -1 when there are fewer. More are left to the caller's next step. */
static int read_digits(const char **cursor, int min, int max)
{
    int value = 0;
    int count = 0;
    while (count < max && text_is_digit(**cursor)) {
        value = value * 10 + (**cursor - '0');
        (*cursor)++;
        count++;
    }
    return count >= min ? value : -1;
}

static bool read_char(const char **cursor, char expected)
{
    if (**cursor != expected)
        return false;
    (*cursor)++;
    return true;
}

bool date_parse_aaf(const char *text, struct date *out_date)
{
    const char *cursor = text;
    int day = read_digits(&cursor, 2, 2);
    if (day < 0 || !read_char(&cursor, '/'))
        return false;
    int month = read_digits(&cursor, 2, 2);
    if (month < 0 || !read_char(&cursor, '/'))
        return false;
    int year = read_digits(&cursor, 4, 4);
    return *cursor == '\0' && date_make(year, month, day, out_date);
}

bool date_parse_iso(const char *text, struct date *out_date)
{
    const char *cursor = text;
    int year = read_digits(&cursor, 4, 4);
    if (year < 0 || !read_char(&cursor, '-'))
        return false;
    int month = read_digits(&cursor, 2, 2);
    if (month < 0 || !read_char(&cursor, '-'))
        return false;
    int day = read_digits(&cursor, 2, 2);
    return *cursor == '\0' && date_make(year, month, day, out_date);
}

static void skip_blanks(const char **cursor)
{
    while (text_is_blank(**cursor))
        (*cursor)++;
}

/* One of `/-.`, blanks around it, or blanks alone. */
static bool read_separator(const char **cursor)
{
    const char *before = *cursor;
    skip_blanks(cursor);
    if (**cursor == '/' || **cursor == '-' || **cursor == '.')
        (*cursor)++;
    skip_blanks(cursor);
    return *cursor != before;
}

/* DDMMYYYY without separators, as numeric keypads invite to. */
static bool parse_eight_digits(const char *text, struct date *out_date)
{
    const char *cursor = text;
    int day = read_digits(&cursor, 2, 2);
    int month = read_digits(&cursor, 2, 2);
    int year = read_digits(&cursor, 4, 4);
    skip_blanks(&cursor);
    return *cursor == '\0' && date_make(year, month, day, out_date);
}

static bool parse_separated(const char *text, struct date *out_date)
{
    const char *cursor = text;
    int day = read_digits(&cursor, 1, 2);
    if (day < 0 || !read_separator(&cursor))
        return false;
    int month = read_digits(&cursor, 1, 2);
    if (month < 0 || !read_separator(&cursor))
        return false;
    int year = read_digits(&cursor, 4, 4);
    skip_blanks(&cursor);
    return *cursor == '\0' && date_make(year, month, day, out_date);
}

bool date_parse_typed(const char *text, struct date *out_date)
{
    skip_blanks(&text);
    return parse_separated(text, out_date) || parse_eight_digits(text, out_date) || date_parse_iso(text, out_date);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year - b.year;
    if (a.month != b.month)
        return a.month - b.month;
    return a.day - b.day;
}

bool date_is_same(struct date a, struct date b)
{
    return date_compare(a, b) == 0;
}

struct date date_add_months(struct date date, int months)
{
    int64_t count = (int64_t)date.year * 12 + (date.month - 1) + months;
    int year = (int)(count / 12);
    int month = (int)(count % 12) + 1;
    int last = days_in_month(year, month);
    return (struct date){(int16_t)year, (int8_t)month, (int8_t)(date.day < last ? date.day : last)};
}

void date_write_iso(struct date date, char out_text[DATE_TEXT_SIZE])
{
    struct text_builder text = text_begin(out_text, DATE_TEXT_SIZE);
    text_add_number(&text, (uint64_t)date.year, 4);
    text_add_char(&text, '-');
    text_add_number(&text, (uint64_t)date.month, 2);
    text_add_char(&text, '-');
    text_add_number(&text, (uint64_t)date.day, 2);
}

void date_write_french(struct date date, char out_text[DATE_TEXT_SIZE])
{
    struct text_builder text = text_begin(out_text, DATE_TEXT_SIZE);
    text_add_number(&text, (uint64_t)date.day, 2);
    text_add_char(&text, '/');
    text_add_number(&text, (uint64_t)date.month, 2);
    text_add_char(&text, '/');
    text_add_number(&text, (uint64_t)date.year, 4);
}

/*
 * Days from 1970-01-01, counting years from March so that the leap day is the last of its year. The cycle of the
 * Gregorian calendar is 400 years, 146 097 days; 719 468 days lie between 0000-03-01 and 1970-01-01.
 */
static int64_t day_number(struct date date)
{
    int64_t year = date.year - (date.month <= 2 ? 1 : 0);
    int64_t month = (date.month + 9) % 12;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    return year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
}

static struct date date_of_day_number(int64_t number)
{
    int64_t days = number + 719468;
    int64_t cycle = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day = days - cycle * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t day_of_month = day_of_year - (153 * month + 2) / 5 + 1;
    int64_t civil_month = month < 10 ? month + 3 : month - 9;
    int64_t civil_year = year + cycle * 400 + (civil_month <= 2 ? 1 : 0);
    return (struct date){(int16_t)civil_year, (int8_t)civil_month, (int8_t)day_of_month};
}

/* Rounded towards the past, before 1970 too. */
static int64_t day_number_of_instant(struct instant at)
{
    int64_t days = at.us / US_PER_DAY;
    return at.us % US_PER_DAY < 0 ? days - 1 : days;
}

struct date date_of_instant(struct instant at)
{
    return date_of_day_number(day_number_of_instant(at));
}

struct instant date_start(struct date date)
{
    return (struct instant){day_number(date) * US_PER_DAY};
}

struct instant instant_add_months(struct instant at, int months)
{
    int64_t time_of_day = at.us - day_number_of_instant(at) * US_PER_DAY;
    struct date later = date_add_months(date_of_instant(at), months);
    return (struct instant){date_start(later).us + time_of_day};
}

struct date date_add_days(struct date date, int days)
{
    return date_of_day_number(day_number(date) + days);
}

int date_days_between(struct date from, struct date until)
{
    return (int)(day_number(until) - day_number(from));
}
