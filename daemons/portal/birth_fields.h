/* The birth dates of a form: a field for each child, or the pupil's own. */
#pragma once

#include "domain/refusal.h"
#include "link.pb-c.h"
#include "portal/visit.h"
#include "template/template.h"

/* BAD_DATE and VALUE of a field whose value was typed before. A date without form is told at its own field; of wrong ones it
 * is not said which. */
void birth_field_fill(struct view *field, const char *value, enum refusal refusal);
/* CHILD, once for each, and CHILDREN_LEGEND. */
void birth_fields_fill(
    const struct visit *visit, struct view *view, Preau__Child *const *children, size_t count, enum refusal refusal);
/* Of BIRTH_DATE_WRONG TO_CORRECT: who alone can correct a date, and when that will count here. Of BIRTH_DATES_OVER ASK_SCHOOL: who alone can
 * help. Else nothing. Returns that part, to which a pupil's own schools may be added; NULL: none. */
struct view *birth_fields_correction(
    const struct visit *visit, struct view *body, Preau__Child *const *children, size_t count, enum refusal refusal);
/* The id of the field that a refusal leads to, in the visit's arena; NULL: none. */
const char *birth_fields_id(
    const struct visit *visit, Preau__Child *const *children, size_t count, enum refusal refusal);
/* What was typed, in the visit's arena. */
Preau__Link__ChildBirthDate **birth_fields_read(const struct visit *visit, size_t *out_count);
