/* Charts: what is drawn is well-formed whatever is counted, says the same in words, and stays on its ground. */
#include "portal/chart.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "unit.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdlib.h>
#include <string.h>

static struct template_set *pages;

static int pages_load(void **state)
{
    (void)state;
    struct fault fault;
    return template_set_load(PAGES, &pages, &fault) ? 0 : -1;
}

static int pages_free(void **state)
{
    (void)state;
    template_set_free(&pages);
    return 0;
}

/* What the chart draws, read by a parser of XML: it fails on what is not well-formed. */
static xmlDoc *drawn(const char *file, struct view *view)
{
    struct fault fault;
    char *text = NULL;
    size_t length = 0;
    assert_true(template_render(pages, file, view, &text, &length, &fault));
    xmlDoc *document = xmlReadMemory(text, (int)length, file, NULL, XML_PARSE_NONET);
    if (!document) {
        fail_msg("not well-formed: %s", text);
    }
    memory_free(&text);
    view_free(&view);
    return document;
}

static xmlDoc *bars_drawn(const struct chart_bar *bars, size_t count)
{
    struct view *view = view_new();
    chart_bars_fill(view, &(struct chart_bars){"c", "États <des> \"comptes\" & autres", bars, count});
    return drawn("graphique-etats.html", view);
}

static xmlDoc *curve_drawn(const struct chart_line *lines, size_t count, struct date until)
{
    struct view *view = view_new();
    chart_curve_fill(view, &(struct chart_curve){
                               "c", "Activation", {2026, 9, 1},
                                 until, lines, count
    });
    return drawn("graphique-courbe.html", view);
}

/* Of an XPath expression: a number, or a string in a buffer that the next call uses again. */
static xmlXPathObject *evaluated(xmlDoc *document, const char *path)
{
    xmlXPathContext *context = xmlXPathNewContext(document);
    xmlXPathObject *found = xmlXPathEvalExpression((const xmlChar *)path, context);
    xmlXPathFreeContext(context);
    assert_non_null(found);
    return found;
}

static int number_of(xmlDoc *document, const char *path)
{
    xmlXPathObject *found = evaluated(document, path);
    int number = (int)xmlXPathCastToNumber(found);
    xmlXPathFreeObject(found);
    return number;
}

static const char *text_of(xmlDoc *document, const char *path)
{
    static char text[2048];
    xmlXPathObject *found = evaluated(document, path);
    xmlChar *value = xmlXPathCastToString(found);
    snprintf(text, sizeof text, "%s", (const char *)value);
    xmlFree(value);
    xmlXPathFreeObject(found);
    return text;
}

static void a_bar_is_as_long_as_its_part_and_says_so(void **state)
{
    (void)state;
    const struct chart_bar bars[] = {
        {"distribue", "Distribué", 30},
        {"active",    "Activé",    90},
        {"en_cours",  "En cours",   0 }
    };
    xmlDoc *document = bars_drawn(bars, 3);
    assert_string_equal(text_of(document, "string(/*/@role)"), "img");
    assert_string_equal(text_of(document, "string(/*/@aria-labelledby)"), "c-titre c-resume");
    assert_string_equal(text_of(document, "string(//*[@id='c-titre'])"), "États <des> \"comptes\" & autres");
    assert_string_equal(text_of(document, "string(//*[@id='c-resume'])"),
        "Distribué\u00a0: 30 (25\u00a0%), Activé\u00a0: 90 (75\u00a0%), En cours\u00a0: 0 (0\u00a0%).");
    assert_int_equal(number_of(document, "count(//*[contains(@class,'chart__bar')])"), 2);
    assert_string_equal(text_of(document, "string(//*[contains(@class,'__bar--distribue')]/@width)"), "25.00%");
    assert_string_equal(text_of(document, "string(//*[contains(@class,'__bar--active')]/@width)"), "75.00%");
    xmlFreeDoc(document);
}

static void nothing_counted_has_no_bar_and_no_division(void **state)
{
    (void)state;
    const struct chart_bar bars[] = {
        {"distribue", "Distribué", 0},
        {"active",    "Activé",    0}
    };
    xmlDoc *document = bars_drawn(bars, 2);
    assert_int_equal(number_of(document, "count(//*[contains(@class,'chart__bar')])"), 0);
    assert_string_equal(
        text_of(document, "string(//*[@id='c-resume'])"), "Distribué\u00a0: 0, Activé\u00a0: 0. Aucun compte.");
    xmlFreeDoc(document);
    document = bars_drawn(NULL, 0);
    assert_int_equal(number_of(document, "count(//*[local-name()='rect'])"), 0);
    xmlFreeDoc(document);
}

static void huge_numbers_stay_on_the_chart_and_one_of_many_is_seen(void **state)
{
    (void)state;
    const struct chart_bar bars[] = {
        {"active",    "Activé",    INT64_MAX},
        {"distribue", "Distribué", INT64_MAX},
        {"en_cours",  "En cours",   1        }
    };
    xmlDoc *document = bars_drawn(bars, 3);
    assert_string_equal(text_of(document, "string(//*[contains(@class,'__bar--active')]/@width)"), "100.00%");
    assert_string_equal(text_of(document, "string(//*[contains(@class,'__bar--en_cours')]/@width)"), "0.50%");
    xmlFreeDoc(document);
}

/* --- curves */

#define NOVEMBER ((struct date){2026, 11, 28})

