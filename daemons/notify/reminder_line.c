#include "notify/reminder_line.h"

#include <stdlib.h>
#include <string.h>

/* The value up to the next tab or the line's end, and on. False when it is too long. */
static bool value_take(const char **at, char *out_text, size_t size)
{
    size_t length = strcspn(*at, "\t\n");
    if (length >= size) {
        return false;
    }
    memcpy(out_text, *at, length);
    out_text[length] = '\0';
    *at += length + ((*at)[length] == '\t');
    return true;
}

static bool day_take(const char **at, struct date *out_day)
{
    char text[DATE_TEXT_SIZE];
    return value_take(at, text, sizeof text) && date_parse_iso(text, out_day);
}

static bool school_take(const char **at, struct reminder_line *line)
{
    char text[16];
    struct uai uai;
    bool is_right = value_take(at, text, sizeof text) && uai_parse(text, &uai) && value_take(at, text, sizeof text) &&
                    profile_from_code(text, &line->profile);
    if (is_right) {
        memcpy(line->uai, uai.text, sizeof line->uai);
    }
    return is_right;
}

static bool accounts_take(const char **at, struct reminder_line *line)
{
    char text[20];
    bool is_right = value_take(at, text, sizeof text);
    line->accounts = is_right ? strtoll(text, NULL, 10) : 0;
    return line->accounts > 0;
}

bool reminder_line_next(const char **at, struct reminder_line *out_line)
{
    *out_line = (struct reminder_line){0};
    bool is_right = school_take(at, out_line) && accounts_take(at, out_line) && day_take(at, &out_line->first_day) &&
                    day_take(at, &out_line->last_day) && value_take(at, out_line->class, sizeof out_line->class) &&
                    value_take(at, out_line->school, sizeof out_line->school) &&
                    value_take(at, out_line->city, sizeof out_line->city) && (**at == '\n' || **at == '\0');
    *at += is_right && **at == '\n';
    return is_right;
}
