#include "store/handout.h"

#include "runtime/arena.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Of the texts: some 1 KiB a row of 5,000 accounts' children, and a bound all the same. */
enum { TEXTS_MAX = 64 * 1024 * 1024 };
/* Of a browser that waits for its document. */
#define PATIENCE SECONDS(5)

struct asking {
    handout_loaded *loaded;
    void *arg;
};

static const char *text_kept(struct arena *arena, const struct rows *rows, int row, const char *column)
{
    return arena_copy(arena, row_text(rows, row, column));
}

static void row_keep(struct arena *arena, const struct rows *rows, int row, struct handout_row *out_row)
{
    *out_row = (struct handout_row){
        .nom = text_kept(arena, rows, row, "nom"),
        .prenom = text_kept(arena, rows, row, "prenom"),
        .related = text_kept(arena, rows, row, "related"),
        .sheet_class = text_kept(arena, rows, row, "sheet_class"),
        .login = text_kept(arena, rows, row, "login"),
        .email = text_kept(arena, rows, row, "email"),
        .is_own_email = row_bool(rows, row, "is_own_email"),
        .email_is_anothers = row_bool(rows, row, "is_anothers"),
        .unconfirmed_email = text_kept(arena, rows, row, "unconfirmed_email"),
        .mobile = text_kept(arena, rows, row, "mobile"),
        .notified_at = row_instant(rows, row, "notified_at"),
        .expires_at = row_instant(rows, row, "expires_at"),
        .activated_at = row_instant(rows, row, "activated_at"),
    };
    out_row->academy.v = (int16_t)row_int64(rows, row, "academy");
    out_row->id.v = row_int64(rows, row, "id");
    out_row->pupil = (struct handout_pupil){
        .degree = row_int64(rows, row, "pupil_degree"),
        .number = row_int64(rows, row, "pupil"),
        .nom = text_kept(arena, rows, row, "pupil_nom"),
        .prenom = text_kept(arena, rows, row, "pupil_prenom"),
        .class = text_kept(arena, rows, row, "class"),
        .level = text_kept(arena, rows, row, "level"),
    };
    bool known = state_from_code(row_text(rows, row, "state"), &out_row->state) &&
                 origin_from_code(row_text(rows, row, "origin"), &out_row->origin);
    assert(known);
}

static struct handout *handout_from_rows(const struct rows *rows, size_t count)
{
    struct handout *handout = checked_calloc(1, sizeof *handout);
    handout->arena = arena_new(TEXTS_MAX);
    handout->rows = checked_calloc(count, sizeof *handout->rows);
    handout->count = count;
    snprintf(handout->school, sizeof handout->school, "%s", row_text(rows, 0, "school"));
    snprintf(handout->city, sizeof handout->city, "%s", row_text(rows, 0, "city"));
    for (size_t i = 0; i < count; i++) {
        row_keep(handout->arena, rows, (int)i, &handout->rows[i]);
    }
    return handout;
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking asking = *(struct asking *)arg;
    memory_free(&arg);
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    if (count == 0) {
        asking.loaded(asking.arg, NULL, fault);
        return;
    }
    struct handout *handout = handout_from_rows(rows, count);
    if (arena_is_overflowed(handout->arena)) {
        struct fault too_large;
        fault_set(&too_large, FAULT_LIMIT, "a list of %zu rows takes more than %d bytes", count, TEXTS_MAX);
        handout_free(&handout);
        asking.loaded(asking.arg, NULL, &too_large);
        return;
    }
    asking.loaded(asking.arg, handout, NULL);
}

void handout_load(struct store *store, const struct selection_asked *asked, enum account_profile profile,
    handout_loaded *loaded, void *arg)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = (struct asking){loaded, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, asked->uai);
    parameters_int64_array(&parameters, asked->academies, asked->count);
    parameters_int64_array(&parameters, asked->ids, asked->count);
    store_run_within(store, profile == PROFILE_ELEVE ? QUERY_HANDOUT_PUPILS : QUERY_HANDOUT_GUARDIANS, &parameters,
        PATIENCE, load_rows, asking);
    parameters_clear(&parameters);
}

void handout_free(struct handout **handout)
{
    if (*handout) {
        arena_free(&(*handout)->arena);
        memory_free(&(*handout)->rows);
        memory_free(handout);
    }
}
