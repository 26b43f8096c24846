#include "paper/paper.h"

#include "domain/latin.h"
#include "paper/bidi.h"
#include "paper/wrap.h"
#include "runtime/memory.h"

#include <assert.h>
#include <hpdf.h>
#include <math.h>
#include <qrencode.h>
#include <stdio.h>
#include <string.h>

enum {
    LINE_SIZE = 1024 /* bytes of a line that is set */,
    DRAWN_SIZE = 4 * LINE_SIZE,
    WIDTHS = 0x250 /* letters of Latin */
};

struct paper {
    HPDF_Doc pdf;
    HPDF_Page page;
    HPDF_Font fonts[PAPER_FONT_COUNT];
    /* of each letter, in thousandths of the size; -1 not asked for yet: libharu looks each up in the font's file */
    short widths[PAPER_FONT_COUNT][WIDTHS];
};

static bool font_load(struct paper *paper, enum paper_font font, const char *path, struct fault *fault)
{
    const char *name = HPDF_LoadTTFontFromFile(paper->pdf, path, HPDF_TRUE);
    paper->fonts[font] = name ? HPDF_GetFont(paper->pdf, name, "UTF-8") : NULL;
    if (!paper->fonts[font]) {
        fault_set(fault, FAULT_IO, "%s: not a font that can be read (libharu %04lx)", path, HPDF_GetError(paper->pdf));
        return fault_hint(fault, "Install fonts-dejavu-core, or set font_directory.");
    }
    return true;
}

