#include "notify/sheet.h"

#include "domain/name.h"
#include "runtime/cleanup.h"
#include "runtime/memory.h"

#include <hpdf.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

/* Points of 1/72 inch on A4, from the lower left corner. */
#define MARGIN 56.0F
#define PAGE_WIDTH 595.0F
#define TEXT_WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define TOP 786.0F
#define BOX_HEIGHT 172.0F
#define QR_SIDE 118.0F

enum { LINE_SIZE = 1024, PATH_SIZE = 1024 };

struct printer {
    const struct sheet_paper *paper;
    HPDF_Doc pdf;
    HPDF_Page page;
    HPDF_Font regular, bold, mono;
    QRcode *code;
    float y; /* base line of what is written next */
    HPDF_STATUS error;
};

/* libharu calls it and goes on: what fails after is of no use, and the first reason is the true one. */
static void remember_error(HPDF_STATUS error, HPDF_STATUS detail, void *arg)
{
    (void)detail;
    struct printer *printer = arg;
    if (printer->error == HPDF_OK) {
        printer->error = error;
    }
}

static HPDF_Font font_load(struct printer *printer, const char *file)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", printer->paper->font_directory, file);
    const char *name = HPDF_LoadTTFontFromFile(printer->pdf, path, HPDF_TRUE);
    return name ? HPDF_GetFont(printer->pdf, name, "UTF-8") : NULL;
}

/* --- words --- */

static void write_at(struct printer *printer, HPDF_Font font, float size, float x, float y, const char *text)
{
    HPDF_Page_BeginText(printer->page);
    HPDF_Page_SetFontAndSize(printer->page, font, size);
    HPDF_Page_TextOut(printer->page, x, y, text);
    HPDF_Page_EndText(printer->page);
}

static float width_of(struct printer *printer, HPDF_Font font, float size, const char *text)
{
    HPDF_Page_SetFontAndSize(printer->page, font, size);
    return HPDF_Page_TextWidth(printer->page, text);
}

static void write_right(struct printer *printer, HPDF_Font font, float size, float y, const char *text)
{
    write_at(printer, font, size, PAGE_WIDTH - MARGIN - width_of(printer, font, size, text), y, text);
}

/* The largest size, from `size` down, in which the text is no wider than `width`. */
static float size_that_fits(struct printer *printer, HPDF_Font font, float size, float width, const char *text)
{
    while (size > 6 && width_of(printer, font, size, text) > width) {
        size -= 0.5F;
    }
    return size;
}

/* Words over as many lines as they take; goes down by one line each. */
static void write_paragraph(struct printer *printer, HPDF_Font font, float size, float x, float width, const char *text)
{
    float leading = size * 1.4F;
    char line[LINE_SIZE] = "";
    char rest[LINE_SIZE];
    snprintf(rest, sizeof rest, "%s", text);
    char *saved = NULL;
    for (char *word = strtok_r(rest, " ", &saved); word; word = strtok_r(NULL, " ", &saved)) {
        char longer[2 * LINE_SIZE];
        snprintf(longer, sizeof longer, "%s%s%s", line, line[0] != '\0' ? " " : "", word);
        if (line[0] != '\0' && width_of(printer, font, size, longer) > width) {
            write_at(printer, font, size, x, printer->y, line);
            printer->y -= leading;
            snprintf(line, sizeof line, "%s", word);
        } else {
            snprintf(line, sizeof line, "%.*s", (int)sizeof line - 1, longer);
        }
    }
    write_at(printer, font, size, x, printer->y, line);
    printer->y -= leading;
}

static void draw_rule(struct printer *printer, float y)
{
    HPDF_Page_SetLineWidth(printer->page, 0.6F);
    HPDF_Page_MoveTo(printer->page, MARGIN, y);
    HPDF_Page_LineTo(printer->page, PAGE_WIDTH - MARGIN, y);
    HPDF_Page_Stroke(printer->page);
}

/* --- parts of a page --- */

static void print_head(struct printer *printer, const struct sheet *sheet)
{
    const struct sheet_paper *paper = printer->paper;
    float class_width = 0;
    if (sheet->class_label[0] != '\0') {
        char text[LINE_SIZE];
        snprintf(text, sizeof text, "Classe %s", sheet->class_label);
        write_right(printer, printer->bold, 13, TOP, text);
        class_width = width_of(printer, printer->bold, 13, text) + 16;
    }
    float size = size_that_fits(printer, printer->bold, 13, TEXT_WIDTH - class_width, paper->school);
    write_at(printer, printer->bold, size, MARGIN, TOP, paper->school);
    write_at(printer, printer->regular, 10, MARGIN, TOP - 16, paper->city);
    draw_rule(printer, TOP - 28);
    printer->y = TOP - 74;
}

static void full_name(const struct sheet *sheet, char out_text[static LINE_SIZE])
{
    struct name_text prenom;
    struct name_text nom;
    if (!name_display(sheet->prenom, &prenom)) {
        snprintf(prenom.text, sizeof prenom.text, "%s", sheet->prenom);
    }
    if (!name_display_upper(sheet->nom, &nom)) {
        snprintf(nom.text, sizeof nom.text, "%s", sheet->nom);
    }
    snprintf(out_text, LINE_SIZE, "%s %s", prenom.text, nom.text);
}

