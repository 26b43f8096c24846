#include "portal/open_figures.h"

#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/wording.h"
#include "runtime/memory.h"
#include "statistics.pb-c.h"

#include <stdio.h>
#include <string.h>

/* They change once a night: statsd is asked that often at most, however many come. */
#define KEPT MINUTES(10)
/* While statsd does not answer an older copy is given, and statsd is asked that often at most. */
#define ASK_AGAIN MINUTES(1)
/* While there is none at all: anybody may come, and each would be a call to statsd. */
#define ASK_AGAIN_FOR_THE_FIRST SECONDS(5)

struct open_figures {
    char *csv; /* NULL: none is kept */
    size_t length;
    char day[DATE_TEXT_SIZE];
    struct instant computed_at;
    uint32_t step;
    struct tick kept_at;
    struct tick asked_at; /* for the first or a newer copy */
    bool is_asked;        /* once at least */
    enum refusal refusal; /* of the last time, without a copy; NONE: not answered yet */
};

struct open_figures *open_figures_new(void)
{
    return checked_calloc(1, sizeof(struct open_figures));
}

void open_figures_free(struct open_figures **figures)
{
    if (*figures) {
        memory_free(&(*figures)->csv);
        memory_free(figures);
    }
}

static void figures_keep(struct open_figures *figures, const Preau__Statistics__GetOpenFiguresReply *reply)
{
    memory_free(&figures->csv);
    *figures = (struct open_figures){
        .csv = checked_malloc(reply->csv.len + 1),
        .length = reply->csv.len,
        .computed_at = {reply->computed_at},
        .step = reply->step,
        .kept_at = clock_tick(),
        .asked_at = clock_tick(),
        .is_asked = true,
    };
    if (reply->csv.len > 0) {
        memcpy(figures->csv, reply->csv.data, reply->csv.len);
    }
    snprintf(figures->day, sizeof figures->day, "%s", reply->day);
}

/* figures: NULL when none were ever computed. */
static void page_of(struct visit *visit, const struct open_figures *figures)
{
    struct view *body = page_begin(visit, "Données ouvertes", "donnees-ouvertes.html");
    if (figures) {
        char moment[WORDING_SIZE];
        struct view *some = view_add(body, "SOME");
        wording_moment(figures->computed_at, moment);
        view_set(some, "COMPUTED_AT", moment);
        view_number(some, "STEP", figures->step);
    } else {
        view_show(body, "NONE");
    }
    page_send(visit, 200);
}

static void sheet_of(struct visit *visit, const struct open_figures *figures)
{
    char name[64];
    if (!figures) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    snprintf(name, sizeof name, "comptes-%s.csv", figures->day);
    page_send_open_file(visit, "text/csv; charset=utf-8", name, figures->csv, figures->length);
}

/* What the visit answers with, in its `own`. */
struct answering {
    void (*answer)(struct visit *visit, const struct open_figures *figures);
};

static void figures_answer(struct visit *visit, const struct answering *answering, const struct open_figures *figures)
{
    if (figures->csv) {
        answering->answer(visit, figures);
    } else if (figures->refusal == REFUSAL_NOT_FOUND) {
        answering->answer(visit, NULL);
    } else {
        page_refuse(visit, figures->refusal == REFUSAL_NONE ? REFUSAL_BUSY : figures->refusal);
    }
}

static void figures_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    struct open_figures *figures = visit->portal->open_figures;
    if (answer) {
        figures_keep(figures, (const void *)answer);
    } else {
        figures->refusal = refusal;
    }
    figures_answer(visit, visit->own, figures);
}

static void figures_ask(struct visit *visit, void (*answer)(struct visit *visit, const struct open_figures *figures))
{
    struct open_figures *figures = visit->portal->open_figures;
    const struct answering now = {answer};
    struct duration again = figures->csv ? ASK_AGAIN : ASK_AGAIN_FOR_THE_FIRST;
    bool is_fresh = figures->csv && duration_longer(KEPT, clock_since(figures->kept_at));
    if (is_fresh || (figures->is_asked && duration_longer(again, clock_since(figures->asked_at)))) {
        figures_answer(visit, &now, figures);
        return;
    }
    figures->asked_at = clock_tick();
    figures->is_asked = true;
    Preau__Statistics__GetOpenFiguresRequest request = PREAU__STATISTICS__GET_OPEN_FIGURES_REQUEST__INIT;
    struct answering *answering = arena_alloc(visit_arena(visit), 1, sizeof *answering);
    *answering = now;
    visit->own = answering;
    visit_call(visit,
        &(struct visit_call){visit->portal->statistics, "GetOpenFigures", &request.base, figures_loaded, NULL, false});
}

void open_figures_show(struct visit *visit)
{
    figures_ask(visit, page_of);
}

void open_figures_sheet(struct visit *visit)
{
    figures_ask(visit, sheet_of);
}
