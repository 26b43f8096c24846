#include "notify/sheet.h"

#include "paper/bidi.h"
#include "paper/paper.h"
#include "runtime/cleanup.h"

#include <stdio.h>
#include <string.h>

/* Black and greys only: it prints as well on the school's oldest printer. Measures in points. */
#define MM 2.8346F
#define MARGIN 56.0F
#define WIDTH ((float)PAPER_WIDTH - 2 * MARGIN)
#define INDENT 34.0F /* of the steps' texts */

/* An envelope DL (110 × 220 mm) has its window 20 mm from the right and 20 mm from below, 100 mm by 35 or 45; a third of A4
 * slides in it by 10 mm each way. From 34 to 90 mm down and right of 90 mm, anything may show; from 55 to 79 mm and between
 * 100 and 190 mm, all always does. */
#define FOLD (99 * MM)
#define WINDOW_LEFT (90 * MM)
#define ADDRESS_X (105 * MM)
#define ADDRESS_Y (58.2F * MM) /* the base of its first line */
#define ADDRESS_WIDTH (84 * MM)
#define ADDRESS_SIZE 9.0F
#define ADDRESS_LEADING 11.0F
#define BESIDE_WIDTH (WINDOW_LEFT - MARGIN - 8)

#define TITLE_Y 312.0F
#define CARD_TOP 374.0F
#define CARD_HEIGHT 150.0F
#define STEPS_Y 576.0F
#define FOOT_Y 752.0F
#define QR_SIDE 100.0F

#define GREY_SOFT 0.93F
#define GREY_WORDS 0.30F

struct step {
    const char *title, *text;
};

enum { STEPS = 3, CHILDREN_LINES = 3 };

static const struct step guardian_first[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez cette adresse dans votre navigateur, ou scannez le code avec votre téléphone."            },
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Les tirets et les majuscules ne comptent pas. Indiquez ensuite la date de naissance de chaque enfant."},
    {"Choisissez votre mot de passe et confirmez votre adresse",
     "Donnez une adresse de messagerie que vous lisez : le lien que vous y recevrez active votre compte."   },
};
static const struct step pupil_first[STEPS] = {
    {"Rendez-vous sur le portail",                                        "Saisissez cette adresse dans un navigateur, ou scannez le code avec un téléphone."},
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Les tirets et les majuscules ne comptent pas. Indiquez ensuite votre date de naissance."                                                                 },
    {"Choisissez votre mot de passe",                                     "Vous seul devez le connaître. Votre compte est alors activé."                     },
};
static const struct step after_reset[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez cette adresse dans votre navigateur, ou scannez le code avec un téléphone."                                                      },
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Il remplace votre mot de passe précédent. Les tirets et les majuscules ne comptent pas."                                                   },
    {"Choisissez un nouveau mot de passe",                                "Vous seul devez le connaître ; il remplace le mot de passe provisoire."},
};
static const struct step own_password[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez cette adresse dans votre navigateur, ou scannez le code avec un téléphone."      },
    {"Connectez-vous avec l’identifiant et votre mot de passe",
     "Votre mot de passe est celui que vous avez choisi ; personne d’autre ne le connaît."      },
    {"Mot de passe perdu ?",                                      "Suivez « Mot de passe oublié » sur le portail, ou demandez à l’école ou à "
                             "l’établissement de le réinitialiser."},
};

static const struct step *steps_of(const struct sheet *sheet)
{
    if (sheet->password[0] == '\0') {
        return own_password;
    }
    if (sheet->is_opened) {
        return after_reset;
    }
    return sheet->is_guardian ? guardian_first : pupil_first;
}

static void draw_head(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    struct name_text city;
    float width = sheet->class_label[0] != '\0' ? WIDTH - 150 : WIDTH;
    paper_text(paper, PAPER_BOLD, 14, MARGIN, 58, width, document->school);
    paper_grey(paper, GREY_WORDS);
    if (name_display(document->city, &city)) {
        paper_text(paper, PAPER_REGULAR, 10, MARGIN, 74, width, city.text);
    }
    if (sheet->class_label[0] != '\0') {
        paper_text_right(paper, PAPER_REGULAR, 10, MARGIN + WIDTH - 140, 74, 140, "Classe");
        paper_grey(paper, 0);
        paper_text_right(paper, PAPER_BOLD, 14, MARGIN + WIDTH - 140, 58, 140, sheet->class_label);
    }
    paper_grey(paper, 0);
    paper_rule(paper, 1.2F, MARGIN, 84, WIDTH);
}

static void draw_fold_marks(struct paper *paper)
{
    paper_grey(paper, GREY_WORDS);
    paper_rule(paper, 0.5F, 14, FOLD, 12);
    paper_rule(paper, 0.5F, 14, 2 * FOLD, 12);
    paper_grey(paper, 0);
}

