#include "ctl/progress.h"

#include <stdio.h>
#include <string.h>

enum { BAR_MIN = 10, BAR_MAX = 40, PIECE_SIZE = 64, LABEL_SIZE = 256 };

static int begins_character(char byte)
{
    return ((unsigned char)byte & 0xC0) != 0x80;
}

unsigned progress_columns(const char *text)
{
    unsigned columns = 0;
    for (; *text != '\0'; text++)
        columns += begins_character(*text) ? 1 : 0;
    return columns;
}

/* So many characters of it, with an ellipsis for the rest. */
static void text_cut(const char *text, unsigned columns, char *out, size_t size)
{
    if (progress_columns(text) <= columns) {
        (void)snprintf(out, size, "%s", text);
        return;
    }
    const char *end = text;
    for (unsigned seen = 0; *end != '\0'; end++) {
        seen += begins_character(*end) ? 1 : 0;
        if (seen >= (columns > 0 ? columns : 1))
            break;
    }
    (void)snprintf(out, size, "%.*s…", (int)(end - text), text);
}

static void count_write(double count, char *out, size_t size)
{
    unsigned long whole = (unsigned long)count;
    if (whole >= 1000)
        (void)snprintf(out, size, "%lu\u202f%03lu", whole / 1000, whole % 1000);
    else
        (void)snprintf(out, size, "%lu", whole);
}

static void records_write(double rate, char *out, size_t size)
{
    char count[PIECE_SIZE / 2];
    count_write(rate, count, sizeof count);
    (void)snprintf(out, size, "  %s fiches/s", count);
}

static void bytes_write(double rate, char *out, size_t size)
{
    unsigned long tenths = (unsigned long)(rate / 100000);
    (void)snprintf(out, size, "  %lu,%lu Mo/s", tenths / 10, tenths % 10);
}

static void left_write(double seconds, char *out, size_t size)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (whole >= 3600)
        (void)snprintf(out, size, "  reste %lu h %02lu", whole / 3600, whole / 60 % 60);
    else
        (void)snprintf(out, size, "  reste %lu:%02lu", whole / 60, whole % 60);
}

static void bar_write(unsigned columns, unsigned percent, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < columns && used + sizeof "█" < size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s", i * 100 < percent * columns ? "█" : "░");
}

/* The pieces after the bar, in the order in which they are worth their place. */
static unsigned tail_write(const struct progress_line *line, unsigned room, char *out, size_t size)
{
    char pieces[3][PIECE_SIZE] = {"", "", ""};
    if (line->seconds_left >= 0)
        left_write(line->seconds_left, pieces[0], PIECE_SIZE);
    if (line->records_rate > 0)
        records_write(line->records_rate, pieces[1], PIECE_SIZE);
    if (line->bytes_rate > 0)
        bytes_write(line->bytes_rate, pieces[2], PIECE_SIZE);
    unsigned taken = 0;
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < 3; i++) {
        unsigned columns = progress_columns(pieces[i]);
        if (taken + columns <= room) {
            used += (size_t)snprintf(out + used, size - used, "%s", pieces[i]);
            taken += columns;
        }
    }
    return taken;
}

void progress_line_write(const struct progress_line *line, unsigned width, char *out, size_t size)
{
    char label[LABEL_SIZE];
    char head[LABEL_SIZE + PIECE_SIZE];
    char share[PIECE_SIZE];
    char tail[3 * PIECE_SIZE];
    char bar[BAR_MAX * sizeof "█" + 1] = "";
    unsigned percent = line->total == 0           ? 0
                       : line->done > line->total ? 100
                                                  : (unsigned)((double)line->done * 100 / (double)line->total);
    text_cut(line->label, width / 3, label, sizeof label);
    (void)snprintf(head, sizeof head, "%s%s%s ", label, line->phase[0] != '\0' ? "  " : "", line->phase);
    (void)snprintf(share, sizeof share, " %u %%", percent);
    unsigned fixed = progress_columns(head) + progress_columns(share);
    unsigned room = width > fixed + BAR_MIN ? width - fixed - BAR_MIN : 0;
    unsigned tail_columns = tail_write(line, room, tail, sizeof tail);
    if (room > 0) {
        unsigned columns = width - fixed - tail_columns;
        bar_write(columns < BAR_MAX ? columns : BAR_MAX, percent, bar, sizeof bar);
    }
    (void)snprintf(out, size, "%s%s%s%s", fixed <= width ? head : "", bar, share, tail);
}
