#include "notify/list_paper.h"

#include "domain/lifecycle.h"
#include "notify/list_layout.h"
#include "notify/wording.h"
#include "paper/paper.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <stdio.h>

enum {
    MARGIN = 40,
    WIDTH = PAPER_WIDTH - 2 * MARGIN,
    TABLE_TOP = 132,
    HEAD_HEIGHT = 18,
    ROWS_TOP = TABLE_TOP + HEAD_HEIGHT,
    ROWS_BOTTOM = 790,
    FOOT = 812,
    GAP = 6,        /* between columns */
    LINES_MAX = 12, /* of a cell: the longest two names take fewer */
    BOX = 11,
    CELL_SIZE = 2048
};
#define TEXT 9.0F
#define LEADING 11.5F
#define PADDING 4.5F
#define SMALL 7.5F
#define GREY_WORDS 0.35F
#define GREY_RULE 0.6F
#define GREY_SOFT 0.93F

enum column { COLUMN_PUPIL, COLUMN_GUARDIAN, COLUMN_LOGIN, COLUMN_STATE, COLUMN_NOTIFIED, COLUMN_HANDED, COLUMN_COUNT };
static const float widths[COLUMN_COUNT] = {123, 123, 98, 72, 62, 37};
static const enum paper_font fonts[COLUMN_COUNT] = {[COLUMN_PUPIL] = PAPER_BOLD, [COLUMN_LOGIN] = PAPER_MONO};

struct cells {
    char text[COLUMN_COUNT][CELL_SIZE];
};

/* What is being drawn. */
struct drawing {
    struct paper *paper;
    const struct list_document *document;
    const struct list_class *class;
    size_t page, pages; /* of the class, from 1 */
};

static float column_x(enum column column)
{
    float x = MARGIN;
    for (unsigned before = 0; before < column; before++) {
        x += widths[before];
    }
    return x;
}

static float column_width(enum column column)
{
    return widths[column] - GAP;
}

static const char *class_words(const char *label, const char *in_front, char *out_text, size_t size)
{
    snprintf(out_text, size, "%s%s", label[0] != '\0' ? in_front : "Sans classe", label);
    return out_text;
}

/* is_first: of the pupil on its page; the lines below it leave the name out. */
static void cells_fill(const struct drawing *drawing, const struct list_line *line, bool is_first, bool is_continued,
    struct cells *out_cells)
{
    const struct handout_row *row = line->row;
    bool is_of_pupils = drawing->document->profile == PROFILE_ELEVE;
    char name[WORDING_NAME_SIZE];
    *out_cells = (struct cells){0};
    if (is_first) {
        wording_sorted_name(row->pupil.prenom, row->pupil.nom, name);
        snprintf(out_cells->text[COLUMN_PUPIL], CELL_SIZE, "%s%s", name, is_continued ? " (suite)" : "");
    }
    if (is_of_pupils) {
        wording_people(row->related, out_cells->text[COLUMN_GUARDIAN], CELL_SIZE);
    } else {
        wording_sorted_name(row->prenom, row->nom, name);
        snprintf(out_cells->text[COLUMN_GUARDIAN], CELL_SIZE, "%s", name);
    }
    snprintf(out_cells->text[COLUMN_LOGIN], CELL_SIZE, "%s", row->login);
    snprintf(out_cells->text[COLUMN_STATE], CELL_SIZE, "%s", state_label(row->state));
    wording_day(row->notified_at, name);
    snprintf(out_cells->text[COLUMN_NOTIFIED], CELL_SIZE, "%s", name[0] != '\0' ? name : "jamais");
    if (line->mark == LIST_MARK_ABOVE) {
        snprintf(out_cells->text[COLUMN_HANDED], CELL_SIZE, "plus haut");
    } else if (line->mark == LIST_MARK_ELSEWHERE) {
        snprintf(out_cells->text[COLUMN_HANDED], CELL_SIZE, "voir %s",
            row->sheet_class[0] ? row->sheet_class : "sans classe");
    }
}

/* The identifier is set smaller rather than cut: it is copied by hand. */
static unsigned cell_lines(struct paper *paper, enum column column, const char *text)
{
    float size = column == COLUMN_HANDED ? SMALL : TEXT;
    return column == COLUMN_LOGIN
               ? 1
               : paper_column_lines(paper, fonts[column], size, column_width(column), LINES_MAX, text);
}

