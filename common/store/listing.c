#include "store/listing.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

struct listing {
    listing_school_loaded *loaded;
    void *arg;
};

static struct listing *listing_new(struct listing whom)
{
    struct listing *listing = checked_malloc(sizeof *listing);
    *listing = whom;
    return listing;
}

void listed_school_from_row(const struct rows *rows, int row, struct listed_school *out_school)
{
    *out_school = (struct listed_school){
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .degree = row_int64(rows, row, "degree") == 2 ? DEGREE_2 : DEGREE_1,
    };
    snprintf(out_school->uai.text, sizeof out_school->uai.text, "%s", row_text(rows, row, "uai"));
    snprintf(out_school->name, sizeof out_school->name, "%s", row_text(rows, row, "name"));
    snprintf(out_school->city, sizeof out_school->city, "%s", row_text(rows, row, "city"));
}

static void school_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct listing *listing = arg;
    struct listed_school school;
    bool found = rows_length(rows) == 1;
    if (found) {
        listed_school_from_row(rows, 0, &school);
        school.has_others = row_bool(rows, 0, "has_others");
        school.may[PROFILE_RESPONSABLE] = row_bool(rows, 0, "guardians");
        school.may[PROFILE_ELEVE] = row_bool(rows, 0, "pupils");
    }
    listing->loaded(listing->arg, found ? &school : NULL, rows ? NULL : fault);
    memory_free(&listing);
}

void listing_load_school(
    struct store *store, administrator_id administrator, const char *uai, listing_school_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator.v);
    parameters_text(&parameters, uai);
    store_run_within(store, QUERY_LISTING_SCHOOL, &parameters, PATIENCE, school_rows,
        listing_new((struct listing){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
