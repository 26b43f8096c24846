#include "template/template.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char directory[] = "/tmp/preau-template-XXXXXX";

static void write_file(const char *name, const char *text)
{
    char path[200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* What `text` gives with the value v as {{V}}; the caller frees it. */
static char *rendered(const char *name, const char *text, const char *v)
{
    write_file(name, text);
    struct template_set *set = NULL;
    struct fault fault = {0};
    assert_true(template_set_load(directory, &set, &fault));
    struct view *view = view_new();
    view_set(view, "V", v);
    char *out = NULL;
    size_t length = 0;
    assert_true(template_render(set, name, view, &out, &length, &fault));
    assert_int_equal(length, strlen(out));
    view_free(&view);
    template_set_free(&set);
    return out;
}

static void expect(const char *name, const char *text, const char *v, const char *wanted)
{
    _cleanup_(memory_free) char *out = rendered(name, text, v);
    assert_string_equal(out, wanted);
}

static const char hostile[] = "\"><script>alert('x')</script>&";

static void a_hostile_value_is_only_text_in_a_page(void **state)
{
    (void)state;
    expect(
        "page.html", "<p>{{V}}</p>", hostile, "<p>&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;</p>");
}

static void a_hostile_value_stays_inside_its_attribute(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *out = rendered("page.html", "<input value=\"{{V}}\">", hostile);
    assert_null(strchr(out + strlen("<input value=\""), '<'));
    assert_int_equal(out[strlen(out) - 2], '"');
}

static void a_link_cannot_run_a_script(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *out = rendered("page.html", "<a href=\"{{V}}\">x</a>", "javascript:alert(1)");
    assert_null(strstr(out, "javascript"));
}

static void a_script_cannot_be_left(void **state)
{
    (void)state;
    _cleanup_(memory_free) char *out =
        rendered("page.html", "<script>var v='{{V}}';</script>", "';alert(1);//</script>");
    assert_null(strstr(out, "';alert"));
}

static void a_mail_is_written_as_it_is(void **state)
{
    (void)state;
    expect("mail.txt", "Bonjour {{V}},\n\n  fin\n", "Zoé & <Léo>", "Bonjour Zoé & <Léo>,\n\n  fin\n");
}

static void what_is_not_text_is_left_out(void **state)
{
    (void)state;
    expect("mail.txt", "[{{V}}]",
        "a\x01\x80"
        "b\x1b[31m\xc3\xa9",
        "[ab[31mé]");
}

static void rows_repeat_and_see_the_view_around(void **state)
{
    (void)state;
    write_file("page.html", "{{#ROW}}<i>{{N}}{{V}}</i>{{/ROW}}{{#NONE}}none{{/NONE}}");
    struct template_set *set = NULL;
    struct fault fault = {0};
    assert_true(template_set_load(directory, &set, &fault));
    struct view *view = view_new();
    view_set(view, "V", "v");
    for (int64_t i = 0; i < 3; i++) {
        view_number(view_add(view, "ROW"), "N", i);
    }
    _cleanup_(memory_free) char *out = NULL;
    size_t length = 0;
    assert_true(template_render(set, "page.html", view, &out, &length, &fault));
    assert_string_equal(out, "<i>0v</i><i>1v</i><i>2v</i>");
    view_free(&view);
    template_set_free(&set);
}

static void an_included_page_is_escaped_too(void **state)
{
    (void)state;
    write_file("outer.html", "<b>{{>BODY}}</b>");
    write_file("body.html", "<i>{{V}}</i>");
    struct template_set *set = NULL;
    struct fault fault = {0};
    assert_true(template_set_load(directory, &set, &fault));
    struct view *view = view_new();
    view_set(view_include(view, "BODY", "body.html"), "V", "<");
    _cleanup_(memory_free) char *out = NULL;
    size_t length = 0;
    assert_true(template_render(set, "outer.html", view, &out, &length, &fault));
    assert_string_equal(out, "<b><i>&lt;</i></b>");
    view_free(&view);
    template_set_free(&set);
}

static void a_template_that_is_not_there_is_a_fault(void **state)
{
    (void)state;
    write_file("page.html", "x");
    struct template_set *set = NULL;
    struct fault fault = {0};
    assert_true(template_set_load(directory, &set, &fault));
    struct view *view = view_new();
    char *out = NULL;
    size_t length = 0;
    assert_false(template_render(set, "../page.html", view, &out, &length, &fault));
    assert_int_equal(fault.code, FAULT_MISSING);
    view_free(&view);
    template_set_free(&set);
}

static void a_template_that_is_wrong_is_named(void **state)
{
    (void)state;
    write_file("wrong.html", "{{#OPEN}}never closed");
    struct template_set *set = NULL;
    struct fault fault = {0};
    assert_false(template_set_load(directory, &set, &fault));
    assert_int_equal(fault.code, FAULT_FORMAT);
    assert_non_null(strstr(fault.text, "wrong.html"));
    char path[200];
    snprintf(path, sizeof path, "%s/wrong.html", directory);
    unlink(path);
}

static int make_directory(void **state)
{
    (void)state;
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    static const char *const names[] = {"page.html", "outer.html", "body.html", "mail.txt"};
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    return rmdir(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hostile_value_is_only_text_in_a_page),
        cmocka_unit_test(a_hostile_value_stays_inside_its_attribute),
        cmocka_unit_test(a_link_cannot_run_a_script),
        cmocka_unit_test(a_script_cannot_be_left),
        cmocka_unit_test(a_mail_is_written_as_it_is),
        cmocka_unit_test(what_is_not_text_is_left_out),
        cmocka_unit_test(rows_repeat_and_see_the_view_around),
        cmocka_unit_test(an_included_page_is_escaped_too),
        cmocka_unit_test(a_template_that_is_not_there_is_a_fault),
        cmocka_unit_test(a_template_that_is_wrong_is_named),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
