#include "notify/reminder_text.h"

#include "domain/name.h"
#include "notify/mail_language.h"
#include "notify/reminder_line.h"

#include <string.h>

/* Lines of one school and profile, which has one list on the portal. */
struct group {
    struct view *view;
    struct reminder_line first; /* the first of its lines, with the bounds of all */
    int64_t accounts;
};

/* Noon of the day: on that day in every zone that the house may have. */
static void day_write(const char *language, struct date day, char out_text[WORDING_DATE_SIZE])
{
    mail_language_date(language, instant_add(date_start(day), HOURS(12)), out_text);
}

static void class_add(struct view *group, const char *language, const struct reminder_line *line)
{
    struct view *shown = view_add(group, "SOON_IN_CLASS");
    char day[WORDING_DATE_SIZE];
    day_write(language, line->first_day, day);
    view_number(shown, "COUNT", line->accounts);
    view_set(shown, "END", day);
    if (line->class[0] != '\0') {
        view_set(view_add(shown, "OF_CLASS"), "CLASS", line->class);
    } else {
        view_show(shown, "OF_NO_CLASS");
    }
}

static void school_write(struct view *group, const struct reminder_line *line)
{
    char school[WORDING_SCHOOL_SIZE];
    wording_school(line->school, line->city, school);
    view_set(group, "SCHOOL", school);
}

/* The list holds all that ends by the last day that is told, so that it serves for as long as the mail is kept. */
static void group_end(const struct group *group, const char *language, const char *portal_url)
{
    const struct reminder_line *first = &group->first;
    bool is_of_pupils = first->profile == PROFILE_ELEVE;
    char day[WORDING_DATE_SIZE], last[DATE_TEXT_SIZE];
    if (!group->view) {
        return;
    }
    day_write(language, first->first_day, day);
    date_write_iso(first->last_day, last);
    school_write(group->view, first);
    view_show(group->view, is_of_pupils ? "IS_PUPIL" : "IS_GUARDIAN");
    view_number(group->view, "TOTAL", group->accounts);
    view_set(group->view, "FIRST_END", day);
    view_print(group->view, "LIST", "%s/etablissements/%s/%s?echeance_au=%s&tri=classe", portal_url, first->uai,
        is_of_pupils ? "eleves" : "responsables", last);
}

static bool belongs(const struct group *group, const struct reminder_line *line)
{
    return group->view && group->first.profile == line->profile && strcmp(group->first.uai, line->uai) == 0;
}

void reminder_text_fill(struct view *view, const char *lines, const char *language, const char *portal_url)
{
    struct group group = {0};
    struct reminder_line line;
    view_print(view, "CHOICE", "%s/administration/mon-compte", portal_url);
    for (const char *at = lines; reminder_line_next(&at, &line);) {
        if (!belongs(&group, &line)) {
            group_end(&group, language, portal_url);
            group = (struct group){.view = view_add(view, "SOON"), .first = line};
        }
        group.accounts += line.accounts;
        group.first.first_day =
            date_compare(line.first_day, group.first.first_day) < 0 ? line.first_day : group.first.first_day;
        group.first.last_day =
            date_compare(line.last_day, group.first.last_day) > 0 ? line.last_day : group.first.last_day;
        class_add(group.view, language, &line);
    }
    group_end(&group, language, portal_url);
}
