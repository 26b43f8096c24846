/* The home page of a school (guide 4.1): what to do now, each with the list that it is about, and where the accounts are. */
#include "store/school_home.h"
#include "domain/figure.h"
#include "domain/reminder.h"
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/todo.h"
#include "portal/wording.h"
#include "store/disclaimed.h"
#include "store/reminder.h"

#include <inttypes.h>

enum { DATES_SHOWN = 10 };
/* A date refused longer ago was corrected, or given up. */
#define DATES_SINCE DAYS(30)

struct home {
    struct view *body;
    bool has_above; /* refused dates, or disclaimed children, are shown above */
};

static int64_t total_of(const struct home_counts *counts)
{
    int64_t total = 0;
    for (int state = 0; state < STATE_COUNT; state++) {
        total += counts->by_state[state];
    }
    return total;
}

static void todos_fill(
    const struct visit *visit, struct view *section, enum account_profile profile, const struct home_counts *counts)
{
    const struct home *home = visit->own;
    struct view *list = NULL;
    for (size_t i = 0; todo_at(i); i++) {
        const struct todo *todo = todo_at(i);
        int64_t count = todo_count(todo, profile, counts);
        if (count == 0) {
            continue;
        }
        char number[WORDING_SIZE];
        list = list ? list : view_add(section, "TODOS");
        struct view *item = view_add(list, "TODO");
        wording_number(count, number);
        view_set(item, "TODO_CODE", todo->code);
        view_set(item, "TODO_COUNT", number);
        view_set(item, "TODO_TEXT", count > 1 ? todo->several : todo->one);
        view_print(item, "TODO_HREF", "/etablissements/%s/%s?%s", visit->school.uai.text, tab_of(profile), todo->query);
        view_show(item, todo->advice);
    }
    if (!list) {
        view_show(section, total_of(counts) == 0 ? "NO_ACCOUNT" : home->has_above ? "NOTHING_ELSE" : "NOTHING");
    }
}

static void states_fill(
    const struct visit *visit, struct view *section, enum account_profile profile, const struct home_counts *counts)
{
    int64_t total = total_of(counts);
    char text[WORDING_SIZE];
    wording_count(total, "compte", "comptes", text);
    view_set(section, "ACCOUNTS", text);
    if (total > 0) {
        figure_share_write(counts->by_state[STATE_ACTIVE], total, text);
        view_set(view_add(section, "ACTIVE"), "ACTIVE_SHARE", text);
    }
    for (int state = 0; state < STATE_COUNT; state++) {
        if (profile == PROFILE_ELEVE && state == STATE_EN_COURS) { /* a pupil is never half open */
            continue;
        }
        struct view *row = view_add(section, "STATE");
        wording_number(counts->by_state[state], text);
        view_set(row, "STATE_CODE", state_code((enum account_state)state));
        view_set(row, "STATE_LABEL", state_label((enum account_state)state));
        view_set(row, "STATE_COUNT", text);
        view_print(row, "STATE_HREF", "/etablissements/%s/%s?etat=%s", visit->school.uai.text, tab_of(profile),
            state_code((enum account_state)state));
    }
}

static void profile_fill(const struct visit *visit, enum account_profile profile, const struct home_counts *counts)
{
    const struct home *home = visit->own;
    struct view *section = view_add(home->body, "PROFILE");
    struct view *standing = view_add(home->body, "STANDING");
    const char *label = profile == PROFILE_ELEVE ? "Élèves" : "Responsables";
    view_set(section, "PROFILE_LABEL", label);
    view_set(section, "PROFILE_CODE", tab_of(profile));
    view_set(standing, "PROFILE_LABEL", label);
    todos_fill(visit, section, profile, counts);
    states_fill(visit, standing, profile, counts);
}

static void data_fill(const struct visit *visit, struct instant integrated_at)
{
    const struct home *home = visit->own;
    const struct import_clock *clock = &visit->portal->import_clock;
    struct instant now = clock_now();
    char moment[WORDING_SIZE];
    wording_moment(import_clock_next(clock, now), moment);
    view_set(home->body, "NEXT_IMPORT", moment);
    wording_moment(import_clock_correction(clock, now), moment);
    view_set(home->body, "CORRECTION_AT", moment);
    if (!instant_is_set(integrated_at)) {
        view_show(home->body, "NEVER_INTEGRATED");
        return;
    }
    struct view *integrated = view_add(home->body, "INTEGRATED");
    wording_moment(integrated_at, moment);
    view_set(integrated, "INTEGRATED_AT", moment);
    view_show(integrated, import_clock_is_overdue(clock, integrated_at, now) ? "OVERDUE" : "UP_TO_DATE");
}

