/*
 * Identifiers: first letter of the first name, dot, name, and a number when others have it: `j.dupont12`. ASCII lower
 * case, never reused. A base never ends in a digit, so an identifier has one base and one number only.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    IDENTIFIER_BASE_MAX = 24,                      /* letters, dot included: still readable on a sheet */
    IDENTIFIER_SIZE = IDENTIFIER_BASE_MAX + 9 + 1, /* and a number up to 999 999 999, and the end */
    IDENTIFIER_NUMBER_MAX = 999999999
};

struct identifier {
    char text[IDENTIFIER_SIZE];
};

/*
 * `j.dupont` of "Jérôme" and "D'Upont": accents transliterated, hyphens, spaces, apostrophes and digits removed, cut
 * to IDENTIFIER_BASE_MAX. A name without any Latin letter counts as "x", so that everybody has an identifier.
 */
struct identifier identifier_base(const char *first_name, const char *last_name);

/* The base followed by the number; 0 stands for no number. `number` ≤ IDENTIFIER_NUMBER_MAX. */
struct identifier identifier_numbered(const struct identifier *base, uint32_t number);

/* The smallest number that is not in `taken` (ascending): 0, which is none, then 1, 2 … */
uint32_t identifier_first_free(const uint32_t *taken, size_t count);

/* The parts of a valid identifier; false when it is none. */
bool identifier_split(const char *text, struct identifier *out_base, uint32_t *out_number);

bool identifier_is_valid(const char *text);

/* What a person typed (blanks anywhere, capitals), when it has the form of an identifier. */
bool identifier_normalise(const char *typed, struct identifier *out_identifier);
