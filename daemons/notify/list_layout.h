/* Which lines of a class stand on which page. Pure. */
#pragma once

#include "notify/list_order.h"

struct list_page {
    size_t first, count; /* lines */
};

/* heights: one a line of `lines`, none higher than `room`. A pupil's lines stay together, unless they are higher than a page.
 * Gives how many pages there are, at most one a line. */
size_t list_paginate(
    const struct list_line *lines, const float *heights, size_t count, float room, struct list_page *out_pages);
