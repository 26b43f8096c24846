/* Parts of the page of a list (comptes.html), each filled by a file of its own. */
#pragma once

#include "portal/kept.h"
#include "store/roster.h"
#include "template/template.h"

struct list {
    struct filter filter;
    struct selection *selection;
    struct view *body;
};

/* list_filters.c: fields with what they hold, the tags of what narrows. */
void list_filters_fill(
    const struct visit *visit, const struct list *list, const struct roster_choice *choices, size_t count);
/* list_rows.c: the table's headings and rows; gives how many of these are selected. */
size_t list_rows_fill(
    const struct visit *visit, const struct list *list, struct view *some, const struct roster_row *rows, size_t count);
/* list_paging.c: what may be done, for how many: `selected` of this page; and the way to other pages. */
void list_actions_fill(const struct visit *visit, const struct list *list, size_t selected, int64_t total);
void list_paging_fill(const struct visit *visit, const struct filter *filter, struct view *some, int64_t total);

/* A value to choose; SELECTED when it is the chosen one. */
void list_choice_add(struct view *view, const char *part, const char *value, const char *label, const char *chosen);