static void days_in_a_row_are_one_line_from_left_to_right(void **state)
{
    (void)state;
    const struct chart_point points[] = {
        {{2026, 9, 1}, 0,  10},
        {{2026, 9, 2}, 5,  10},
        {{2026, 9, 3}, 10, 10}
    };
    const struct chart_line line = {"Responsables", points, 3};
    xmlDoc *document = curve_drawn(&line, 1, (struct date){2026, 9, 3});
    assert_string_equal(text_of(document, "string(//*[local-name()='polyline']/@points)"), "0,180 5000,90 10000,0");
    assert_int_equal(number_of(document, "count(//*[local-name()='circle'])"), 1);
    assert_string_equal(text_of(document, "string(//*[local-name()='circle']/@cx)"), "100.00%");
    assert_string_equal(text_of(document, "string(//*[@id='c-resume'])"),
        "Responsables\u00a0: 0\u00a0% le 01/09/2026, 100\u00a0% le 03/09/2026. ");
    xmlFreeDoc(document);
}

static void a_day_that_is_missing_interrupts_the_line(void **state)
{
    (void)state;
    const struct chart_point points[] = {
        {{2026, 9, 1}, 1, 10},
        {{2026, 9, 2}, 1, 10},
        {{2026, 9, 5}, 2, 10},
        {{2026, 9, 8}, 3, 10},
        {{2026, 9, 9}, 4, 10}
    };
    const struct chart_line line = {"Responsables", points, 5};
    xmlDoc *document = curve_drawn(&line, 1, NOVEMBER);
    assert_int_equal(number_of(document, "count(//*[local-name()='polyline'])"), 2);
    /* the day alone, and the last one */
    assert_int_equal(number_of(document, "count(//*[local-name()='circle'])"), 2);
    xmlFreeDoc(document);
}

static void one_day_is_a_mark(void **state)
{
    (void)state;
    const struct chart_point point = {NOVEMBER, 1, 4};
    const struct chart_line line = {"Élèves & <autres>", &point, 1};
    xmlDoc *document = curve_drawn(&line, 1, NOVEMBER);
    assert_int_equal(number_of(document, "count(//*[local-name()='polyline'])"), 0);
    assert_int_equal(number_of(document, "count(//*[local-name()='circle'])"), 1);
    assert_string_equal(
        text_of(document, "string(//*[@id='c-resume'])"), "Élèves & <autres>\u00a0: 25\u00a0% le 28/11/2026. ");
    xmlFreeDoc(document);
}

static void no_share_is_no_zero(void **state)
{
    (void)state;
    const struct chart_point nobody[] = {
        {{2026, 9, 1}, 0, 0},
        {{2026, 9, 2}, 0, 0}
    };
    const struct chart_line lines[] = {
        {"Responsables", nobody, 2},
        {"Élèves",     NULL,   0}
    };
    xmlDoc *document = curve_drawn(lines, 2, NOVEMBER);
    assert_int_equal(number_of(document, "count(//*[local-name()='polyline' or local-name()='circle'])"), 0);
    assert_string_equal(text_of(document, "string(//*[@id='c-resume'])"),
        "Responsables\u00a0: aucun compte. Élèves\u00a0: aucun compte. ");
    assert_int_equal(number_of(document, "count(//*[contains(@class,'chart__day')])"), 3);
    xmlFreeDoc(document);
}

static void the_first_day_of_the_year_divides_by_nothing(void **state)
{
    (void)state;
    const struct chart_point point = {
        {2026, 9, 1},
        INT64_MAX, INT64_MAX
    };
    const struct chart_line line = {"Responsables", &point, 1};
    xmlDoc *document = curve_drawn(&line, 1, (struct date){2026, 9, 1});
    assert_string_equal(text_of(document, "string(//*[local-name()='circle']/@cx)"), "0.00%");
    assert_string_equal(text_of(document, "string(//*[local-name()='circle']/@cy)"), "44");
    xmlFreeDoc(document);
}

static void a_whole_year_of_two_curves_is_drawn_whole(void **state)
{
    (void)state;
    enum { YEAR = 365 };
    struct chart_point points[YEAR];
    struct date day = {2026, 9, 1};
    for (int i = 0; i < YEAR; i++) {
        points[i] = (struct chart_point){day, i * INT64_C(50000), YEAR * INT64_C(50000)};
        day = date_add_days(day, 1);
    }
    const struct chart_line lines[] = {
        {"Responsables", points, YEAR},
        {"Élèves",     points, YEAR}
    };
    xmlDoc *document = curve_drawn(lines, 2, points[YEAR - 1].day);
    const char *drawn_points = text_of(document, "string((//*[local-name()='polyline'])[2]/@points)");
    assert_int_equal(strncmp(drawn_points, "0,180 27,180 ", 13), 0);
    assert_int_equal(
        number_of(document, "string-length((//*[local-name()='polyline'])[2]/@points)"
                            " - string-length(translate((//*[local-name()='polyline'])[2]/@points, ',', ''))"),
        YEAR);
    xmlFreeDoc(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bar_is_as_long_as_its_part_and_says_so),
        cmocka_unit_test(nothing_counted_has_no_bar_and_no_division),
        cmocka_unit_test(huge_numbers_stay_on_the_chart_and_one_of_many_is_seen),
        cmocka_unit_test(days_in_a_row_are_one_line_from_left_to_right),
        cmocka_unit_test(a_day_that_is_missing_interrupts_the_line),
        cmocka_unit_test(one_day_is_a_mark),
        cmocka_unit_test(no_share_is_no_zero),
        cmocka_unit_test(the_first_day_of_the_year_divides_by_nothing),
        cmocka_unit_test(a_whole_year_of_two_curves_is_drawn_whole),
    };
    return cmocka_run_group_tests(tests, pages_load, pages_free);
}
