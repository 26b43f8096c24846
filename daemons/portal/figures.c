/* Statistics of a school (guide 7): states by origin, as last computed. */
#include "domain/account.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/wording.h"
#include "statistics.pb-c.h"

struct figures {
    int64_t cells[ORIGIN_COUNT][STATE_COUNT];
    int64_t of_origin[ORIGIN_COUNT], of_state[STATE_COUNT];
    int64_t total;
};

static void figures_sum(
    const Preau__Statistics__GetSchoolReply *reply, enum account_profile profile, struct figures *out_figures)
{
    *out_figures = (struct figures){0};
    for (size_t i = 0; i < reply->n_cells; i++) {
        const Preau__Statistics__Cell *cell = reply->cells[i];
        /* the .proto counts from 1 */
        int state = (int)cell->state - 1;
        int origin = (int)cell->origin - 1;
        if ((int)cell->profile - 1 != (int)profile || state < 0 || state >= STATE_COUNT || origin < 0 ||
            origin >= ORIGIN_COUNT) {
            continue;
        }
        out_figures->cells[origin][state] += cell->accounts;
        out_figures->of_origin[origin] += cell->accounts;
        out_figures->of_state[state] += cell->accounts;
        out_figures->total += cell->accounts;
    }
}

static bool state_is_shown(enum account_profile profile, int state)
{
    return profile == PROFILE_RESPONSABLE || state != STATE_EN_COURS;
}

static void table_fill(struct view *body, enum account_profile profile, const struct figures *figures)
{
    struct view *table = view_add(body, "PROFILE");
    char text[WORDING_SIZE];
    bool is_of_guardians = profile == PROFILE_RESPONSABLE;
    view_set(table, "TABLE_ID", is_of_guardians ? "responsables" : "eleves");
    view_set(table, "PROFILE_LABEL", is_of_guardians ? "Responsables" : "Élèves");
    wording_count(figures->total, "compte", "comptes", text);
    view_set(table, "PROFILE_TOTAL", text);
    view_number(table, "PROFILE_SUM", figures->total);
    for (int state = 0; state < STATE_COUNT; state++) {
        if (state_is_shown(profile, state)) {
            struct view *column = view_add(table, "STATE");
            view_set(column, "STATE_CODE", state_code((enum account_state)state));
            view_set(column, "STATE_LABEL", state_label((enum account_state)state));
            view_number(view_add(table, "STATE_SUM"), "ACCOUNTS", figures->of_state[state]);
        }
    }
    for (int origin = 0; origin < ORIGIN_COUNT; origin++) {
        struct view *row = view_add(table, "ORIGIN");
        view_set(row, "ORIGIN_LABEL", origin_label((enum account_origin)origin));
        view_number(row, "ORIGIN_TOTAL", figures->of_origin[origin]);
        for (int state = 0; state < STATE_COUNT; state++) {
            if (state_is_shown(profile, state)) {
                view_number(view_add(row, "CELL"), "ACCOUNTS", figures->cells[origin][state]);
            }
        }
    }
}

static void figures_loaded(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Statistics__GetSchoolReply *reply = (const void *)answer;
    if (!reply && refusal != REFUSAL_NOT_FOUND) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Statistiques", "statistiques.html");
    if (!reply) {
        view_show(body, "NOT_COMPUTED");
        page_send(visit, 200);
        return;
    }
    char moment[WORDING_SIZE];
    struct figures figures;
    struct view *computed = view_add(body, "COMPUTED");
    wording_moment((struct instant){reply->computed_at}, moment);
    view_set(computed, "COMPUTED_AT", moment);
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            figures_sum(reply, profile, &figures);
            table_fill(computed, profile, &figures);
        }
    }
    page_send(visit, 200);
}

void figures_show(struct visit *visit)
{
    Preau__Statistics__GetSchoolRequest request = PREAU__STATISTICS__GET_SCHOOL_REQUEST__INIT;
    request.academy = (uint32_t)visit->school.academy.v;
    request.uai = visit->school.uai.text;
    visit_call(visit,
        &(struct visit_call){visit->portal->statistics, "GetSchool", &request.base, figures_loaded, NULL, false});
}
