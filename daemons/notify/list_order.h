/* The lines of a list in the order in which they are read: class after class, pupils by name as French sorts them,
 * each pupil's guardians by name. Pure. */
#pragma once

#include "store/handout.h"

/* Where the account's individual sheet is handed out: each is printed once, under one class. */
enum list_mark {
    LIST_MARK_HERE,
    LIST_MARK_ABOVE,    /* with a brother's or sister's, earlier in the same class */
    LIST_MARK_ELSEWHERE /* in another class: row->sheet_class */
};

struct list_line {
    const struct handout_row *row;
    enum list_mark mark;
};

struct list_class {
    const char *label;   /* "" no class */
    size_t first, count; /* lines */
    size_t pupils, accounts;
};

struct list_order {
    struct list_line *lines;
    size_t count;
    struct list_class *classes;
    size_t class_count;
};

/* class: accounts that have a pupil in it are told under it alone, others under all of their classes; "" all. The handout
 * must outlive it; the caller ends it with list_order_clear. */
void list_order_by_class(const struct handout *handout, const char *class, struct list_order *out_order);
/* By name of whose account it is, an account's lines together; no classes, all marked as here. */
void list_order_by_name(const struct handout *handout, struct list_order *out_order);
void list_order_clear(struct list_order *order);

bool list_is_same_pupil(const struct handout_row *a, const struct handout_row *b);
bool list_is_same_account(const struct handout_row *a, const struct handout_row *b);

/* "9A" before "10A", no class last. */
int list_class_compare(const char *a, const char *b);