/* A reminder by mail is offered to who sees here what it would have said. */
static bool is_soon(const struct visit *visit, const struct school_home *found)
{
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        const struct home_counts *counts = &found->counts[profile];
        if (tab_is_open(&visit->school, profile) && counts->runs_out + counts->has_run_out > 0) {
            return true;
        }
    }
    return false;
}

static void reminder_known(void *arg, const struct reminder_standing *standing, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct home *home = visit->own;
    if (!standing) {
        page_fail(visit, fault);
        return;
    }
    if (standing->days == 0) {
        view_show(home->body, "REMINDER_OFFER");
    }
    page_send(visit, 200);
}

static void home_loaded(void *arg, const struct school_home *found, const struct fault *fault)
{
    struct visit *visit = arg;
    if (!found) {
        page_fail(visit, fault);
        return;
    }
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (tab_is_open(&visit->school, profile)) {
            profile_fill(visit, profile, &found->counts[profile]);
        }
    }
    data_fill(visit, found->integrated_at);
    if (reminder_role_may(visit->session.role) && is_soon(visit, found)) {
        reminder_load(visit->portal->store, visit->session.administrator, reminder_known, visit);
    } else {
        page_send(visit, 200);
    }
}

static void date_fill(const struct visit *visit, struct view *row, const struct refused_date *date)
{
    char name[WORDING_NAME_SIZE];
    char day[WORDING_SIZE];
    wording_name(date->prenom, date->nom, name);
    wording_day(date->at, day);
    view_set(row, "DATE_NAME", name);
    view_set(row, "DATE_ON", day);
    view_print(row, "DATE_HREF", "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text, date->academy.v,
        date->id.v);
    if (date->is_over) {
        view_show(row, "OVER");
    } else if (instant_is_set(date->changed_at)) {
        wording_day(date->changed_at, day);
        view_set(view_add(row, "CHANGED"), "CHANGED_ON", day);
    }
}

static void others_fill(struct view *list, int64_t count)
{
    if (count > 0) {
        char others[WORDING_SIZE];
        wording_count(count, "autre", "autres", others);
        view_set(view_add(list, "OTHERS"), "OTHERS_COUNT", others);
    }
}

static void dates_fill(const struct visit *visit, const struct refused_date *dates, size_t count, int64_t total)
{
    const struct home *home = visit->own;
    struct view *refused = view_add(home->body, "DATES");
    view_show(refused, total > 1 ? "SEVERAL" : "ONE");
    for (size_t i = 0; i < count; i++) {
        date_fill(visit, view_add(refused, "DATE"), &dates[i]);
    }
    others_fill(refused, total - (int64_t)count);
}

static void claim_fill(const struct visit *visit, struct view *row, const struct disclaimed_claim *claim)
{
    char text[WORDING_NAME_SIZE];
    wording_name(claim->prenom, claim->nom, text);
    view_set(row, "GUARDIAN_NAME", text);
    wording_name(claim->child_prenom, claim->child_nom, text);
    view_set(row, "CHILD_NAME", text);
    wording_day(claim->at, text);
    view_set(row, "DISCLAIMED_ON", text);
    view_print(row, "CLAIM_HREF", "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text, claim->academy.v,
        claim->id.v);
}

static void claims_loaded(
    void *arg, const struct disclaimed_claim *claims, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    struct home *home = visit->own;
    if (!claims) {
        page_fail(visit, fault);
        return;
    }
    if (count > 0 && visit->school.may[PROFILE_RESPONSABLE]) {
        struct view *list = view_add(home->body, "DISCLAIMED");
        for (size_t i = 0; i < count; i++) {
            claim_fill(visit, view_add(list, "CLAIM"), &claims[i]);
        }
        others_fill(list, total - (int64_t)count);
        home->has_above = true;
    }
    school_home_load(visit->portal->store, &visit->school, DAYS(TODO_SOON_DAYS), home_loaded, visit);
}

static void dates_loaded(
    void *arg, const struct refused_date *dates, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    struct home *home = visit->own;
    if (!dates) {
        page_fail(visit, fault);
        return;
    }
    home->body = page_begin(visit, "À faire maintenant", "etablissement.html");
    home->has_above = count > 0;
    view_set(home->body, "SOURCE", degree_source(visit->school.degree));
    if (count > 0) {
        dates_fill(visit, dates, count, total);
    }
    disclaimed_list(
        visit->portal->store, &visit->school, (academy_code){0}, (account_id){0}, DATES_SHOWN, claims_loaded, visit);
}

void school_home_show(struct visit *visit)
{
    struct home *home = arena_alloc(visit_arena(visit), 1, sizeof *home);
    *home = (struct home){0};
    visit->own = home;
    school_home_load_dates(visit->portal->store, &visit->school, (struct instant){clock_now().us - DATES_SINCE.us},
        DATES_SHOWN, visit->portal->birth_date_refusals, dates_loaded, visit);
}
