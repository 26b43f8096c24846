#include "domain/figure.h"

#include "domain/school.h"
#include "domain/text.h"

#include <string.h>

#define NARROW_SPACE "\u202f"
#define NO_BREAK_SPACE "\u00a0"

enum { MARKS = FIGURE_DAYS_MAX - 1, DAYS_OF_MONTH = 31, GROUP = 1000, SEPTEMBER = 9 };

static void groups_add(struct text_builder *text, uint64_t number)
{
    uint64_t first = number, unit = 1;
    while (first >= GROUP) {
        first /= GROUP;
        unit *= GROUP;
    }
    text_add_number(text, first, 1);
    for (unit /= GROUP; unit > 0; unit /= GROUP) {
        text_add(text, NARROW_SPACE);
        text_add_number(text, number / unit % GROUP, 3);
    }
}

void figure_write(int64_t number, char out_text[FIGURE_SIZE])
{
    struct text_builder text = text_begin(out_text, FIGURE_SIZE);
    if (number < 0) {
        text_add_char(&text, '-');
    }
    groups_add(&text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
}

int figure_share_of(int64_t part, int64_t whole, int full)
{
    double share = whole > 0 ? (double)part / (double)whole : 0;
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    return (int)(share * full + 0.5);
}

void figure_share_write(int64_t part, int64_t whole, char out_text[FIGURE_SIZE])
{
    struct text_builder text = text_begin(out_text, FIGURE_SIZE);
    if (whole <= 0) {
        text_add(&text, "–");
        return;
    }
    int percent = figure_share_of(part, whole, 100);
    if (percent == 0 && part > 0) {
        text_add(&text, "<" NO_BREAK_SPACE);
        percent = 1;
    } else if (percent == 100 && part < whole) {
        text_add(&text, ">" NO_BREAK_SPACE);
        percent = 99;
    }
    text_add_number(&text, (uint64_t)percent, 1);
    text_add(&text, NO_BREAK_SPACE "%");
}

/* --- an axis of days --- */

static void label_write(struct date day, bool is_month, char out_label[FIGURE_DAY_SIZE])
{
    static const char *const months[] = {
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."};
    struct text_builder text = text_begin(out_label, FIGURE_DAY_SIZE);
    if (!is_month) {
        text_add_number(&text, (uint64_t)day.day, 1);
        text_add(&text, day.day == 1 ? "er " : " ");
    }
    text_add(&text, months[day.month - 1]);
}

size_t figure_days(struct date from, struct date until, struct figure_day out_days[FIGURE_DAYS_MAX])
{
    int days = date_days_between(from, until);
    int months = days / DAYS_OF_MONTH + 1;
    bool is_in_months = months > 2;
    int step = is_in_months ? (months + MARKS - 1) / MARKS : (days + MARKS - 1) / MARKS;
    size_t count = 0;
    for (struct date day = from; count < FIGURE_DAYS_MAX && date_compare(day, until) <= 0; count++) {
        out_days[count].day = day;
        label_write(day, is_in_months, out_days[count].label);
        if (is_in_months) {
            day.day = 1;
            day = date_add_months(day, step);
        } else {
            day = date_add_days(day, step > 0 ? step : 1);
        }
    }
    return count;
}

struct date figure_school_year(struct date day)
{
    return (struct date){(int16_t)(day.month >= SEPTEMBER ? day.year : day.year - 1), SEPTEMBER, 1};
}

/* --- accounts by state and origin --- */

void figures_add(struct figures *figures, enum account_state state, enum account_origin origin, int64_t accounts)
{
    figures->cells[origin][state] += accounts;
    figures->of_origin[origin] += accounts;
    figures->of_state[state] += accounts;
    figures->total += accounts;
}

bool figures_state_is_shown(enum account_profile profile, enum account_state state)
{
    return profile == PROFILE_RESPONSABLE || state != STATE_EN_COURS;
}

const char *figures_profile_label(enum account_profile profile)
{
    return profile == PROFILE_ELEVE ? "Élèves" : "Responsables";
}

void figure_academy_write(academy_code academy, char out_text[FIGURE_ACADEMY_SIZE])
{
    struct text_builder text = text_begin(out_text, FIGURE_ACADEMY_SIZE);
    const char *label = academy_label(academy);
    text_add(&text, "Académie ");
    if (label) {
        text_add(&text, strchr("AO", label[0]) ? "d’" : "de ");
        text_add(&text, label);
    } else {
        text_add_number(&text, (uint64_t)academy.v, 1);
    }
}
