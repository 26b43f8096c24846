#include "stats/open_figures.h"

#include "domain/csv.h"
#include "domain/open_figures.h"
#include "runtime/memory.h"
#include "statistics.pb-c.h"
#include "store/figures.h"

#include <inttypes.h>
#include <stdio.h>

enum { COLUMNS = 7, ROW_MAX = 512 /* bytes: codes, and the name of an academy */, NUMBER_SIZE = 24 };

struct file {
    char *bytes;
    size_t length, size;
};

/* A row that has no room is left out whole: none has, unless an academy's name is longer than any. */
static void file_row(struct file *file, const char *const *cells)
{
    size_t length = csv_row_write(cells, COLUMNS, file->bytes + file->length, file->size - file->length);
    if (length < file->size - file->length) {
        file->length += length;
    }
}

static void cell_write(struct file *file, const char *day, const struct figures_line *line)
{
    char academy[NUMBER_SIZE], accounts[NUMBER_SIZE];
    int64_t told = open_figure(line->accounts);
    if (told == 0) {
        return;
    }
    (void)snprintf(academy, sizeof academy, "%d", line->academy.v);
    (void)snprintf(accounts, sizeof accounts, "%" PRId64, told);
    file_row(file, (const char *[COLUMNS]){day, academy, line->name, profile_code(line->profile),
                       state_code(line->state), origin_code(line->origin), accounts});
}

static void lines_write(struct file *file, const char *day, const struct figures_line *lines, size_t count)
{
    static const char *const names[COLUMNS] = {
        "date", "code_academie", "academie", "profil", "etat", "origine", "comptes"};
    file->length = (size_t)snprintf(file->bytes, file->size, "%s", CSV_BYTE_ORDER_MARK);
    file_row(file, names);
    for (size_t i = 0; i < count; i++) {
        if (lines[i].part == FIGURES_CELL) {
            cell_write(file, day, &lines[i]);
        }
    }
}

static void open_loaded(void *arg, const struct figures_line *lines, size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!lines) {
        call_fail(call, fault);
        return;
    }
    if (count == 0) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    char day[DATE_TEXT_SIZE];
    struct file file = {.bytes = checked_malloc((count + 1) * ROW_MAX), .size = (count + 1) * ROW_MAX};
    date_write_iso(lines->day, day);
    lines_write(&file, day, lines, count);
    Preau__Statistics__GetOpenFiguresReply reply = PREAU__STATISTICS__GET_OPEN_FIGURES_REPLY__INIT;
    reply.day = day;
    reply.computed_at = lines->computed_at.us;
    reply.step = OPEN_FIGURES_STEP;
    reply.csv.data = (uint8_t *)file.bytes;
    reply.csv.len = file.length;
    call_answer(call, &reply.base);
    memory_free(&file.bytes);
}

void open_figures_answer(struct store *store, struct call *call)
{
    figures_load_open(store, open_loaded, call);
}
