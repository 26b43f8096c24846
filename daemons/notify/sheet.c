#include "notify/sheet.h"

#include "notify/paper.h"
#include "runtime/cleanup.h"

#include <stdio.h>
#include <string.h>

/* Black and greys only: it prints as well on the school's oldest printer. Measures in points. */
#define MARGIN 56.0F
#define WIDTH ((float)PAPER_WIDTH - 2 * MARGIN)
#define INDENT 34.0F /* of the steps' texts */

#define CARD_TOP 262.0F
#define CARD_HEIGHT 170.0F
#define QR_SIDE 112.0F

#define GREY_SOFT 0.93F
#define GREY_WORDS 0.30F

struct step {
    const char *title, *text;
};

enum { STEPS = 3 };

static const struct step guardian_first[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez l’adresse ci-dessus dans votre navigateur, ou scannez le code avec votre téléphone."    },
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Les tirets et les majuscules ne comptent pas. Indiquez ensuite la date de naissance de chaque enfant."},
    {"Choisissez votre mot de passe et confirmez votre adresse",
     "Donnez une adresse de messagerie que vous lisez : le lien que vous y recevrez active votre compte."   },
};
static const struct step pupil_first[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez l’adresse ci-dessus dans un navigateur, ou scannez le code avec un téléphone."                                        },
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Les tirets et les majuscules ne comptent pas. Indiquez ensuite votre date de naissance."                                            },
    {"Choisissez votre mot de passe",                                     "Vous seul devez le connaître. Votre compte est alors activé."},
};
static const struct step after_reset[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez l’adresse ci-dessus dans votre navigateur, ou scannez le code avec un téléphone."                                              },
    {"Connectez-vous avec l’identifiant et le mot de passe provisoire",
     "Il remplace votre mot de passe précédent. Les tirets et les majuscules ne comptent pas."                                                   },
    {"Choisissez un nouveau mot de passe",                                "Vous seul devez le connaître ; il remplace le mot de passe provisoire."},
};
static const struct step own_password[STEPS] = {
    {"Rendez-vous sur le portail",
     "Saisissez l’adresse ci-dessus dans votre navigateur, ou scannez le code avec un téléphone."                    },
    {"Connectez-vous avec l’identifiant et votre mot de passe",
     "Votre mot de passe est celui que vous avez choisi ; personne d’autre ne le connaît."                            },
    {"Mot de passe perdu ?",
     "Demandez à l’école ou à l’établissement de le réinitialiser : un mot de passe provisoire vous sera remis."},
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
    paper_text(paper, PAPER_BOLD, 14, MARGIN, 70, width, document->school);
    paper_grey(paper, GREY_WORDS);
    if (name_display(document->city, &city)) {
        paper_text(paper, PAPER_REGULAR, 10, MARGIN, 86, width, city.text);
    }
    if (sheet->class_label[0] != '\0') {
        paper_text_right(paper, PAPER_REGULAR, 10, MARGIN + WIDTH - 140, 86, 140, "Classe");
        paper_grey(paper, 0);
        paper_text_right(paper, PAPER_BOLD, 14, MARGIN + WIDTH - 140, 70, 140, sheet->class_label);
    }
    paper_grey(paper, 0);
    paper_rule(paper, 1.2F, MARGIN, 98, WIDTH);
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
        int added = snprintf(out_text + used, size - used, "%s%s%s%.*s%s", used > 0 ? ", " : "",
            name_display(name, &shown) ? shown.text : name, has_class ? " (" : "",
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
    paper_text(paper, PAPER_BOLD, 20, MARGIN, 140, WIDTH, "Votre accès aux services en ligne");
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 10, MARGIN, 168, WIDTH,
        sheet->is_guardian ? "À remettre au responsable légal" : "À remettre à l’élève");
    paper_grey(paper, 0);
    paper_text(paper, PAPER_BOLD, 15, MARGIN, 188, WIDTH, sheet->name);
    children_write(sheet->children, children, sizeof children);
    if (sheet->is_guardian && children[0] != '\0') {
        snprintf(line, sizeof line, "Enfants rattachés au compte : %s", children);
        if (!strchr(sheet->children, '\n')) {
            snprintf(line, sizeof line, "Enfant rattaché au compte : %s", children);
        }
        paper_paragraph(paper, PAPER_REGULAR, 10.5F, 14, MARGIN, 206, WIDTH, line);
    }
}

