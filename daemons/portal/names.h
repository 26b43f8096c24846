/* Whose the accounts are that a page counts: of each group the first in order of name, a link to each, the others by
 * number. */
#pragma once

#include "portal/visit.h"
#include "template/template.h"

enum {
    NAMES_SHOWN = 200 /* of a group: read at a glance */,
    NAMES_MAX = 5000 /* of a page: a selection */,
    NAMES_GROUPS_MAX = 128
};

struct names;
typedef void names_done(struct visit *visit);

struct names *names_new(const struct visit *visit);
/* A group of `count` accounts, told in the part NAMES of `view`; each is then wanted. */
void names_group(struct names *names, struct view *view, size_t count);
void names_want(struct names *names, academy_code academy, account_id account);
/* Fills the groups, then goes on; a fault is answered to the browser. Who does not belong to the school is not named. */
void names_load(struct visit *visit, struct names *names, names_done *done);
