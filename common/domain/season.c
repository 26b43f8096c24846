#include "domain/season.h"

#include "domain/text.h"

#include <string.h>

static int two_digits(const char *text)
{
    return text_is_digit(text[0]) && text_is_digit(text[1]) ? (text[0] - '0') * 10 + (text[1] - '0') : 0;
}

bool year_day_parse(const char *text, struct year_day *out_day)
{
    if (strlen(text) != 5 || text[2] != '/') {
        return false;
    }
    struct date in_leap_year = {.year = 2000, .month = (int8_t)two_digits(text + 3), .day = (int8_t)two_digits(text)};
    if (!date_is_valid(in_leap_year)) {
        return false;
    }
    *out_day = (struct year_day){.month = in_leap_year.month, .day = in_leap_year.day};
    return true;
}

/* Days in order, not in number: only comparisons mean something. */
static int rank(int month, int day)
{
    return month * 100 + day;
}

bool season_contains(const struct season *season, struct date date)
{
    int begins = rank(season->begins.month, season->begins.day);
    int ends = rank(season->ends.month, season->ends.day);
    int day = rank(date.month, date.day);
    return begins <= ends ? begins <= day && day <= ends : begins <= day || day <= ends;
}
