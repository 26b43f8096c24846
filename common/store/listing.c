#include "store/listing.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct listing {
    union {
        listing_school_loaded *school;
        listing_person_loaded *person;
        listing_relatives_loaded *relatives;
    } loaded;
    void *arg;
};

static struct listing *listing_new(struct listing whom)
{
    struct listing *listing = checked_malloc(sizeof *listing);
    *listing = whom;
    return listing;
}

static size_t count_of(const struct rows *rows)
{
    return rows ? (size_t)rows_count(rows) : 0;
}

/* One more than needed, so that an empty list is a list all the same. */
static void *list_new(const struct rows *rows, size_t count, size_t bytes)
{
    return rows ? checked_calloc(count + 1, bytes) : NULL;
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
    bool found = count_of(rows) == 1;
    if (found) {
        listed_school_from_row(rows, 0, &school);
        school.has_others = row_bool(rows, 0, "has_others");
        school.may[PROFILE_RESPONSABLE] = row_bool(rows, 0, "guardians");
        school.may[PROFILE_ELEVE] = row_bool(rows, 0, "pupils");
    }
    listing->loaded.school(listing->arg, found ? &school : NULL, rows ? NULL : fault);
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
        listing_new((struct listing){.loaded.school = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void run_for_account(struct store *store, enum query query, academy_code academy, account_id id,
    store_done *done, struct listing *listing)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    store_run_within(store, query, &parameters, PATIENCE, done, listing);
    parameters_clear(&parameters);
}

static void children_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct listing *listing = arg;
    size_t count = count_of(rows);
    struct listed_relative *relatives = list_new(rows, count, sizeof *relatives);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        relatives[i] = (struct listed_relative){row_text(rows, row, "nom"), row_text(rows, row, "prenom"),
            row_text(rows, row, "school"), row_text(rows, row, "class")};
    }
    listing->loaded.relatives(listing->arg, relatives, count, rows ? NULL : fault);
    memory_free(&relatives);
    memory_free(&listing);
}

void listing_load_children(
    struct store *store, academy_code academy, account_id id, listing_relatives_loaded *loaded, void *arg)
{
    run_for_account(store, QUERY_LISTING_CHILDREN, academy, id, children_rows,
        listing_new((struct listing){.loaded.relatives = loaded, .arg = arg}));
}

static void person_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct listing *listing = arg;
    struct listed_person person = {0};
    bool found = count_of(rows) == 1;
    if (found) {
        struct stored_account *stored = &person.stored;
        bool known = profile_from_code(row_text(rows, 0, "profile"), &stored->account.profile) &&
                     state_from_code(row_text(rows, 0, "state"), &stored->account.state);
        assert(known);
        snprintf(stored->login, sizeof stored->login, "%s", row_text(rows, 0, "login"));
        snprintf(stored->email, sizeof stored->email, "%s", row_text(rows, 0, "email"));
        person.nom = row_text(rows, 0, "nom");
        person.prenom = row_text(rows, 0, "prenom");
        person.school = row_text(rows, 0, "school");
        person.class = row_text(rows, 0, "class");
    }
    listing->loaded.person(listing->arg, found ? &person : NULL, rows ? NULL : fault);
    memory_free(&listing);
}

void listing_load_person(
    struct store *store, academy_code academy, account_id id, listing_person_loaded *loaded, void *arg)
{
    run_for_account(store, QUERY_LISTING_PERSON, academy, id, person_rows,
        listing_new((struct listing){.loaded.person = loaded, .arg = arg}));
}