/* In the window: to whom, and where when that is known. */
static void draw_address(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    float y = ADDRESS_Y;
    if (sheet->is_posted) {
        for (size_t i = 0; i < sheet->address.count; i++) {
            paper_text(paper, PAPER_REGULAR, ADDRESS_SIZE, ADDRESS_X, y, ADDRESS_WIDTH, sheet->address.lines[i]);
            y += ADDRESS_LEADING;
        }
        return;
    }
    char class[CLASS_LABEL_SIZE + 16];
    paper_text(paper, PAPER_BOLD, 11, ADDRESS_X, y + 4, ADDRESS_WIDTH, sheet->name);
    snprintf(class, sizeof class, "Classe\u00a0: %s", sheet->class_label);
    if (sheet->class_label[0] != '\0') {
        y += 16;
        paper_text(paper, PAPER_REGULAR, 10, ADDRESS_X, y + 4, ADDRESS_WIDTH, class);
    }
    paper_text(paper, PAPER_REGULAR, 10, ADDRESS_X, y + 18, ADDRESS_WIDTH, document->school);
}

/* Left of the window, where only who opens the letter reads. */
static void draw_beside(struct paper *paper, const struct sheet *sheet)
{
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 9, MARGIN, ADDRESS_Y, BESIDE_WIDTH,
        sheet->is_guardian ? "À remettre au responsable légal" : "À remettre à l’élève");
    if (sheet->is_posted) { /* whole: the envelope's line may be shortened */
        paper_grey(paper, 0);
        paper_column(paper, PAPER_BOLD, 10, 13, MARGIN, ADDRESS_Y + 15, BESIDE_WIDTH, 3, sheet->name);
    } else {
        paper_column(paper, PAPER_REGULAR, 9, 12, MARGIN, ADDRESS_Y + 14, BESIDE_WIDTH, 3,
            "En main propre\u00a0: l’école ou l’établissement ne connaît pas d’adresse postale complète.");
    }
    paper_grey(paper, 0);
}

/* "Léa (CM1 A), Tom (CP)" of the lines of a sheet. */
static void children_write(const char *lines, char *out_text, size_t size)
{
    size_t used = 0;
    out_text[0] = '\0';
    for (const char *line = lines; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        size_t first = strcspn(line, "\t\n");
        char name[NAME_SIZE];
        struct name_text shown;
        snprintf(name, sizeof name, "%.*s", (int)first, line);
        bool has_class = first + 1 < length;
        const char *end = bidi_has_right_letters(name) ? BIDI_END_OF_NAME : "";
        int added = snprintf(out_text + used, size - used, "%s%s%s%s%.*s%s", used > 0 ? ", " : "",
            name_display(name, &shown) ? shown.text : name, end, has_class ? " (" : "",
            has_class ? (int)(length - first - 1) : 0, line + first + 1, has_class ? ")" : "");
        if (added < 0 || (size_t)added >= size - used) {
            out_text[used] = '\0';
            return;
        }
        used += (size_t)added;
        line += length + (line[length] == '\n');
    }
}

static void draw_person(struct paper *paper, const struct sheet *sheet)
{
    char line[768];
    char children[700];
    paper_text(paper, PAPER_BOLD, 18, MARGIN, TITLE_Y, WIDTH, "Votre accès aux services en ligne");
    children_write(sheet->children, children, sizeof children);
    if (!sheet->is_guardian) {
        snprintf(line, sizeof line, "Élève\u00a0: %s", sheet->name);
    } else if (children[0] == '\0') {
        snprintf(line, sizeof line, "Responsable légal\u00a0: %s", sheet->name);
    } else {
        snprintf(line, sizeof line, "%s\u00a0: %s",
            strchr(sheet->children, '\n') ? "Enfants rattachés au compte" : "Enfant rattaché au compte", children);
    }
    paper_column(paper, PAPER_REGULAR, 10, 13, MARGIN, TITLE_Y + 20, WIDTH, CHILDREN_LINES, line);
}

static void draw_access(struct paper *paper, const struct sheet *sheet, float width)
{
    char line[96];
    float x = MARGIN + 18;
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 10, x, CARD_TOP + 24, width, "Identifiant");
    paper_text(paper, PAPER_REGULAR, 10, x, CARD_TOP + 76, width,
        sheet->password[0] != '\0' ? "Mot de passe provisoire" : "Mot de passe");
    paper_grey(paper, 0);
    paper_text(paper, PAPER_MONO, 22, x, CARD_TOP + 50, width, sheet->login);
    if (sheet->password[0] == '\0') {
        paper_text(paper, PAPER_BOLD, 14, x, CARD_TOP + 100, width, "Celui que vous avez choisi");
        return;
    }
    paper_text(paper, PAPER_MONO, 28, x, CARD_TOP + 106, width, sheet->password);
    snprintf(line, sizeof line, "Valable jusqu’au %s", sheet->expires);
    paper_text(paper, PAPER_BOLD, 10.5F, x, CARD_TOP + 132, width, line);
}

