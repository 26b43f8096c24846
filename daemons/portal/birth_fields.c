#include "portal/birth_fields.h"

#include "domain/date.h"
#include "domain/digit.h"
#include "portal/child_ref.h"
#include "portal/form.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/clock.h"

#include <stdio.h>
#include <string.h>

enum { FIELD_NAME_SIZE = 64, CHILDREN_MAX = 64 };

static const char prefix[] = "naissance-";

static void field_name(const Preau__Child *child, char out_name[FIELD_NAME_SIZE])
{
    char ref[CHILD_REF_SIZE];
    child_ref_write(child, ref);
    snprintf(out_name, FIELD_NAME_SIZE, "%s%s", prefix, ref);
}

static bool is_date(const char *text)
{
    struct date date;
    return date_parse_typed(text, &date);
}

void birth_field_fill(struct view *field, const char *value, enum refusal refusal)
{
    view_set(field, "VALUE", value);
    if (refusal == REFUSAL_BIRTH_DATE_WRONG || (refusal == REFUSAL_DATE_INVALID && !is_date(value))) {
        sentence_set(view_add(field, "BAD_DATE"), "FIELD_TEXT", refusal_sentence(refusal));
    }
}

static void child_fill(const struct visit *visit, struct view *parent, const Preau__Child *child, enum refusal refusal)
{
    char name[FIELD_NAME_SIZE];
    char person[WORDING_NAME_SIZE];
    struct view *view = view_add(parent, "CHILD");
    field_name(child, name);
    wording_name(child->prenom, child->nom, person);
    view_set(view, "FIELD", name);
    view_set(view, "CHILD_NAME", person);
    view_set(view, "CHILD_SCHOOL", child->school);
    view_set(view, "CHILD_ID", name + sizeof prefix - 1);
    birth_field_fill(view, visit_typed_digits(visit, name), refusal);
}

void birth_fields_fill(
    const struct visit *visit, struct view *view, Preau__Child *const *children, size_t count, enum refusal refusal)
{
    view_say(view, "CHILDREN_LEGEND",
        count == 1 ? "La date de naissance de votre enfant" : "La date de naissance de chaque enfant");
    for (size_t i = 0; i < count; i++) {
        child_fill(visit, view, children[i], refusal);
    }
}

static bool is_first_of_school(Preau__Child *const *children, size_t child)
{
    for (size_t i = 0; i < child; i++) {
        if (strcmp(children[i]->school, children[child]->school) == 0) {
            return false;
        }
    }
    return children[child]->school[0] != '\0';
}

static void schools_fill(struct view *view, Preau__Child *const *children, size_t count)
{
    struct view *schools = count > 0 ? view_add(view, "SCHOOLS") : NULL;
    for (size_t i = 0; i < count; i++) {
        if (is_first_of_school(children, i)) {
            view_set(view_add(schools, "AT_SCHOOL"), "SCHOOL_NAME", children[i]->school);
        }
    }
}

/* Whoever is sure of theirs need not ask around. */
struct view *birth_fields_correction(
    const struct visit *visit, struct view *body, Preau__Child *const *children, size_t count, enum refusal refusal)
{
    struct view *view = NULL;
    if (refusal == REFUSAL_BIRTH_DATE_WRONG) {
        view = view_add(body, "TO_CORRECT");
        sentence_moment(view, "COUNTS_FROM", import_clock_correction(&visit->portal->import_clock, clock_now()));
        schools_fill(view, children, count);
    } else if (refusal == REFUSAL_BIRTH_DATES_OVER) {
        view = view_add(body, "ASK_SCHOOL");
        schools_fill(view, children, count);
    }
    return view;
}

const char *birth_fields_id(
    const struct visit *visit, Preau__Child *const *children, size_t count, enum refusal refusal)
{
    for (size_t i = 0; i < count; i++) {
        char name[FIELD_NAME_SIZE];
        field_name(children[i], name);
        if (refusal == REFUSAL_BIRTH_DATE_WRONG || !is_date(visit_typed_digits(visit, name))) {
            return arena_copy(visit_arena(visit), name);
        }
    }
    return NULL;
}

static bool child_read(const char *name, Preau__Child *out_child)
{
    return strncmp(name, prefix, sizeof prefix - 1) == 0 && child_ref_read(name + sizeof prefix - 1, out_child);
}

Preau__Link__ChildBirthDate **birth_fields_read(const struct visit *visit, size_t *out_count)
{
    struct arena *arena = visit_arena(visit);
    Preau__Link__ChildBirthDate *dates = arena_alloc(arena, CHILDREN_MAX, sizeof *dates);
    Preau__Link__ChildBirthDate **list = arena_alloc(arena, CHILDREN_MAX, sizeof(Preau__Link__ChildBirthDate *));
    Preau__Child *children = arena_alloc(arena, CHILDREN_MAX, sizeof *children);
    size_t count = 0;
    const char *name;
    const char *value;
    for (size_t i = 0; count < CHILDREN_MAX && http_form_each(visit->request, i, &name, &value); i++) {
        if (child_read(name, &children[count])) {
            preau__link__child_birth_date__init(&dates[count]);
            dates[count].child = &children[count];
            dates[count].birth_date = arena_copy(arena, value);
            digits_to_latin(dates[count].birth_date);
            list[count] = &dates[count];
            count++;
        }
    }
    *out_count = count;
    return list;
}
