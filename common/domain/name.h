/*
 * Names of persons: the keys that match, search and sort them, and the form that pages show. AAF writes one name
 * `LE GOFF`, `Le  Goff`, `LE-GOFF` or `Le Goff`; they must meet (aaf.md 1.3).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    NAME_SIZE = 129, /* bytes of UTF-8, the end included */
    NAME_SORT_SIZE = 2 * NAME_SIZE + 2
};

/* Lower-case ASCII words parted by one space: "le goff". Never longer than the name it comes from. */
struct name_key {
    char text[NAME_SIZE];
};

struct name_sort_key {
    char text[NAME_SORT_SIZE];
};

struct name_text {
    char text[NAME_SIZE];
};

/*
 * Accents, case, hyphens, apostrophes, dots and repeated spaces aside; the words stay in their order. Letters of other
 * alphabets are kept as they are. False when the name is empty of letters or longer than NAME_SIZE.
 */
bool name_key_make(const char *name, struct name_key *out_key);

/* The same without any space: "Le Goff" and "Legoff", "N'Diaye" and "Ndiaye" meet. For matching a person. */
bool name_match_key_make(const char *name, struct name_key *out_key);

bool name_key_is_same(const struct name_key *a, const struct name_key *b);

/* True when two names as written have the same match key. */
bool name_is_same(const char *a, const char *b);

/* True when each word of `searched` begins a word of `key`, in any order: "mar dup" finds "dupont marie". */
bool name_key_has_words(const struct name_key *key, const struct name_key *searched);

/* Sorts by last name, then first name, under a plain byte comparison. */
bool name_sort_key_make(const char *last_name, const char *first_name, struct name_sort_key *out_key);

/*
 * The form to show: blanks tidied, and a name written all in capitals (or all in small letters) given capitals at
 * the start of its words: "JEAN-MARIE" → "Jean-Marie". One written in mixed case is somebody's choice and is kept.
 */
bool name_display(const char *name, struct name_text *out_text);

/* The same, all in capitals with their accents: the French use for last names on documents. */
bool name_display_upper(const char *name, struct name_text *out_text);
