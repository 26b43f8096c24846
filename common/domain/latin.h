/*
 * The letters of Europe's Latin alphabets, and of Vietnamese and Turkish, seen through UTF-8: reading, case, and the
 * ASCII letters that stand for them (é → e, œ → oe, ß → ss, ł → l).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads one code point at `*cursor` and moves the cursor past it. At the end, 0 and no move. A byte that is not
 * UTF-8 counts alone and reads as U+FFFD.
 */
uint32_t utf8_next(const char **cursor);

/* Writes one code point (at most 4 bytes) and returns how many bytes; `out_bytes` is not terminated. */
size_t utf8_write(uint32_t letter, char out_bytes[4]);

bool utf8_is_valid(const char *text);

/*
 * The lower-case ASCII letters that stand for a letter; "" for a combining accent, which vanishes; NULL for what is
 * no Latin letter (a digit, a hyphen, a letter of another alphabet).
 */
const char *latin_fold(uint32_t letter);

uint32_t latin_lower(uint32_t letter);
uint32_t latin_upper(uint32_t letter);
