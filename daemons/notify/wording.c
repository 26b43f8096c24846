#include "notify/wording.h"

#include "runtime/clock.h"

#include <stdio.h>
#include <string.h>

void wording_date(struct instant instant, char out_text[WORDING_DATE_SIZE])
{
    static const char *const months[] = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
        "septembre", "octobre", "novembre", "décembre"};
    struct civil_time time = clock_local(instant);
    snprintf(out_text, WORDING_DATE_SIZE, "%d%s %s %d", time.day, time.day == 1 ? "er" : "", months[time.month - 1],
        time.year);
}

void wording_day(struct instant instant, char out_text[WORDING_DATE_SIZE])
{
    out_text[0] = '\0';
    if (instant_is_set(instant)) {
        struct civil_time time = clock_local(instant);
        snprintf(out_text, WORDING_DATE_SIZE, "%02d/%02d/%04d", time.day, time.month, time.year);
    }
}

/* Both in the form to show, "" what is no name. */
static void names_show(const char *prenom, const char *nom, struct name_text *out_first, struct name_text *out_last)
{
    if (!name_display(prenom, out_first)) {
        out_first->text[0] = '\0';
    }
    if (!name_display_upper(nom, out_last)) {
        out_last->text[0] = '\0';
    }
}

static void names_join(const struct name_text *one, const struct name_text *other, char out_text[WORDING_NAME_SIZE])
{
    snprintf(out_text, WORDING_NAME_SIZE, "%s%s%s", one->text, one->text[0] && other->text[0] ? " " : "", other->text);
}

void wording_school(const char *name, const char *city, char out_text[WORDING_SCHOOL_SIZE])
{
    struct name_text shown;
    bool has_city = city[0] != '\0' && name_display(city, &shown);
    snprintf(out_text, WORDING_SCHOOL_SIZE, "%s%s%s%s", name, has_city ? " (" : "", has_city ? shown.text : "",
        has_city ? ")" : "");
}

void wording_name(const char *prenom, const char *nom, char out_text[WORDING_NAME_SIZE])
{
    struct name_text first, last;
    names_show(prenom, nom, &first, &last);
    names_join(&first, &last, out_text);
}

void wording_sorted_name(const char *prenom, const char *nom, char out_text[WORDING_NAME_SIZE])
{
    struct name_text first, last;
    names_show(prenom, nom, &first, &last);
    names_join(&last, &first, out_text);
}

void wording_people(const char *lines, char *out_text, size_t size)
{
    size_t used = 0;
    out_text[0] = '\0';
    while (*lines != '\0') {
        char prenom[NAME_SIZE], nom[NAME_SIZE], name[WORDING_NAME_SIZE];
        size_t length = strcspn(lines, "\n");
        size_t first = strcspn(lines, "\t\n");
        size_t last = first < length ? first + 1 : length;
        snprintf(prenom, sizeof prenom, "%.*s", (int)first, lines);
        snprintf(nom, sizeof nom, "%.*s", (int)(length - last), lines + last);
        wording_name(prenom, nom, name);
        int added = snprintf(out_text + used, size - used, "%s%s", used > 0 ? ", " : "", name);
        if (added < 0 || (size_t)added >= size - used) {
            out_text[used] = '\0';
            return;
        }
        used += (size_t)added;
        lines += length + (lines[length] == '\n');
    }
}

void wording_list(const char *lines, const char *before_last, char *out_text, size_t size)
{
    size_t used = 0;
    out_text[0] = '\0';
    for (const char *line = lines; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *next = line + length + (line[length] == '\n');
        char written[NAME_SIZE];
        struct name_text shown;
        snprintf(written, sizeof written, "%.*s", (int)length, line);
        const char *name = name_display(written, &shown) ? shown.text : written;
        const char *before = used == 0 ? "" : *next == '\0' ? before_last : ", ";
        int added = snprintf(out_text + used, size - used, "%s%s", before, name);
        if (added < 0 || (size_t)added >= size - used) {
            out_text[used] = '\0';
            return;
        }
        used += (size_t)added;
        line = next;
    }
}
