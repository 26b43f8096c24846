#include "portal/paging.h"

void paging_show(
    struct view *part, const char *label, int64_t page, int64_t pages, const char *before, const char *after)
{
    if (pages < 2) {
        return;
    }
    struct view *paging = view_include(part, "PAGING", "pagination.html");
    view_set(paging, "PAGING_LABEL", label);
    view_number(paging, "PAGE", page);
    view_number(paging, "PAGES", pages);
    if (page > 1) {
        view_set(view_add(paging, "PREVIOUS"), "HREF", before);
    }
    if (page < pages) {
        view_set(view_add(paging, "NEXT"), "HREF", after);
    }
}
