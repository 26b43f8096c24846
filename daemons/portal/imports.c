/* What an academy delivered, and what became of it: the list, for those who follow deliveries. */
#include "domain/school.h"
#include "portal/handlers.h"
#include "portal/import_view.h"
#include "portal/page.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"

#include <stdio.h>

enum { RUNS_SHOWN = 50, REFRESH_SECONDS = 5 };

/* One that is none narrows to nothing: 0. */
static academy_code academy_asked(const struct visit *visit)
{
    const char *text = http_query(visit->request, "academie");
    academy_code academy = {0};
    (void)(text && academy_parse(text, &academy));
    return academy;
}

static bool has_several(const Preau__Import__ListRunsReply *reply)
{
    for (size_t i = 1; i < reply->n_runs; i++) {
        if (reply->runs[i]->academy != reply->runs[0]->academy) {
            return true;
        }
    }
    return false;
}

/* Who follows one academy has nothing to choose. */
static void choices_fill(const struct visit *visit, struct view *body, const Preau__Import__ListRunsReply *reply)
{
    academy_code asked = academy_asked(visit);
    if (asked.v == 0 && !has_several(reply)) {
        return;
    }
    struct view *choices = view_add(body, "CHOICES");
    academy_code academy;
    for (size_t i = 0; academy_at(i, &academy); i++) {
        struct view *choice = view_add(choices, "CHOICE");
        view_number(choice, "VALUE", academy.v);
        view_set(choice, "LABEL", academy_label(academy));
        if (academy.v == asked.v) {
            view_show(choice, "SELECTED");
        }
    }
}

static void number_fill(struct view *view, const char *name, uint64_t number)
{
    char text[WORDING_SIZE];
    wording_number((int64_t)number, text);
    view_set(view, name, text);
}

/* What is not counted, yet or ever, is no zero. */
static void figures_fill(struct view *row, const Preau__Import__Run *run)
{
    static const char *const names[] = {"PUPILS", "ACCOUNTS", "DEPARTED", "REFUSED"};
    const uint64_t figures[] = {
        import_counted(run, "Eleve", "read"),
        import_counted(run, "account", "added"),
        import_counted(run, "Eleve", "departed"),
        import_counted(run, "Eleve", "refused") + import_counted(run, "PersRelEleve", "refused") +
            import_counted(run, "EtabEducNat", "refused"),
    };
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (run->n_counters > 0) {
            number_fill(row, names[i], figures[i]);
        } else {
            view_set(row, names[i], "–");
        }
    }
}

static void row_fill(struct view *row, const Preau__Import__Run *run)
{
    import_view_run(row, run);
    figures_fill(row, run);
    if (run->check) {
        view_show(row, "CHECK");
    }
    if (import_goes_on(run)) {
        import_view_progress(view_add(row, "RUNNING"), run);
    }
}

static void list_fill(struct visit *visit, struct view *body, const Preau__Import__ListRunsReply *reply)
{
    bool goes_on = reply->waiting > 0;
    char waiting[WORDING_SIZE];
    struct view *some = reply->n_runs > 0 ? view_add(body, "SOME") : NULL;
    for (size_t i = 0; i < reply->n_runs; i++) {
        row_fill(view_add(some, "ROW"), reply->runs[i]);
        goes_on = goes_on || import_goes_on(reply->runs[i]);
    }
    if (!some) {
        view_show(body, "NONE");
    }
    if (reply->waiting > 0) {
        wording_count(reply->waiting, "archive attend son tour", "archives attendent leur tour", waiting);
        view_set(view_add(body, "WAITING"), "WAITING_COUNT", waiting);
    }
    if (goes_on) {
        view_show(body, "GOES_ON");
        page_refresh(visit, REFRESH_SECONDS);
    }
}

static void runs_listed(struct visit *visit, const ProtobufCMessage *answer, enum refusal refusal)
{
    const Preau__Import__ListRunsReply *reply = (const void *)answer;
    bool sees_nothing = refusal == REFUSAL_NOT_FOUND && academy_asked(visit).v == 0;
    if (!reply && !sees_nothing) {
        page_refuse(visit, refusal);
        return;
    }
    struct view *body = page_begin(visit, "Intégrations", "imports.html");
    if (reply) {
        choices_fill(visit, body, reply);
        list_fill(visit, body, reply);
    } else {
        view_show(body, "NO_ACADEMY");
    }
    page_send(visit, 200);
}

void imports_show(struct visit *visit)
{
    Preau__Import__ListRunsRequest request = PREAU__IMPORT__LIST_RUNS_REQUEST__INIT;
    request.academy = (uint32_t)academy_asked(visit).v;
    request.limit = RUNS_SHOWN;
    visit_call(visit, &(struct visit_call){visit->portal->import, "ListRuns", &request.base, runs_listed, NULL, false});
}