/* "Responsable légal de Léa (6A), Tom." */
static void guardian_of(const struct sheet *sheet, char *out_text, size_t size)
{
    char children[LINE_SIZE];
    snprintf(children, sizeof children, "%s", sheet->children);
    size_t used = (size_t)snprintf(out_text, size, "Responsable légal de ");
    char *saved = NULL;
    const char *comma = "";
    for (char *line = strtok_r(children, "\n", &saved); line; line = strtok_r(NULL, "\n", &saved)) {
        char *tab = strchr(line, '\t');
        const char *class_label = tab ? tab + 1 : "";
        if (tab) {
            *tab = '\0';
        }
        int added = class_label[0] != '\0'
                        ? snprintf(out_text + used, size - used, "%s%s (%s)", comma, line, class_label)
                        : snprintf(out_text + used, size - used, "%s%s", comma, line);
        if (added < 0 || (size_t)added >= size - used) {
            break; /* a very large family: what does not fit is cut */
        }
        used += (size_t)added;
        comma = ", ";
    }
}

static void print_person(struct printer *printer, const struct sheet *sheet)
{
    char name[LINE_SIZE];
    full_name(sheet, name);
    float size = size_that_fits(printer, printer->bold, 19, TEXT_WIDTH, name);
    write_at(printer, printer->bold, size, MARGIN, printer->y, name);
    printer->y -= 22;
    if (sheet->profile == PROFILE_RESPONSABLE) {
        char text[LINE_SIZE];
        guardian_of(sheet, text, sizeof text);
        write_paragraph(printer, printer->regular, 11, MARGIN, TEXT_WIDTH, text);
    } else {
        write_paragraph(printer, printer->regular, 11, MARGIN, TEXT_WIDTH, "Élève");
    }
    printer->y -= 14;
    write_paragraph(printer, printer->regular, 11, MARGIN, TEXT_WIDTH,
        sheet->profile == PROFILE_RESPONSABLE
            ? "L’établissement vous remet ci-dessous de quoi ouvrir votre compte pour les services en ligne : suivi de "
              "la "
              "scolarité, démarches, bourses. Ce compte est personnel : chaque responsable a le sien."
            : "L’établissement te remet ci-dessous de quoi ouvrir ton compte pour les services en ligne de ta "
              "scolarité. Ce "
              "compte est personnel : ne donne ton mot de passe à personne.");
    printer->y -= 10;
}

/* Squares of the code, dark ones filled; the margin of four squares that a reader needs is the box's white. */
static void draw_code(struct printer *printer, float x, float y)
{
    const QRcode *code = printer->code;
    float square = QR_SIDE / (float)code->width;
    for (int row = 0; row < code->width; row++) {
        for (int column = 0; column < code->width; column++) {
            if (code->data[row * code->width + column] & 1) {
                HPDF_Page_Rectangle(printer->page, x + square * (float)column,
                    y + square * (float)(code->width - 1 - row), square, square);
            }
        }
    }
    HPDF_Page_Fill(printer->page);
}

static void print_field(struct printer *printer, const char *label, HPDF_Font font, float size, const char *value)
{
    float width = TEXT_WIDTH - QR_SIDE - 56;
    write_at(printer, printer->regular, 9, MARGIN + 16, printer->y, label);
    printer->y -= size + 4;
    write_at(printer, font, size_that_fits(printer, font, size, width, value), MARGIN + 16, printer->y, value);
    printer->y -= 24;
}

static void print_box(struct printer *printer, const struct sheet *sheet)
{
    float bottom = printer->y - BOX_HEIGHT;
    HPDF_Page_SetLineWidth(printer->page, 1.2F);
    HPDF_Page_Rectangle(printer->page, MARGIN, bottom, TEXT_WIDTH, BOX_HEIGHT);
    HPDF_Page_Stroke(printer->page);
    draw_code(printer, PAGE_WIDTH - MARGIN - QR_SIDE - 20, bottom + (BOX_HEIGHT - QR_SIDE) / 2);
    printer->y -= 24;
    print_field(printer, "Adresse", printer->bold, 12, printer->paper->address);
    print_field(printer, "Identifiant", printer->mono, 18, sheet->login);
    if (sheet->password[0] != '\0') {
        print_field(printer, "Mot de passe provisoire", printer->mono, 18, sheet->password);
    } else {
        print_field(printer, "Mot de passe", printer->bold, 12, "celui que vous avez choisi");
    }
    printer->y = bottom - 34;
}

