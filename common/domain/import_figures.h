/*
 * The counters of an import, for people: their French words, their order, today's beside those of the import before, and
 * what a school has that is worth a look.
 */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Words of the store: "Eleve", "account"; "read", "departed" … One that is not known is its own label. */
const char *import_category_label(const char *category);                     /* "Élèves" */
const char *import_counter_label(const char *category, const char *counter); /* "parties", of accounts "créés" */
/* "applied" → "intégrée", of a delivery; "complete" → "export complet". */
const char *import_state_label(const char *state);
const char *import_kind_label(const char *kind);

/* "12,3 s", "2 min 05 s", "1 h 02 min" */
enum { IMPORT_DURATION_SIZE = 32 };
void import_duration_write(struct duration duration, char out_text[static IMPORT_DURATION_SIZE]);

struct import_count {
    const char *category, *what;
    uint64_t count;
};

struct import_figure {
    const char *category, *what;
    uint64_t count, previous; /* 0: not counted */
};

enum { IMPORT_FIGURES_MAX = 160 }; /* of an import */

/* Each counter that stands on one of both sides once, in the order of reading. At most `capacity`; how many. */
size_t import_figures_line_up(const struct import_count *counts, size_t count, const struct import_count *previous,
    size_t previous_count, struct import_figure *out_figures, size_t capacity);

struct import_school {
    const char *uai, *name;
    uint64_t departed_pupils, departed_guardians, refused;
};

void import_school_count(struct import_school *school, const char *category, const char *what, uint64_t count);
/* People left it, or records of it were refused. */
bool import_school_is_told(const struct import_school *school);
/* For qsort, which is why the types are so: the most told first, then by UAI. */
int import_school_compare(const void *a, const void *b);
