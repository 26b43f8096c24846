/*
 * A bare loop of libharu that draws the page of an individual sheet: what the bench of notify holds the daemon against.
 *
 *     bare_sheet FONTS PAGES DOCUMENTS [FOLDER]
 *
 * The page is drawn once by the house's own code, whose calls of libharu are written down on their way (the linker puts ours
 * in front, see meson.build). Then DOCUMENTS of PAGES such pages are drawn, saved to memory and read from there, by those calls
 * alone and libqrencode, without which no such page is: nothing is measured or wrapped. Says pages, seconds of its CPU and
 * bytes. In FOLDER, for who looks: sheet.pdf by the house, bare.pdf by the loop.
 */
#include "notify/sheet.h"
#include "runtime/memory.h"

#include <assert.h>
#include <hpdf.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PORTAL "https://comptes.education.example.fr"

enum { CALLS_MAX = 2000, FONTS = 3, FONT_NAME_SIZE = 1024 };

enum kind { PLAIN, ONE, TWO, THREE, FOUR, FONT, TEXT };

struct drawn {
    enum kind kind;
    union {
        HPDF_STATUS (*plain)(HPDF_Page);
        HPDF_STATUS (*one)(HPDF_Page, HPDF_REAL);
        HPDF_STATUS (*two)(HPDF_Page, HPDF_REAL, HPDF_REAL);
        HPDF_STATUS (*three)(HPDF_Page, HPDF_REAL, HPDF_REAL, HPDF_REAL);
        HPDF_STATUS (*four)(HPDF_Page, HPDF_REAL, HPDF_REAL, HPDF_REAL, HPDF_REAL);
    } call;
    HPDF_REAL a, b, c, d;
    int font;
    char *text;
};

static struct drawn calls[CALLS_MAX];
static size_t call_count;
static HPDF_Font fonts[FONTS]; /* of the document that is drawn, in the order in which they were loaded */
static char font_files[FONTS][FONT_NAME_SIZE];
static int font_count;
static bool is_watching;

static void keep(struct drawn drawn)
{
    if (is_watching) {
        assert(call_count < CALLS_MAX);
        calls[call_count++] = drawn;
    }
}