static unsigned cells_lines(struct paper *paper, const struct cells *cells)
{
    unsigned lines = 1;
    for (unsigned column = 0; column < COLUMN_COUNT; column++) {
        unsigned wanted = cell_lines(paper, (enum column)column, cells->text[column]);
        lines = wanted > lines ? wanted : lines;
    }
    return lines;
}

static float height_of(unsigned lines)
{
    return (float)lines * LEADING + 2 * PADDING;
}

static void draw_cell(struct paper *paper, enum column column, float y, unsigned lines_max, const char *text)
{
    float x = column_x(column);
    float width = column_width(column);
    if (column == COLUMN_LOGIN) {
        paper_text(paper, PAPER_MONO, TEXT - 1, x, y, width, text);
    } else if (column == COLUMN_HANDED) {
        paper_grey(paper, GREY_WORDS);
        paper_column(paper, PAPER_REGULAR, SMALL, LEADING, x, y, width, lines_max, text);
        paper_grey(paper, 0);
    } else {
        paper_column(paper, fonts[column], TEXT, LEADING, x, y, width, lines_max, text);
    }
}

static void draw_line(
    struct drawing *drawing, const struct list_line *line, const struct cells *cells, float y, unsigned lines_max)
{
    float base = y + PADDING + TEXT;
    for (unsigned column = 0; column < COLUMN_COUNT; column++) {
        draw_cell(drawing->paper, (enum column)column, base, lines_max, cells->text[column]);
    }
    if (line->mark == LIST_MARK_HERE) {
        paper_frame(drawing->paper, 0.8F, column_x(COLUMN_HANDED) + 8, y + PADDING, BOX, BOX);
    }
}

static void counts_write(const struct drawing *drawing, char *out_text, size_t size)
{
    const struct list_class *class = drawing->class;
    if (drawing->document->profile == PROFILE_ELEVE) {
        snprintf(out_text, size, "%zu\u00a0compte%s d’élève%s", class->accounts, class->accounts > 1 ? "s" : "",
            class->accounts > 1 ? "s" : "");
    } else {
        snprintf(out_text, size, "%zu\u00a0compte%s de responsable%s pour %zu\u00a0élève%s", class->accounts,
            class->accounts > 1 ? "s" : "", class->accounts > 1 ? "s" : "", class->pupils,
            class->pupils > 1 ? "s" : "");
    }
}

static void draw_head(struct drawing *drawing)
{
    const struct list_document *document = drawing->document;
    struct paper *paper = drawing->paper;
    char text[512];
    char date[WORDING_DATE_SIZE];
    struct name_text city;
    paper_text(paper, PAPER_BOLD, 12, MARGIN, 52, WIDTH, document->handout->school);
    paper_grey(paper, GREY_WORDS);
    snprintf(text, sizeof text, "%s%s%s", name_display(document->handout->city, &city) ? city.text : "",
        document->handout->city[0] != '\0' ? " – " : "", document->uai);
    paper_text(paper, PAPER_REGULAR, TEXT, MARGIN, 66, WIDTH - 150, text);
    wording_date(document->made_at, date);
    paper_text_right(paper, PAPER_REGULAR, TEXT, MARGIN + WIDTH - 140, 66, 140, date);
    paper_grey(paper, 0);
    paper_rule(paper, 1, MARGIN, 74, WIDTH);
    paper_text(paper, PAPER_BOLD, 18, MARGIN, 98, WIDTH,
        class_words(drawing->class->label, "Classe\u00a0: ", text, sizeof text));
    paper_grey(paper, GREY_WORDS);
    counts_write(drawing, text, sizeof text);
    paper_text(paper, PAPER_REGULAR, 10, MARGIN, 116, WIDTH, text);
    paper_grey(paper, 0);
}

static void draw_table_head(struct drawing *drawing)
{
    bool is_of_pupils = drawing->document->profile == PROFILE_ELEVE;
    const char *const headings[COLUMN_COUNT] = {
        "Élève", is_of_pupils ? "Responsables" : "Responsable", "Identifiant", "État", "Notifié le", "Remis"};
    paper_grey(drawing->paper, GREY_SOFT);
    paper_fill(drawing->paper, MARGIN, TABLE_TOP, WIDTH, HEAD_HEIGHT);
    paper_grey(drawing->paper, 0);
    for (unsigned column = 0; column < COLUMN_COUNT; column++) {
        paper_text(drawing->paper, PAPER_BOLD, 8, column_x((enum column)column), TABLE_TOP + 12,
            column_width((enum column)column), headings[column]);
    }
}

