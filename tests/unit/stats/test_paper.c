/* Figures on paper: drawn whatever they are, on as many pages as a school's classes, an area's schools and academies need. What stands
 * there is read by tests/integration/test_statistics_pages.py. */
#include "stats/area_paper.h"
#include "stats/school_paper.h"
#include "unit.h"

#include "runtime/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FONTS "/usr/share/fonts/truetype/dejavu"

enum { CLASSES_MAX = 200 };

static Preau__Statistics__Cell *cell(
    Preau__Profile profile, Preau__AccountState state, Preau__AccountOrigin origin, uint32_t accounts)
{
    Preau__Statistics__Cell *cell = checked_malloc(sizeof *cell);
    preau__statistics__cell__init(cell);
    *cell = (Preau__Statistics__Cell){cell->base, profile, state, origin, accounts};
    return cell;
}

/* Some cells of both profiles, NULL at the end; all of `accounts`. */
static size_t cells_make(uint32_t accounts, Preau__Statistics__Cell ***out_cells)
{
    Preau__Statistics__Cell **cells = checked_calloc(4, sizeof(Preau__Statistics__Cell *));
    cells[0] = cell(PREAU__PROFILE__PROFILE_RESPONSABLE, PREAU__ACCOUNT_STATE__STATE_ACTIVE,
        PREAU__ACCOUNT_ORIGIN__ORIGIN_FRANCECONNECT, accounts);
    cells[1] = cell(PREAU__PROFILE__PROFILE_RESPONSABLE, PREAU__ACCOUNT_STATE__STATE_NON_DISTRIBUE,
        PREAU__ACCOUNT_ORIGIN__ORIGIN_NON_RENSEIGNE, accounts);
    cells[2] = cell(PREAU__PROFILE__PROFILE_ELEVE, PREAU__ACCOUNT_STATE__STATE_DISTRIBUE,
        PREAU__ACCOUNT_ORIGIN__ORIGIN_ETABLISSEMENT, accounts);
    *out_cells = cells;
    return 3;
}

static Preau__Statistics__GetSchoolReply *figures_make(size_t classes, uint32_t accounts)
{
    Preau__Statistics__GetSchoolReply *figures = checked_malloc(sizeof *figures);
    preau__statistics__get_school_reply__init(figures);
    figures->day = checked_strdup("2026-11-28");
    figures->computed_at = INT64_C(1795840000000000);
    figures->n_cells = cells_make(accounts, &figures->cells);
    figures->classes = checked_calloc(classes + 1, sizeof(Preau__Statistics__ClassFigures *));
    for (; figures->n_classes < classes; figures->n_classes++) {
        Preau__Statistics__ClassFigures *class = checked_malloc(sizeof *class);
        preau__statistics__class_figures__init(class);
        class->level = checked_strdup("6EME");
        class->class_ = checked_printf("6EME %zu", figures->n_classes);
        class->n_cells = cells_make(accounts, &class->cells);
        figures->classes[figures->n_classes] = class;
    }
    return figures;
}

/* How many pages the PDF says it has; 0: none is told. */
static unsigned pages_of(const unsigned char *pdf, size_t length)
{
    static const char mark[] = "/Count ";
    const char *found = memmem(pdf, length, mark, sizeof mark - 1);
    return found ? (unsigned)strtoul(found + sizeof mark - 1, NULL, 10) : 0;
}

static unsigned pages_drawn(Preau__Statistics__GetSchoolReply *figures)
{
    unsigned char *pdf = NULL;
    size_t length = 0;
    struct fault fault = {0};
    const struct school_paper document = {
        .font_directory = FONTS,
        .name = "Collège Louise Michel",
        .city = "LYON",
        .uai = "0690001S",
        .academy = {10   },
        .figures = figures,
        .profiles = { true, true}
    };
    assert_true(school_paper_render(&document, &pdf, &length, &fault));
    assert_memory_equal(pdf, "%PDF-", 5);
    unsigned pages = pages_of(pdf, length);
    memory_free(&pdf);
    preau__statistics__get_school_reply__free_unpacked(figures, NULL);
    return pages;
}

static void a_school_without_accounts_is_a_page(void **state)
{
    (void)state;
    assert_int_equal(pages_drawn(figures_make(0, 0)), 1);
}