#define WATCH_PLAIN(name)                                                                                              \
    HPDF_STATUS __real_##name(HPDF_Page page);                                                                         \
    HPDF_STATUS __wrap_##name(HPDF_Page page);                                                                         \
    HPDF_STATUS __wrap_##name(HPDF_Page page)                                                                          \
    {                                                                                                                  \
        keep((struct drawn){.kind = PLAIN, .call.plain = __real_##name});                                              \
        return __real_##name(page);                                                                                    \
    }

#define WATCH_ONE(name)                                                                                                \
    HPDF_STATUS __real_##name(HPDF_Page page, HPDF_REAL a);                                                            \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a);                                                            \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a)                                                             \
    {                                                                                                                  \
        keep((struct drawn){.kind = ONE, .call.one = __real_##name, .a = a});                                          \
        return __real_##name(page, a);                                                                                 \
    }

#define WATCH_TWO(name)                                                                                                \
    HPDF_STATUS __real_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b);                                               \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b);                                               \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b)                                                \
    {                                                                                                                  \
        keep((struct drawn){.kind = TWO, .call.two = __real_##name, .a = a, .b = b});                                  \
        return __real_##name(page, a, b);                                                                              \
    }

#define WATCH_THREE(name)                                                                                              \
    HPDF_STATUS __real_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c);                                  \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c);                                  \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c)                                   \
    {                                                                                                                  \
        keep((struct drawn){.kind = THREE, .call.three = __real_##name, .a = a, .b = b, .c = c});                      \
        return __real_##name(page, a, b, c);                                                                           \
    }

#define WATCH_FOUR(name)                                                                                               \
    HPDF_STATUS __real_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c, HPDF_REAL d);                     \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c, HPDF_REAL d);                     \
    HPDF_STATUS __wrap_##name(HPDF_Page page, HPDF_REAL a, HPDF_REAL b, HPDF_REAL c, HPDF_REAL d)                      \
    {                                                                                                                  \
        keep((struct drawn){.kind = FOUR, .call.four = __real_##name, .a = a, .b = b, .c = c, .d = d});                \
        return __real_##name(page, a, b, c, d);                                                                        \
    }

WATCH_PLAIN(HPDF_Page_BeginText)
WATCH_PLAIN(HPDF_Page_EndText)
WATCH_PLAIN(HPDF_Page_Stroke)
WATCH_PLAIN(HPDF_Page_Fill)
WATCH_ONE(HPDF_Page_SetGrayFill)
WATCH_ONE(HPDF_Page_SetGrayStroke)
WATCH_ONE(HPDF_Page_SetLineWidth)
WATCH_TWO(HPDF_Page_MoveTo)
WATCH_TWO(HPDF_Page_LineTo)
WATCH_THREE(HPDF_Page_Circle)
WATCH_FOUR(HPDF_Page_Rectangle)

HPDF_STATUS __real_HPDF_Page_SetFontAndSize(HPDF_Page page, HPDF_Font font, HPDF_REAL size);
HPDF_STATUS __wrap_HPDF_Page_SetFontAndSize(HPDF_Page page, HPDF_Font font, HPDF_REAL size);
HPDF_STATUS __wrap_HPDF_Page_SetFontAndSize(HPDF_Page page, HPDF_Font font, HPDF_REAL size)
{
    struct drawn drawn = {.kind = FONT, .a = size};
    while (drawn.font < font_count && fonts[drawn.font] != font) {
        drawn.font++;
    }
    assert(drawn.font < font_count);
    keep(drawn);
    return __real_HPDF_Page_SetFontAndSize(page, font, size);
}

HPDF_STATUS __real_HPDF_Page_TextOut(HPDF_Page page, HPDF_REAL x, HPDF_REAL y, const char *text);
HPDF_STATUS __wrap_HPDF_Page_TextOut(HPDF_Page page, HPDF_REAL x, HPDF_REAL y, const char *text);
HPDF_STATUS __wrap_HPDF_Page_TextOut(HPDF_Page page, HPDF_REAL x, HPDF_REAL y, const char *text)
{
    keep((struct drawn){.kind = TEXT, .a = x, .b = y, .text = is_watching ? checked_strdup(text) : NULL});
    return __real_HPDF_Page_TextOut(page, x, y, text);
}

const char *__real_HPDF_LoadTTFontFromFile(HPDF_Doc pdf, const char *file, HPDF_BOOL embeds);
const char *__wrap_HPDF_LoadTTFontFromFile(HPDF_Doc pdf, const char *file, HPDF_BOOL embeds);
const char *__wrap_HPDF_LoadTTFontFromFile(HPDF_Doc pdf, const char *file, HPDF_BOOL embeds)
{
    assert(font_count < FONTS);
    snprintf(font_files[font_count], FONT_NAME_SIZE, "%s", file);
    return __real_HPDF_LoadTTFontFromFile(pdf, file, embeds);
}

HPDF_Font __real_HPDF_GetFont(HPDF_Doc pdf, const char *name, const char *encoding);
HPDF_Font __wrap_HPDF_GetFont(HPDF_Doc pdf, const char *name, const char *encoding);
HPDF_Font __wrap_HPDF_GetFont(HPDF_Doc pdf, const char *name, const char *encoding)
{
    return fonts[font_count++] = __real_HPDF_GetFont(pdf, name, encoding);
}

static void call_again(HPDF_Page page, const struct drawn *drawn)
{
    switch (drawn->kind) {
    case PLAIN:
        drawn->call.plain(page);
        break;
    case ONE:
        drawn->call.one(page, drawn->a);
        break;
    case TWO:
        drawn->call.two(page, drawn->a, drawn->b);
        break;
    case THREE:
        drawn->call.three(page, drawn->a, drawn->b, drawn->c);
        break;
    case FOUR:
        drawn->call.four(page, drawn->a, drawn->b, drawn->c, drawn->d);
        break;
    case FONT:
        __real_HPDF_Page_SetFontAndSize(page, fonts[drawn->font], drawn->a);
        break;
    case TEXT:
        __real_HPDF_Page_TextOut(page, drawn->a, drawn->b, drawn->text);
        break;
    }
}

static void fail(const char *what)
{
    fprintf(stderr, "bare_sheet: %s\n", what);
    exit(1);
}

static void write_file(const char *folder, const char *name, const unsigned char *bytes, size_t length)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0) {
        fail(path);
    }
}

