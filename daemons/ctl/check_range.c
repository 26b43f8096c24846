#include "ctl/check_range.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A decimal number with a point, all of `length` bytes: no "nan", no hexadecimal, whatever strtod would take. */
static bool number_parse(const char *text, size_t length, double *out_number)
{
    char copy[32];
    char *end;
    if (length == 0 || length >= sizeof copy || strspn(text, "+-.0123456789") < length)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    *out_number = strtod(copy, &end);
    return end == copy + length;
}

bool check_range_parse(const char *text, struct check_range *out_range)
{
    struct check_range range = {.start = 0, .end = (double)INFINITY, .alerts_inside = text[0] == '@'};
    text += range.alerts_inside;
    const char *colon = strchr(text, ':');
    const char *end = colon != NULL ? colon + 1 : text;
    if (colon != NULL && colon - text == 1 && text[0] == '~')
        range.start = -(double)INFINITY;
    else if (colon != NULL && colon != text && !number_parse(text, (size_t)(colon - text), &range.start))
        return false;
    bool is_open = colon != NULL && colon != text && *end == '\0';
    if (!is_open && !number_parse(end, strlen(end), &range.end))
        return false;
    *out_range = range;
    return range.start <= range.end;
}

bool check_range_alerts(const struct check_range *range, double value)
{
    bool is_inside = value >= range->start && value <= range->end;
    return is_inside == range->alerts_inside;
}
