/*
 * A postal address as a windowed envelope wants it (NF Z10-011): six lines at most, of 38 letters each, from the most particular
 * to the most general; capitals without accents and no sign but the letters, figures and slashes in all but the first, which
 * machines read; the post code and the city in the last, or the country of a letter that leaves France. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    POSTAL_LINES = 6,
    POSTAL_LINE_MAX = 38,  /* letters */
    POSTAL_LINE_SIZE = 768 /* bytes: two lines of AAF and what their letters become */
};

/* Of one record of AAF. */
struct postal_source {
    const char *civilite, *prenom, *nom;
    const char *adresse; /* up to four lines parted by dollars */
    const char *code_postal, *ville, *pays;
};

struct postal_address {
    char lines[POSTAL_LINES][POSTAL_LINE_SIZE];
    size_t count;
};

/* False when a letter would not arrive: no city, or neither a street nor anything like it. A line that no abbreviation of the
 * norm makes short enough stays whole: a narrower letter is read, a cut one is not. */
bool postal_address_make(const struct postal_source *source, struct postal_address *out_address);