/* A family of a mean size, at an address of a mean length. */
static void page_watch(const char *font_directory, const char *folder)
{
    struct sheet sheet = {
        .page = 1,
        .is_guardian = true,
        .is_posted = true,
        .name = "Élodie LEFÈVRE-MARTIN",
        .login = "e.lefevremartin",
        .password = "k7pr-wz4t-9hbn",
        .expires = "27 février 2027",
        .class_label = "6A",
        .children = "Zoé\t6A\nNoé\t4B",
    };
    const struct postal_source address = {
        "Mme", "Élodie", "LEFÈVRE-MARTIN", "$BATIMENT B$12 RUE DES LILAS$", "11000", "CARCASSONNE", "FRANCE"};
    struct sheet_document document = {
        .school = "Collège Jean Moulin",
        .city = "CARCASSONNE",
        .portal_url = PORTAL,
        .font_directory = font_directory,
        .made_at = {1795000000000000},
        .sheets = &sheet,
        .count = 1,
        .pages_all = 200,
    };
    unsigned char *pdf = NULL;
    size_t length = 0;
    struct fault fault;
    bool has_address = postal_address_make(&address, &sheet.address);
    is_watching = true;
    if (!has_address || !sheet_render(&document, &pdf, &length, &fault)) {
        fail("the house cannot draw it");
    }
    is_watching = false;
    if (folder) {
        write_file(folder, "sheet.pdf", pdf, length);
    }
    memory_free(&pdf);
}

static HPDF_Doc document_begin(void)
{
    HPDF_Doc pdf = HPDF_New(NULL, NULL);
    if (!pdf) {
        fail("out of memory");
    }
    HPDF_SetCompressionMode(pdf, HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(pdf);
    HPDF_SetCurrentEncoder(pdf, "UTF-8");
    for (int i = 0; i < font_count; i++) {
        fonts[i] = __real_HPDF_GetFont(pdf, __real_HPDF_LoadTTFontFromFile(pdf, font_files[i], HPDF_TRUE), "UTF-8");
    }
    return pdf;
}

/* Another one on each page, as large as what the house draws; not drawn, so that pages stay the same. */
static void code_make(long page)
{
    char link[128];
    snprintf(link, sizeof link, "%s/connexion?identifiant=e.lefevremart%02ld", PORTAL, page % 100);
    QRcode *code = QRcode_encodeString(link, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code) {
        fail("libqrencode failed");
    }
    QRcode_free(code);
}

/* The caller frees the bytes. */
static unsigned char *document_draw(long pages, size_t *out_length)
{
    HPDF_Doc pdf = document_begin();
    for (long page = 0; page < pages; page++) {
        HPDF_Page drawn = HPDF_AddPage(pdf);
        code_make(page);
        HPDF_Page_SetSize(drawn, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
        for (size_t i = 0; i < call_count; i++) {
            call_again(drawn, &calls[i]);
        }
    }
    HPDF_SaveToStream(pdf);
    HPDF_UINT32 size = HPDF_GetStreamSize(pdf);
    unsigned char *bytes = checked_calloc((size_t)size + 1, 1);
    HPDF_ReadFromStream(pdf, bytes, &size);
    if (HPDF_GetError(pdf) != HPDF_OK && HPDF_GetError(pdf) != HPDF_STREAM_EOF) {
        fail("libharu failed");
    }
    HPDF_Free(pdf);
    *out_length = size;
    return bytes;
}

static double cpu_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments)
{
    if (count < 4 || count > 5) {
        fail("FONTS PAGES DOCUMENTS [FOLDER]");
    }
    const char *folder = count == 5 ? arguments[4] : NULL;
    long pages = strtol(arguments[2], NULL, 10), documents = strtol(arguments[3], NULL, 10);
    size_t bytes = 0;
    page_watch(arguments[1], folder);
    double start = cpu_seconds();
    for (long document = 0; document < documents; document++) {
        size_t length;
        unsigned char *pdf = document_draw(pages, &length);
        bytes += length;
        if (folder) {
            write_file(folder, "bare.pdf", pdf, length);
        }
        memory_free(&pdf);
    }
    printf("%ld %.6f %zu\n", pages * documents, cpu_seconds() - start, bytes);
    for (size_t i = 0; i < call_count; i++) {
        memory_free(&calls[i].text);
    }
    return 0;
}
