#include "notify/list_layout.h"

/* The lines of the pupil whose first is `first`. */
static size_t pupil_lines(const struct list_line *lines, size_t first, size_t count)
{
    size_t end = first + 1;
    while (end < count && list_is_same_pupil(lines[first].row, lines[end].row)) {
        end++;
    }
    return end - first;
}

static float height_of(const float *heights, size_t count)
{
    float height = 0;
    for (size_t i = 0; i < count; i++) {
        height += heights[i];
    }
    return height;
}

size_t list_paginate(
    const struct list_line *lines, const float *heights, size_t count, float room, struct list_page *out_pages)
{
    size_t pages = 0;
    float used = 0;
    size_t together = 0; /* lines of the pupil that is being placed */
    for (size_t i = 0; i < count; i++) {
        float wanted = heights[i];
        if (together == 0) {
            together = pupil_lines(lines, i, count);
            float whole = height_of(heights + i, together);
            wanted = whole <= room ? whole : wanted;
        }
        if (pages == 0 || used + wanted > room) {
            out_pages[pages++] = (struct list_page){.first = i};
            used = 0;
        }
        out_pages[pages - 1].count++;
        used += heights[i];
        together--;
    }
    return pages;
}
