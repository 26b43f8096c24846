/*
 * Building short texts in fixed space, without formatting functions: what does not fit is left out whole and
 * remembered, so that one check at the end is enough.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text_builder {
    char *start;
    size_t size; /* bytes, the end included */
    size_t used; /* bytes, the end not included */
    bool overflowed;
};

/* `size` at least 1. The text is terminated after every call. */
struct text_builder text_begin(char *start, size_t size);

void text_add(struct text_builder *text, const char *more);
void text_add_bytes(struct text_builder *text, const char *more, size_t length);
void text_add_char(struct text_builder *text, char one);
void text_add_number(struct text_builder *text, uint64_t number, int min_digits);

/* Blank or end of line, as people type and paste them (ASCII). */
bool text_is_blank(char one);
bool text_is_digit(char one);
bool text_is_ascii_letter(char one);
char text_lower(char one);
char text_upper(char one);
