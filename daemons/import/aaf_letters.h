/* Letters written as entities of HTML 4, which XML does not know: some exports hold `&eacute;`, or `&amp;eacute;`,
 * escaped once too often. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* "eacute" → U+00E9; 0 for a name that HTML 4 does not know. */
uint32_t aaf_letter(const char *entity);

/* In place, once: `&eacute;`, `&lt;`, `&#233;`, `&#xE9;` become letters, any other `&` stays. Gives the new length: the
 * same when there was nothing to read. */
size_t aaf_letters_read(char *text, size_t length);
