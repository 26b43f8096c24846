#include "portal/qr.h"

#include <qrencode.h>
#include <stdio.h>
#include <string.h>

enum {
    QUIET = 4,                               /* modules of white around, as readers want */
    RUN_SIZE = sizeof "M999 999h999v1h-999z" /* bytes of one row's run, the end included */
};

/* Modules of one row that touch are one rectangle. */
static size_t row_write(const unsigned char *row, int width, int y, char *out_text, size_t size)
{
    size_t length = 0;
    for (int at = 0; at < width;) {
        int end = at;
        while (end < width && row[end] & 1) {
            end++;
        }
        if (end > at) {
            length += (size_t)snprintf(
                out_text + length, size - length, "M%d %dh%dv1h-%dz", at + QUIET, y + QUIET, end - at, end - at);
        }
        at = end + 1;
    }
    return length;
}

static char *code_write(struct arena *arena, const QRcode *code, size_t *out_length)
{
    int side = code->width + 2 * QUIET;
    size_t size = 400 + (size_t)code->width * (size_t)code->width / 2 * RUN_SIZE;
    char *text = arena_alloc(arena, size, 1);
    if (!text) {
        return NULL;
    }
    size_t length = (size_t)snprintf(text, size,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" shape-rendering=\"crispEdges\">"
        "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"",
        side, side, side, side);
    for (int y = 0; y < code->width; y++) {
        length += row_write(code->data + (size_t)y * (size_t)code->width, code->width, y, text + length, size - length);
    }
    *out_length = length + (size_t)snprintf(text + length, size - length, "\"/></svg>\n");
    return text;
}

char *qr_svg(struct arena *arena, const char *text, size_t *out_length)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!code) {
        return NULL;
    }
    char *svg = code_write(arena, code, out_length);
    QRcode_free(code);
    return svg;
}