static void classes_go_on_from_page_to_page(void **state)
{
    (void)state;
    unsigned few = pages_drawn(figures_make(20, 12));
    unsigned many = pages_drawn(figures_make(CLASSES_MAX, UINT32_MAX / 8));
    assert_int_equal(few, 2);
    assert_in_range(many, 4, 7);
}

/* So many levels and schools. */
static Preau__Statistics__AreaFigures *area_make(size_t levels, size_t schools)
{
    Preau__Statistics__AreaFigures *area = checked_malloc(sizeof *area);
    preau__statistics__area_figures__init(area);
    area->n_cells = cells_make(UINT32_MAX / 8, &area->cells);
    area->schools = UINT32_MAX;
    area->levels = checked_calloc(levels + 1, sizeof(Preau__Statistics__LevelFigures *));
    for (; area->n_levels < levels; area->n_levels++) {
        Preau__Statistics__LevelFigures *level = checked_malloc(sizeof *level);
        preau__statistics__level_figures__init(level);
        level->level = checked_strdup(area->n_levels > 0 ? "TROISIÈME À HORAIRES AMÉNAGÉS" : "");
        level->n_cells = cells_make(1, &level->cells);
        area->levels[area->n_levels] = level;
    }
    area->lagging = checked_calloc(schools + 1, sizeof(Preau__Statistics__SchoolFigures *));
    for (; area->n_lagging < schools; area->n_lagging++) {
        Preau__Statistics__SchoolFigures *school = checked_malloc(sizeof *school);
        preau__statistics__school_figures__init(school);
        school->uai = checked_strdup("0690001S");
        school->name =
            checked_strdup("Établissement régional d’enseignement adapté de la Vallée-aux-Loups-et-des-Étangs");
        school->city = checked_strdup("Saint-Remy-en-Bouzemont-Saint-Genest-et-Isson");
        school->accounts = UINT32_MAX;
        area->lagging[area->n_lagging] = school;
    }
    return area;
}

static unsigned area_pages_drawn(academy_code academy, Preau__Statistics__AreaFigures *figures)
{
    unsigned char *pdf = NULL;
    size_t length = 0;
    struct fault fault = {0};
    const struct area_paper document = {
        .font_directory = FONTS,
        .academy = academy,
        .day = "2026-11-28",
        .computed_at = INT64_C(1795840000000000),
        .figures = figures,
    };
    assert_true(area_paper_render(&document, &pdf, &length, &fault));
    assert_memory_equal(pdf, "%PDF-", 5);
    unsigned pages = pages_of(pdf, length);
    memory_free(&pdf);
    preau__statistics__area_figures__free_unpacked(figures, NULL);
    return pages;
}

static void an_area_without_schools_is_a_page(void **state)
{
    (void)state;
    assert_int_equal(area_pages_drawn((academy_code){10}, area_make(0, 0)), 1);
    assert_int_equal(area_pages_drawn((academy_code){0}, area_make(0, 0)), 1);
}

static void levels_and_schools_go_on_from_page_to_page(void **state)
{
    (void)state;
    assert_int_equal(area_pages_drawn((academy_code){10}, area_make(12, AREA_PAPER_SCHOOLS)), 3);
    assert_int_equal(area_pages_drawn((academy_code){0}, area_make(100, AREA_PAPER_SCHOOLS)), 4);
}

static void fonts_that_are_not_there_are_told(void **state)
{
    (void)state;
    unsigned char *pdf = NULL;
    size_t length = 0;
    struct fault fault = {0};
    Preau__Statistics__GetSchoolReply *figures = figures_make(0, 1);
    const struct school_paper document = {
        .font_directory = "/nowhere", .name = "", .city = "", .uai = "", .figures = figures, .profiles = {true, true}
    };
    assert_false(school_paper_render(&document, &pdf, &length, &fault));
    assert_null(pdf);
    assert_non_null(strstr(fault.text, "/nowhere"));
    preau__statistics__get_school_reply__free_unpacked(figures, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_school_without_accounts_is_a_page),
        cmocka_unit_test(classes_go_on_from_page_to_page),
        cmocka_unit_test(an_area_without_schools_is_a_page),
        cmocka_unit_test(levels_and_schools_go_on_from_page_to_page),
        cmocka_unit_test(fonts_that_are_not_there_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
