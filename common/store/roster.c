#include "store/roster.h"

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
    roster_loaded *loaded;
    void *arg;
};

static const char *text_kept(struct arena *arena, const struct rows *rows, int row, const char *column)
{
    return arena_copy(arena, row_text(rows, row, column));
}

static void row_keep(struct arena *arena, const struct rows *rows, int row, struct roster_row *out_row)
{
    *out_row = (struct roster_row){
        .nom = text_kept(arena, rows, row, "nom"),
        .prenom = text_kept(arena, rows, row, "prenom"),
        .related = text_kept(arena, rows, row, "related"),
        .sheet_class = text_kept(arena, rows, row, "sheet_class"),
        .login = text_kept(arena, rows, row, "login"),
        .email = text_kept(arena, rows, row, "email"),
        .is_own_email = row_bool(rows, row, "is_own_email"),
        .unconfirmed_email = text_kept(arena, rows, row, "unconfirmed_email"),
        .mobile = text_kept(arena, rows, row, "mobile"),
        .notified_at = row_instant(rows, row, "notified_at"),
        .notification_expires_at = row_instant(rows, row, "notification_expires_at"),
        .activated_at = row_instant(rows, row, "activated_at"),
    };
    out_row->academy.v = (int16_t)row_int64(rows, row, "academy");
    out_row->id.v = row_int64(rows, row, "id");
    out_row->pupil = (struct roster_pupil){
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

static struct roster *roster_from_rows(const struct rows *rows, size_t count)
{
    struct roster *roster = checked_calloc(1, sizeof *roster);
    roster->arena = arena_new(TEXTS_MAX);
    roster->rows = checked_calloc(count, sizeof *roster->rows);
    roster->count = count;
    snprintf(roster->school, sizeof roster->school, "%s", row_text(rows, 0, "school"));
    snprintf(roster->city, sizeof roster->city, "%s", row_text(rows, 0, "city"));
    for (size_t i = 0; i < count; i++) {
        row_keep(roster->arena, rows, (int)i, &roster->rows[i]);
    }
    return roster;
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
    struct roster *roster = roster_from_rows(rows, count);
    if (arena_is_overflowed(roster->arena)) {
        struct fault too_large;
        fault_set(&too_large, FAULT_LIMIT, "a list of %zu rows takes more than %d bytes", count, TEXTS_MAX);
        roster_free(&roster);
        asking.loaded(asking.arg, NULL, &too_large);
        return;
    }
    asking.loaded(asking.arg, roster, NULL);
}

void roster_load(struct store *store, const struct selection_asked *asked, enum account_profile profile,
    roster_loaded *loaded, void *arg)
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
    store_run_within(store, profile == PROFILE_ELEVE ? QUERY_ROSTER_PUPILS : QUERY_ROSTER_GUARDIANS, &parameters,
        PATIENCE, load_rows, asking);
    parameters_clear(&parameters);
}

void roster_free(struct roster **roster)
{
    if (*roster) {
        arena_free(&(*roster)->arena);
        memory_free(&(*roster)->rows);
        memory_free(roster);
    }
}
