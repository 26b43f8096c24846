#include "portal/child_ref.h"

#include <stdio.h>

void child_ref_write(const Preau__Child *child, char out_text[CHILD_REF_SIZE])
{
    snprintf(out_text, CHILD_REF_SIZE, "%u-%u-%lld", child->academy, child->degree, (long long)child->aaf_id);
}

bool child_ref_read(const char *text, Preau__Child *out_child)
{
    unsigned academy;
    unsigned degree;
    long long aaf_id;
    char end;
    preau__child__init(out_child);
    if (!text || sscanf(text, "%3u-%1u-%18lld%c", &academy, &degree, &aaf_id, &end) != 3) {
        return false;
    }
    out_child->academy = academy;
    out_child->degree = degree;
    out_child->aaf_id = aaf_id;
    return true;
}
