/* Pages and mails: templates that a web designer edits, filled with plain values. Over libctemplate.
 *
 * Values in *.html are escaped by where they stand: text, attribute, URL, script; a template switches that off only in
 * so many words ({{NAME:none}}). *.txt is written as it is. In a template: {{NAME}} a value, {{#NAME}}…{{/NAME}} a part
 * that is shown once for each view of that name (none: not at all), {{>NAME}} another template put in by the program. A
 * value that a part does not set is looked for in the view around it.
 *
 * Sets and views belong to one thread at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "runtime/attributes.h"
#include "runtime/fault.h"

struct template_set;
struct view;

/* Reads and checks every *.html and *.txt of a folder. The caller owns the set. Faults: IO; FORMAT with the name of the
 * template that is wrong. */
MUST_USE bool template_set_load(const char *directory, struct template_set **out_set, struct fault *fault);
/* The same of texts that were read already, each under the name that it is asked for by. */
struct template_text {
    const char *name, *text;
    size_t length;
};
MUST_USE bool template_set_of_texts(
    const struct template_text *texts, size_t count, struct template_set **out_set, struct fault *fault);
void template_set_free(struct template_set **set);

MUST_USE bool template_set_has(const struct template_set *set, const char *file);

NEVER_NULL MUST_USE struct view *view_new(void);
/* A view, and all those in it, in a language of the program's own numbering: what view_say is given comes out as `say`
 * has it. The plain one is language 0, which says what it is given. */
typedef const char *view_sayer(int language, const char *text);
NEVER_NULL MUST_USE struct view *view_new_said(view_sayer *say, int language);
int view_language(const struct view *view);
void view_free(struct view **view); /* and all views in it */

/* Copied; NULL counts as "". Bytes that are not UTF-8 and control characters (line feed aside) are left out. */
void view_set(struct view *view, const char *name, const char *text);
PRINTF_LIKE(3, 4) void view_print(struct view *view, const char *name, const char *format, ...);
void view_number(struct view *view, const char *name, int64_t number);

/* A sentence, in the view's language; with %d in it, a number in its place. */
void view_say(struct view *view, const char *name, const char *text);
void view_say_number(struct view *view, const char *name, const char *text, int number);
/* What view_say would write: `text` itself where there is nothing else. */
const char *view_said(const struct view *view, const char *text);

/* One more view of a part: a row of a table. It belongs to `view`. */
NEVER_NULL struct view *view_add(struct view *view, const char *part);
/* Shows a part that has no values of its own. */
void view_show(struct view *view, const char *part);
/* Puts another template of the set where {{>NAME}} stands; its view belongs to `view`. */
NEVER_NULL struct view *view_include(struct view *view, const char *name, const char *file);

/* Writes a whole text; the caller frees it. Faults: MISSING when the set has no such file; LIBRARY. */
MUST_USE bool template_render(const struct template_set *set, const char *file, const struct view *view,
    char **out_text, size_t *out_length, struct fault *fault);

#ifdef __cplusplus
}
#endif
