/* A QR code as an image of its own: pages hold nothing inline. */
#pragma once

#include "runtime/arena.h"

#include <stddef.h>

/* SVG, in the arena; NULL when the text is longer than a code can hold. */
char *qr_svg(struct arena *arena, const char *text, size_t *out_length);
