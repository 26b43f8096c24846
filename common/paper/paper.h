/* Drawing on a page: text in points from the upper left corner, wrapped or made to fit; rules, frames, QR codes. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct paper;

enum paper_font { PAPER_REGULAR, PAPER_BOLD, PAPER_MONO, PAPER_FONT_COUNT };
enum { PAPER_WIDTH = 595, PAPER_HEIGHT = 842 /* A4 */ };

/* Errors of the library are kept and told by paper_finish. Faults: IO when a font is missing. */
MUST_USE bool paper_new(const char *font_directory, struct paper **out_paper, struct fault *fault);
void paper_free(struct paper **paper);
void paper_page(struct paper *paper); /* what follows is drawn on a new one */
/* What follows is drawn on one that is there already, from 1: what is known only once all are drawn. */
void paper_turn_to(struct paper *paper, unsigned page);
/* The whole, freed by the caller. */
MUST_USE bool paper_finish(struct paper *paper, unsigned char **out_bytes, size_t *out_length, struct fault *fault);

/* grey: 0 black to 1 white; for what follows. */
void paper_grey(struct paper *paper, float grey);

/* One line whose base is at y, of at most `width`: a longer one is set smaller. */
void paper_text(struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text);
/* The same, ended at x + width. */
void paper_text_right(
    struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text);
void paper_text_centred(
    struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text);
/* Lines of at most `width`, broken at blanks, the first with its base at y; gives the base of the line after the last.
 */
float paper_paragraph(struct paper *paper, enum paper_font font, float size, float leading, float x, float y,
    float width, const char *text);

/* The same, but a word wider than a line goes on in the next one instead of being set smaller, and lines past
 * `lines_max` are left out, an ellipsis in their place. */
float paper_column(struct paper *paper, enum paper_font font, float size, float leading, float x, float y, float width,
    unsigned lines_max, const char *text);
/* How many lines paper_column makes of it; 0 of "". */
unsigned paper_column_lines(
    struct paper *paper, enum paper_font font, float size, float width, unsigned lines_max, const char *text);

/* A line through points, x before y; dash: points that are drawn and left out by turns, 0: drawn throughout. */
struct paper_point {
    float x, y;
};
void paper_line(struct paper *paper, float thickness, float dash, const struct paper_point *points, size_t count);
void paper_rule(struct paper *paper, float thickness, float x, float y, float width);
void paper_frame(struct paper *paper, float thickness, float x, float y, float width, float height);
void paper_fill(struct paper *paper, float x, float y, float width, float height);
void paper_disc(struct paper *paper, float x, float y, float radius);
/* A square of `side`, its quiet zone left to the caller. */
void paper_qr(struct paper *paper, float x, float y, float side, const char *text);