static void draw_access(struct paper *paper, const struct sheet *sheet, float width)
{
    char line[96];
    float x = MARGIN + 18;
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 10, x, CARD_TOP + 28, width, "Identifiant");
    paper_text(paper, PAPER_REGULAR, 10, x, CARD_TOP + 88, width,
        sheet->password[0] != '\0' ? "Mot de passe provisoire" : "Mot de passe");
    paper_grey(paper, 0);
    paper_text(paper, PAPER_MONO, 22, x, CARD_TOP + 54, width, sheet->login);
    if (sheet->password[0] == '\0') {
        paper_text(paper, PAPER_BOLD, 14, x, CARD_TOP + 114, width, "Celui que vous avez choisi");
        return;
    }
    paper_text(paper, PAPER_MONO, 28, x, CARD_TOP + 120, width, sheet->password);
    snprintf(line, sizeof line, "Valable jusqu’au %s", sheet->expires);
    paper_text(paper, PAPER_BOLD, 10.5F, x, CARD_TOP + 148, width, line);
}

static void draw_card(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    char link[400];
    float qr_x = MARGIN + WIDTH - QR_SIDE - 18;
    paper_grey(paper, GREY_SOFT);
    paper_fill(paper, MARGIN, CARD_TOP, WIDTH, CARD_HEIGHT);
    paper_grey(paper, 1);
    paper_fill(paper, qr_x - 10, CARD_TOP + 10, QR_SIDE + 20, CARD_HEIGHT - 20);
    paper_grey(paper, 0);
    paper_frame(paper, 1.2F, MARGIN, CARD_TOP, WIDTH, CARD_HEIGHT);
    draw_access(paper, sheet, qr_x - MARGIN - 18 - 24);
    snprintf(link, sizeof link, "%s/connexion?identifiant=%s", document->portal_url, sheet->login);
    paper_qr(paper, qr_x, CARD_TOP + 20, QR_SIDE, link);
    paper_text_centred(
        paper, PAPER_REGULAR, 8.5F, qr_x - 6, CARD_TOP + 149, QR_SIDE + 12, "Scannez pour vous connecter");
}

static void draw_steps(struct paper *paper, const struct sheet *sheet, float y)
{
    const struct step *steps = steps_of(sheet);
    for (int i = 0; i < STEPS; i++) {
        char number[4];
        snprintf(number, sizeof number, "%d", i + 1);
        paper_disc(paper, MARGIN + 11, y - 4, 11);
        paper_grey(paper, 1);
        paper_text_centred(paper, PAPER_BOLD, 12, MARGIN, y, 22, number);
        paper_grey(paper, 0);
        paper_text(paper, PAPER_BOLD, 11.5F, MARGIN + INDENT, y, WIDTH - INDENT, steps[i].title);
        y = paper_paragraph(paper, PAPER_REGULAR, 10.5F, 15, MARGIN + INDENT, y + 17, WIDTH - INDENT, steps[i].text);
        y += 17;
    }
}

static void draw_foot(struct paper *paper, const struct sheet_document *document)
{
    char date[WORDING_DATE_SIZE];
    char line[96];
    wording_date(document->made_at, date);
    snprintf(line, sizeof line, "Préparé le %s", date);
    paper_rule(paper, 0.6F, MARGIN, 752, WIDTH);
    float y = paper_paragraph(paper, PAPER_REGULAR, 9, 12.5F, MARGIN, 768, WIDTH,
        "Gardez votre identifiant : il vous sera toujours demandé. En cas de difficulté, adressez-vous à l’école ou à "
        "l’établissement. Personne ne vous demandera jamais votre mot de passe.");
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 8, MARGIN, y + 4, WIDTH / 2, "Document confidentiel, à remettre sous pli fermé");
    paper_text_right(paper, PAPER_REGULAR, 8, MARGIN + WIDTH / 2, y + 4, WIDTH / 2, line);
    paper_grey(paper, 0);
}

static void draw_sheet(struct paper *paper, const struct sheet_document *document, const struct sheet *sheet)
{
    char address[300];
    paper_page(paper);
    draw_head(paper, document, sheet);
    draw_person(paper, sheet);
    draw_card(paper, document, sheet);
    snprintf(address, sizeof address, "%s/connexion", document->portal_url);
    paper_grey(paper, GREY_WORDS);
    paper_text(paper, PAPER_REGULAR, 10, MARGIN, CARD_TOP + CARD_HEIGHT + 30, WIDTH, "Adresse du portail");
    paper_grey(paper, 0);
    paper_text(paper, PAPER_BOLD, 14, MARGIN, CARD_TOP + CARD_HEIGHT + 50, WIDTH, address);
    paper_text(paper, PAPER_BOLD, 13, MARGIN, CARD_TOP + CARD_HEIGHT + 92, WIDTH, "Que faire ?");
    draw_steps(paper, sheet, CARD_TOP + CARD_HEIGHT + 122);
    draw_foot(paper, document);
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