static void draw_card(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    char link[400];
    float qr_x = MARGIN + WIDTH - QR_SIDE - 18;
    paper_grey(paper, GREY_SOFT);
    paper_fill(paper, MARGIN, CARD_TOP, WIDTH, CARD_HEIGHT);
    paper_grey(paper, 1);
    paper_fill(paper, qr_x - 10, CARD_TOP + 8, QR_SIDE + 20, CARD_HEIGHT - 16);
    paper_grey(paper, 0);
    paper_frame(paper, 1.2F, MARGIN, CARD_TOP, WIDTH, CARD_HEIGHT);
    draw_access(paper, sheet, qr_x - MARGIN - 18 - 24);
    snprintf(link, sizeof link, "%s/connexion?identifiant=%s", document->portal_url, sheet->login);
    paper_qr(paper, qr_x, CARD_TOP + 18, QR_SIDE, link);
    paper_text_centred(
        paper, PAPER_REGULAR, 8.5F, qr_x - 6, CARD_TOP + 134, QR_SIDE + 12, "Scannez pour vous connecter");
}

static float draw_step(struct paper *paper, int number, const struct step *step, const char *address, float y)
{
    char text[4];
    snprintf(text, sizeof text, "%d", number);
    paper_disc(paper, MARGIN + 11, y - 4, 11);
    paper_grey(paper, 1);
    paper_text_centred(paper, PAPER_BOLD, 12, MARGIN, y, 22, text);
    paper_grey(paper, 0);
    paper_text(paper, PAPER_BOLD, 11, MARGIN + INDENT, y, WIDTH - INDENT, step->title);
    y += 15;
    if (address) {
        paper_text(paper, PAPER_BOLD, 12, MARGIN + INDENT, y + 2, WIDTH - INDENT, address);
        y += 17;
    }
    return paper_paragraph(paper, PAPER_REGULAR, 10, 13, MARGIN + INDENT, y, WIDTH - INDENT, step->text) + 10;
}

static void draw_steps(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    char address[300];
    const struct step *steps = steps_of(sheet);
    float y = STEPS_Y;
    snprintf(address, sizeof address, "%s/connexion", document->portal_url);
    paper_text(paper, PAPER_BOLD, 13, MARGIN, STEPS_Y - 26, WIDTH, "Que faire\u00a0?");
    for (int i = 0; i < STEPS; i++) {
        y = draw_step(paper, i + 1, &steps[i], i == 0 ? address : NULL, y);
    }
}

static void draw_foot(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    char date[WORDING_DATE_SIZE];
    char line[128];
    wording_date(document->made_at, date);
    snprintf(line, sizeof line, "Préparé le %s – page %lld sur %lld", date, (long long)sheet->page,
        (long long)document->pages_all);
    paper_rule(paper, 0.6F, MARGIN, FOOT_Y, WIDTH);
    float y = paper_paragraph(paper, PAPER_REGULAR, 9, 12.5F, MARGIN, FOOT_Y + 16, WIDTH,
        "Gardez votre identifiant : il vous sera toujours demandé. En cas de difficulté, adressez-vous à l’école ou à "
        "l’établissement. Personne ne vous demandera jamais votre mot de passe.");
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 8, MARGIN, y + 4, WIDTH / 2, "Document confidentiel, à remettre sous pli fermé");
    paper_text_right(paper, PAPER_REGULAR, 8, MARGIN + WIDTH / 2, y + 4, WIDTH / 2, line);
    paper_grey(paper, 0);
}

static void draw_sheet(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    paper_page(paper);
    draw_head(paper, document, sheet);
    draw_fold_marks(paper);
    draw_address(paper, document, sheet);
    draw_beside(paper, sheet);
    draw_person(paper, sheet);
    draw_card(paper, document, sheet);
    draw_steps(paper, document, sheet);
    draw_foot(paper, document, sheet);
}

bool sheet_render(
    const struct sheet_document *document, unsigned char **out_pdf, size_t *out_length, struct fault *fault)
{
    _cleanup_(paper_free) struct paper *paper = NULL;
    if (!paper_new(document->font_directory, &paper, fault)) {
        return false;
    }
    for (size_t i = 0; i < document->count; i++) {
        draw_sheet(paper, document, &document->sheets[i]);
    }
    return paper_finish(paper, out_pdf, out_length, fault);
}
