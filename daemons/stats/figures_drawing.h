/* What papers of figures are made of: pages with a head and a foot, the parts that a school and an area show alike. Pure but for
 * the fonts' files; some milliseconds a document, for a thread. */
#pragma once

#include "domain/figure.h"
#include "paper/paper.h"
#include "statistics.pb-c.h"

enum {
    DRAWING_MARGIN = 40,
    DRAWING_WIDTH = PAPER_WIDTH - 2 * DRAWING_MARGIN,
    DRAWING_ROW = 14,
    DRAWING_SHARE_SIZE = 3 * FIGURE_SIZE + 16
};
#define DRAWING_TEXT 9.0F
#define DRAWING_SMALL 7.5F

/* On each page; texts outlive the drawing. */
struct drawing_head {
    const char *name, *place;     /* "Collège Louise Michel", "Lyon – 0690001S" */
    const char *note;             /* at the foot: how accounts are counted */
    int64_t computed_at;          /* microseconds since 1970, UTC */
    bool profiles[PROFILE_COUNT]; /* that have a part */
};

/* A document, and how far down its last page it is. */
struct drawing {
    struct paper *paper;
    struct drawing_head head;
    float y;
    unsigned pages;
};

/* The first page with its title; each that begins is finished. Faults: IO when a font is missing. */
MUST_USE bool drawing_begin(
    struct drawing *drawing, const char *font_directory, const struct drawing_head *head, struct fault *fault);
/* The whole, freed by the caller. Faults: LIBRARY. */
MUST_USE bool drawing_finish(struct drawing *drawing, unsigned char **out_pdf, size_t *out_length, struct fault *fault);

/* A new page when so much does not fit on this one; true when it was begun. */
bool drawing_make_room(struct drawing *drawing, float height);
void drawing_heading(struct drawing *drawing, const char *text);
/* "42 % (310 sur 738)"; "–" of nobody. */
void drawing_write_share(int64_t active, int64_t accounts, char out_text[DRAWING_SHARE_SIZE]);

/* Bars and table of a profile's states by origin. */
void drawing_states(
    struct drawing *drawing, enum account_profile profile, Preau__Statistics__Cell *const *cells, size_t count);
/* Activation since September; day: of the snapshot. Nothing without a curve. */
void drawing_curves(struct drawing *drawing, const char *day, Preau__Statistics__Curve *const *curves, size_t count);

/* What ends the head and a row of any table. */
void drawing_end_head(struct drawing *drawing);
void drawing_end_row(struct drawing *drawing);

/* A table of shares, a column a profile: its heading and head, with room for so many rows. */
void drawing_shares(struct drawing *drawing, const char *heading, unsigned rows);
/* Before rows that stand together: what does not fit goes on below a head on the next page. */
void drawing_shares_room(struct drawing *drawing, unsigned rows);

struct drawing_label {
    enum paper_font font;
    float indent;
    const char *text;
};
void drawing_shares_of_cells(
    struct drawing *drawing, const struct drawing_label *label, Preau__Statistics__Cell *const *cells, size_t count);
void drawing_shares_of(
    struct drawing *drawing, const char *label, Preau__Statistics__Share *const *shares, size_t count);
