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

void wording_name(const char *prenom, const char *nom, char out_text[WORDING_NAME_SIZE])
{
    struct name_text first = {""}, last = {""};
    if (!name_display(prenom, &first)) {
        first.text[0] = '\0';
    }
    if (!name_display_upper(nom, &last)) {
        last.text[0] = '\0';
    }
    snprintf(out_text, WORDING_NAME_SIZE, "%s%s%s", first.text, first.text[0] && last.text[0] ? " " : "", last.text);
}

void wording_list(const char *lines, char *out_text, size_t size)
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
        const char *before = used == 0 ? "" : *next == '\0' ? " et " : ", ";
        int added = snprintf(out_text + used, size - used, "%s%s", before, name);
        if (added < 0 || (size_t)added >= size - used) {
            out_text[used] = '\0';
            return;
        }
        used += (size_t)added;
        line = next;
    }
}
