#include "notify/sheet_parts.h"

size_t sheet_part_length(const struct sheet_due *sheets, size_t count, size_t pages_max)
{
    if (count <= pages_max) {
        return count;
    }
    int64_t next = sheets[pages_max].class;
    size_t length = pages_max;
    while (length > 0 && sheets[length - 1].class == next) {
        length--;
    }
    return length > 0 ? length : pages_max; /* larger than a document: it is cut */
}
