/* The accounts that a head selected, as forms write them: "10-123", or several apart by commas. A set, in order. Pure. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SELECTION_MAX = 5000 /* accounts: a form of them is some 60 KiB */ };

struct selection {
    int64_t academies[SELECTION_MAX];
    int64_t ids[SELECTION_MAX];
    size_t count;
};

enum selection_read { SELECTION_READ, SELECTION_WRONG, SELECTION_FULL };

/* Adds the accounts of a text, "" being none; one that is there already is left out. */
enum selection_read selection_add(struct selection *selection, const char *text);
enum selection_read selection_add_account(struct selection *selection, academy_code academy, account_id account);
/* Takes out those of another one. */
void selection_remove(struct selection *selection, const struct selection *gone);
bool selection_has(const struct selection *selection, academy_code academy, account_id account);

/* The text that selection_add reads; out_text: SELECTION_TEXT_SIZE bytes for each account, at least one. */
enum { SELECTION_TEXT_SIZE = 24 };
void selection_write(const struct selection *selection, char *out_text);
