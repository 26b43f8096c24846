/*
 * Words that no password may be, in a Bloom filter: two and a half bytes a word, whatever its length; one word in ten
 * thousand that is not in it is taken for one that is. The file: "preau-words-1\n", two spaces, then in little endian how
 * many bits (8 bytes), then those bits.
 */
#pragma once

#include "domain/password.h"

#include <stdbool.h>
#include <stddef.h>

struct known_words;

/* A file of a gibibyte; a longer one is none. */
enum { KNOWN_WORDS_MAX = 400000000 };

/* An empty one, large enough for so many words: KNOWN_WORDS_MAX at most. */
struct known_words *known_words_new(size_t words);
void known_words_free(struct known_words **words);

/* The word as it will be asked for: nothing is folded here. */
void known_words_add(struct known_words *words, const char *word);
bool known_words_has(const struct known_words *words, const char *word);

/* As the rules for passwords ask; the list must outlive it. */
struct password_words known_words_view(const struct known_words *words);

/* Replaces the file whole, or leaves it; on failure out_problem says why. */
bool known_words_save(const struct known_words *words, const char *path, char *out_problem, size_t problem_size);
/* NULL: no such file, or not one of these, and out_problem says why. */
struct known_words *known_words_load(const char *path, char *out_problem, size_t problem_size);