bool paper_new(const char *font_directory, struct paper **out_paper, struct fault *fault)
{
    static const char *const files[PAPER_FONT_COUNT] = {[PAPER_REGULAR] = "DejaVuSans.ttf",
        [PAPER_BOLD] = "DejaVuSans-Bold.ttf",
        [PAPER_MONO] = "DejaVuSansMono-Bold.ttf"};
    struct paper *paper = checked_calloc(1, sizeof *paper);
    memset(paper->widths, -1, sizeof paper->widths);
    paper->pdf = HPDF_New(NULL, NULL);
    if (!paper->pdf) {
        abort(); /* out of memory */
    }
    HPDF_SetCompressionMode(paper->pdf, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(paper->pdf);
    HPDF_SetCurrentEncoder(paper->pdf, "UTF-8");
    for (unsigned font = 0; font < PAPER_FONT_COUNT; font++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", font_directory, files[font]);
        if (!font_load(paper, (enum paper_font)font, path, fault)) {
            paper_free(&paper);
            return false;
        }
    }
    *out_paper = paper;
    return true;
}

void paper_free(struct paper **paper)
{
    if (*paper) {
        HPDF_Free((*paper)->pdf);
        memory_free(paper);
    }
}

void paper_page(struct paper *paper)
{
    paper->page = HPDF_AddPage(paper->pdf);
    HPDF_Page_SetSize(paper->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    paper_grey(paper, 0);
}

void paper_turn_to(struct paper *paper, unsigned page)
{
    HPDF_Page there = HPDF_GetPageByIndex(paper->pdf, page - 1);
    if (there) {
        paper->page = there;
        paper_grey(paper, 0);
    }
}

bool paper_finish(struct paper *paper, unsigned char **out_bytes, size_t *out_length, struct fault *fault)
{
    HPDF_SaveToStream(paper->pdf);
    HPDF_STATUS status = HPDF_GetError(paper->pdf);
    if (status != HPDF_OK) {
        return fault_set(fault, FAULT_LIBRARY, "libharu %04lx, %04lx", status, HPDF_GetErrorDetail(paper->pdf));
    }
    HPDF_UINT32 size = HPDF_GetStreamSize(paper->pdf);
    unsigned char *bytes = checked_calloc((size_t)size + 1, 1);
    HPDF_ReadFromStream(paper->pdf, bytes, &size);
    *out_bytes = bytes;
    *out_length = size;
    return true;
}

/* From the upper left corner to libharu's lower left one. */
static float up(float y)
{
    return (float)PAPER_HEIGHT - y;
}

void paper_grey(struct paper *paper, float grey)
{
    HPDF_Page_SetGrayFill(paper->page, grey);
    HPDF_Page_SetGrayStroke(paper->page, grey);
}

static int letter_width(struct paper *paper, enum paper_font font, uint32_t letter, const char *bytes, size_t length)
{
    short *known = letter < WIDTHS ? &paper->widths[font][letter] : NULL;
    if (known && *known >= 0) {
        return *known;
    }
    int width = (int)HPDF_Font_TextWidth(paper->fonts[font], (const HPDF_BYTE *)bytes, (HPDF_UINT)length).width;
    if (known) {
        *known = (short)width;
    }
    return width;
}

/* The width of the text, set in that font; before there is a page too. */
static float measure(struct paper *paper, enum paper_font font, float size, const char *text)
{
    char drawn[DRAWN_SIZE];
    int width = 0;
    text = bidi_write_visual(text, drawn, sizeof drawn) ? drawn : text;
    while (*text != '\0') {
        const char *start = text;
        uint32_t letter = utf8_next(&text);
        width += letter_width(paper, font, letter, start, (size_t)(text - start));
    }
    return (float)width * size / 1000;
}

static void show(struct paper *paper, enum paper_font font, float size, float x, float y, const char *text)
{
    char drawn[DRAWN_SIZE];
    text = bidi_write_visual(text, drawn, sizeof drawn) ? drawn : text;
    HPDF_Page_BeginText(paper->page);
    HPDF_Page_SetFontAndSize(paper->page, paper->fonts[font], size);
    HPDF_Page_TextOut(paper->page, x, up(y), text);
    HPDF_Page_EndText(paper->page);
}

/* Sets the line smaller until it fits; share: of the room that is left, in front of it. */
static void show_fitted(
    struct paper *paper, enum paper_font font, float size, float x, float y, float width, float share, const char *text)
{
    float wanted = measure(paper, font, size, text);
    if (wanted > width) {
        size = size * width / wanted;
        wanted = width;
    }
    show(paper, font, size, x + share * (width - wanted), y, text);
}

void paper_text(struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text)
{
    show_fitted(paper, font, size, x, y, width, 0.0F, text);
}

void paper_text_right(
    struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text)
{
    show_fitted(paper, font, size, x, y, width, 1.0F, text);
}

void paper_text_centred(
    struct paper *paper, enum paper_font font, float size, float x, float y, float width, const char *text)
{
    show_fitted(paper, font, size, x, y, width, 0.5F, text);
}

/* How many bytes of `text` make a line: whole words, one at least. */
static size_t line_length(struct paper *paper, enum paper_font font, float size, float width, const char *text)
{
    size_t kept = 0;
    for (size_t end = strcspn(text, " ");; end += 1 + strcspn(text + end + 1, " ")) {
        char line[LINE_SIZE];
        if (end >= sizeof line) {
            return kept > 0 ? kept : end;
        }
        snprintf(line, sizeof line, "%.*s", (int)end, text);
        if (kept > 0 && measure(paper, font, size, line) > width) {
            return kept;
        }
        kept = end;
        if (text[end] == '\0') {
            return kept;
        }
    }
}

float paper_paragraph(struct paper *paper, enum paper_font font, float size, float leading, float x, float y,
    float width, const char *text)
{
    while (*text != '\0') {
        size_t length = line_length(paper, font, size, width, text);
        char line[LINE_SIZE];
        snprintf(line, sizeof line, "%.*s", (int)length, text);
        paper_text(paper, font, size, x, y, width, line);
        y += leading;
        text += length;
        text += strspn(text, " ");
    }
    return y;
}

/* A font and size, for wrap_line. */
struct setting {
    struct paper *paper;
    enum paper_font font;
    float size;
};

static float measure_part(void *arg, const char *text, size_t length)
{
    const struct setting *setting = arg;
    char line[LINE_SIZE];
    snprintf(line, sizeof line, "%.*s", (int)length, text);
    return length < sizeof line ? measure(setting->paper, setting->font, setting->size, line) : HUGE_VALF;
}

float paper_column(struct paper *paper, enum paper_font font, float size, float leading, float x, float y, float width,
    unsigned lines_max, const char *text)
{
    struct setting setting = {paper, font, size};
    for (unsigned lines = 1; *text != '\0' && lines <= lines_max; lines++) {
        size_t length = wrap_line(text, width, measure_part, &setting);
        char line[LINE_SIZE];
        const char *rest = text + length + strspn(text + length, " ");
        bool is_cut = lines == lines_max && *rest != '\0';
        snprintf(line, sizeof line, "%.*s%s", (int)length, text, is_cut ? "…" : "");
        paper_text(paper, font, size, x, y, width, line);
        y += leading;
        text = rest;
    }
    return y;
}

unsigned paper_column_lines(
    struct paper *paper, enum paper_font font, float size, float width, unsigned lines_max, const char *text)
{
    struct setting setting = {paper, font, size};
    unsigned lines = 0;
    while (*text != '\0' && lines < lines_max) {
        text += wrap_line(text, width, measure_part, &setting);
        text += strspn(text, " ");
        lines++;
    }
    return lines;
}

void paper_line(struct paper *paper, float thickness, float dash, const struct paper_point *points, size_t count)
{
    const HPDF_UINT16 lengths[] = {(HPDF_UINT16)dash};
    if (count < 2) {
        return;
    }
    HPDF_Page_SetLineWidth(paper->page, thickness);
    HPDF_Page_SetDash(paper->page, lengths, dash > 0 ? 1 : 0, 0);
    HPDF_Page_MoveTo(paper->page, points[0].x, up(points[0].y));
    for (size_t i = 1; i < count; i++) {
        HPDF_Page_LineTo(paper->page, points[i].x, up(points[i].y));
    }
    HPDF_Page_Stroke(paper->page);
    HPDF_Page_SetDash(paper->page, NULL, 0, 0);
}

void paper_rule(struct paper *paper, float thickness, float x, float y, float width)
{
    HPDF_Page_SetLineWidth(paper->page, thickness);
    HPDF_Page_MoveTo(paper->page, x, up(y));
    HPDF_Page_LineTo(paper->page, x + width, up(y));
    HPDF_Page_Stroke(paper->page);
}

void paper_frame(struct paper *paper, float thickness, float x, float y, float width, float height)
{
    HPDF_Page_SetLineWidth(paper->page, thickness);
    HPDF_Page_Rectangle(paper->page, x, up(y + height), width, height);
    HPDF_Page_Stroke(paper->page);
}

void paper_fill(struct paper *paper, float x, float y, float width, float height)
{
    HPDF_Page_Rectangle(paper->page, x, up(y + height), width, height);
    HPDF_Page_Fill(paper->page);
}

void paper_disc(struct paper *paper, float x, float y, float radius)
{
    HPDF_Page_Circle(paper->page, x, up(y), radius);
    HPDF_Page_Fill(paper->page);
}

/* Modules of one row that touch are one rectangle: hairlines between them would trouble readers. */
static void qr_row(struct paper *paper, const unsigned char *row, int width, float x, float y, float module)
{
    for (int at = 0; at < width;) {
        int end = at;
        while (end < width && row[end] & 1) {
            end++;
        }
        if (end > at) {
            HPDF_Page_Rectangle(
                paper->page, x + (float)at * module, up(y + module), (float)(end - at) * module, module);
        }
        at = end + 1;
    }
}

void paper_qr(struct paper *paper, float x, float y, float side, const char *text)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code) {
        return; /* longer than a code can hold: the address stands beside it in letters */
    }
    float module = side / (float)code->width;
    for (int row = 0; row < code->width; row++) {
        qr_row(paper, code->data + (size_t)row * (size_t)code->width, code->width, x, y + (float)row * module, module);
    }
    HPDF_Page_Fill(paper->page);
    QRcode_free(code);
}
