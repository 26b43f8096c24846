#include "stats/figures.h"

#include "runtime/memory.h"
#include "store/statistics.h"

enum { CELLS_MAX = PROFILE_COUNT * STATE_COUNT * ORIGIN_COUNT };

struct figures {
    struct store *store;
};

/* The .proto counts from 1: its 0 is "not said". */
static void cell_pack(const struct statistics_cell *cell, Preau__Statistics__Cell *out_cell)
{
    preau__statistics__cell__init(out_cell);
    out_cell->profile = (Preau__Profile)(cell->profile + 1);
    out_cell->state = (Preau__AccountState)(cell->state + 1);
    out_cell->origin = (Preau__AccountOrigin)(cell->origin + 1);
    out_cell->accounts = (uint32_t)cell->accounts;
}

static void figures_loaded(void *arg, const struct statistics_day *day, const struct statistics_cell *cells,
    size_t count, const struct fault *fault)
{
    struct call *call = arg;
    if (!day) {
        call_fail(call, fault);
        return;
    }
    if (!date_is_valid(day->day)) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    Preau__Statistics__Cell packed[CELLS_MAX];
    Preau__Statistics__Cell *list[CELLS_MAX];
    size_t kept = count < CELLS_MAX ? count : CELLS_MAX; /* the key of the table allows no more */
    for (size_t i = 0; i < kept; i++) {
        cell_pack(&cells[i], &packed[i]);
        list[i] = &packed[i];
    }
    char text[DATE_TEXT_SIZE];
    date_write_iso(day->day, text);
    Preau__Statistics__GetSchoolReply reply = PREAU__STATISTICS__GET_SCHOOL_REPLY__INIT;
    reply.day = text;
    reply.computed_at = day->computed_at.us;
    reply.cells = list;
    reply.n_cells = kept;
    call_answer(call, &reply.base);
}

struct figures *figures_new(struct store *store)
{
    struct figures *figures = checked_malloc(sizeof *figures);
    figures->store = store;
    return figures;
}

void figures_free(struct figures **figures)
{
    memory_free(figures);
}

void figures_answer(struct figures *figures, struct call *call, const Preau__Statistics__GetSchoolRequest *request)
{
    if (!uai_is_valid(request->uai) || request->academy == 0 || request->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_MALFORMED);
        return;
    }
    statistics_load_school(figures->store, call_caller(call).administrator, (academy_code){(int16_t)request->academy},
        request->uai, figures_loaded, call);
}