static void draw_foot(struct drawing *drawing)
{
    char text[512];
    char class[300];
    paper_grey(drawing->paper, GREY_WORDS);
    paper_text(drawing->paper, PAPER_REGULAR, SMALL, MARGIN, FOOT, WIDTH - 200,
        "Document nominatif, à ne pas laisser à la vue. Il ne porte aucun mot de passe.");
    class_words(drawing->class->label, "Classe\u00a0: ", class, sizeof class);
    snprintf(text, sizeof text, "%s – page %zu/%zu", class, drawing->page, drawing->pages);
    paper_text_right(drawing->paper, PAPER_REGULAR, SMALL, MARGIN + WIDTH - 190, FOOT, 190, text);
    paper_grey(drawing->paper, 0);
}

/* texts: lines of text that each line of the class has room for. */
static void draw_page(struct drawing *drawing, const struct list_page *page, const unsigned *texts)
{
    const struct list_line *lines = drawing->document->order->lines + drawing->class->first;
    float y = ROWS_TOP;
    paper_page(drawing->paper);
    draw_head(drawing);
    draw_table_head(drawing);
    for (size_t i = page->first; i < page->first + page->count; i++) {
        struct cells cells;
        bool is_begun = i > 0 && list_is_same_pupil(lines[i].row, lines[i - 1].row);
        bool is_first = !is_begun || i == page->first;
        if (i > page->first) {
            paper_grey(drawing->paper, GREY_RULE);
            float x = is_first ? MARGIN : column_x(COLUMN_GUARDIAN);
            paper_rule(drawing->paper, is_first ? 0.6F : 0.3F, x, y, MARGIN + WIDTH - x);
            paper_grey(drawing->paper, 0);
        }
        cells_fill(drawing, &lines[i], is_first, is_begun, &cells);
        draw_line(drawing, &lines[i], &cells, y, texts[i]);
        y += height_of(texts[i]);
    }
    paper_rule(drawing->paper, 0.6F, MARGIN, y, WIDTH);
    draw_foot(drawing);
}

/* A name that a page repeats gets no more room than its line has. */
static void class_measure(const struct drawing *drawing, unsigned *out_texts, float *out_heights)
{
    const struct list_line *lines = drawing->document->order->lines + drawing->class->first;
    for (size_t i = 0; i < drawing->class->count; i++) {
        struct cells cells;
        bool is_begun = i > 0 && list_is_same_pupil(lines[i].row, lines[i - 1].row);
        cells_fill(drawing, &lines[i], !is_begun, false, &cells);
        out_texts[i] = cells_lines(drawing->paper, &cells);
        out_heights[i] = height_of(out_texts[i]);
    }
}

static void draw_class(struct drawing *drawing)
{
    size_t count = drawing->class->count;
    unsigned *texts = checked_calloc(count, sizeof *texts);
    float *heights = checked_calloc(count, sizeof *heights);
    struct list_page *pages = checked_calloc(count, sizeof *pages);
    class_measure(drawing, texts, heights);
    drawing->pages = list_paginate(
        drawing->document->order->lines + drawing->class->first, heights, count, ROWS_BOTTOM - ROWS_TOP, pages);
    for (size_t i = 0; i < drawing->pages; i++) {
        drawing->page = i + 1;
        draw_page(drawing, &pages[i], texts);
    }
    memory_free(&pages);
    memory_free(&heights);
    memory_free(&texts);
}

bool list_paper_render(
    const struct list_document *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault)
{
    _cleanup_(paper_free) struct paper *paper = NULL;
    if (!paper_new(document->font_directory, &paper, fault)) {
        return false;
    }
    struct drawing drawing = {.paper = paper, .document = document};
    for (size_t i = 0; i < document->order->class_count; i++) {
        drawing.class = &document->order->classes[i];
        draw_class(&drawing);
    }
    return paper_finish(paper, out_pdf, out_length, fault);
}
