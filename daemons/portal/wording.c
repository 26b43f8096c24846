#include "portal/wording.h"

#include "domain/figure.h"
#include "runtime/clock.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NO_BREAK_SPACE "\u00a0"

static struct name_text shown_first(const char *prenom)
{
    struct name_text text;
    if (!name_display(prenom, &text)) {
        snprintf(text.text, sizeof text.text, "%s", prenom);
    }
    return text;
}

static struct name_text shown_last(const char *nom)
{
    struct name_text text;
    if (!name_display_upper(nom, &text)) {
        snprintf(text.text, sizeof text.text, "%s", nom);
    }
    return text;
}

void wording_name(const char *prenom, const char *nom, char out_name[WORDING_NAME_SIZE])
{
    snprintf(out_name, WORDING_NAME_SIZE, "%s %s", shown_first(prenom).text, shown_last(nom).text);
}

void wording_sorted_name(const char *prenom, const char *nom, char out_name[WORDING_NAME_SIZE])
{
    snprintf(out_name, WORDING_NAME_SIZE, "%s %s", shown_last(nom).text, shown_first(prenom).text);
}

void wording_related(const char *lines, char *out_text, size_t size)
{
    size_t used = 0;
    out_text[0] = '\0';
    while (*lines != '\0') {
        char prenom[NAME_SIZE];
        char nom[NAME_SIZE];
        char name[WORDING_NAME_SIZE];
        size_t line = strcspn(lines, "\n");
        size_t first = strcspn(lines, "\t\n");
        const char *last = lines + (first < line ? first + 1 : line);
        snprintf(prenom, sizeof prenom, "%.*s", (int)first, lines);
        snprintf(nom, sizeof nom, "%.*s", (int)(lines + line - last), last);
        wording_name(prenom, nom, name);
        size_t more = strlen(name) + (used > 0 ? 2 : 0);
        if (used + more >= size) {
            return;
        }
        snprintf(out_text + used, size - used, "%s%s", used > 0 ? ", " : "", name);
        used += more;
        lines += line + (lines[line] == '\n');
    }
}

void wording_number(int64_t number, char out_text[WORDING_SIZE])
{
    figure_write(number, out_text);
}

void wording_count(int64_t count, const char *one, const char *several, char out_text[WORDING_SIZE])
{
    char number[WORDING_SIZE];
    wording_number(count, number);
    /* a number is at most 38 bytes: what may be cut is a word that no page has */
    (void)snprintf(
        out_text, WORDING_SIZE, "%.40s" NO_BREAK_SPACE "%s", number, count > 1 || count < -1 ? several : one);
}

void wording_text(const char *text, char out_text[WORDING_TEXT_SIZE])
{
    static const char opening[] = "«";
    static const char closing[] = "»";
    size_t used = 0;
    for (const char *at = text; *at != '\0' && used + sizeof NO_BREAK_SPACE < WORDING_TEXT_SIZE; at++) {
        bool after = (size_t)(at - text) >= sizeof opening - 1 &&
                     memcmp(at - (sizeof opening - 1), opening, sizeof opening - 1) == 0;
        bool before = at[1] != '\0' && (strchr(":;?!", at[1]) || strncmp(at + 1, closing, sizeof closing - 1) == 0);
        if (*at == ' ' && (before || after)) {
            memcpy(out_text + used, NO_BREAK_SPACE, sizeof NO_BREAK_SPACE - 1);
            used += sizeof NO_BREAK_SPACE - 1;
        } else {
            out_text[used++] = *at;
        }
    }
    out_text[used] = '\0';
}

void wording_day(struct instant at, char out_text[WORDING_SIZE])
{
    out_text[0] = '\0';
    if (instant_is_set(at)) {
        struct civil_time time = clock_local(at);
        snprintf(out_text, WORDING_SIZE, "%02d/%02d/%04d", time.day, time.month, time.year);
    }
}

void wording_moment(struct instant at, char out_text[WORDING_SIZE])
{
    out_text[0] = '\0';
    if (instant_is_set(at)) {
        struct civil_time time = clock_local(at);
        snprintf(out_text, WORDING_SIZE, "%02d/%02d/%04d à %d" NO_BREAK_SPACE "h" NO_BREAK_SPACE "%02d", time.day,
            time.month, time.year, time.hour, time.minute);
    }
}
