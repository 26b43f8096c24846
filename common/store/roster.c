#include "store/roster.h"

#include "runtime/memory.h"
#include "store/listing.h"
#include "store/query.h"

#include <assert.h>
#include <string.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asked_roster {
    union {
        roster_loaded *rows;
        roster_choices_loaded *choices;
        roster_names_loaded *names;
    } loaded;
    void *arg;
    bool without_details;
};

static struct asked_roster *asked_new(struct asked_roster whom)
{
    struct asked_roster *asked = checked_malloc(sizeof *asked);
    *asked = whom;
    return asked;
}

static void details_from_row(const struct rows *rows, int row, struct roster_row *out_row)
{
    bool is_confirmed = row_bool(rows, row, "is_confirmed");
    bool is_known = state_from_code(row_text(rows, row, "state"), &out_row->state) &&
                    origin_from_code(row_text(rows, row, "origin"), &out_row->origin);
    assert(is_known);
    out_row->nom = row_text(rows, row, "nom");
    out_row->prenom = row_text(rows, row, "prenom");
    out_row->relatives = row_text(rows, row, "relatives");
    out_row->classes = row_text(rows, row, "classes");
    out_row->login = row_text(rows, row, "login");
    out_row->email = row_text(rows, row, "email");
    out_row->is_own_email = is_confirmed;
    out_row->email_is_anothers = row_bool(rows, row, "is_anothers");
    out_row->email_came_back = row_bool(rows, row, "email_came_back");
    out_row->unconfirmed_email = is_confirmed ? "" : row_text(rows, row, "own_email");
    out_row->unconfirmed_came_back = row_bool(rows, row, "own_email_came_back");
    out_row->mobile = row_text(rows, row, "mobile");
    out_row->is_own_mobile = row_bool(rows, row, "is_own_mobile");
    out_row->notified_at = row_instant(rows, row, "notified_at");
    out_row->expires_at = row_instant(rows, row, "expires_at");
}

static void roster_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_roster *asked = arg;
    size_t count = rows_length(rows);
    struct roster_row *list = rows_list(rows, sizeof *list);
    for (size_t i = 0; i < count; i++) {
        list[i].academy = (academy_code){(int16_t)row_int64(rows, (int)i, "academy")};
        list[i].id = (account_id){row_int64(rows, (int)i, "id")};
        if (!asked->without_details) {
            details_from_row(rows, (int)i, &list[i]);
        }
    }
    int64_t total = count > 0 ? row_int64(rows, 0, "total") : 0;
    asked->loaded.rows(asked->arg, list, count, total, rows ? NULL : fault);
    memory_free(&list);
    memory_free(&asked);
}

static void school_parameters(struct parameters *parameters, const struct listed_school *school)
{
    parameters_init(parameters);
    parameters_int64(parameters, school->academy.v);
    parameters_text(parameters, school->uai.text);
}

static void filter_parameters(struct parameters *parameters, const struct roster_filter *filter)
{
    parameters_text(parameters, profile_code(filter->profile));
    parameters_text_array(parameters, filter->words, filter->word_count);
    parameters_text(parameters, filter->class);
    parameters_text(parameters, filter->level);
    parameters_text(parameters, filter->state);
    parameters_text(parameters, filter->origin);
    parameters_text(parameters, filter->mail);
    parameters_text(parameters, filter->mobile);
    parameters_text(parameters, filter->notified);
    parameters_instant(parameters, filter->before);
    parameters_instant(parameters, filter->after);
    parameters_instant(parameters, filter->expires_from);
    parameters_instant(parameters, filter->expires_to);
    parameters_text(parameters, filter->sign_in);
}

void roster_load(struct store *store, const struct listed_school *school, const struct roster_filter *filter,
    roster_loaded *loaded, void *arg)
{
    struct parameters parameters;
    school_parameters(&parameters, school);
    filter_parameters(&parameters, filter);
    parameters_text(&parameters, filter->sort);
    parameters_bool(&parameters, filter->is_descending);
    parameters_int64(&parameters, filter->limit);
    parameters_int64(&parameters, filter->offset);
    parameters_bool(&parameters, !filter->without_details);
    store_run_within(store, QUERY_ROSTER_LOAD, &parameters, PATIENCE, roster_rows,
        asked_new(
            (struct asked_roster){.loaded.rows = loaded, .arg = arg, .without_details = filter->without_details}));
    parameters_clear(&parameters);
}

static void choices_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_roster *asked = arg;
    size_t count = rows_length(rows);
    struct roster_choice *choices = rows_list(rows, sizeof *choices);
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct roster_choice){row_bool(rows, (int)i, "is_class"), row_text(rows, (int)i, "value")};
    }
    asked->loaded.choices(asked->arg, choices, count, rows ? NULL : fault);
    memory_free(&choices);
    memory_free(&asked);
}

void roster_load_choices(
    struct store *store, const struct listed_school *school, roster_choices_loaded *loaded, void *arg)
{
    struct parameters parameters;
    school_parameters(&parameters, school);
    store_run_within(store, QUERY_ROSTER_CHOICES, &parameters, PATIENCE, choices_rows,
        asked_new((struct asked_roster){.loaded.choices = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void names_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_roster *asked = arg;
    size_t count = rows_length(rows);
    struct roster_name *names = rows_list(rows, sizeof *names);
    for (size_t i = 0; i < count; i++) {
        names[i] = (struct roster_name){
            .place = (size_t)row_int64(rows, (int)i, "place"),
            .academy = {(int16_t)row_int64(rows, (int)i, "academy")},
            .id = {row_int64(rows, (int)i, "id")},
            .nom = row_text(rows, (int)i, "nom"),
            .prenom = row_text(rows, (int)i, "prenom"),
        };
    }
    asked->loaded.names(asked->arg, names, count, rows ? NULL : fault);
    memory_free(&names);
    memory_free(&asked);
}

void roster_load_names(struct store *store, const struct listed_school *school, const struct roster_wanted *wanted,
    roster_names_loaded *loaded, void *arg)
{
    struct parameters parameters;
    school_parameters(&parameters, school);
    parameters_int64_array(&parameters, wanted->academies, wanted->count);
    parameters_int64_array(&parameters, wanted->numbers, wanted->count);
    parameters_int64_array(&parameters, wanted->places, wanted->count);
    parameters_int64(&parameters, wanted->limit);
    parameters_bool(&parameters, school->may[PROFILE_RESPONSABLE]);
    parameters_bool(&parameters, school->may[PROFILE_ELEVE]);
    store_run_within(store, QUERY_ROSTER_NAMES, &parameters, PATIENCE, names_rows,
        asked_new((struct asked_roster){.loaded.names = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
