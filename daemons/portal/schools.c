/* Choice of the school (guide 4.1): one opens directly; of many, the one is searched for. */
#include "portal/handlers.h"
#include "portal/page.h"
#include "portal/paging.h"
#include "portal/query_text.h"
#include "portal/wording.h"
#include "store/school_choice.h"

#include <stdlib.h>

enum { PAGE_ROWS = 50, PAGE_LAST = 10000, FEW = 8 };

struct choice {
    const char *words; /* as typed */
    int64_t page;
};

static const char *page_href(const struct visit *visit, const struct choice *choice, int64_t page)
{
    struct arena *arena = visit_arena(visit);
    return choice->words[0] == '\0' ? arena_printf(arena, "/etablissements?page=%lld", (long long)page)
                                    : arena_printf(arena, "/etablissements?q=%s&page=%lld",
                                          query_encoded(arena, choice->words), (long long)page);
}

static void paging_fill(const struct visit *visit, struct view *some, const struct choice *choice, int64_t total)
{
    paging_show(some, "Pagination", choice->page, (total + PAGE_ROWS - 1) / PAGE_ROWS,
        page_href(visit, choice, choice->page - 1), page_href(visit, choice, choice->page + 1));
}

static void row_fill(struct view *row, const struct listed_school *school)
{
    view_print(row, "HREF", "/etablissements/%s", school->uai.text);
    view_set(row, "NAME", school->name);
    view_set(row, "CITY", school->city);
    view_set(row, "UAI", school->uai.text);
    view_set(row, "DEGREE", school->degree == DEGREE_2 ? "Second" : "Premier");
}

static void choice_fill(
    const struct visit *visit, struct view *body, const struct listed_school *schools, size_t count, int64_t total)
{
    const struct choice *choice = visit->own;
    bool is_search = choice->words[0] != '\0';
    char text[WORDING_SIZE];
    if (is_search || total > FEW) {
        view_set(view_add(body, "SEARCH"), "QUERY", choice->words);
    }
    if (is_search) {
        view_show(body, "NARROWED");
    }
    if (count == 0) {
        bool is_delegate = visit->session.role == ROLE_DELEGUE;
        view_show(body, is_search ? "NOT_FOUND" : is_delegate ? "NO_DELEGATION" : "NONE");
        return;
    }
    struct view *some = view_add(body, "SOME");
    wording_count(total, "établissement", "établissements", text);
    view_set(some, "COUNT", text);
    for (size_t i = 0; i < count; i++) {
        row_fill(view_add(some, "ROW"), &schools[i]);
    }
    paging_fill(visit, some, choice, total);
}

static void schools_loaded(
    void *arg, const struct listed_school *schools, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct choice *choice = visit->own;
    if (!schools) {
        page_fail(visit, fault);
        return;
    }
    if (count == 0 && choice->page > 1) {
        page_go(visit, page_href(visit, choice, 1));
        return;
    }
    if (total == 1 && choice->words[0] == '\0') { /* the guide: directly */
        page_go_to(visit, "/etablissements/%s", schools[0].uai.text);
        return;
    }
    struct view *body = page_begin(visit, "Choisir l’établissement", "etablissements.html");
    choice_fill(visit, body, schools, count, total);
    page_send(visit, 200);
}

/* A page that is none counts as the first. */
static int64_t page_read(const struct visit *visit)
{
    const char *text = http_query(visit->request, "page");
    long page = text ? strtol(text, NULL, 10) : 1;
    return page >= 1 && page <= PAGE_LAST ? page : 1;
}

void schools_show(struct visit *visit)
{
    if (visit->session.role == ROLE_INTEGRATEUR) { /* has none, and a place of their own */
        page_go(visit, visit_home(visit));
        return;
    }
    struct choice *choice = arena_alloc(visit_arena(visit), 1, sizeof *choice);
    const char *words = http_query(visit->request, "q");
    *choice = (struct choice){.words = words ? words : "", .page = page_read(visit)};
    visit->own = choice;
    school_choice_load(visit->portal->store,
        &(struct school_wanted){visit->session.administrator, choice->words, PAGE_ROWS, (choice->page - 1) * PAGE_ROWS},
        schools_loaded, visit);
}
