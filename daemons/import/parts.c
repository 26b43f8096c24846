#include "import/parts.h"

#include "runtime/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <strings.h>

struct part {
    char *series;
    int number, file;
};

struct parts {
    struct part *list;
    size_t count, size;
};

struct parts *parts_new(void)
{
    return checked_calloc(1, sizeof(struct parts));
}

void parts_free(struct parts **parts)
{
    if (*parts) {
        for (size_t i = 0; i < (*parts)->count; i++) {
            memory_free(&(*parts)->list[i].series);
        }
        memory_free(&(*parts)->list);
        memory_free(parts);
    }
}

void parts_add(struct parts *parts, const char *series, size_t length, int number, int file)
{
    if (parts->count == parts->size) {
        parts->size = parts->size * 2 + 64;
        parts->list = checked_realloc(parts->list, parts->size, sizeof *parts->list);
    }
    parts->list[parts->count++] = (struct part){checked_strndup(series, length), number, file};
}

/* Case is what a copy may have changed of one file and not of the next. */
static int part_compare(const void *a, const void *b)
{
    const struct part *one = a;
    const struct part *other = b;
    int by_series = strcasecmp(one->series, other->series);
    return by_series != 0 ? by_series : one->number - other->number;
}

int parts_after_gap(struct parts *parts)
{
    if (parts->count > 0) {
        qsort(parts->list, parts->count, sizeof *parts->list, part_compare);
    }
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->list[i];
        bool is_first = i == 0 || strcasecmp(part[-1].series, part->series) != 0;
        int before = is_first ? -1 : part[-1].number;
        if (part->number > before + 1) { /* the same again, from another folder, is no gap */
            return part->file;
        }
    }
    return PARTS_WHOLE;
}
