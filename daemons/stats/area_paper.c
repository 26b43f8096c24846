#include "stats/area_paper.h"

#include "stats/figures_drawing.h"

#include <stdio.h>

enum {
    SCHOOL_WIDTH = 215,
    CITY_X = DRAWING_MARGIN + SCHOOL_WIDTH + 8,
    CITY_WIDTH = 110,
    UAI_X = CITY_X + CITY_WIDTH + 8,
    UAI_WIDTH = 50,
    RIGHT = DRAWING_MARGIN + DRAWING_WIDTH
};

static void nation_beside_draw(struct drawing *drawing, const struct area_paper *document, const char *name)
{
    const Preau__Statistics__AreaFigures *figures = document->figures;
    drawing_shares(drawing, "À côté de la France", 2);
    drawing_shares_of_cells(drawing, &(struct drawing_label){PAPER_BOLD, 0, name}, figures->cells, figures->n_cells);
    drawing_shares_of(drawing, "France", document->nation_shares, document->nation_share_count);
    drawing->y += 16;
}

static void academies_draw(struct drawing *drawing, const struct area_paper *document)
{
    drawing_shares(drawing, "Par académie", 4);
    for (size_t i = 0; i < document->academy_count; i++) {
        char name[FIGURE_ACADEMY_SIZE];
        figure_academy_write((academy_code){(int16_t)document->academies[i]->academy}, name);
        drawing_shares_room(drawing, 1);
        drawing_shares_of(drawing, name, document->academies[i]->shares, document->academies[i]->n_shares);
    }
    drawing->y += 16;
}

static void levels_draw(struct drawing *drawing, const Preau__Statistics__AreaFigures *figures)
{
    if (figures->n_levels == 0) {
        return;
    }
    drawing_shares(drawing, "Par niveau", 4);
    for (size_t i = 0; i < figures->n_levels; i++) {
        const Preau__Statistics__LevelFigures *level = figures->levels[i];
        const struct drawing_label label = {PAPER_REGULAR, 0, level->level[0] != '\0' ? level->level : "Sans niveau"};
        drawing_shares_room(drawing, 1);
        drawing_shares_of_cells(drawing, &label, level->cells, level->n_cells);
    }
    drawing->y += 16;
}

/* --- schools that lag --- */

static void schools_head_draw(struct drawing *drawing)
{
    paper_text(drawing->paper, PAPER_BOLD, DRAWING_SMALL, DRAWING_MARGIN, drawing->y, SCHOOL_WIDTH, "Établissement");
    paper_text(drawing->paper, PAPER_BOLD, DRAWING_SMALL, CITY_X, drawing->y, CITY_WIDTH, "Commune");
    paper_text(drawing->paper, PAPER_BOLD, DRAWING_SMALL, UAI_X, drawing->y, UAI_WIDTH, "UAI");
    paper_text_right(drawing->paper, PAPER_BOLD, DRAWING_SMALL, UAI_X + UAI_WIDTH, drawing->y,
        RIGHT - UAI_X - UAI_WIDTH, "Part des comptes activés");
    drawing_end_head(drawing);
}

static void school_draw(struct drawing *drawing, const Preau__Statistics__SchoolFigures *school)
{
    char share[DRAWING_SHARE_SIZE];
    drawing_write_share(school->active, school->accounts, share);
    if (drawing_make_room(drawing, DRAWING_ROW)) {
        schools_head_draw(drawing);
    }
    paper_text(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, DRAWING_MARGIN, drawing->y, SCHOOL_WIDTH, school->name);
    paper_text(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, CITY_X, drawing->y, CITY_WIDTH, school->city);
    paper_text(drawing->paper, PAPER_REGULAR, DRAWING_TEXT, UAI_X, drawing->y, UAI_WIDTH, school->uai);
    paper_text_right(
        drawing->paper, PAPER_REGULAR, DRAWING_TEXT, UAI_X + UAI_WIDTH, drawing->y, RIGHT - UAI_X - UAI_WIDTH, share);
    drawing_end_row(drawing);
}

static void schools_draw(struct drawing *drawing, const Preau__Statistics__AreaFigures *figures)
{
    if (figures->n_lagging == 0) {
        return;
    }
    char heading[2 * FIGURE_SIZE + 64], shown[FIGURE_SIZE], all[FIGURE_SIZE];
    figure_write((int64_t)figures->n_lagging, shown);
    figure_write(figures->schools, all);
    snprintf(heading, sizeof heading, "Établissements les moins avancés (%s sur %s)", shown, all);
    (void)drawing_make_room(drawing, 6 * DRAWING_ROW);
    drawing_heading(drawing, heading);
    schools_head_draw(drawing);
    for (size_t i = 0; i < figures->n_lagging; i++) {
        school_draw(drawing, figures->lagging[i]);
    }
}

/* --- the document --- */

static void parts_draw(struct drawing *drawing, const struct area_paper *document, const char *name)
{
    const Preau__Statistics__AreaFigures *figures = document->figures;
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        drawing_states(drawing, profile, figures->cells, figures->n_cells);
    }
    drawing_curves(drawing, document->day, figures->curves, figures->n_curves);
    if (document->academy.v == 0) {
        academies_draw(drawing, document);
    } else {
        nation_beside_draw(drawing, document, name);
    }
    levels_draw(drawing, figures);
    schools_draw(drawing, figures);
}

bool area_paper_render(
    const struct area_paper *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault)
{
    char name[FIGURE_ACADEMY_SIZE] = "France";
    struct drawing drawing;
    bool is_nation = document->academy.v == 0;
    if (!is_nation) {
        figure_academy_write(document->academy, name);
    }
    const struct drawing_head head = {
        .name = name,
        .place = "Premier et second degrés",
        .note = is_nation ? "Chaque compte est compté une fois dans la nation. Ces chiffres ne nomment personne."
                          : "Chaque compte est compté une fois dans l’académie. Ces chiffres ne nomment personne.",
        .computed_at = document->computed_at,
        .profiles = {[PROFILE_RESPONSABLE] = true, [PROFILE_ELEVE] = true},
    };
    if (!drawing_begin(&drawing, document->font_directory, &head, fault)) {
        return false;
    }
    parts_draw(&drawing, document, name);
    return drawing_finish(&drawing, out_pdf, out_length, fault);
}
