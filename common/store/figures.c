#include "store/figures.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <string.h>

static const char *const parts[FIGURES_PART_COUNT] = {
    "day", "cell", "level", "class", "point", "share", "school", "city"};

struct asking {
    figures_loaded *loaded;
    void *arg;
};

static struct asking *asking_new(figures_loaded *loaded, void *arg)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = (struct asking){loaded, arg};
    return asking;
}

static enum figures_part part_of(const struct rows *rows, int row)
{
    const char *code = row_text(rows, row, "part");
    int part = 0;
    while (part < FIGURES_PART_COUNT && strcmp(parts[part], code) != 0) {
        part++;
    }
    assert(part < FIGURES_PART_COUNT);
    return (enum figures_part)part;
}

/* What a line does not tell is null: the first value of its enumeration, and nobody asks. */
static void cell_take(const struct rows *rows, int row, struct figures_line *line)
{
    bool known =
        (row_is_null(rows, row, "profile") || profile_from_code(row_text(rows, row, "profile"), &line->profile)) &&
        (row_is_null(rows, row, "state") || state_from_code(row_text(rows, row, "state"), &line->state)) &&
        (row_is_null(rows, row, "origin") || origin_from_code(row_text(rows, row, "origin"), &line->origin));
    assert(known);
    line->accounts = row_int64(rows, row, "accounts");
}

static struct figures_line line_of(const struct rows *rows, int row)
{
    struct figures_line line = {
        .part = part_of(rows, row),
        .day = row_date(rows, row, "day"),
        .computed_at = row_instant(rows, row, "computed_at"),
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .uai = "",
        .name = "",
        .city = "",
        .level = row_text(rows, row, "level"),
        .class = "",
        .active = row_int64(rows, row, "active"),
    };
    cell_take(rows, row, &line);
    return line;
}

static void school_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct figures_line *lines = rows_list(rows, sizeof *lines);
    size_t count = rows_length(rows);
    for (size_t i = 0; i < count; i++) {
        lines[i] = line_of(rows, (int)i);
        lines[i].class = row_text(rows, (int)i, "class");
    }
    asking->loaded(asking->arg, lines, count, fault);
    memory_free(&lines);
    memory_free(&asking);
}

void figures_load_school(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    figures_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, uai);
    parameters_int64(&parameters, administrator.v);
    store_run(store, QUERY_FIGURES_OF_SCHOOL, &parameters, school_rows, asking_new(loaded, arg));
    parameters_clear(&parameters);
}

static void area_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct figures_line *lines = rows_list(rows, sizeof *lines);
    size_t count = rows_length(rows);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        lines[i] = line_of(rows, row);
        lines[i].uai = row_text(rows, row, "uai");
        lines[i].name = row_text(rows, row, "name");
        lines[i].city = row_text(rows, row, "city");
        lines[i].degree = (int)row_int64(rows, row, "degree");
        lines[i].schools = row_int64(rows, row, "schools");
        lines[i].cities = row_int64(rows, row, "cities");
    }
    asking->loaded(asking->arg, lines, count, fault);
    memory_free(&lines);
    memory_free(&asking);
}

void figures_load_area(struct store *store, administrator_id administrator, const struct figures_wanted *wanted,
    figures_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, wanted->academy.v);
    parameters_int64(&parameters, administrator.v);
    parameters_text(&parameters, wanted->profile);
    parameters_int64(&parameters, wanted->schools.offset);
    parameters_int64(&parameters, wanted->schools.limit);
    parameters_int64(&parameters, wanted->cities.offset);
    parameters_int64(&parameters, wanted->cities.limit);
    store_run(store, QUERY_FIGURES_OF_AREA, &parameters, area_rows, asking_new(loaded, arg));
    parameters_clear(&parameters);
}

static void open_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct figures_line *lines = rows_list(rows, sizeof *lines);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        lines[i] = (struct figures_line){.part = part_of(rows, row),
            .day = row_date(rows, row, "day"),
            .computed_at = row_instant(rows, row, "computed_at"),
            .academy = {(int16_t)row_int64(rows, row, "academy")},
            .uai = "",
            .name = row_text(rows, row, "name"),
            .city = "",
            .level = "",
            .class = ""};
        cell_take(rows, row, &lines[i]);
    }
    asking->loaded(asking->arg, lines, count, fault);
    memory_free(&lines);
    memory_free(&asking);
}

void figures_load_open(struct store *store, figures_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(store, QUERY_FIGURES_OPEN, &parameters, open_rows, asking_new(loaded, arg));
    parameters_clear(&parameters);
}

struct asking_areas {
    figures_areas_loaded *loaded;
    void *arg;
};

static void areas_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking_areas *asking = arg;
    academy_code *academies = rows_list(rows, sizeof *academies);
    size_t count = rows_length(rows);
    for (size_t i = 0; i < count; i++) {
        academies[i].v = (int16_t)row_int64(rows, (int)i, "academy");
    }
    asking->loaded(asking->arg, academies, count, fault);
    memory_free(&academies);
    memory_free(&asking);
}

void figures_load_areas(struct store *store, administrator_id administrator, figures_areas_loaded *loaded, void *arg)
{
    struct parameters parameters;
    struct asking_areas *asking = checked_malloc(sizeof *asking);
    *asking = (struct asking_areas){loaded, arg};
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator.v);
    store_run(store, QUERY_FIGURES_AREAS, &parameters, areas_rows, asking);
    parameters_clear(&parameters);
}
