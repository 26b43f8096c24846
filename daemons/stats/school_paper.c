#include "stats/school_paper.h"

#include "domain/name.h"
#include "stats/figures_drawing.h"

#include <stdio.h>
#include <string.h>

static void comparison_draw(struct drawing *drawing, const struct school_paper *document)
{
    const Preau__Statistics__GetSchoolReply *figures = document->figures;
    char academy[FIGURE_ACADEMY_SIZE];
    figure_academy_write(document->academy, academy);
    drawing_shares(drawing, "À côté de l’académie et de la France", 3);
    drawing_shares_of_cells(
        drawing, &(struct drawing_label){PAPER_BOLD, 0, "Cet établissement"}, figures->cells, figures->n_cells);
    drawing_shares_of(drawing, academy, figures->academy_shares, figures->n_academy_shares);
    drawing_shares_of(drawing, "France", figures->nation_shares, figures->n_nation_shares);
    drawing->y += 16;
}

static void level_draw(struct drawing *drawing, const Preau__Statistics__GetSchoolReply *figures, const char *level)
{
    for (size_t i = 0; i < figures->n_levels; i++) {
        if (strcmp(figures->levels[i]->level, level) == 0) {
            const struct drawing_label label = {PAPER_BOLD, 0, level[0] != '\0' ? level : "Sans niveau"};
            drawing_shares_room(drawing, 2);
            drawing_shares_of_cells(drawing, &label, figures->levels[i]->cells, figures->levels[i]->n_cells);
        }
    }
}

/* Each class below its level: both come in order of levels. */
static void classes_draw(struct drawing *drawing, const Preau__Statistics__GetSchoolReply *figures)
{
    const char *level = NULL;
    if (figures->n_classes == 0) {
        return;
    }
    drawing_shares(drawing, "Par classe", 4);
    for (size_t i = 0; i < figures->n_classes; i++) {
        const Preau__Statistics__ClassFigures *class = figures->classes[i];
        const struct drawing_label label = {
            PAPER_REGULAR, 10, class->class_[0] != '\0' ? class->class_ : "Sans classe"};
        if (!level || strcmp(level, class->level) != 0) {
            level_draw(drawing, figures, class->level);
            level = class->level;
        }
        drawing_shares_room(drawing, 1);
        drawing_shares_of_cells(drawing, &label, class->cells, class->n_cells);
    }
}

bool school_paper_render(
    const struct school_paper *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault)
{
    const Preau__Statistics__GetSchoolReply *figures = document->figures;
    char place[512];
    struct name_text city;
    struct drawing drawing;
    bool has_city = name_display(document->city, &city);
    snprintf(place, sizeof place, "%s%s%s", has_city ? city.text : "", has_city ? " – " : "", document->uai);
    struct drawing_head head = {
        .name = document->name,
        .place = place,
        .note = "Chaque compte est compté une fois dans l’établissement. Ces chiffres ne nomment personne.",
        .computed_at = figures->computed_at,
    };
    memcpy(head.profiles, document->profiles, sizeof head.profiles);
    if (!drawing_begin(&drawing, document->font_directory, &head, fault)) {
        return false;
    }
    for (enum account_profile profile = 0; profile < PROFILE_COUNT; profile++) {
        if (document->profiles[profile]) {
            drawing_states(&drawing, profile, figures->cells, figures->n_cells);
        }
    }
    drawing_curves(&drawing, figures->day, figures->curves, figures->n_curves);
    comparison_draw(&drawing, document);
    classes_draw(&drawing, figures);
    return drawing_finish(&drawing, out_pdf, out_length, fault);
}
