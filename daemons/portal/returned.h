/* Children whom the school gave back to an account that is open: whose birth date is asked for on the children's page. */
#pragma once

#include "domain/refusal.h"
#include "portal/visit.h"
#include "store/returned.h"
#include "template/template.h"

/* RETURNED, once for each; what was typed, and the refusal (NONE: of nothing), at the child that the form was of. */
void returned_fill(const struct visit *visit, struct view *body, const struct returned_child *children, size_t count,
    enum refusal refusal);

/* The children's page, with why the form of one of them was refused; NONE: as it is. */
void children_page(struct visit *visit, enum refusal refusal);