static const char *const guardian_steps[] = {
    "Ouvrez l’adresse ci-dessus, ou photographiez le code avec votre téléphone.",
    "Écrivez l’identifiant et le mot de passe provisoire, puis choisissez votre mot de passe.",
    "Donnez votre adresse de courriel et la date de naissance de chacun de vos enfants.",
    "Suivez le lien du courriel que vous recevez : votre compte est activé.",
    NULL,
};
static const char *const pupil_steps[] = {
    "Ouvre l’adresse ci-dessus, ou photographie le code avec un téléphone.",
    "Écris l’identifiant et le mot de passe provisoire, puis choisis ton mot de passe.",
    "Donne ta date de naissance : ton compte est activé.",
    NULL,
};

static void print_steps(struct printer *printer, const struct sheet *sheet)
{
    bool is_pupil = sheet->profile == PROFILE_ELEVE;
    write_at(printer, printer->bold, 13, MARGIN, printer->y, is_pupil ? "Ouvrir ton compte" : "Ouvrir votre compte");
    printer->y -= 24;
    const char *const *steps = is_pupil ? pupil_steps : guardian_steps;
    for (int i = 0; steps[i]; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d.", i + 1);
        write_at(printer, printer->bold, 11, MARGIN, printer->y, number);
        write_paragraph(printer, printer->regular, 11, MARGIN + 22, TEXT_WIDTH - 22, steps[i]);
        printer->y -= 5;
    }
    char validity[LINE_SIZE];
    char date[DATE_TEXT_SIZE];
    date_write_french(sheet->valid_until, date);
    snprintf(validity, sizeof validity,
        "Le mot de passe provisoire est valable jusqu’au %s. Passé ce jour, ou si une date de naissance est refusée, "
        "%s "
        "à l’établissement.",
        date, is_pupil ? "adresse-toi" : "adressez-vous");
    printer->y -= 8;
    write_paragraph(printer, printer->bold, 11, MARGIN, TEXT_WIDTH, validity);
}

static void print_page(struct printer *printer, const struct sheet *sheet)
{
    printer->page = HPDF_AddPage(printer->pdf);
    HPDF_Page_SetSize(printer->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    print_head(printer, sheet);
    print_person(printer, sheet);
    print_box(printer, sheet);
    if (sheet->password[0] != '\0') {
        print_steps(printer, sheet);
    }
    draw_rule(printer, 60);
    write_at(printer, printer->regular, 8.5F, MARGIN, 46,
        "Document personnel, à remettre à la personne elle-même et à conserver hors de la vue de tous.");
}

/* --- the document --- */

static bool printer_fault(const struct printer *printer, struct fault *fault)
{
    switch (printer->error) {
    case HPDF_FILE_OPEN_ERROR:
    case HPDF_FILE_IO_ERROR:
        fault_set(fault, FAULT_IO, "a font of the sheets cannot be read");
        return fault_hint(fault, "Install fonts-dejavu-core, or set notify.font_directory.");
    default:
        return fault_set(fault, FAULT_LIBRARY, "libharu: error 0x%04lx", (unsigned long)printer->error);
    }
}

static void print_all(struct printer *printer, const struct sheet *sheets, size_t count)
{
    HPDF_UseUTFEncodings(printer->pdf);
    HPDF_SetCompressionMode(printer->pdf, HPDF_COMP_ALL);
    HPDF_SetInfoAttr(printer->pdf, HPDF_INFO_CREATOR, "Preau");
    printer->regular = font_load(printer, "DejaVuSans.ttf");
    printer->bold = font_load(printer, "DejaVuSans-Bold.ttf");
    printer->mono = font_load(printer, "DejaVuSansMono-Bold.ttf");
    for (size_t i = 0; i < count && printer->error == HPDF_OK; i++) {
        print_page(printer, &sheets[i]);
    }
    if (printer->error == HPDF_OK) {
        HPDF_SaveToStream(printer->pdf);
    }
}

static bool take_bytes(struct printer *printer, unsigned char **out_pdf, size_t *out_length)
{
    HPDF_UINT32 length = HPDF_GetStreamSize(printer->pdf);
    unsigned char *bytes = checked_malloc((size_t)length + 1);
    HPDF_UINT32 taken = length;
    HPDF_ResetStream(printer->pdf);
    HPDF_ReadFromStream(printer->pdf, bytes, &taken);
    if (taken != length || length == 0) {
        memory_free(&bytes);
        return false;
    }
    *out_pdf = bytes;
    *out_length = length;
    return true;
}

bool sheets_print(const struct sheet_paper *paper, const struct sheet *sheets, size_t count, unsigned char **out_pdf,
    size_t *out_length, struct fault *fault)
{
    struct printer printer = {.paper = paper};
    printer.code = QRcode_encodeString(paper->address, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!printer.code) {
        return fault_set(fault, FAULT_LIBRARY, "libqrencode: the address of the portal makes no code");
    }
    printer.pdf = HPDF_New(remember_error, &printer);
    bool is_made = false;
    if (printer.pdf) {
        print_all(&printer, sheets, count);
        is_made = printer.error == HPDF_OK && take_bytes(&printer, out_pdf, out_length);
        HPDF_Free(printer.pdf);
    }
    QRcode_free(printer.code);
    return is_made || printer_fault(&printer, fault);
}
